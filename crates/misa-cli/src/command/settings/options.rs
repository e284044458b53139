//! Options that are short names of settings, as they were typed.

use super::Setting;
use super::option::{DEVICE, KEEP_EPOCHS, SEED, SettingNeed, SettingOption, TENSORBOARD};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use serde_json::{Value, json};

/// The options that were typed, with their values.
#[derive(Clone, Debug, Default)]
pub struct SettingOptions {
    typed: Vec<(&'static SettingOption, Value)>,
}

impl SettingOptions {
    /// These options, and `--name value`.
    ///
    /// # Panics
    ///
    /// Panics if there is no such option.
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Self {
        let option = SettingOption::all().find(|option| option.name == name);
        let option = option.expect("the caller names an option of the table");
        self.typed.push((option, json!(value)));
        self
    }

    /// The seed, if it was typed.
    pub(crate) fn seed(&self) -> Option<u64> {
        let is_seed = |(option, _): &&(&SettingOption, Value)| option.key == SEED;
        self.typed.iter().find(is_seed)?.1.as_u64()
    }

    /// Whether an option says what is trained: the device, the seed and what is kept do not.
    pub(super) fn says_what(&self) -> bool {
        let keys = self.typed.iter().map(|(option, _)| option.key);
        keys.into_iter()
            .any(|key| ![DEVICE, SEED, KEEP_EPOCHS, TENSORBOARD].contains(&key))
    }

    /// The settings that were typed.
    pub(super) fn settings(&self) -> impl Iterator<Item = Setting> {
        self.typed.iter().map(|(option, value)| Setting {
            key: option.key.to_string(),
            value: value.clone(),
            origin: option.origin(),
        })
    }

    /// The options that are read only where another setting has a value, with that setting.
    pub(super) fn needs(&self) -> impl Iterator<Item = (String, &'static SettingNeed)> {
        let needs = |(option, _): &(&SettingOption, Value)| Some((option.origin(), option.need()?));
        self.typed.iter().filter_map(needs)
    }
}

impl Args for SettingOptions {
    fn augment_args(command: Command) -> Command {
        command
            .args(SettingOption::arguments())
            .mut_arg("glove", |argument| argument.conflicts_with("bert"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = |option: &'static SettingOption| Some((option, option.typed(matches)?));
        Ok(Self {
            typed: SettingOption::all().filter_map(typed).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_typed_sets_nothing() {
        let command = SettingOptions::augment_args(Command::new("test"));
        let read = |arguments: &[&str]| {
            let matches = command.clone().get_matches_from(arguments);
            let options = SettingOptions::from_arg_matches(&matches).unwrap();
            let settings = options.settings();
            settings
                .map(|setting| (setting.key, setting.value))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&["test"]), []);
        let typed = [
            "test",
            "--no-frozen-dropout",
            "--modalities",
            "acoustic,text",
        ];
        let modalities = json!(["acoustic", "text"]);
        assert_eq!(
            read(&typed),
            [
                ("training.modalities".to_string(), modalities),
                ("training.bert.frozen_dropout".to_string(), json!(false)),
            ]
        );
    }
}
