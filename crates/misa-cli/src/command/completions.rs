//! Scripts that complete the command line in a shell.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;

/// Options of which the values are known, although their parsers do not list them.
const VALUES: [(&str, &[&str]); 8] = [
    ("preset", &["official", "fine-tuned", "mmsa", "misa+"]),
    ("corpus", &["mosi", "mosei", "ur_funny"]),
    ("policy", &["strict", "compat"]),
    ("padding", &["auto", "left", "right", "mask"]),
    ("normalise", &["utterance", "train", "robust", "recipe"]),
    ("freeze", &["none", "all"]),
    ("truncation", &["full", "batch"]),
    (
        "format",
        &[
            "misa",
            "mmsa",
            "mult",
            "mag",
            "ur_funny",
            "csd",
            "mfn",
            "own",
            "safetensors",
        ],
    ),
];

/// The script for `shell` and `command`.
pub(super) fn script(shell: Shell, command: Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut hinted(command), "misa", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The command with the values of its options, which is good for completion only: other values may
/// be valid too, such as `cuda:1`.
fn hinted(command: Command) -> Command {
    command.mut_args(hint).mut_subcommands(hinted)
}

fn hint(argument: Arg) -> Arg {
    // `--format` of tables is another option than that of data.
    if !argument.get_possible_values().is_empty() {
        return argument;
    }
    let option = argument.get_long().unwrap_or_default().to_string();
    if option == "device" {
        return argument.value_parser(PossibleValuesParser::new(crate::names()));
    }
    if let Some((_, values)) = VALUES.iter().find(|(name, _)| *name == option) {
        return argument.value_parser(PossibleValuesParser::new(*values));
    }
    match value_name(&argument) {
        "DIR" | "FOLDER" => argument.value_hint(ValueHint::DirPath),
        "FILE" | "PATH" => argument.value_hint(ValueHint::AnyPath),
        _ => argument,
    }
}

fn value_name(argument: &Arg) -> &str {
    let names = argument.get_value_names().unwrap_or_default();
    names.first().map_or("", |name| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Arguments;
    use clap::{CommandFactory, Parser};

    #[test]
    fn offered_values_are_valid() {
        for (option, values) in VALUES {
            for value in values {
                let option = format!("--{option}");
                let mut typed = vec!["misa", "train", "--data", "x", &option, value];
                if ["--freeze", "--truncation"].contains(&&*option) {
                    typed.extend(["--bert", "x"]);
                }
                let doctor = ["misa", "data", "doctor", "x", &option, value];
                let is_valid = Arguments::try_parse_from(typed).is_ok()
                    || Arguments::try_parse_from(doctor).is_ok();
                assert!(is_valid, "{option} {value}");
            }
        }
    }

    #[test]
    fn values_are_offered_instead_of_files() {
        let script = script(Shell::Bash, Arguments::command());
        for values in [
            "official fine-tuned mmsa misa+",
            "mosi mosei ur_funny",
            "strict compat",
            // The formats of tables, not those of data.
            "md csv json latex",
            &crate::names().join(" "),
        ] {
            assert!(
                script.contains(&format!("compgen -W \"{values}\"")),
                "{values}"
            );
        }
    }
}
