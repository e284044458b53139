//! Work that calls one kernel after another.

use crate::on_cpu;
use burn::prelude::*;
use burn::tensor::DType;

/// Does `work` on one of the threads that compute, if `device` has kernels for the CPU; elsewhere, on this thread.
///
/// A kernel that is called from any other thread hands its work over, and waits: two changes of threads for each call,
/// which a training step makes hundreds of. Results are the same.
///
/// A thread that computes may begin other such work while it waits for a part of this one. So `work` must not hold
/// a lock that other such work asks for; the caller may.
///
/// ```
/// let device = burn::tensor::Device::flex();
/// assert_eq!(misa_kernels::compute(&device, || 1 + 1), 2);
/// ```
///
/// # Panics
///
/// Panics if `work` does.
pub fn compute<T: Send>(device: &Device, work: impl FnOnce() -> T + Send) -> T {
    if on_cpu(device, DType::F32) {
        rayon::scope(|_| work())
    } else {
        work()
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use std::panic::catch_unwind;
    use std::thread;

    #[test]
    fn work_is_done_where_kernels_compute() {
        let device = Device::flex();
        let inside = |device: &Device| compute(device, || rayon::current_thread_index().is_some());
        assert!(inside(&device));
        let nested = compute(&device, || compute(&device, || thread::current().id()));
        assert_ne!(nested, thread::current().id());
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let device = Device::flex();
        let panic = catch_unwind(|| compute(&device, || panic!("no room")));
        let message = panic.expect_err("it panics");
        assert_eq!(message.downcast_ref::<&str>(), Some(&"no room"));
    }
}
