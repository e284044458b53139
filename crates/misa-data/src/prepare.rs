//! Prepares utterances from word-aligned rows, as the official code does.

use crate::entry::Entry;
use crate::note::Notes;
use crate::wanted::Wanted;
use crate::{
    DataError, Note, NoteKind, Sequence, Split, TextSequence, Utterance, UtteranceError, Vocabulary,
};
use misa_terms::{EPSILON, Modality, ModalityLabels};

/// The word for a pause in word-aligned data.
const PAUSE: &str = "sp";

/// How infinite values are replaced before scaling. NaN always becomes 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NonFinite {
    /// By 0, so that one bad step does not flatten a feature of the whole utterance.
    #[default]
    Zero,
    /// By the largest finite value of the same sign, in the precision of the data.
    ///
    /// Source: official MISA, `numpy.nan_to_num` before the scaling.
    Official,
}

/// One utterance of a word-aligned file, with a row of features per word.
#[derive(Clone, Debug)]
pub struct RawUtterance {
    /// Name, usually `video[number]`.
    pub id: String,
    /// The split of its video; `None` if the video is in none.
    pub split: Option<Split>,
    /// The words, including pauses.
    pub words: Vec<String>,
    /// Visual features, one row per word.
    pub visual: Vec<Vec<f64>>,
    /// Acoustic features, one row per word.
    pub acoustic: Vec<Vec<f64>>,
    /// The label.
    pub label: f64,
    /// Whether the file has single precision, whose largest value then replaces infinite values.
    pub is_single: bool,
}

/// The same, of which parts may be missing.
#[derive(Clone, Debug)]
pub(crate) struct RawEntry {
    pub id: String,
    pub split: Option<Split>,
    pub words: Option<Vec<String>>,
    pub visual: Option<Vec<Vec<f64>>>,
    pub acoustic: Option<Vec<Vec<f64>>>,
    /// The label, which may be NaN or infinite.
    pub label: Option<f64>,
    pub is_single: bool,
}

impl From<&RawUtterance> for RawEntry {
    fn from(raw: &RawUtterance) -> Self {
        Self {
            id: raw.id.clone(),
            split: raw.split,
            words: Some(raw.words.clone()),
            visual: Some(raw.visual.clone()),
            acoustic: Some(raw.acoustic.clone()),
            label: Some(raw.label),
            is_single: raw.is_single,
        }
    }
}

impl RawEntry {
    /// Rows of each modality with rows that is there.
    fn rows(&self) -> impl Iterator<Item = usize> {
        let modalities = [&self.visual, &self.acoustic].into_iter().flatten();
        modalities.map(Vec::len)
    }
}

/// The result of [`prepare`], ready for
/// [`UtteranceDataset::from_splits`](crate::UtteranceDataset::from_splits).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prepared {
    /// Utterances of the train split.
    pub train: Vec<Utterance>,
    /// Utterances of the valid split.
    pub valid: Vec<Utterance>,
    /// Utterances of the test split.
    pub test: Vec<Utterance>,
    /// Words of all aligned utterances, including those without a split.
    pub vocabulary: Vocabulary,
    /// Dropped utterances and replaced values.
    pub notes: Vec<Note>,
}

/// Prepares the utterances of word-aligned data, as the official code does.
///
/// 1. Utterances whose modalities differ in rows are dropped.
/// 2. Non-finite values are replaced, see [`NonFinite`].
/// 3. Pauses are removed with their rows; utterances with only pauses are dropped.
/// 4. Words get ids in order of first appearance, over all splits and utterances without a split.
/// 5. Every feature is scaled to zero mean and unit deviation per utterance.
///
/// - Source: official MISA, `create_dataset.py`.
/// - Differs: infinite values become 0 by default; scaling uses double precision.
///
/// # Errors
///
/// [`DataError::Utterance`] when the rows of a modality differ in size, or a label is neither
/// finite nor replaced; [`DataError::Layout`] when there are more than [`Vocabulary::MAX_LEN`] different words.
pub fn prepare(utterances: &[RawUtterance], non_finite: NonFinite) -> Result<Prepared, DataError> {
    let mut preparer = Preparer::new(non_finite, Wanted::Utterances);
    let mut notes = Notes::default();
    let mut splits = [const { Vec::new() }; 3];
    for raw in utterances {
        let raw = RawEntry::from(raw);
        if let Some((Some(split), entry)) = preparer.prepare(&raw, &mut notes)? {
            let utterance = entry.into_utterance(split.name())?;
            let checked = utterance.check_label();
            checked.map_err(|source| wrong(Some(split), &raw.id, source))?;
            splits[split.index()].push(utterance);
        }
    }
    let [train, valid, test] = splits;
    Ok(Prepared {
        train,
        valid,
        test,
        vocabulary: preparer.finish(),
        notes: notes.into_vec(),
    })
}

