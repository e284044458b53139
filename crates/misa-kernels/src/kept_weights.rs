//! Weights that stay packed from one prediction to the next.

use crate::cpu;
use crate::cpu::panels::Panels;
use crate::flex::host;
use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::Bytes;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// A packed weight.
struct Kept {
    /// The memory it was packed from. While it is in use, nothing can have changed it: a tensor that others refer to
    /// is copied or moved before it is written to.
    of: Weak<Bytes>,
    panels: Arc<Panels>,
}

/// `weight`, `[gates * d_hidden, d_input]`, packed: now, or when it was asked for before.
///
/// A packed weight takes as much memory as the weight itself, until some time after no tensor has it any more.
pub(crate) fn packed(weight: &FloatTensor<Flex>, d_input: usize) -> Arc<Panels> {
    let memory = weight.data_arc();
    let pack = || Arc::new(cpu::pack(host(weight), d_input));
    if size_of_val(host(weight)) != memory.len() {
        // A part of a larger tensor does not stand for the whole of it.
        return pack();
    }
    let is_it = |kept: &Kept| ptr::eq(kept.of.as_ptr(), &*memory) && kept.panels.depth == d_input;
    let known = lock()
        .iter()
        .find(|kept| is_it(kept))
        .map(|kept| kept.panels.clone());
    known.unwrap_or_else(|| {
        let panels = pack();
        let mut all = lock();
        all.retain(|kept| kept.of.strong_count() > 0 && !is_it(kept));
        all.push(Kept {
            of: Arc::downgrade(&memory),
            panels: panels.clone(),
        });
        panels
    })
}

fn lock() -> MutexGuard<'static, Vec<Kept>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flex::tensor;

    fn weight(seed: f32) -> FloatTensor<Flex> {
        let numbers = (0..8 * 3).map(|x| seed + x as f32).collect();
        tensor(numbers, [8, 3])
    }

    fn same(left: &Arc<Panels>, right: &Arc<Panels>) -> bool {
        Arc::ptr_eq(left, right)
    }

    #[test]
    fn a_weight_is_packed_once() {
        let (first, other) = (weight(1.0), weight(1.0));
        let packed = packed(&first, 3);
        assert!(same(&packed, &super::packed(&first.clone(), 3)));
        assert!(!same(&packed, &super::packed(&other, 3)));
        assert!(!same(&packed, &super::packed(&first, 6)), "another shape");
    }

    #[test]
    fn a_weight_that_was_written_to_is_packed_anew() {
        let mut changed = weight(1.0);
        let before = packed(&changed, 3);
        changed.storage_mut::<f32>()[0] = -5.0;
        let after = packed(&changed, 3);
        assert!(!same(&before, &after));
        let of = |panels: &Panels| panels.panels(&(0..3), &(0..8))[0];
        assert_eq!([of(&before), of(&after)], [1.0, -5.0]);
    }

    #[test]
    fn writing_to_a_copy_leaves_the_weight_as_it_was() {
        let kept = weight(2.0);
        let before = packed(&kept, 3);
        let mut copy = kept.clone();
        copy.storage_mut::<f32>()[0] = -5.0;
        assert!(same(&before, &packed(&kept, 3)));
        assert!(!same(&before, &packed(&copy, 3)));
    }

    #[test]
    fn packed_weights_go_after_their_tensors() {
        let gone = packed(&weight(3.0), 3);
        let _present = packed(&weight(4.0), 3);
        assert_eq!(Arc::strong_count(&gone), 1, "only this test still has it");
    }
}
