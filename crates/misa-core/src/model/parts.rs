//! The modules of a model that an objective or a pre-training asks for.

misa_terms::settings! {
    /// Which optional modules a model has; none by default.
    #[derive(Copy, PartialEq, Eq)]
    pub struct ModelParts {
        /// An adversary, for [`crate::loss::Similarity::Adversarial`].
        pub adversary: bool = false, with_adversary;
        /// A discriminator of subspaces, which the official code builds and never trains.
        pub subspace_discriminator: bool = false, with_subspace_discriminator;
        /// A prediction from each modality alone.
        pub unimodal_heads: bool = false, with_unimodal_heads;
        /// Heads that tell hidden steps, for pre-training.
        pub step_heads: bool = false, with_step_heads;
        /// Private representations of the reconstructions, for the cycle loss.
        pub cycle: bool = false, with_cycle;
        /// Predictions of the shared vectors of missing modalities, trained after the model.
        pub completion: bool = false, with_completion;
    }
}
