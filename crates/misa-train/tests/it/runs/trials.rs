//! Trials, epochs without end, and several devices.

use super::*;

#[test]
fn later_trials_go_back_and_lower_the_rate() {
    let (one, several) = (tempdir().unwrap(), tempdir().unwrap());
    let config = config()
        .with_learning_rate(0.3)
        .with_patience(0)
        .with_epochs(12);
    let first = go(&config, one.path(), &options(RunStart::New)).unwrap();
    assert!(first.stopped_early && first.history.len() < 12);
    let config = config.with_trials(3);
    let more = go(&config, several.path(), &options(RunStart::New)).unwrap();
    let same = first.history.len();
    assert!(more.history.len() > same);
    let losses = |report: &Report| {
        report.history[..same]
            .iter()
            .map(|e| e.train)
            .collect::<Vec<_>>()
    };
    assert_eq!(losses(&first), losses(&more));
    // Taken up from the best model: better than the epoch that ended the trial.
    assert!(more.history[same].train[Term::Task] < more.history[same - 1].train[Term::Task]);
}

/// Their number matters to a cosine alone: otherwise no step is counted that may never be made. With whole videos, whose
/// batches differ between epochs, those of the first epochs alone are.
#[test]
fn a_run_may_have_any_number_of_epochs() {
    let videos = SyntheticConfig::new().with_utterances_per_video(2);
    let videos = videos.with_train(8).with_valid(4).with_test(2);
    let videos = videos.with_d_visual(6).with_d_acoustic(5);
    let videos = videos.with_mean_steps(5.0).generate().dataset;
    let contexts = [None, Some(ContextConfig::new())];
    for schedule in [Schedule::Constant, Schedule::Cosine { floor: 0.5 }] {
        for context in contexts.clone() {
            let dir = tempdir().unwrap();
            let config = config().with_epochs(usize::MAX).with_schedule(schedule);
            let config = config.with_context(context);
            let options = RunOptions {
                pause_after: Some(1),
                ..options(RunStart::New)
            };
            let data = videos.clone().lock_test().0;
            let error = run(&config, data, &Device::flex(), dir.path(), &options).unwrap_err();
            assert!(matches!(error, TrainError::Stopped { .. }), "{error}");
            assert_eq!(Manifest::read(dir.path()).unwrap().history().len(), 1);
        }
    }
}

#[test]
fn devices_share_what_a_step_adds_up() {
    let dir = tempdir().unwrap();
    let device = Device::flex();
    let options = RunOptions {
        devices: vec![device.clone()],
        ..RunOptions::default()
    };
    let refused = run(&config(), data().0, &device, dir.path(), &options);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "2 devices share the batches of one optimiser step, \
         expected accumulation of at least 2, found 1"
    );
    // Both workers are of one CPU, whose dropout nobody could repeat.
    let config = config()
        .with_accumulation(3)
        .with_dropout(0.0)
        .with_attention_dropout(0.0);
    let losses = |options: &RunOptions, name: &str| -> Vec<f64> {
        let dir = dir.path().join(name);
        let report = run(&config, data().0, &device, dir, options).unwrap();
        report
            .history
            .iter()
            .map(|epoch| epoch.train.total)
            .collect()
    };
    let together = losses(&options, "two");
    let alone = losses(&RunOptions::default(), "one");
    assert_eq!(together.len(), alone.len());
    for (together, alone) in together.iter().zip(&alone) {
        assert!(
            (together - alone).abs() < 1e-3 * alone,
            "{together} {alone}"
        );
    }
}
