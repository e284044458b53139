//! What was assembled, for people and programs.

use super::AssembleArguments;
use super::faults::Faults;
use super::totals::Totals;
use misa_data::{Overview, Recipes, Split, Written};
use misa_recordings::assemble::{KindMatching, Matching, StepCounts};
use misa_recordings::segments::SegmentTable;
use misa_recordings::tracks::TrackNote;
use misa_recordings::words::WordsNote;
use misa_terms::{Modality, form, plural};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Names that are told of a list.
const TOLD: usize = 5;

/// Everything that is said about an assembled data set.
pub(super) struct Summary<'s> {
    pub arguments: &'s AssembleArguments,
    pub table: &'s SegmentTable,
    /// How splits were made, if they were.
    pub splits: Option<&'s str>,
    pub matching: &'s Matching,
    pub recipes: &'s Recipes,
    pub totals: &'s Totals,
    pub faults: &'s Faults,
    pub written: &'s Written,
    pub overview: &'s Overview,
}

impl Summary<'_> {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut text = self.head();
        let words = &self.totals.words;
        if self.matching.words.is_some() {
            let dropped =
                words.untimed_dropped + words.no_length_dropped + words.punctuation_dropped;
            let _ = writeln!(
                text,
                "words  {} measured, {} interpolated by their tool, {} placed between their neighbours, {dropped} left out",
                words.measured, words.interpolated_by_tool, words.placed
            );
        }
        let tracks = [
            ("faces", &self.recipes.visual, &self.totals.faces),
            ("voice", &self.recipes.acoustic, &self.totals.voice),
        ];
        for (kind, recipe, steps) in tracks {
            if let Some(recipe) = recipe {
                let _ = writeln!(
                    text,
                    "{kind}  {} ({}): {}",
                    recipe.name,
                    plural(recipe.columns.len(), "column", "columns"),
                    steps_text(steps)
                );
            }
        }
        text.push_str(&self.sounds_text());
        for note in self.notes() {
            let _ = writeln!(text, "note: {note}");
        }
        text
    }

    /// A line about the sounds; nothing if voices were not made of sound.
    fn sounds_text(&self) -> String {
        let sounds = || {
            self.totals
                .recordings
                .iter()
                .filter_map(|report| report.sound.as_ref())
        };
        let Some(first) = sounds().next() else {
            return String::new();
        };
        let seconds: f64 = sounds().map(|sound| sound.seconds).sum();
        let speech: f64 = sounds().map(|sound| sound.speech_seconds).sum();
        let kind = first.speech_is();
        format!("sound  {seconds:.1} s, of which {speech:.1} s are {kind}\n")
    }

    /// Findings about sounds, each kind once.
    fn sound_notes(&self) -> Vec<String> {
        let mut kinds: BTreeMap<&str, (usize, &str, &str)> = BTreeMap::new();
        for report in &self.totals.recordings {
            for finding in report.sound.iter().flat_map(|sound| &sound.findings) {
                let kind = finding.split(':').next().unwrap_or(finding);
                kinds.entry(kind).or_insert((0, &report.name, finding)).0 += 1;
            }
        }
        let told = kinds
            .into_values()
            .map(|(count, name, finding)| match count {
                1 => format!("sound of {name:?}: {finding}"),
                _ => format!("sound of {name:?} and {} more: {finding}", count - 1),
            });
        told.collect()
    }

    fn head(&self) -> String {
        let counts: Vec<String> = Split::ALL
            .into_iter()
            .filter(|&split| self.overview.count(split) > 0)
            .map(|split| format!("{} {split}", self.overview.count(split)))
            .collect();
        let counts = if self.has_labels() {
            counts.join(", ")
        } else {
            format!("{} unlabelled", self.overview.counts.iter().sum::<usize>())
        };
        format!(
            "{}: {counts} {} of {}, {:.1} MB, checksum {}\n",
            self.arguments.out.display(),
            form(self.overview.counts.iter().sum(), "utterance", "utterances"),
            plural(self.totals.recordings.len(), "recording", "recordings"),
            self.written.bytes as f64 / 1e6,
            self.written.checksum
        )
    }

    fn has_labels(&self) -> bool {
        super::has_labels(self.table)
    }

    /// Labels by a modality that not every segment has.
    fn left_out(&self, modality: Modality) -> Option<String> {
        let segments = self.table.segments.iter();
        let count = segments.filter(|one| one.label_of(modality).is_some());
        let (count, all) = (count.count(), self.table.segments.len());
        (count > 0 && count < all).then(|| {
            format!(
                "{} of {modality} left out: {} none",
                plural(count, "label", "labels"),
                plural(all - count, "segment has", "segments have")
            )
        })
    }

    /// Everything that was left out, replaced or odd.
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.splits.iter().map(ToString::to_string).collect();
        let of_table = self.table.notes.iter().chain(&self.matching.notes);
        notes.extend(of_table.map(ToString::to_string));
        notes.extend(
            Modality::ALL
                .into_iter()
                .filter_map(|one| self.left_out(one)),
        );
        for (kind, found) in self.matching.iter() {
            notes.extend(matching_notes(kind, found));
        }
        let words = &self.totals.words;
        let (faces, voice) = (&self.totals.faces, &self.totals.voice);
        let counted = [
            (words.untimed_dropped, "word", "without times left out"),
            (words.no_length_dropped, "word", "without length left out"),
            (
                words.punctuation_dropped,
                "word",
                "of punctuation alone left out",
            ),
            (words.sorted, "word", "out of order, sorted"),
            (words.outside, "word", "in no segment"),
            (
                self.totals.without_label,
                "segment",
                "without a label left out",
            ),
            (
                faces.undefined,
                "value",
                "of faces that no row has, read as 0",
            ),
            (
                voice.undefined,
                "value",
                "of voices that no row has, read as 0",
            ),
            (faces.cut, "step", "of faces beyond the most cut"),
            (voice.cut, "step", "of voices beyond the most cut"),
            (self.faults.list.len(), "recording", "at fault left out"),
        ];
        let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
        notes.extend(
            counted.map(|(count, noun, what)| {
                format!("{count} {noun}{} {what}", form(count, "", "s"))
            }),
        );
        notes.extend(self.without_words());
        notes.extend(self.file_notes());
        notes.extend(self.sound_notes());
        notes.extend(self.overview.notes.iter().map(ToString::to_string));
        notes
    }

    /// Which segments have no words, if any.
    fn without_words(&self) -> Option<String> {
        let without = self.totals.without_words();
        let (count, told) = (without.len(), told(&without));
        let segments = plural(count, "segment", "segments");
        (count > 0).then(|| format!("{segments} without words left out: {told}"))
    }

    /// Notes of files, each kind once, with the sum of its counts.
    fn file_notes(&self) -> Vec<String> {
        let mut words: Vec<WordsNote> = Vec::new();
        let mut tracks: [Vec<TrackNote>; 2] = Default::default();
        for report in &self.totals.recordings {
            for note in &report.notes {
                match words.iter_mut().find(|known| known.kind == note.kind) {
                    Some(known) => known.count += note.count,
                    None => words.push(*note),
                }
            }
            for (known, track) in tracks.iter_mut().zip([&report.faces, &report.voice]) {
                for note in track.iter().flat_map(|track| &track.notes) {
                    match known.iter_mut().find(|known| known.kind == note.kind) {
                        Some(known) => known.count += note.count,
                        None => known.push(note.clone()),
                    }
                }
            }
        }
        let [faces, voice] = tracks;
        let words = words.iter().map(|note| format!("words: {note}"));
        let faces = faces.iter().map(|note| format!("faces: {note}"));
        let voice = voice.iter().map(|note| format!("voice: {note}"));
        words.chain(faces).chain(voice).collect()
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let counts = Split::ALL.map(|split| (split.to_string(), self.overview.count(split)));
        let faults: Vec<Value> = self
            .faults
            .list
            .iter()
            .map(|(name, error)| json!({"name": name, "fault": error.to_string()}))
            .collect();
        json!({
            "file": self.arguments.out.display().to_string(),
            "mode": self.arguments.steps.mode,
            "labelled": self.has_labels(),
            "utterances": BTreeMap::from(counts),
            "bytes": self.written.bytes,
            "checksum": self.written.checksum,
            "words": self.totals.words,
            "faces": self.recipes.visual.as_ref().map(|recipe| json!({"recipe": recipe, "steps": self.totals.faces})),
            "voice": self.recipes.acoustic.as_ref().map(|recipe| json!({"recipe": recipe, "steps": self.totals.voice})),
            "matching": self.matching,
            "recordings": self.totals.recordings,
            "faults": faults,
            "notes": self.notes(),
        })
    }
}