/// Prepares utterance by utterance, and collects the words.
#[derive(Debug)]
pub(crate) struct Preparer {
    non_finite: NonFinite,
    wanted: Wanted,
    vocabulary: Vocabulary,
    /// The word that is removed with its rows.
    pause: Option<&'static str>,
    /// Whether the number of words may differ from the number of rows.
    own_words: bool,
}

impl Preparer {
    /// For data with one row per word, including pauses.
    pub fn new(non_finite: NonFinite, wanted: Wanted) -> Self {
        Self {
            non_finite,
            wanted,
            vocabulary: Vocabulary::new(),
            pause: Some(PAUSE),
            own_words: false,
        }
    }

    /// For data without pauses.
    pub fn without_pauses(mut self) -> Self {
        self.pause = None;
        self
    }

    /// For data whose words and rows may divide the text differently.
    pub fn with_own_words(mut self) -> Self {
        self.own_words = true;
        self
    }

    /// The collected words.
    pub fn finish(mut self) -> Vocabulary {
        self.vocabulary.freeze();
        self.vocabulary
    }

    /// The prepared utterance, unless it is dropped. Its label may be NaN or infinite.
    pub fn prepare(
        &mut self,
        raw: &RawEntry,
        notes: &mut Notes,
    ) -> Result<Option<(Option<Split>, Entry)>, DataError> {
        match self.keep(raw, notes)? {
            Some(spoken) => Ok(Some((raw.split, self.entry(raw, &spoken, notes)?))),
            None => Ok(None),
        }
    }

    /// The indices of the words without pauses; `None` if words and rows differ in number.
    fn spoken(&self, raw: &RawEntry, words: &[String]) -> Option<Vec<usize>> {
        let counted = (!self.own_words).then_some(words.len());
        let mut counts = counted.into_iter().chain(raw.rows());
        let first = counts.next();
        let is_spoken = |i: &usize| self.pause != Some(&*words[*i]);
        let is_aligned = counts.all(|count| Some(count) == first);
        is_aligned.then(|| (0..words.len()).filter(is_spoken).collect())
    }

    /// The indices of the words without pauses of an utterance that is kept. All its words get
    /// an id, as do those of an utterance without a split, which is then dropped unless it is a clip.
    fn keep(&mut self, raw: &RawEntry, notes: &mut Notes) -> Result<Option<Vec<usize>>, DataError> {
        let spoken = match &raw.words {
            Some(words) => self.spoken(raw, words),
            None => Some(Vec::new()),
        };
        let Some(spoken) = spoken else {
            notes.add(raw.split, NoteKind::Misaligned, 1);
            return Ok(None);
        };
        if let Some(words) = &raw.words {
            let added = self.vocabulary.ids_of(spoken.iter().map(|&i| &words[i]));
            added.ok_or_else(|| {
                let split = raw.split.map_or("no split", Split::name);
                DataError::too_many_words(format!("{split}: utterance {:?}", raw.id))
            })?;
        }
        let is_empty = match raw.words {
            Some(_) => spoken.is_empty() || raw.rows().any(|rows| rows == 0),
            None => raw.rows().all(|rows| rows == 0),
        };
        match raw.split {
            Some(_) if !is_empty => return Ok(Some(spoken)),
            None if !is_empty && self.wanted.is_clips() => return Ok(Some(spoken)),
            None if !self.wanted.is_clips() => notes.add(None, NoteKind::NoSplit, 1),
            split => notes.add(split, NoteKind::OnlyPauses, 1),
        }
        Ok(None)
    }

