//! Losses, one by one.

use crate::parts::device;
use crate::tensors::{OnDevice, assert_gradient, assert_output, host};
use burn::nn::loss::{MseLoss, Reduction};
use misa_core::loss::{CmdLossConfig, DifferenceLoss};
use misa_testing::{Tensors, Trial, case, stem};
use std::collections::BTreeSet;
use std::path::Path;

/// One case for each pair of inputs.
pub fn loss_cases(path: &Path) -> Vec<Trial> {
    let stored = Tensors::read(path);
    let sets: BTreeSet<_> = stored
        .names()
        .filter_map(|name| name.split_once('.'))
        .map(|(set, _)| set.to_string())
        .collect();
    assert!(!sets.is_empty(), "{} is empty", path.display());
    let of_set = |set: String| {
        let name = format!("parts::{}::{set}", stem(path));
        let path = path.to_path_buf();
        case(&name, move || losses(&Tensors::read(&path), &set))
    };
    sets.into_iter().map(of_set).collect()
}

fn losses(stored: &Tensors, set: &str) {
    for (name, expected) in stored.with_prefix(&format!("{set}.")) {
        if name.contains('.') || name.starts_with('x') || name == "simse" {
            // Gradients go with their loss; the scale-invariant error is in no objective.
            continue;
        }
        let [x, y] = ["x1", "x2"].map(|x| {
            stored
                .get(&format!("{set}.{x}"))
                .tensor::<2>(&device())
                .require_grad()
        });
        let loss = match name.strip_prefix("cmd") {
            Some(moments) => {
                let config = CmdLossConfig::new().with_moments(moments.parse().unwrap());
                config.init().forward(x.clone(), y.clone())
            }
            None if name == "diff" => DifferenceLoss.forward(x.clone(), y.clone()),
            None if name == "mse" => MseLoss::new().forward(x.clone(), y.clone(), Reduction::Mean),
            None => panic!("{set}.{name}: no test knows this loss"),
        };
        assert_output(&format!("{set}.{name}"), &host(&loss), expected);
        let gradients = loss.backward();
        for (x, which) in [(x, "g1"), (y, "g2")] {
            let what = format!("{set}.{name}.{which}");
            let gradient = host(&x.grad(&gradients).unwrap());
            assert_gradient(&what, &gradient, stored.get(&what));
        }
    }
}