fn steps_text(steps: &StepCounts) -> String {
    let share = 100.0 * steps.absent as f64 / steps.steps().max(1) as f64;
    format!(
        "{} measured, {} borrowed from the nearest row, {} absent ({share:.1} %)",
        plural(steps.measured, "step", "steps"),
        steps.borrowed,
        steps.absent
    )
}

/// The first of some names, and how many more there are.
fn told<N: AsRef<str>>(names: &[N]) -> String {
    let first: Vec<&str> = names.iter().take(TOLD).map(AsRef::as_ref).collect();
    let more = match names.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", first.join(", "))
}

fn matching_notes(kind: &str, found: &KindMatching) -> Vec<String> {
    let mut notes = Vec::new();
    if !found.without.is_empty() {
        notes.push(format!(
            "{} without {kind}: {}",
            plural(found.without.len(), "segment", "segments"),
            told(&found.without)
        ));
    }
    if !found.left.is_empty() {
        notes.push(format!(
            "{} of {kind} that no segment names: {}",
            plural(found.left.len(), "file", "files"),
            told(&found.left)
        ));
    }
    if found.others > 0 {
        let others = plural(found.others, "file", "files");
        notes.push(format!(
            "{others} of {kind} beside one of the same name, not read"
        ));
    }
    notes
}
