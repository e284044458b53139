//! Whatever option the advice on data names, the program has.

use clap::Parser;
use misa_cli::command::Arguments;
use std::fs;
use std::path::{Path, PathBuf};

/// An option in a piece of advice, and its value.
#[derive(Debug)]
struct Named {
    option: String,
    value: Option<String>,
    /// The line of advice.
    line: String,
}

/// The sources of all advice on data: of the doctor, of its messages, and of kinds of files.
fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = vec![crates.join("misa-data/src/error.rs")];
    let mut folders = vec![
        crates.join("misa-data/src/doctor"),
        crates.join("misa-files/src/kind"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The options in the texts of a source file. Its comments and tests give no advice.
fn named(source: &str) -> Vec<Named> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with("//"));
    let mut found = Vec::new();
    for line in lines {
        for (start, _) in line.match_indices("--") {
            let rest = &line[start..];
            if !rest[2..].starts_with(|char: char| char.is_ascii_lowercase() || char == '{') {
                continue;
            }
            let is_of =
                |char: char| char.is_ascii_lowercase() || char == '-' || "{}".contains(char);
            let end = rest.find(|char| !is_of(char)).unwrap_or(rest.len());
            let option = &rest[..end];
            let value = rest[end..].strip_prefix(' ');
            let value =
                value.and_then(|rest| rest.split(|char: char| !char.is_alphanumeric()).next());
            found.push(Named {
                option: option.to_string(),
                value: value.filter(|value| !value.is_empty()).map(str::to_string),
                line: line.to_string(),
            });
        }
    }
    found
}

/// Whether a command that reads data takes the option, with this value if there is one.
fn is_taken(option: &str, value: Option<&str>) -> bool {
    let commands: [&[&str]; 3] = [
        &["misa", "data", "doctor", "x"],
        &["misa", "train", "--data", "x"],
        &["misa", "predict", "run", "--data", "x"],
    ];
    commands.into_iter().any(|command| {
        let typed = command.iter().copied().chain([option]).chain(value);
        Arguments::try_parse_from(typed).is_ok()
    })
}

/// The values of an option of which the advice gives none.
const VALUES: [(&str, &str); 2] = [("--format", "mmsa"), ("--modalities", "text")];

#[test]
fn every_option_that_advice_names_exists_with_its_value() {
    let mut count = 0;
    for path in sources() {
        for named in named(&fs::read_to_string(&path).unwrap()) {
            let Named {
                option,
                value,
                line,
            } = named;
            let place = path.display();
            // `--{modality} FILE`, in one message.
            let options = if option == "--{modality}" {
                vec!["--text", "--visual", "--acoustic"]
            } else {
                vec![option.as_str()]
            };
            for option in options {
                let known = VALUES.iter().find(|(known, _)| *known == option);
                let value = match (known, value.as_deref()) {
                    (Some((_, known)), _) if !is_taken(option, value.as_deref()) => Some(*known),
                    (_, value) => value,
                };
                assert!(
                    is_taken(option, value),
                    "{place}: {option} {value:?}: {line}"
                );
                count += 1;
            }
        }
    }
    // Policy, format, modalities, normalisation, and the files of modalities.
    assert!(count >= 12, "{count} options");
}

#[test]
fn options_that_do_not_exist_are_noticed() {
    let wrong = "let advice = \"try --normalize train, or --policy lenient\";";
    let found = named(wrong);
    assert_eq!(found.len(), 2);
    for named in found {
        assert!(
            !is_taken(&named.option, named.value.as_deref()),
            "{named:?}"
        );
    }
}

#[test]
fn every_command_that_reads_data_takes_files_of_modalities() {
    let commands: [&[&str]; 10] = [
        &["data", "doctor", "x"],
        &["data", "convert", "x", "y"],
        &["train", "--data", "x"],
        &["ablation", "--data", "x"],
        &["evaluate", "run"],
        &["embed", "run", "--out", "y"],
        &["report", "run"],
        &["degrade", "run"],
        &["plot", "run", "curves", "--out", "y"],
        &["predict", "run", "--data", "x"],
    ];
    for command in commands {
        for option in ["--text", "--visual", "--acoustic"] {
            let typed = [&["misa"], command, &[option, "file"]].concat();
            let parsed = Arguments::try_parse_from(typed);
            assert!(parsed.is_ok(), "{command:?} {option}: {parsed:?}");
        }
    }
}
