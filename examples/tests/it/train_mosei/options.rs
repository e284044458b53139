//! Options of the example, and its help.

use super::*;

#[test]
fn what_the_command_line_cannot_mean_is_said() {
    for (arguments, expected) in [
        (
            ["--preset", "best"],
            "invalid value 'best' for '--preset <NAME>': expected official, fine-tuned, mmsa or misa+",
        ),
        (
            ["--corpus", "sims"],
            "invalid value 'sims' for '--corpus <NAME>': expected mosi, mosei or ur_funny",
        ),
        (
            ["--modalities", "text,audio"],
            "invalid value 'text,audio' for '--modalities <LIST>': expected text, visual or acoustic",
        ),
        (
            ["--normalise", "max"],
            "invalid value 'max' for '--normalise <HOW>': expected utterance, train, robust or recipe",
        ),
        (["--device", "tpu"], "unknown device `tpu`"),
        (
            ["--epochs", "-1"],
            "invalid value '-1' for '--epochs <N>': expected a whole number",
        ),
        (
            ["--format", "word"],
            "expected misa, mmsa, mult, mag, ur_funny, csd, mfn, own, safetensors",
        ),
        (
            ["--learning-rate", "-1"],
            "invalid value '-1' for '--learning-rate <RATE>': expected a number in (0, inf)",
        ),
        (
            ["--d-embedding", "0"],
            "invalid value '0' for '--d-embedding <N>': expected a whole number in [1, 16777216]",
        ),
        (["--epochs", "0"], "epochs must be in [1, inf), got 0"),
        (
            ["--learning-rate", "0"],
            "invalid value '0' for '--learning-rate <RATE>': expected a number in (0, inf)",
        ),
    ] {
        let message = failure(&arguments);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
#[cfg(not(feature = "cuda"))]
fn a_device_that_is_not_compiled_in_names_its_feature() {
    assert_eq!(
        failure(&["--device", "cuda:1"]),
        "train_mosei: device cuda is not compiled in, build with --features cuda"
    );
}

#[test]
fn help_tells_what_it_reads_and_gives_examples() {
    let output = Command::new(program("train_mosei"))
        .arg("--help")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "train.pkl",
        "MMSA",
        "--modalities",
        "official",
        "Examples:",
        "synthetic",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn an_example_says_which_settings_are_its_own() {
    for (example, origin) in [
        ("train_mosei", "corpus  mosei  example train_mosei"),
        ("train_ur_funny", "corpus  ur_funny  example train_ur_funny"),
    ] {
        let output = Command::new(program(example))
            .arg("--dry-run")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines = text.lines().map(|line| {
            let words: Vec<&str> = line.split("  ").map(str::trim).collect();
            words.into_iter().filter(|word| !word.is_empty()).collect()
        });
        let lines: Vec<Vec<&str>> = lines.by_ref().collect();
        assert!(
            lines.iter().any(|words| words.join("  ") == origin),
            "{text}"
        );
    }
}
