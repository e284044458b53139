//! Messages about values that will not do.

use super::*;

/// A value that a setting of this shape cannot have.
fn wrong_values(shape: &Shape) -> Vec<Value> {
    let [text, number, list] = [json!("a wrong text"), json!(-1.5), json!(["a", 1])];
    let table = json!({ "a": 1 });
    match shape.present() {
        Shape::Flag => vec![text, number, list, table, json!("yes")],
        Shape::Whole => vec![text, number, list, table, json!(true), json!("3")],
        Shape::Number => vec![text, list, table, json!(true), json!("0.3")],
        Shape::Text | Shape::Path => vec![number, list, table, json!(true)],
        _ => vec![text, number, list, table, json!(true), json!({})],
    }
}

#[test]
fn a_wrong_value_of_any_setting_is_refused_in_the_words_of_users() {
    let shape = RunSettings::shape();
    let mut count = 0;
    for (key, field) in settings(&shape) {
        for wrong in wrong_values(&field.shape) {
            let toml = toml::Value::try_from(&wrong).unwrap();
            let message = message(&[&format!("{key}={toml}")]);
            let beginning = format!("--set {key}={toml}: `{key}");
            assert!(message.starts_with(&beginning), "{beginning}: {message}");
            assert!(message.contains(", expected "), "{message}");
            let (_, expected) = message.split_once(", expected ").unwrap();
            assert_plain_message(expected);
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}

/// What is set, and the beginning of the message.
const MESSAGES: &[(&str, &str)] = &[
    (
        "training.epochs=x",
        "`training.epochs` is \"x\", expected a whole number",
    ),
    (
        "training.epochs='3'",
        "`training.epochs` is \"3\", expected a whole number without quotes",
    ),
    (
        "training.seed=18446744073709551615",
        "`training.seed` is \"18446744073709551615\", expected a whole number of at most 9223372036854775807",
    ),
    (
        "training.cell=lstn",
        "`training.cell` is \"lstn\", expected lstm or gru; did you mean `lstm`?",
    ),
    (
        "training.schedule=cosine",
        "`training.schedule` is \"cosine\", expected { cosine = { floor = NUMBER in [0, 1] } }",
    ),
    (
        "training.schedule={cosine={floor=2}}",
        "`training.schedule.cosine.floor` is 2, expected a number in [0, 1]",
    ),
    (
        "training.schedule={plateau={factor=0.5}}",
        "`training.schedule.plateau.patience` is missing, expected a whole number in [1, inf)",
    ),
    (
        "training.gradient_clip=5",
        "`training.gradient_clip` is 5, expected off, { value = NUMBER in (0, inf) } or \
             { norm = NUMBER in (0, inf) }",
    ),
    (
        "training.modalities=text,audio",
        "`training.modalities` is \"audio\", expected text, visual or acoustic",
    ),
    (
        "training.modalities=[]",
        "`training.modalities` is [], expected at least one of text, visual, acoustic in a list",
    ),
    (
        "data.path=2024",
        "`data.path` is 2024, expected a path in quotes: \"2024\"",
    ),
    (
        "training.loss=3",
        "`training.loss` is 3, expected a table with task, regression",
    ),
    (
        "epochs=3",
        "unknown setting `epochs`, did you mean `training.epochs`?",
    ),
    (
        "epoch=3",
        "unknown setting `epoch`, did you mean `training.epochs`?",
    ),
    (
        "train.epochs=3",
        "unknown setting `train.epochs`, did you mean `training.epochs`?",
    ),
    (
        "training.dropout.rate=1",
        "`training.dropout` is {\"rate\":1}, expected a number in [0, 1)",
    ),
];

#[test]
fn messages_name_the_values_that_would_do() {
    for (set, expected) in MESSAGES {
        let found = message(&[set]);
        let expected = format!("--set {set}: {expected}");
        assert!(
            found.starts_with(&expected),
            "expected {expected}\nfound    {found}"
        );
    }
}

#[test]
fn a_file_is_refused_with_its_line_in_the_same_words() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.toml");
    fs::write(&path, "[training]\nepochs = 3\nschedule = \"cosine\"\n").unwrap();
    let arguments = SettingsArguments {
        config: vec![path.clone()],
        ..SettingsArguments::default()
    };
    let error = arguments.resolve(&[]).unwrap_err();
    assert!(error.is::<SettingsError>());
    let expected = format!(
        "{}:3: `training.schedule` is \"cosine\", expected {{ cosine = {{ floor = NUMBER in [0, 1] }} }}",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn options_are_refused_in_the_same_words() {
    for (arguments, expected) in [
        (
            ["--epochs", "x"],
            "invalid value 'x' for '--epochs <N>': expected a whole number",
        ),
        (
            ["--batch-size", "0"],
            "invalid value '0' for '--batch-size <N>': expected a whole number in [1, inf)",
        ),
        (
            ["--normalise", "both"],
            "invalid value 'both' for '--normalise <HOW>': expected utterance, train, robust or recipe",
        ),
        (
            ["--preset", "best"],
            "invalid value 'best' for '--preset <NAME>': expected official, fine-tuned, mmsa or misa+",
        ),
    ] {
        let (status, message) = refused(&[&["train", "--dry-run"], &arguments[..]].concat());
        assert_eq!(status, 2);
        assert!(message.contains(expected), "{message}");
    }
}
