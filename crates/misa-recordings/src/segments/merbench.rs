//! Segments of MERBench's labels, dictionaries in an archive of NumPy.

use crate::error::quoted;
use crate::segments::note::count;
use crate::segments::rows::clip_of;
use crate::segments::{Segment, SegmentFormat, SegmentNoteKind, SegmentTable, SegmentsOptions};
use crate::{ContainerError, Fault, FaultKind, Place};
use misa_files::npy::{Npz, NpzError};
use misa_files::pickle::{self, Pickle, Value};
use misa_files::{Source, zip};
use misa_terms::{Split, VideoPlace};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The end of the names of the dictionaries.
const CORPUS: &str = "_corpus";

/// What the label is, unless something else is told.
const VALENCE: &str = "val";

/// Bytes of all unpacked dictionaries. Those of MOSEI, the largest, have 2 MiB.
const MOST_BYTES: u64 = 16 << 20;

/// Values of a dictionary, of which a segment has about six.
const MOST_VALUES: usize = 1 << 20;

/// Dictionaries of an archive. MERBench has up to four.
const MOST_CORPORA: u64 = 64;

/// Whether the bytes are of an archive, as those of NumPy are.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The segments of a `label.npz`: name to `{"emo": …, "val": …}` in dictionaries called `train_corpus`,
/// `val_corpus`, `test_corpus` or `test1_corpus` and so on, which are the splits, or `whole_corpus`.
///
/// Nothing of a file is ever executed.
///
/// - Source: MERTools, MERBench.
/// - Differs: a `val` that is missing or empty is no label, where MERBench takes -10.
pub(super) fn segments(bytes: &[u8], options: &SegmentsOptions) -> Result<SegmentTable, Fault> {
    let most = options.limits.text_bytes.min(MOST_BYTES);
    let limits = zip::Limits {
        entries: MOST_CORPORA,
        entry_bytes: most,
        total_bytes: most,
        ..zip::Limits::default()
    };
    let archive = Npz::open(Source::from(bytes), &limits).map_err(unread)?;
    let corpora = corpora(&archive)?;
    let mut reader = Reader::new(options);
    for (corpus, split) in corpora {
        let limits = pickle::Limits {
            file_bytes: most,
            values: MOST_VALUES,
            ..pickle::Limits::default()
        };
        let objects = archive.objects(&corpus, &limits).map_err(unread)?;
        reader.corpus(&corpus, split, &objects)?;
    }
    reader.finish()
}

/// The dictionaries by name, and their splits.
fn corpora(archive: &Npz<'_>) -> Result<Vec<(String, Option<Split>)>, Fault> {
    let mut corpora = Vec::new();
    for name in archive.names() {
        if let Some(stem) = name.strip_suffix(CORPUS) {
            corpora.push((name.to_string(), split(name, stem)?));
        }
    }
    if !corpora.is_empty() {
        return Ok(corpora);
    }
    let names: Vec<String> = archive.names().take(4).map(quoted).collect();
    let found = match &names[..] {
        [] => Cow::from("an archive without arrays"),
        names => Cow::from(format!("arrays {}", names.join(", "))),
    };
    let expected = "a table in text, or `train_corpus` and others in `label.npz` of MERBench";
    let fault = Fault::new(FaultKind::Unsupported, Place::File, expected, found);
    Err(fault.advised("features belong into --faces or --voice"))
}

/// The split of a dictionary; `None` if it has all segments.
fn split(name: &str, stem: &str) -> Result<Option<Split>, Fault> {
    if stem == "whole" {
        return Ok(None);
    }
    let stem = stem.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let split = Split::of_name(stem).ok_or_else(|| {
        let expected = "train_corpus, val_corpus, test_corpus or whole_corpus";
        Fault::new(FaultKind::Invalid, Place::File, expected, quoted(name))
    })?;
    Ok(Some(split))
}

/// What reads one dictionary after the other.
struct Reader<'o> {
    options: &'o SegmentsOptions,
    key: &'o str,
    others: BTreeSet<String>,
    table: SegmentTable,
}

impl<'o> Reader<'o> {
    fn new(options: &'o SegmentsOptions) -> Self {
        Self {
            options,
            key: options.label_column.as_deref().unwrap_or(VALENCE),
            others: BTreeSet::new(),
            table: SegmentTable {
                format: SegmentFormat::MerBenchLabels,
                segments: Vec::new(),
                notes: Vec::new(),
                classes: options.classes.clone(),
            },
        }
    }

