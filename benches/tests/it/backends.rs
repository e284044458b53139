//! One training step on the CPU and on a GPU: everything it computes must agree.
//!
//! `scripts/check-backends` runs it.

/// Says what is missing, where the two devices are not compiled in.
#[cfg(not(all(feature = "flex", feature = "wgpu")))]
#[test]
fn a_training_step_agrees_between_flex_and_wgpu() {
    println!("skipped: needs --features flex,wgpu");
}

/// Says what is missing, where the two devices are not compiled in.
#[cfg(not(all(feature = "flex", feature = "wgpu")))]
#[test]
fn bert_agrees_between_flex_and_wgpu() {
    println!("skipped: needs --features flex,wgpu");
}

#[cfg(all(feature = "flex", feature = "wgpu"))]
mod step {
    use misa_benches::{local_device, parity};

    #[test]
    fn a_training_step_agrees_between_flex_and_wgpu() {
        assert_agrees(parity::of_model);
    }

    /// A BERT whose first layer is frozen, by the kernels of the CPU and by Burn's own operations.
    #[test]
    fn bert_agrees_between_flex_and_wgpu() {
        assert_agrees(parity::of_bert);
    }

    fn assert_agrees(compare: fn(&burn::tensor::Device, &burn::tensor::Device) -> parity::Parity) {
        let wgpu = local_device("wgpu").unwrap_or_else(|error| panic!("{error}"));
        let parity = compare(&local_device("flex").unwrap(), &wgpu);
        assert!(parity.agrees(), "{}", parity.disagreements.join("\n"));
        println!("{} tensors agree", parity.tensors);
    }
}
