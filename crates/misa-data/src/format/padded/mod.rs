//! Feature files with one padded array per modality: MMSA, MulT and MultiBench.
//!
//! One dictionary of splits (`train`, `valid` or `dev`, `test`), each a dictionary of arrays over
//! all its utterances, padded to a common length:
//!
//! | Key | Content |
//! |---|---|
//! | `text` | text features `[utterances, steps, d_input]` |
//! | `text_bert` | MMSA: `[utterances, 3, steps]`: token ids, attention mask, segments |
//! | `raw_text` | MMSA: transcripts, read as words if there is no `text` |
//! | `vision`, `audio` | `[utterances, steps, d_input]` |
//! | `vision_lengths`, `audio_lengths` | real steps, in unaligned files of MMSA (and `text_lengths`, if any) |
//! | `regression_labels` (MMSA), `labels` (MulT) | one per utterance, of any shape |
//! | `regression_labels_T`, `_A`, `_V` | MMSA: labels by one modality alone, of CH-SIMS and others |
//! | `id` | names; MulT: absent, or video, start and end |
//!
//! - Source: thuiar/MMSA, `data_loader.py`; yaohungt/Multimodal-Transformer, `dataset.py`.
//! - Differs: padding is removed at either end, so that it is not read as silence.

pub(super) mod columns;
mod rows;
mod sides;
pub(super) mod table;
pub(super) mod values;

use super::Format;
use crate::intake::{Heading, Intake};
use crate::note::{Notes, listed};
use crate::wanted::Wanted;
use crate::{DataError, Note, NoteKind, OpenOptions, Padding, Sequence, Split};
use columns::{Columns, key};
use misa_files::pickle::{Pickle, Value};
use misa_terms::{Modality, PerModality};
pub(super) use rows::Rows;
use sides::Sides;
use std::path::Path;
use std::rc::Rc;
use table::Table;
use values::Padded;

/// The keys that a file uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Mmsa,
    Mult,
}

impl Dialect {
    /// The dialect of a dictionary of splits.
    pub fn of(root: Value<'_>) -> Option<Self> {
        let mut splits = Split::ALL
            .into_iter()
            .filter_map(|split| split_of(root, split));
        splits.find_map(|split| {
            let has = |key: &str| split.get(key).is_some();
            match () {
                () if has("regression_labels") => Some(Self::Mmsa),
                () if has("labels") => Some(Self::Mult),
                // A file of a single modality, or a damaged one: the missing key will be named.
                () if split.kind() == "dict" => Some(Self::Mmsa),
                () => None,
            }
        })
    }

    /// The dialect of a dictionary of arrays.
    fn of_columns(root: Value<'_>) -> Self {
        match root.get(Self::Mult.label()) {
            Some(_) => Self::Mult,
            None => Self::Mmsa,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Mmsa => "regression_labels",
            Self::Mult => "labels",
        }
    }

    fn format(self) -> Format {
        match self {
            Self::Mmsa => Format::Mmsa,
            Self::Mult => Format::Mult,
        }
    }
}

/// The entry of a split, under any of its names.
pub(super) fn split_of<'p>(root: Value<'p>, split: Split) -> Option<Value<'p>> {
    let named = |(key, value): (Value<'p>, Value<'p>)| {
        let is_it = Split::of_name(&key.short_text()?) == Some(split);
        is_it.then_some(value)
    };
    root.get(split.name())
        .or_else(|| root.entries()?.find_map(named))
}

/// Fails if two keys name the same split, such as `valid` and `dev`.
pub(super) fn check_splits(path: &Path, root: Value<'_>) -> Result<(), DataError> {
    for split in Split::ALL {
        let entries = root.entries().into_iter().flatten();
        let names = entries.filter_map(|(key, _)| key.short_text());
        let mut names: Vec<String> = names
            .filter(|name| Split::of_name(name) == Some(split))
            .collect();
        names.dedup();
        if names.len() > 1 {
            let place = path.display().to_string();
            let expected = format!("one key for the split `{split}`");
            return Err(DataError::layout(place, expected, names.join(", ")));
        }
    }
    Ok(())
}

/// Counts the keys that are no split and may hold utterances, with their names.
pub(super) fn note_others(root: Value<'_>, intake: &mut Intake<'_>) {
    let others = || {
        let entries = root.entries().into_iter().flatten();
        entries.filter_map(|(key, value)| {
            let name = key.short_text();
            let name = name.unwrap_or_else(|| key.kind().to_string());
            let may_hold = ["dict", "list"].contains(&value.kind());
            (may_hold && Split::of_name(&name).is_none()).then_some(name)
        })
    };
    let kind = NoteKind::NotNamed(listed(others()));
    intake.notes.add(None, kind, others().count());
}

/// The data set in one file. The arrays of clips need not be in splits.
pub(super) fn read_root(
    path: &Path,
    pickle: &Pickle<'_>,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let (root, wanted) = (pickle.root(), intake.wanted());
    let is_split = Dialect::of(root).is_some() || !is_columns(root);
    let dialect = match wanted {
        Wanted::Clips if !is_split => Dialect::of_columns(root),
        _ => dialect(path, root)?,
    };
    check_splits(path, root)?;
    intake.note_unread(None, pickle);
    if is_split {
        note_others(root, intake);
    }
    let mut tables = Vec::new();
    for split in wanted.splits() {
        let (place, value) = match split {
            Some(split) => {
                let place = format!("{}: {split}", path.display());
                (place, split_of(root, split))
            }
            None => {
                let value = Some(root).filter(|_| !is_split);
                (path.display().to_string(), value)
            }
        };
        if let Some(value) = value {
            tables.push(table(split, place, value, dialect, wanted)?);
        }
    }
    let vocabulary = table::read(tables, options.padding(), intake)?;
    Ok(Heading {
        format: dialect.format(),
        vocabulary,
    })
}

