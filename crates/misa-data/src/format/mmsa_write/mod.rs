//! Writing a data set as a feature file of MMSA, whose models then train on it.

mod plan;
mod vectors;

use crate::{DataError, Sequence, Split, UtteranceDataset, write_whole};
use misa_files::pickle::PickleWriter;
use misa_terms::PerModality;
use plan::Plan;
use std::collections::HashMap;
use std::io::BufWriter;
use std::path::Path;
pub use vectors::mmsa_vectors;

/// What MMSA wants to know of an utterance besides its features and label.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MmsaUtterance {
    /// The transcript. `None`: the words with spaces between.
    pub raw_text: Option<String>,
    /// A word for the label. `None`: `Negative`, `Neutral` or `Positive`, by its sign.
    pub annotation: Option<String>,
    /// Labels of single modalities. `None`: those of the utterance, which all need to have.
    pub labels: Option<PerModality<f32>>,
    /// Ids of the tokens for BERT, with those at the start and end; at least one.
    pub tokens: Option<Vec<u32>>,
    /// Vectors of the text, one for each of its steps, as [`mmsa_vectors`] makes them. Not read where the
    /// text of the data is vectors.
    pub vectors: Option<Sequence>,
}

/// What was written for MMSA.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MmsaWritten {
    /// Bytes of the file.
    pub bytes: u64,
    /// Steps to which each modality is padded; not below the tokens.
    pub steps: PerModality<usize>,
    /// Whether all modalities of each utterance have as many steps: MMSA's setting `need_data_aligned`.
    pub is_aligned: bool,
    /// Whether there are vectors of the text (`text`).
    pub has_text: bool,
    /// Whether there are tokens for BERT (`text_bert`): MMSA's setting `use_bert`.
    pub has_tokens: bool,
    /// Whether there are labels of single modalities (`regression_labels_T` and so on).
    pub has_labels: bool,
}