    fn entry(
        &self,
        raw: &RawEntry,
        spoken: &[usize],
        notes: &mut Notes,
    ) -> Result<Entry, DataError> {
        let words = raw.words.as_ref();
        let words = words.map(|words| spoken.iter().map(|&i| words[i].clone()));
        let words: Option<Vec<String>> = words.map(Iterator::collect);
        let ids = |words: &Vec<String>| words.iter().map(|word| self.vocabulary.id(word)).collect();
        let text = words.as_ref().map(ids).map(TextSequence::Words);
        // Without words, a modality may have rows where the other has none.
        let is_missing = |rows: &[Vec<f64>]| raw.words.is_none() && rows.is_empty();
        let mut sequence = |modality, rows: &Option<Vec<Vec<f64>>>| match rows {
            Some(rows) if !is_missing(rows) => {
                self.sequence(raw, spoken, modality, rows, notes).map(Some)
            }
            _ => Ok(None),
        };
        let visual = sequence(Modality::Visual, &raw.visual)?;
        let acoustic = sequence(Modality::Acoustic, &raw.acoustic)?;
        let label = match (self.non_finite, raw.label) {
            (NonFinite::Official, Some(label)) if !label.is_finite() => {
                if !self.wanted.is_clips() {
                    notes.add(raw.split, NoteKind::Label, 1);
                }
                Some(finite(label, self.non_finite, raw.is_single))
            }
            (_, label) => label,
        };
        Ok(Entry {
            id: raw.id.clone(),
            words: words.unwrap_or_default(),
            text,
            visual,
            acoustic,
            label: label.map(|label| label as f32),
            modality_labels: ModalityLabels::default(),
        })
    }

    /// The scaled rows of the words that are spoken.
    fn sequence(
        &self,
        raw: &RawEntry,
        spoken: &[usize],
        modality: Modality,
        rows: &[Vec<f64>],
        notes: &mut Notes,
    ) -> Result<Sequence, DataError> {
        let rows: Vec<&[f64]> = if self.own_words || raw.words.is_none() {
            rows.iter().map(Vec::as_slice).collect()
        } else {
            spoken.iter().map(|&i| &*rows[i]).collect()
        };
        let values = rows.iter().flat_map(|row| row.iter());
        let count = values.filter(|value| !value.is_finite()).count();
        notes.add(raw.split, NoteKind::NonFinite(modality), count);
        let scaled = scaled(&rows, self.non_finite, raw.is_single);
        scaled.map_err(|source| wrong(raw.split, &raw.id, source))
    }
}

fn wrong(split: Option<Split>, id: &str, source: UtteranceError) -> DataError {
    DataError::Utterance {
        place: split.map_or("no split", Split::name).to_string(),
        id: id.to_string(),
        source,
    }
}

/// The rows, with every feature scaled over the utterance.
fn scaled(
    rows: &[&[f64]],
    non_finite: NonFinite,
    is_single: bool,
) -> Result<Sequence, UtteranceError> {
    let d_input = rows.first().map_or(0, |row| row.len());
    let wrong = |found, expected| UtteranceError::Rows { found, expected };
    if let Some(row) = rows.iter().find(|row| row.len() != d_input) {
        return Err(wrong(row.len(), d_input));
    }
    let replaced: Vec<f64> = rows
        .iter()
        .flat_map(|row| row.iter())
        .map(|&value| finite(value, non_finite, is_single))
        .collect();
    let mut values = vec![0.0; replaced.len()];
    for feature in 0..d_input {
        let column = || replaced.iter().skip(feature).step_by(d_input);
        let count = rows.len() as f64;
        let sum = in_precision(column().sum(), is_single);
        let mean = sum / count;
        let squares = column().map(|value| in_precision((value - mean).powi(2), is_single));
        let deviation = (in_precision(squares.sum(), is_single) / count).sqrt();
        let targets = values.iter_mut().skip(feature).step_by(d_input);
        for (target, value) in targets.zip(column()) {
            let value = (value - mean) / (EPSILON + deviation);
            *target = finite(value, NonFinite::Official, is_single) as f32;
        }
    }
    Sequence::new(d_input, values).ok_or(wrong(0, 1))
}

/// A sum that exceeds single precision is infinite, as in the original. Others stay whole: rounded, the mean of a
/// constant feature would differ from it.
fn in_precision(value: f64, is_single: bool) -> f64 {
    let single = value as f32;
    if is_single && single.is_infinite() {
        f64::from(single)
    } else {
        value
    }
}