    fn corpus(
        &mut self,
        corpus: &str,
        split: Option<Split>,
        objects: &Pickle<'_>,
    ) -> Result<(), Fault> {
        // The dictionary is in an array without axes.
        let root = objects.root();
        let dictionary = match root.items().filter(|items| items.len() == 1) {
            Some(items) => items.iter().next().unwrap_or(root),
            None => root,
        };
        let entries = dictionary.entries().ok_or_else(|| {
            let expected = "a dictionary of segments";
            let place = Place::Part(corpus.to_string());
            Fault::new(FaultKind::Malformed, place, expected, root.describe())
        })?;
        for (name, value) in entries {
            if self.table.segments.len() == self.options.limits.words {
                let expected = format!("at most {} segments", self.options.limits.words);
                let place = Place::Part(corpus.to_string());
                return Err(Fault::new(FaultKind::TooLarge, place, expected, "one more"));
            }
            let name = self.name(corpus, name)?;
            let label = self.label(corpus, &name, value)?;
            let segment = self.segment(name, label, split);
            self.table.segments.push(segment);
        }
        Ok(())
    }

    /// The name of a segment; a number counts as its digits.
    fn name(&self, corpus: &str, value: Value<'_>) -> Result<String, Fault> {
        let name = match value.as_int() {
            Some(number) => Some(number.to_string()),
            None => value.to_text().ok(),
        };
        let most = self.options.limits.word_bytes;
        name.filter(|name| !name.trim().is_empty() && name.len() <= most)
            .ok_or_else(|| {
                let expected = format!("names of 1 to {most} bytes");
                let place = Place::Part(corpus.to_string());
                Fault::new(FaultKind::Invalid, place, expected, value.describe())
            })
    }

    /// The label in what a dictionary says of a segment; `None` if it is missing or empty.
    fn label(&mut self, corpus: &str, name: &str, value: Value<'_>) -> Result<Option<f32>, Fault> {
        let place = || Place::Part(format!("{corpus}: {}", quoted(name)));
        let entries = value.entries().ok_or_else(|| {
            let expected = "a dictionary with `emo` and `val`";
            Fault::new(FaultKind::Malformed, place(), expected, value.describe())
        })?;
        for (key, _) in entries {
            let key = key.short_text().unwrap_or_else(|| key.describe());
            if key != self.key && !self.others.contains(&key) {
                self.others.insert(key);
            }
        }
        let Some(label) = value.get(self.key).filter(|label| !is_empty(*label)) else {
            return Ok(None);
        };
        let classes = &self.table.classes;
        let number = if classes.is_empty() {
            label.as_float().map(|number| number as f32)
        } else {
            let is_it = |class: &String| label.short_text().as_ref() == Some(class);
            classes.iter().position(is_it).map(|index| index as f32)
        };
        let number = number.filter(|number| number.is_finite());
        let wrong = || {
            let expected = match &classes[..] {
                [] => format!("`{}` to be a finite number", self.key),
                names => format!(
                    "`{}` to be one of the classes {}",
                    self.key,
                    names.join(", ")
                ),
            };
            let found = match (label.short_text(), label.as_float()) {
                (Some(text), _) => quoted(&text),
                (_, Some(number)) => number.to_string(),
                _ => label.describe(),
            };
            Fault::new(FaultKind::Invalid, place(), expected, found)
        };
        number.map(Some).ok_or_else(wrong)
    }

    fn segment(&self, id: String, label: Option<f32>, split: Option<Split>) -> Segment {
        let video = VideoPlace::of(&id).map_or(id.as_str(), |place| place.video);
        Segment {
            video: video.to_string(),
            clip: id.strip_prefix(video).and_then(clip_of).map(str::to_string),
            id,
            interval: None,
            text: None,
            label,
            label_text: None,
            label_visual: None,
            label_acoustic: None,
            split: split.or(self.options.split),
            speaker: None,
            line: self.table.segments.len() as u64 + 1,
        }
    }

    fn finish(mut self) -> Result<SegmentTable, Fault> {
        if self.table.segments.is_empty() {
            let fault = Fault::new(FaultKind::Empty, Place::File, "a segment", "none");
            return Err(fault);
        }
        let told = [&self.options.label_column, &self.options.text_column];
        let has_label = |table: &SegmentTable| table.segments.iter().any(|one| one.label.is_some());
        for (column, is_there) in told.into_iter().zip([has_label(&self.table), false]) {
            if let Some(name) = column.as_ref().filter(|_| !is_there) {
                let expected = format!("`{name}` of the segments");
                let keys: Vec<String> = self.others.iter().take(4).map(|key| quoted(key)).collect();
                let found = keys.join(", ");
                return Err(Fault::new(FaultKind::Invalid, Place::File, expected, found));
            }
        }
        let notes = &mut self.table.notes;
        count(notes, SegmentNoteKind::OtherColumn, self.others.len());
        Ok(self.table)
    }
}

/// Whether a label says nothing.
fn is_empty(label: Value<'_>) -> bool {
    label.is_none() || label.short_text().is_some_and(|text| text.is_empty())
}

fn unread(error: NpzError) -> Fault {
    let kind = match &error {
        NpzError::Zip(zip::ZipError::Limit { .. }) => FaultKind::TooLarge,
        _ => FaultKind::Malformed,
    };
    let expected = "a `label.npz` of MERBench that can be read";
    let mut fault = Fault::new(kind, Place::File, expected, format!("a fault: {error}"));
    fault.source = Some(Box::new(ContainerError::from(error)));
    fault
}