/// Writes `data` to `path` as a feature file of MMSA: a pickle of protocol 5 with the splits `train`, `valid`
/// and `test`, each with these keys.
///
/// | Key | Content |
/// |---|---|
/// | `id`, `raw_text`, `annotations` | lists of texts |
/// | `text` | `[utterances, steps, d_input]`, of the data or else of `extras`; left out if neither has vectors |
/// | `text_bert` | `[utterances, 3, tokens]`: ids, mask, and segments, all 0; left out without tokens |
/// | `vision`, `audio` | `[utterances, steps, d_input]` |
/// | `text_lengths`, `vision_lengths`, `audio_lengths` | real steps |
/// | `regression_labels` | `[utterances]` |
/// | `classification_labels` | `[utterances]`: 0 negative, 1 neutral, 2 positive |
/// | `regression_labels_T`, `_A`, `_V` | `[utterances]`; left out unless all have labels by every modality |
///
/// Sequences are padded with zeros behind their last step, to the same number of steps in all splits; in
/// aligned data to the same number in all modalities, which is also that of the tokens. No modality has fewer
/// steps than there are tokens: MMSA's MISA takes the lengths of the tokens for those of all modalities.
/// `extras` has the rest by utterance id: either every utterance has tokens or none, and the same holds for
/// vectors of the text and for labels of single modalities.
///
/// - Source: thuiar/MMSA, `data_loader.py`.
/// - Differs: `text_lengths` is written too, which MMSA does not read.
///
/// The file is written whole or not at all.
///
/// # Errors
///
/// [`DataError`] when a split is empty, the text is neither vectors nor tokens, some utterances lack what
/// others have, there are not as many vectors as steps of the text, or the file cannot be written.
pub fn write_mmsa(
    path: impl AsRef<Path>,
    data: &UtteranceDataset,
    extras: &HashMap<String, MmsaUtterance>,
) -> Result<MmsaWritten, DataError> {
    let path = path.as_ref();
    let plan = Plan::of(path, data, extras)?;
    let bytes = write_whole(path, |out| {
        let mut writer = PickleWriter::new(BufWriter::new(out))?;
        writer.dict(|writer| {
            Split::ALL.into_iter().try_for_each(|split| {
                let utterances = data.split(split);
                writer.entry(split.name(), |writer| plan.write(writer, utterances))
            })
        })?;
        writer.finish().map(drop)
    });
    Ok(MmsaWritten {
        bytes: bytes.map_err(DataError::io(path))?,
        ..plan.written
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Sequence, TextSequence, Utterance};

    fn utterance(id: &str, steps: [usize; 3], label: f32) -> Utterance {
        let values = |steps: usize, d_input: usize| {
            let values = (0..steps * d_input).map(|value| value as f32 + label + 0.5);
            Sequence::new(d_input, values.collect()).unwrap()
        };
        let text = TextSequence::Features(values(steps[0], 4));
        let words = ["so", "it", "goes"].map(str::to_string).to_vec();
        Utterance::new(
            id,
            words,
            text,
            values(steps[1], 3),
            values(steps[2], 2),
            label,
        )
        .unwrap()
    }

    fn data(steps: [[usize; 3]; 4]) -> UtteranceDataset {
        let [a, b, c, d] = steps;
        let train = vec![utterance("a[0]", a, 1.5), utterance("a[1]", b, 0.0)];
        let (valid, test) = (
            vec![utterance("b[0]", c, -2.0)],
            vec![utterance("c[0]", d, 3.0)],
        );
        UtteranceDataset::from_splits(train, valid, test, None).unwrap()
    }

    fn read_back(
        data: &UtteranceDataset,
        extras: &HashMap<String, MmsaUtterance>,
    ) -> (MmsaWritten, UtteranceDataset) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.pkl");
        let written = write_mmsa(&path, data, extras).unwrap();
        assert_eq!(written.bytes, std::fs::metadata(&path).unwrap().len());
        (written, UtteranceDataset::open(&path).unwrap())
    }

    #[test]
    fn our_reader_reads_what_is_written() {
        for (steps, is_aligned) in [
            ([[3, 7, 5], [2, 1, 9], [1, 4, 2], [6, 2, 3]], false),
            ([[3; 3], [2; 3], [1; 3], [6; 3]], true),
        ] {
            let data = data(steps);
            let (written, found) = read_back(&data, &HashMap::new());
            assert_eq!(found.format(), Format::Mmsa);
            assert_eq!(
                (written.is_aligned, written.has_text, written.has_tokens),
                (is_aligned, true, false)
            );
            for split in Split::ALL {
                assert_eq!(found.split(split), data.split(split), "{split}");
            }
        }
    }

    #[test]
    fn tokens_and_labels_of_single_modalities_are_written() {
        let data = data([[3; 3], [2; 3], [1; 3], [6; 3]]);
        let mut extras = HashMap::new();
        for (index, id) in ["a[0]", "a[1]", "b[0]", "c[0]"].into_iter().enumerate() {
            let label = index as f32;
            let extra = MmsaUtterance {
                raw_text: Some("So it goes.".to_string()),
                labels: Some(PerModality {
                    text: label,
                    visual: label + 0.25,
                    acoustic: label + 0.5,
                }),
                tokens: Some(vec![101; index + 1]),
                ..MmsaUtterance::default()
            };
            extras.insert(id.to_string(), extra);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.pkl");
        let written = write_mmsa(&path, &data, &extras).unwrap();
        assert!(written.has_tokens && written.has_labels);
        let pickle = crate::format::files::open_pickle(&path).unwrap();
        let train = pickle.root().get("train").unwrap();
        let tokens = train.get("text_bert").unwrap();
        // As many as the steps, since the data is aligned.
        assert_eq!(tokens.array().unwrap().shape(), [2, 3, 6]);
        let row = |values: [i64; 2]| [values.to_vec(), vec![0; 4]].concat();
        let expected = [[101, 0], [1, 0], [0, 0], [101, 101], [1, 1], [0, 0]]
            .map(row)
            .concat();
        assert_eq!(tokens.to_ints().unwrap(), expected);
        let floats = |key| train.get(key).unwrap().to_floats().unwrap();
        assert_eq!(floats("regression_labels"), [1.5, 0.0]);
        assert_eq!(floats("classification_labels"), [2.0, 1.0]);
        assert_eq!(floats("regression_labels_A"), [0.5, 1.5]);
        let read = UtteranceDataset::open(&path).unwrap();
        let labels = |utterance: &Utterance| utterance.modality_labels.clone().into_array();
        let found: Vec<_> = read.split(Split::Train).iter().map(labels).collect();
        let expected = [[0.0, 0.25, 0.5], [1.0, 1.25, 1.5]];
        assert_eq!(found, expected.map(|row| row.map(Some)));
        // Those of the utterances themselves.
        assert!(write_mmsa(&path, &read, &extras).unwrap().has_labels);
        extras.values_mut().for_each(|extra| extra.labels = None);
        assert!(write_mmsa(&path, &read, &extras).unwrap().has_labels);
        let again = UtteranceDataset::open(&path).unwrap();
        for split in Split::ALL {
            assert_eq!(again.split(split), read.split(split));
        }
        assert_eq!(floats("regression_labels_V"), [0.25, 1.25]);
        let texts = |key| train.get(key).unwrap().to_texts().unwrap();
        assert_eq!(texts("raw_text"), ["So it goes.", "So it goes."]);
        assert_eq!(texts("annotations"), ["Positive", "Neutral"]);
        let lengths = train.get("vision_lengths").unwrap();
        assert_eq!(lengths.to_ints().unwrap(), [3, 2]);
    }

    fn of_words(data: &UtteranceDataset) -> UtteranceDataset {
        let words = |utterance: &Utterance| Utterance {
            words: vec!["word".to_string(); utterance.text.steps()],
            text: TextSequence::Words((0..utterance.text.steps() as u32).collect()),
            ..utterance.clone()
        };
        let [train, valid, test] = Split::ALL.map(|split| {
            let utterances = data.split(split).iter();
            utterances.map(words).collect::<Vec<_>>()
        });
        UtteranceDataset::from_splits(train, valid, test, None).unwrap()
    }

    /// Most of MMSA's models read `text`, and none but those with a BERT do without it.
    #[test]
    fn word_ids_are_written_as_the_vectors_of_the_extras() {
        let data = of_words(&data([[3; 3], [2; 3], [1; 3], [6; 3]]));
        let table = Sequence::new(2, (0..20).map(|value| value as f32).collect()).unwrap();
        let mut extras = HashMap::new();
        for utterance in Split::ALL.into_iter().flat_map(|split| data.split(split)) {
            let words: Vec<_> = (0..utterance.text.steps() as u32)
                .map(|id| vec![id])
                .collect();
            let extra = MmsaUtterance {
                vectors: mmsa_vectors(&table, &words),
                tokens: Some(vec![101; words.len() + 2]),
                ..MmsaUtterance::default()
            };
            extras.insert(utterance.id.clone(), extra);
        }
        let (written, found) = read_back(&data, &extras);
        assert!(written.has_text && written.is_aligned);
        let TextSequence::Features(text) = &found.split(Split::Train)[1].text else {
            panic!("no vectors");
        };
        assert_eq!(text.values(), [0.0, 1.0, 2.0, 3.0]);

        let refused = |steps: usize, width: usize| {
            let mut extras = extras.clone();
            extras.get_mut("b[0]").unwrap().vectors =
                Sequence::new(width, vec![0.0; steps * width]);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("features.pkl");
            write_mmsa(path, &data, &extras).unwrap_err().to_string()
        };
        let expected = "b[0]: expected 1 vectors of 2 values, one for each step of the text, found";
        assert!(refused(2, 2).ends_with(&format!("{expected} 2 of 2 values")));
        assert!(refused(1, 3).ends_with(&format!("{expected} 1 of 3 values")));
    }

    /// MMSA's MISA packs faces and voices by the lengths of the tokens, and fails where these are longer.
    #[test]
    fn no_modality_has_fewer_steps_than_there_are_tokens() {
        for (steps, expected) in [
            ([[3; 3], [2; 3], [1; 3], [6; 3]], [9, 9, 9, 9]),
            ([[3, 7, 5], [2, 1, 20], [1, 4, 2], [6, 2, 3]], [9, 9, 20, 9]),
        ] {
            let data = data(steps);
            let extra = |count: usize| MmsaUtterance {
                tokens: Some(vec![7; count]),
                ..MmsaUtterance::default()
            };
            let ids = ["a[0]", "a[1]", "b[0]", "c[0]"]
                .into_iter()
                .zip([3, 9, 4, 5]);
            let extras: HashMap<_, _> = ids
                .map(|(id, count)| (id.to_string(), extra(count)))
                .collect();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("features.pkl");
            let written = write_mmsa(&path, &data, &extras).unwrap();
            let pickle = crate::format::files::open_pickle(&path).unwrap();
            let train = pickle.root().get("train").unwrap();
            let axis = |key, axis: usize| train.get(key).unwrap().array().unwrap().shape()[axis];
            let found = [
                axis("text", 1),
                axis("vision", 1),
                axis("audio", 1),
                axis("text_bert", 2),
            ];
            assert_eq!(found, expected);
            let steps = written.steps;
            assert_eq!([steps.text, steps.visual, steps.acoustic], expected[..3]);
            let lengths = train.get("vision_lengths").unwrap().to_ints().unwrap();
            assert_eq!(
                lengths,
                [
                    data.split(Split::Train)[0].visual.steps() as i64,
                    data.split(Split::Train)[1].visual.steps() as i64
                ]
            );
        }
    }

    #[test]
    fn what_mmsa_cannot_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.pkl");
        let message = |data: &UtteranceDataset, extras: &HashMap<String, MmsaUtterance>| {
            let error = write_mmsa(&path, data, extras).unwrap_err().to_string();
            error.replace(&format!("{}: ", path.display()), "")
        };
        let whole = data([[1; 3]; 4]);
        let train = whole.split(Split::Train).to_vec();
        let partial =
            UtteranceDataset::from_splits(train.clone(), train.clone(), vec![], None).unwrap();
        assert_eq!(
            message(&partial, &HashMap::new()),
            "test: expected utterances, since MMSA reads three splits, found none"
        );
        let extra = MmsaUtterance {
            tokens: Some(vec![1]),
            ..MmsaUtterance::default()
        };
        let extras = HashMap::from([("a[0]".to_string(), extra)]);
        assert_eq!(
            message(&whole, &extras),
            "tokens: expected all utterances or none, found 1 of 4"
        );
        let words = |utterance: &Utterance| {
            let text = TextSequence::Words(vec![2, 3, 4]);
            Utterance {
                text,
                ..utterance.clone()
            }
        };
        let train: Vec<Utterance> = train.iter().map(words).collect();
        let words =
            UtteranceDataset::from_splits(train.clone(), train.clone(), train, None).unwrap();
        assert_eq!(
            message(&words, &HashMap::new()),
            "text: expected vectors of the text, or tokens for BERT, found word ids"
        );
        assert!(!path.exists());
    }
}