fn finite(value: f64, non_finite: NonFinite, is_single: bool) -> f64 {
    let largest = if is_single {
        f64::from(f32::MAX)
    } else {
        f64::MAX
    };
    match non_finite {
        _ if value.is_nan() => 0.0,
        NonFinite::Zero if value.is_infinite() => 0.0,
        _ => value.clamp(-largest, largest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(split: Option<Split>, words: &[&str], visual: &[f64]) -> RawUtterance {
        RawUtterance {
            id: "v[0]".into(),
            split,
            words: words.iter().map(|&word| word.to_owned()).collect(),
            visual: visual.iter().map(|&value| vec![value]).collect(),
            acoustic: vec![vec![1.0, 2.0]; words.len()],
            label: 1.5,
            is_single: true,
        }
    }

    fn values(prepared: &Prepared) -> &[f32] {
        prepared.train[0].visual.values()
    }

    #[test]
    fn pauses_leave_with_their_rows() {
        let raw = raw(Some(Split::Train), &["a", "sp", "b"], &[1.0, 99.0, 3.0]);
        let prepared = prepare(&[raw], NonFinite::Zero).unwrap();
        assert_eq!(prepared.train[0].words, ["a", "b"]);
        // Mean 2, deviation 1.
        assert!((values(&prepared)[1] - 1.0).abs() < 1e-5);
        assert_eq!(prepared.train[0].acoustic.values(), [0.0; 4]);
    }

    /// Three times the nearest single to 1000.1 is no single.
    #[test]
    fn a_constant_feature_becomes_zero() {
        let visual = [f64::from(1000.1_f32); 3];
        let raw = raw(Some(Split::Train), &["a", "b", "c"], &visual);
        let prepared = prepare(&[raw], NonFinite::Zero).unwrap();
        assert!(values(&prepared).iter().all(|value| value.abs() < 1e-5));
    }

    #[test]
    fn ids_count_utterances_of_no_split_but_not_misaligned_ones() {
        let raws = [
            raw(Some(Split::Train), &["x", "y"], &[1.0]),
            raw(None, &["a"], &[1.0]),
            raw(Some(Split::Train), &["sp"], &[1.0]),
            raw(Some(Split::Train), &["b"], &[1.0]),
        ];
        let prepared = prepare(&raws, NonFinite::Zero).unwrap();
        assert_eq!(prepared.train.len(), 1);
        assert_eq!(prepared.train[0].text, TextSequence::Words(vec![3]));
        let notes: Vec<String> = prepared.notes.iter().map(Note::to_string).collect();
        let expected = [
            "train: 1 misaligned utterance dropped",
            "no split: 1 utterance without a split dropped",
            "train: 1 utterance with nothing but pauses dropped",
        ];
        assert_eq!(notes, expected);
    }

    #[test]
    fn more_words_than_a_vocabulary_has_room_for_are_refused() {
        let mut preparer = Preparer::new(NonFinite::Zero, Wanted::Utterances);
        let last = Vocabulary::MAX_LEN as u32 - 1;
        preparer.vocabulary.insert(last, "last").unwrap();
        let mut prepare = |words: &[&str]| {
            let raw = raw(Some(Split::Train), words, &[1.0]);
            preparer.prepare(&RawEntry::from(&raw), &mut Notes::default())
        };
        assert!(prepare(&["last"]).unwrap().is_some());
        let error = prepare(&["new"]).unwrap_err().to_string();
        let expected = "train: utterance \"v[0]\": expected at most 1048576 different words, found more \
                        (words are separated by spaces)";
        assert_eq!(error, expected);
    }

    #[test]
    fn infinities_become_zero_or_huge() {
        let words = ["a", "b", "c"];
        let visual = [f64::INFINITY, 3.0, f64::NAN];
        let raw = [raw(Some(Split::Train), &words, &visual)];
        // 0, 3, 0: mean 1, deviation sqrt(2).
        let prepared = prepare(&raw, NonFinite::Zero).unwrap();
        assert!((values(&prepared)[1] - 2.0_f32.sqrt()).abs() < 1e-5);
        // The square of the largest f32 is infinite in f32, which flattens the feature.
        let prepared = prepare(&raw, NonFinite::Official).unwrap();
        assert_eq!(values(&prepared), [0.0, 0.0, 0.0]);
    }
}
