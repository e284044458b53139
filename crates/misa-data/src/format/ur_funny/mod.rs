//! The folder of UR-FUNNY's pickles.
//!
//! Every file is a dictionary by the number of an utterance:
//!
//! | File | Content |
//! |---|---|
//! | `humor_label_sdk.pkl` | 1 if it is followed by laughter, otherwise 0 |
//! | `data_folds.pkl` | lists of numbers under `train`, `dev` and `test` |
//! | `openface_features_sdk.pkl`, `covarep_features_sdk.pkl` | `punchline_features`: a row per word |
//! | `word_embedding_indexes_sdk.pkl` (V1) | `punchline_embedding_indexes`: indices into the word list |
//! | `word_list.pkl` (V1) | the words |
//! | `word_embedding_list.pkl` (V1) | their vectors |
//! | `language_sdk.pkl` (V2) | `punchline_sentence` |
//!
//! The text is the words of V1 if their list exists, otherwise the sentences of V2, otherwise the
//! vectors of V1. Only the punchline is read. Utterances of no fold, and utterances whose
//! modalities differ in rows, are dropped and counted.
//!
//! Clips need neither labels nor folds, and only one file of features or text; a file may lack some of
//! them.
//!
//! - Source: official MISA, `create_dataset.py`; ROC-HCI/UR-FUNNY.
//! - Differs: sentences and vectors are additions, because the word list of V1 is lost. The
//!   official code does not read the context either.

mod table;
mod text;

use super::Format;
use super::fields::at;
use crate::intake::{Heading, Intake};
use crate::prepare::RawEntry;
use crate::wanted::Wanted;
use crate::{DataError, Split};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use table::{Entries, Table};
use text::{Text, TextFiles};

/// The file that marks a folder as a data set of this format.
const LABELS: &str = "humor_label_sdk.pkl";
const FOLDS: &str = "data_folds.pkl";
const VISUAL: &str = "openface_features_sdk.pkl";
const ACOUSTIC: &str = "covarep_features_sdk.pkl";
const INDEXES: &str = "word_embedding_indexes_sdk.pkl";
const WORDS: &str = "word_list.pkl";
const VECTORS: &str = "word_embedding_list.pkl";
const SENTENCES: &str = "language_sdk.pkl";

/// Whether a folder has the labels of this format; of clips, any file that only this format has.
pub(super) fn is_folder(folder: &Path, wanted: Wanted) -> bool {
    let files: &[&str] = match wanted {
        Wanted::Utterances => &[LABELS],
        Wanted::Clips => &[LABELS, VISUAL, ACOUSTIC, INDEXES, SENTENCES],
    };
    files.iter().any(|name| folder.join(name).is_file())
}

/// The data set of a folder.
pub(super) fn read_folder(folder: &Path, intake: &mut Intake<'_>) -> Result<Heading, DataError> {
    let wanted = intake.wanted();
    let files = Files::open(folder, wanted)?;
    for table in files.tables() {
        intake.note_unread(None, &table.pickle);
    }
    let (labels, visual, acoustic) = (
        wanted
            .beyond_clips(Entries::of(&files.labels))?
            .unwrap_or_default(),
        Entries::of(&files.visual)?,
        Entries::of(&files.acoustic)?,
    );
    let folds = files.folds.as_ref().map(folds).transpose();
    let folds = wanted.beyond_clips(folds)?.flatten().unwrap_or_default();
    let text = files.text.text(wanted)?;
    let mut preparer = text.preparer(intake);
    for number in files.numbers(wanted)? {
        let (words, vectors) = text.of(number, wanted)?;
        let raw = RawEntry {
            id: number.to_string(),
            split: folds.get(&number).copied(),
            words,
            visual: visual.rows(number, wanted)?,
            acoustic: acoustic.rows(number, wanted)?,
            label: wanted.beyond_clips(labels.label(number))?,
            is_single: false,
        };
        intake.push_raw(&files.place, &raw, vectors, &mut preparer)?;
    }
    let has_words = !matches!(text, Text::Vectors { .. });
    Ok(Heading {
        format: Format::UrFunny,
        vocabulary: has_words.then(|| preparer.finish()),
    })
}

/// The open files of a folder; all of them are there unless they are opened for clips.
#[derive(Debug)]
struct Files {
    /// The file of the labels, or the folder.
    place: String,
    labels: Option<Table>,
    visual: Option<Table>,
    acoustic: Option<Table>,
    folds: Option<Table>,
    text: TextFiles,
}

impl Files {
    fn open(folder: &Path, wanted: Wanted) -> Result<Self, DataError> {
        let open = |name| match wanted {
            Wanted::Utterances => Table::open(folder, name).map(Some),
            Wanted::Clips => Table::open_if_there(folder, name),
        };
        let beyond = |name| Ok::<_, DataError>(wanted.beyond_clips(open(name))?.flatten());
        let labels = beyond(LABELS)?;
        let place = labels.as_ref().map(|table| table.place.clone());
        Ok(Self {
            place: place.unwrap_or_else(|| folder.display().to_string()),
            labels,
            visual: open(VISUAL)?,
            acoustic: open(ACOUSTIC)?,
            folds: beyond(FOLDS)?,
            text: TextFiles::open(folder)?,
        })
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        let tables = [&self.labels, &self.visual, &self.acoustic, &self.folds];
        tables.into_iter().flatten().chain(self.text.tables())
    }

    /// The utterances with a label, in the order of their file; then those of clips in other files.
    fn numbers(&self, wanted: Wanted) -> Result<Vec<i64>, DataError> {
        let (mut numbers, mut known) = (Vec::new(), HashSet::new());
        let text = [&self.text.indexes, &self.text.sentences];
        let others = [&self.visual, &self.acoustic].into_iter().chain(text);
        let others = others.flatten().filter(|_| wanted.is_clips());
        let labelled = self.labels.iter().map(|table| (table, wanted));
        for (table, wanted) in labelled.chain(others.map(|table| (table, Wanted::Utterances))) {
            let entries = wanted.beyond_clips(table.numbered())?.unwrap_or_default();
            let entries = entries.into_iter().map(|(number, _)| number);
            numbers.extend(entries.filter(|&number| known.insert(number)));
        }
        Ok(numbers)
    }
}

/// The split of every utterance that is in one.
fn folds(table: &Table) -> Result<HashMap<i64, Split>, DataError> {
    let mut folds = HashMap::new();
    super::padded::check_splits(Path::new(&table.place), table.pickle.root())?;
    for split in Split::ALL {
        let root = table.pickle.root();
        let Some(numbers) = super::padded::split_of(root, split) else {
            let expected = format!("a dict with \"{split}\"");
            return Err(DataError::layout(&table.place, expected, root.describe()));
        };
        let place = format!("{}: {split}", table.place);
        for number in numbers.to_ints().map_err(at(&place))? {
            let earlier = folds.insert(number, split);
            if let Some(earlier) = earlier.filter(|&earlier| earlier != split) {
                let found = format!("{number} in {earlier} and {split}");
                let expected = "every utterance in one split";
                return Err(DataError::layout(&table.place, expected, found));
            }
        }
    }
    Ok(folds)
}
