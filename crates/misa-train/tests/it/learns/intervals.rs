//! How often the intervals of predictions contain the label.

use super::config;
use crate::support::train_with;
use burn::prelude::*;
use misa_core::Task;
use misa_data::{Split, SyntheticConfig};
use misa_infer::{Clip, Predictor};
use misa_train::{Checkpoint, Progress};
use tempfile::tempdir;

/// Over five seeds of data and run, which differ in both the model and the utterances.
#[test]
fn intervals_contain_the_labels_of_the_test_split_as_often_as_they_say() {
    let device = Device::flex();
    let mut sums = [0.0; 2];
    for seed in 1..=5 {
        let dir = tempdir().unwrap();
        let data = SyntheticConfig::new()
            .with_seed(seed)
            .with_train(96)
            .with_valid(1500)
            .with_test(1500)
            .with_d_visual(6)
            .with_d_acoustic(5)
            .with_mean_steps(4.0);
        let data = data.generate().dataset;
        let config = config().with_seed(seed).with_epochs(3);
        let report = train_with(&config, data, &device, dir.path(), Progress::Silent).unwrap();
        let coverage = &report.scores_of(Split::Test).unwrap().coverage;
        let levels: Vec<f64> = coverage.iter().map(|coverage| coverage.level).collect();
        assert_eq!(levels, [0.8, 0.95]);
        for (sum, coverage) in sums.iter_mut().zip(coverage) {
            *sum += coverage.share;
        }
        let valid = report.scores_of(Split::Valid).unwrap();
        assert!(valid.coverage.is_empty(), "{:?}", valid.coverage);
    }
    let [narrow, wide] = sums.map(|sum| sum / 5.0);
    assert!((narrow - 0.8).abs() < 0.02, "80 %: {narrow}");
    assert!((wide - 0.95).abs() < 0.02, "95 %: {wide}");
}

#[test]
fn a_run_of_classes_has_a_temperature_for_each_set_of_modalities() {
    let dir = tempdir().unwrap();
    let task = Task::Classification { classes: 2 };
    let data = SyntheticConfig::new()
        .with_task(task)
        .with_train(64)
        .with_valid(40)
        .with_test(8)
        .with_d_visual(6)
        .with_d_acoustic(5)
        .with_mean_steps(4.0);
    let mut config = config().with_epochs(2);
    config.loss.task = task;
    let data = data.generate().dataset;
    train_with(&config, data, &Device::flex(), dir.path(), Progress::Silent).unwrap();
    let predictor = Predictor::load(dir.path(), &Device::flex()).unwrap();
    let calibration = predictor.checkpoint().calibration.as_ref().unwrap();
    assert_eq!((calibration.utterances, calibration.sets.len()), (40, 7));
    for set in &calibration.sets {
        let temperature = set.temperature.unwrap();
        assert!((0.05..=20.0).contains(&temperature), "{temperature}");
        assert!(set.half_widths.is_empty());
    }
    let answers = predictor.predict(&[Clip::said("w1 w2")]).unwrap();
    let sum: f32 = answers[0].probabilities.as_ref().unwrap().iter().sum();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    assert!(
        dir.path()
            .join(Checkpoint::FOLDER)
            .join("calibration.json")
            .exists()
    );
}