/// Whether this is a dictionary of arrays.
fn is_columns(root: Value<'_>) -> bool {
    let mut keys = Modality::ALL.into_iter().map(key).chain(["raw_text"]);
    keys.any(|key| root.get(key).is_some())
}

/// The table of a split, after checking that all required arrays exist.
fn table<'p>(
    split: Option<Split>,
    place: String,
    value: Value<'p>,
    dialect: Dialect,
    wanted: Wanted,
) -> Result<Table<'p>, DataError> {
    let columns = Columns::new(&place, value, dialect, wanted)?;
    let transcripts = columns.transcripts()?;
    let features = features(&columns, wanted)?;
    let is_empty = features.as_ref().into_array().iter().all(|f| f.is_none());
    if transcripts.is_none() && (features.text.is_none() && !wanted.is_clips() || is_empty) {
        let expected = if wanted.is_clips() {
            "a dict with \"text\", \"raw_text\", \"vision\" or \"audio\""
        } else {
            "a dict with \"text\" or \"raw_text\""
        };
        return Err(DataError::layout(place, expected, "neither"));
    }
    let mask = columns.mask()?;
    Ok(Table {
        split,
        labels: wanted.labels(columns.count, columns.labels(dialect))?,
        modality_labels: match (dialect, wanted) {
            (Dialect::Mmsa, Wanted::Utterances) => columns.modality_labels()?,
            _ => PerModality::default(),
        },
        ids: columns.ids(split),
        transcripts,
        places: None,
        rows: Rc::new(match wanted {
            Wanted::Utterances => Rows::new(mask, features),
            Wanted::Clips => Rows::of_clips(mask, features),
        }),
        place,
    })
}

/// The arrays of each modality; those of clips are optional.
fn features<'p>(
    columns: &Columns<'p>,
    wanted: Wanted,
) -> Result<PerModality<Option<Padded<'p>>>, DataError> {
    let features = PerModality::from_fn(|modality| match (modality, wanted) {
        (Modality::Text, _) | (_, Wanted::Clips) => columns.features(modality),
        (_, Wanted::Utterances) => columns.required(modality).map(Some),
    });
    features.transpose()
}

fn dialect(path: &Path, root: Value<'_>) -> Result<Dialect, DataError> {
    Dialect::of(root).ok_or_else(|| {
        let place = path.display().to_string();
        let splits = Split::ALL.into_iter();
        let unread = splits.filter_map(|split| Some((split, split_of(root, split)?)));
        match unread.into_iter().find(|(_, value)| value.is_unread()) {
            Some((split, value)) => {
                let place = format!("{place}: {split}");
                DataError::layout(place, "a dict of arrays", value.describe())
            }
            None => {
                let expected = "a dict of splits or a list of utterances";
                DataError::layout(place, expected, root.describe())
            }
        }
    })
}

/// The features of one modality, with the splits and names of their utterances; returns what was noted.
pub(super) fn read_modality(
    path: &Path,
    pickle: &Pickle<'_>,
    options: &OpenOptions,
    modality: Modality,
    take: &mut dyn FnMut(Option<Split>, String, Sequence),
) -> Result<Vec<Note>, DataError> {
    let root = pickle.root();
    let dialect = dialect(path, root)?;
    check_splits(path, root)?;
    let mut splits = Vec::new();
    for split in Split::ALL {
        let Some(value) = split_of(root, split) else {
            continue;
        };
        let place = format!("{}: {split}", path.display());
        let columns = Columns::new(&place, value, dialect, Wanted::Clips)?;
        // The other modalities tell which rows are padding; those that cannot be read tell nothing.
        let mut features = PerModality::from_fn(|other| columns.features(other).ok().flatten());
        *features.get_mut(modality) = Some(columns.required(modality)?);
        let mask = match options.padding() {
            Padding::Mask => columns.mask()?,
            _ => None,
        };
        let rows = Rows::new(mask, features);
        rows.check_mask(options.padding(), &place)?;
        splits.push((Some(split), columns.ids(Some(split)), rows));
    }
    let mut ends = Vec::new();
    if options.padding() == Padding::Auto {
        for (_, ids, rows) in &splits {
            for index in 0..ids.len() {
                ends.push(rows.ends(index)?);
            }
        }
    }
    let is_aligned = splits.iter().all(|(.., rows)| rows.is_aligned);
    let sides = Sides::decide(options.padding(), is_aligned, &ends);
    let mut notes = Notes::default();
    for (split, ids, rows) in splits {
        for (index, id) in ids.into_iter().enumerate() {
            let mut sequences = rows.sequences(&sides, split, index, &mut notes)?;
            if let Some(sequence) = sequences.get_mut(modality).take() {
                take(split, id, sequence);
            }
        }
    }
    Ok(notes.into_vec())
}
