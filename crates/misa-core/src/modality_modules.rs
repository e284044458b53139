//! A module for each modality.

use crate::{Modalities, Modality, PerModality};
use burn::module::Module;

/// One module per modality; its parameters go by the modality's name.
///
/// [`PerModality`] is not a module, so that it can be used without tensors.
#[derive(Module, Debug)]
pub(crate) struct ModalityModules<M> {
    text: M,
    visual: M,
    acoustic: M,
}

impl<M> ModalityModules<Option<M>> {
    /// `init` of each modality in use, `None` for the others.
    pub(crate) fn init(modalities: Modalities, mut init: impl FnMut(Modality) -> M) -> Self {
        let modules =
            PerModality::from_fn(|modality| modalities.contains(modality).then(|| init(modality)));
        modules.into()
    }
}

impl<M> ModalityModules<M> {
    /// Borrows each module.
    pub(crate) fn as_ref(&self) -> PerModality<&M> {
        PerModality {
            text: &self.text,
            visual: &self.visual,
            acoustic: &self.acoustic,
        }
    }

    /// The module of one modality.
    pub(crate) fn get(&self, modality: Modality) -> &M {
        match modality {
            Modality::Text => &self.text,
            Modality::Visual => &self.visual,
            Modality::Acoustic => &self.acoustic,
        }
    }
}

impl<M> From<PerModality<M>> for ModalityModules<M> {
    fn from(modules: PerModality<M>) -> Self {
        Self {
            text: modules.text,
            visual: modules.visual,
            acoustic: modules.acoustic,
        }
    }
}
