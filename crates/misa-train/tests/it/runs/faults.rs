//! What stops a run, and what is left of it then.

use super::*;

#[test]
fn a_damaged_state_is_refused_by_name() {
    let dir = tempdir().unwrap();
    go(&config(), dir.path(), &stopped()).unwrap_err();
    let state = dir.path().join("states/state-00000000.safetensors");
    let mut bytes = fs::read(&state).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&state, bytes).unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::Resume)).unwrap_err();
    assert!(
        error.to_string().starts_with(&state.display().to_string()),
        "{error}"
    );
    assert!(matches!(error, TrainError::Damaged { .. }));
}

#[test]
fn a_state_that_is_gone_is_named_with_what_to_do() {
    let dir = tempdir().unwrap();
    go(&config(), dir.path(), &stopped()).unwrap_err();
    let state = dir.path().join("states/state-00000000.safetensors");
    let kept = fs::read(&state).unwrap();
    fs::remove_file(&state).unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::Resume)).unwrap_err();
    let message = error.to_string();
    let begin = format!("{}: not found, expected the saved state", state.display());
    assert!(
        message.starts_with(&begin) && message.contains("--replace"),
        "{message}"
    );
    assert!(matches!(error, TrainError::LostState { .. }));
    fs::write(&state, kept).unwrap();
    go(&config(), dir.path(), &options(RunStart::Resume)).unwrap();
}

#[test]
fn one_process_at_a_time_writes_to_a_folder() {
    let dir = tempdir().unwrap();
    let lock = fs::File::create(dir.path().join("run.lock")).unwrap();
    lock.try_lock().unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::New)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("another process is using this folder"),
        "{error}"
    );
}

#[test]
fn a_manifest_of_a_later_version_is_left_alone() {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("manifest.json"), r#"{"version": 99}"#).unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::Resume)).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("written by a newer misa (version 99 of this file)"),
        "{error}"
    );
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_the_last_state_stays() {
    let dir = tempdir().unwrap();
    let utterance = |name: &str, label: f32| {
        let features = |columns: usize| Sequence::new(columns, vec![label.sin(); columns]).unwrap();
        let text = TextSequence::Words(vec![2]);
        Utterance::new(name, vec![], text, features(3), features(2), label).unwrap()
    };
    let fine = |i: usize| utterance(&format!("fine{i}"), i as f32 / 9.0);
    let mut train: Vec<_> = (0..12).map(fine).collect();
    train.push(utterance("huge", 3e38));
    let valid = vec![utterance("valid", 0.0)];
    let data = UtteranceDataset::from_splits(train, valid, vec![], None).unwrap();
    let config = config().with_order(Order::File).with_batch_size(4);
    let options = RunOptions {
        save_every: Some(1),
        ..options(RunStart::New)
    };
    let data = data.lock_test().0;
    let error = run(&config, data, &Device::flex(), dir.path(), &options).unwrap_err();
    let text = error.to_string();
    assert_eq!(
        text,
        "epoch 1, step 4: task loss is inf, expected a finite number; utterances of the batch: huge"
    );
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(manifest.status, Status::Failed { message: text });
    assert_eq!(manifest.updates(), 3);
}

/// The losses are finite by a hair, their gradients are not.
#[test]
fn a_gradient_that_is_no_number_names_its_parameter_and_batch() {
    let dir = tempdir().unwrap();
    let loss = MisaLossConfig::new().with_similarity_weight(2e38);
    let error = go(
        &config().with_loss(loss),
        dir.path(),
        &options(RunStart::New),
    )
    .unwrap_err();
    let text = error.to_string();
    let TrainError::NonFiniteGradient { source, ids, .. } = error else {
        panic!("{text}");
    };
    assert!(
        text.starts_with("epoch 1, step 1: gradient of `model."),
        "{text}"
    );
    assert!(!source.norm.is_finite() && ids.len() == 6);
    assert_eq!(Manifest::read(dir.path()).unwrap().updates(), 0);
}

#[test]
fn a_deleted_folder_ends_the_run_with_its_name() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("run");
    let gone = folder.clone();
    let removing = thread::spawn(move || {
        while !gone.join("states").exists() {
            thread::sleep(Duration::from_millis(1));
        }
        // New files may appear while it is emptied.
        while fs::remove_dir_all(&gone).is_err() && gone.exists() {}
        // Not to be made again.
        fs::write(&gone, "in the way").unwrap();
    });
    let options = RunOptions {
        save_every: Some(1),
        stop: Stop::new(),
        ..options(RunStart::New)
    };
    let error = go(&config().with_epochs(200), &folder, &options)
        .unwrap_err()
        .to_string();
    removing.join().unwrap();
    assert!(error.starts_with(&folder.display().to_string()), "{error}");
}
