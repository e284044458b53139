//! Notes: values that were dropped, replaced or unusual when a data set was read.

use crate::{PaddingReason, PaddingSide, Split};
use misa_terms::{Modality, form, plural};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is said of the utterances that [`NoteKind::UnknownSplit`] counts.
const UNKNOWN_SPLIT: &str = "with a split that is none of train, valid and test";

/// How often one kind of fault occurred in a split. Every fault is noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Note {
    /// The split; `None` if the utterances belong to none, or if the note is about a whole file
    /// or folder.
    pub split: Option<Split>,
    /// The kind of fault.
    pub kind: NoteKind,
    /// How often it occurred.
    pub count: usize,
}

/// Kinds of faults that do not stop the reading of a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoteKind {
    /// Feature values that are NaN or infinite, replaced by 0.
    NonFinite(Modality),
    /// Labels that are NaN or infinite, replaced as the official code does.
    Label,
    /// Words outside the vocabulary, read as unknown.
    UnknownWord,
    /// Utterances without any words, read as one unknown word; of clips, the text is missing.
    NoText,
    /// Sequences with a stated length of 0, read as one step.
    NoSteps(Modality),
    /// Sequences with a stated length beyond the stored steps, read as stored.
    TooLong(Modality),
    /// Sequences that are all zeros, read as one step.
    OnlyPadding(Modality),
    /// Sequences padded at the front, whose padding is removed, in files that misa 0.1.0 wrote.
    PaddedFront(Modality),
    /// Sequences whose padding is removed; in files that are aligned word by word, utterances.
    Padded {
        /// The modality; `None` if the same rows are removed from all of them.
        modality: Option<Modality>,
        /// The side of the padding.
        side: PaddingSide,
        /// Why these rows are padding.
        reason: PaddingReason,
    },
    /// Sequences that begin or end with zeros which are not padding.
    ZerosKept(Modality),
    /// Utterances with the id of another one in the split.
    DuplicateId,
    /// Utterances with an id of an earlier split; scores may be optimistic.
    SharedId,
    /// Utterances dropped because their modalities differ in steps.
    Misaligned,
    /// Utterances dropped because they contain only pauses.
    OnlyPauses,
    /// Labels without duration, left out.
    NoDuration,
    /// Videos left out because they are missing in some file.
    NotInAll,
    /// Utterances left out because a file of their split is missing.
    Incomplete,
    /// Utterances dropped because their video is in no split.
    NoSplit,
    /// Clips of a table whose split is none of ours, with what stands there; they are in no split.
    UnknownSplit(String),
    /// Files and folders that systems and programs left behind, such as `._labels.csv`, ignored.
    Leftover,
    /// Values of this class, or arrays of this element type, that are not read; nothing needs them.
    NotRead(String),
    /// Keys of a file that are no split, and arrays of an archive that are no utterance of the table, with
    /// these names; they are not read.
    NotNamed(String),
}

impl NoteKind {
    /// Whether it is about a whole file or folder, and so about no split.
    fn is_of_file(&self) -> bool {
        matches!(
            self,
            Self::NotRead(_) | Self::NotNamed(_) | Self::Leftover | Self::NotInAll
        )
    }

    /// Whether it is about sequences of `modality`, or about a whole file or folder.
    pub(crate) fn concerns(&self, modality: Modality) -> bool {
        match self {
            NoteKind::NonFinite(of)
            | NoteKind::NoSteps(of)
            | NoteKind::TooLong(of)
            | NoteKind::OnlyPadding(of)
            | NoteKind::PaddedFront(of)
            | NoteKind::ZerosKept(of) => *of == modality,
            NoteKind::Padded { modality: of, .. } => of.is_none_or(|of| of == modality),
            kind => kind.is_of_file(),
        }
    }

    /// Whether this is determined at each reading, for data of any format.
    pub(crate) fn is_found_again(&self) -> bool {
        matches!(self, Self::DuplicateId | Self::SharedId)
    }
}

impl Note {
    /// The split concerned; empty if the note is about a whole file or folder.
    pub(crate) fn place(&self) -> &'static str {
        match self.split {
            Some(split) => split.name(),
            None if self.kind.is_of_file() => "",
            None => "no split",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            "" => f.write_str(&self.kind.text(self.count)),
            place => write!(f, "{place}: {}", self.kind.text(self.count)),
        }
    }
}

