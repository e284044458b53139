//! What the options, the table and the files cannot serve, and options that would have no effect.

use super::{AssembleArguments, has_labels, has_text};
use misa_recordings::align::UntimedRule;
use misa_recordings::assemble::Mode;
use misa_recordings::segments::{SegmentNoteKind, SegmentTable};

impl AssembleArguments {
    /// Refuses options that have no effect with the mode and the kinds of files.
    pub(super) fn check_effects(&self) -> Result<(), String> {
        self.check_effects_on_mode()?;
        self.check_effects_on_files()
    }

    /// Refuses options that have no effect with the mode.
    fn check_effects_on_mode(&self) -> Result<(), String> {
        use Mode::{Sdk, Unaligned, Utterance, Words};
        let (steps, files) = (&self.steps, &self.files);
        let is_spread = steps.untimed == Some(UntimedRule::Spread);
        let by_mode: [(&str, bool, &[Mode]); 8] = [
            ("--pauses", steps.pauses.is_some(), &[Words]),
            ("--untimed spread", is_spread, &[Words]),
            ("--untimed", steps.untimed.is_some(), &[Words, Sdk]),
            ("--reach", steps.reach.is_some(), &[Words, Unaligned]),
            ("--face-rate", steps.face_rate.is_some(), &[Unaligned]),
            ("--voice-rate", steps.voice_rate.is_some(), &[Unaligned]),
            ("--most-steps", steps.most_steps.is_some(), &[Unaligned]),
            (
                "--confidence",
                files.confidence.is_some(),
                &[Words, Unaligned, Utterance],
            ),
        ];
        for (option, is_given, modes) in by_mode {
            if is_given && !modes.contains(&steps.mode) {
                let (mode, modes) = (steps.mode, listed(modes));
                return Err(format!(
                    "{option} has no effect with --mode {mode}; it works with --mode {modes}"
                ));
            }
        }
        Ok(())
    }

    /// Refuses options that have no effect with the kinds of files.
    fn check_effects_on_files(&self) -> Result<(), String> {
        let (steps, files) = (&self.steps, &self.files);
        let (faces, sound) = (files.faces.is_some(), files.sound.is_some());
        let voice = sound || files.voice.is_some();
        let any = (faces || voice, "--faces, --voice or --sound");
        let voice = (voice, "--voice or --sound");
        let options = [
            ("--reach", steps.reach.is_some(), any),
            ("--most-steps", steps.most_steps.is_some(), any),
            ("--face-rate", steps.face_rate.is_some(), (faces, "--faces")),
            ("--voice-rate", steps.voice_rate.is_some(), voice),
            (
                "--speech",
                files.speech.file().is_some(),
                (sound, "--sound"),
            ),
        ];
        for (option, is_given, (has_files, needed)) in options {
            if is_given && !has_files {
                return Err(format!("{option} has no effect without {needed}"));
            }
        }
        Ok(())
    }

    /// Refuses options that have no effect on the table.
    pub(super) fn check_table(&self, table: &SegmentTable) -> Result<(), String> {
        let (steps, columns) = (&self.steps, &self.columns);
        let mut notes = table.notes.iter();
        let has_times = notes.any(|note| note.kind == SegmentNoteKind::TimeLeftOut);
        let has_names = has_labels(table) && !table.classes.is_empty();
        let has_words = self.files.has_words() || has_text(table);
        let cases = [
            ("--cut", columns.cut, has_times, "times"),
            (
                "--text-column",
                columns.text_column.is_some(),
                has_text(table),
                "texts",
            ),
            (
                "--classes",
                !columns.classes.is_empty(),
                has_names,
                "labels that are names",
            ),
            ("--keep-case", steps.keep_case, has_words, "texts"),
            (
                "--keep-punctuation",
                steps.keep_punctuation,
                has_words,
                "texts",
            ),
        ];
        for (option, is_given, has_it, what) in cases {
            if is_given && !has_it {
                let table = self.table_name();
                return Err(format!(
                    "{table}: {option} has no effect, as there are no {what}"
                ));
            }
        }
        Ok(())
    }

    /// Refuses what the table and the files cannot serve.
    pub(super) fn check_modes(&self, table: &SegmentTable) -> Result<(), String> {
        let mode = self.steps.mode;
        if mode.is_by_word() && !self.files.has_words() {
            let (unaligned, utterance) = (Mode::Unaligned, Mode::Utterance);
            return Err(format!(
                "--mode {mode} needs words with times; give --words PATH, or choose --mode {unaligned} or {utterance}"
            ));
        }
        let is_known = |id: &String| table.segments.iter().any(|segment| segment.id == *id);
        if let Some(id) = self.picture.as_ref().filter(|id| !is_known(id)) {
            let (path, first) = (self.table_name(), &table.segments[0].id);
            return Err(format!(
                "{path}: expected the utterance {id:?} of --picture, found others, such as {first:?}"
            ));
        }
        if self.files.is_empty() && !has_text(table) {
            let path = self.table_name();
            return Err(format!(
                "{path}: expected a column text, or files; give --words, --faces, --voice or --sound PATH"
            ));
        }
        Ok(())
    }
}

/// Modes in a sentence.
fn listed(modes: &[Mode]) -> String {
    let names: Vec<String> = modes.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        names => names.concat(),
    }
}