impl NoteKind {
    /// How often this occurred.
    fn text(&self, count: usize) -> String {
        let s = form(count, "", "s");
        let sequences =
            |modality: &Modality, rest: &str| format!("{count} {modality} sequence{s} {rest}");
        let utterances = |rest: &str| format!("{count} utterance{s} {rest}");
        match self {
            NoteKind::NonFinite(modality) => {
                format!("{count} non-finite {modality} value{s} replaced by 0")
            }
            NoteKind::Label => format!("{count} non-finite label{s} replaced"),
            NoteKind::UnknownWord => format!("{count} word{s} outside the vocabulary"),
            NoteKind::NoText => utterances("without words"),
            NoteKind::NoSteps(modality) => sequences(modality, "of length 0 read as one step"),
            NoteKind::TooLong(modality) => sequences(modality, "longer than what is stored"),
            NoteKind::OnlyPadding(modality) => sequences(modality, "of zeros read as one step"),
            NoteKind::PaddedFront(modality) => {
                sequences(modality, "padded at the front, cut there")
            }
            NoteKind::Padded {
                modality,
                side,
                reason,
            } => padded(count, *modality, *side, *reason),
            NoteKind::ZerosKept(modality) => {
                let begin = form(count, "begins or ends", "begin or end");
                sequences(
                    modality,
                    &format!("{begin} with zeros that are no padding, kept"),
                )
            }
            NoteKind::DuplicateId => utterances("with an id used before"),
            NoteKind::SharedId => utterances("with an id of an earlier split"),
            NoteKind::Misaligned => format!("{count} misaligned utterance{s} dropped"),
            NoteKind::OnlyPauses => utterances("with nothing but pauses dropped"),
            NoteKind::NoDuration => format!("{count} label{s} without duration left out"),
            NoteKind::NotInAll => {
                let videos = plural(count, "video that is", "videos that are");
                format!("{videos} not in all files left out")
            }
            NoteKind::Incomplete => {
                let their = form(count, "its", "their");
                utterances(&format!(
                    "left out because a file of {their} split is missing"
                ))
            }
            NoteKind::NoSplit => utterances("without a split dropped"),
            NoteKind::NotNamed(names) => {
                let entries = plural(count, "entry that names", "entries that name");
                format!("{entries} no split and no utterance, not read: {names}")
            }
            NoteKind::UnknownSplit(names) => utterances(&format!("{UNKNOWN_SPLIT}: {names}")),
            NoteKind::Leftover => format!("{count} file{s} that systems left behind ignored"),
            NoteKind::NotRead(class) => {
                format!("{count} value{s} not read: {}", class.escape_debug())
            }
        }
    }
}

/// Names for a note: the first ten, each with at most 40 letters, and the number of the rest.
pub(crate) fn listed(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut names = names.into_iter();
    let first = names.by_ref().take(10).map(|name| {
        let name: String = name.as_ref().chars().take(40).collect();
        format!("`{}`", name.escape_debug())
    });
    let first = first.collect::<Vec<_>>().join(", ");
    match names.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The removed padding, and the evidence that it is padding.
fn padded(
    count: usize,
    modality: Option<Modality>,
    side: PaddingSide,
    reason: PaddingReason,
) -> String {
    let s = form(count, "", "s");
    let what = match modality {
        Some(modality) => format!("{modality} sequence{s}"),
        None => format!("utterance{s}"),
    };
    let place = match side {
        PaddingSide::Front => form(count, "begins", "begin"),
        PaddingSide::Back => form(count, "ends", "end"),
    };
    let reason = match reason {
        PaddingReason::Rows => " in all modalities: padding, removed",
        PaddingReason::Utterances => form(
            count,
            ", as do its other modalities: padding, removed",
            ", as do their other modalities: padding, removed",
        ),
        PaddingReason::Most => ", as most do: padding, removed",
        PaddingReason::Setting => ", removed as the setting `padding` says",
    };
    format!("{count} {what} {place} with rows of zeros{reason}")
}

/// Counts of faults while reading, in the order of their first occurrence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Vec<Note>);

impl Notes {
    /// Adds `count` faults; 0 adds no note.
    pub fn add(&mut self, split: impl Into<Option<Split>>, kind: NoteKind, count: usize) {
        let split = split.into();
        if count == 0 {
            return;
        }
        let known = |note: &&mut Note| note.split == split && note.kind == kind;
        match self.0.iter_mut().find(known) {
            Some(note) => note.count += count,
            None => self.0.push(Note { split, kind, count }),
        }
    }

    pub fn extend<'a>(&mut self, notes: impl IntoIterator<Item = &'a Note>) {
        for note in notes {
            self.add(note.split, note.kind.clone(), note.count);
        }
    }

    pub fn into_vec(self) -> Vec<Note> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_faults_are_counted_together() {
        let mut notes = Notes::default();
        notes.add(Split::Train, NoteKind::NonFinite(Modality::Acoustic), 2);
        notes.add(Split::Train, NoteKind::UnknownWord, 0);
        notes.add(Split::Train, NoteKind::NonFinite(Modality::Acoustic), 1);
        let notes = notes.into_vec();
        assert_eq!(notes.len(), 1);
        let text = "train: 3 non-finite acoustic values replaced by 0";
        assert_eq!(notes[0].to_string(), text);
    }

    #[test]
    fn the_first_names_are_listed_and_the_rest_counted() {
        assert_eq!(listed(["tset", "a\nb"]), "`tset`, `a\\nb`");
        let expected = format!("{} and 2 more", ["`x`"; 10].join(", "));
        assert_eq!(listed(["x"; 12]), expected);
        let long = "x".repeat(41);
        assert_eq!(listed([long.as_str()]), format!("`{}`", &long[1..]));
    }

    #[test]
    fn notes_about_a_file_name_no_split() {
        let mut notes = Notes::default();
        let class = "collections.Counter".to_string();
        notes.add(None, NoteKind::NotRead(class.clone()), 2);
        notes.add(Split::Train, NoteKind::NotRead(class), 1);
        notes.add(None, NoteKind::NoSplit, 3);
        let texts: Vec<String> = notes.into_vec().iter().map(Note::to_string).collect();
        let expected = [
            "2 values not read: collections.Counter",
            "train: 1 value not read: collections.Counter",
            "no split: 3 utterances without a split dropped",
        ];
        assert_eq!(texts, expected);
    }
}
