//! Our own file: every split of a data set in one safetensors file.
//!
//! For each split `S` with utterances:
//!
//! | Tensor | Type, shape | Content |
//! |---|---|---|
//! | `S.label` | f32 `[utterances]` | |
//! | `S.label_text`, `S.label_visual`, `S.label_acoustic` | f32 `[utterances]` | labels by one modality; only where there are any |
//! | `S.id`, `S.id.ends` | u8 `[bytes]`, u64 `[utterances]` | texts one after the other, and where each ends |
//! | `S.words`, `S.words.ends` | u8 `[bytes]`, u64 `[words]` | the words of all utterances |
//! | `S.words.counts` | u32 `[utterances]` | words of each utterance |
//! | `S.text` | u32 `[steps]` or f32 `[steps, d_input]` | word ids or features of all utterances |
//! | `S.visual`, `S.acoustic` | f32 `[steps, d_input]` | features of all utterances |
//! | `S.text.steps`, `S.visual.steps`, `S.acoustic.steps` | u32 `[utterances]` | steps of each utterance |
//! | `S.text.absent`, `S.visual.absent`, `S.acoustic.absent` | u8 `[steps]` | 1 for absent steps, otherwise 0; only if there are some |
//!
//! With word ids, there are also `vocabulary`, `vocabulary.ends` and `vocabulary.ids` (u32
//! `[words]`). The metadata holds `format` (`misa-utterances-2`, or 3 with absent steps: the layout and
//! its version), the `checksum` of the utterances, that of the `vocabulary`, and the `notes` of the data set;
//! and that of the `modality_labels`, if there are any, which older programs do not read.

mod columns;
mod container;
mod read;
mod rows;
mod stream;
mod write;

pub(crate) use read::read;
pub use stream::{UtteranceWriter, Written};
pub(crate) use write::write;

/// Name of the layout; its version follows.
const LAYOUT: &str = "misa-utterances-";
/// Key of the checksum of the labels by single modalities in the metadata.
const MODALITY_LABELS: &str = "modality_labels";
/// Key of the recipes in the metadata.
const RECIPES: &str = "recipes";
/// The newest version of the layout that this program reads. It is written only where steps are absent, so
/// that older programs read everything else, and refuse what they would read wrongly.
const VERSION: u32 = 3;
/// The version of files without absent steps.
const WITHOUT_ABSENT: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataError, Format, Sequence, Split, SyntheticConfig, UtteranceDataset};
    use misa_terms::{RecipeStamp, Recipes};
    use std::fs;

    fn small() -> UtteranceDataset {
        let config = SyntheticConfig::new()
            .with_train(3)
            .with_valid(2)
            .with_test(0);
        config
            .with_d_visual(2)
            .with_d_acoustic(3)
            .generate()
            .dataset
    }

    /// The bytes of a saved data set, changed by `damage`, read again.
    fn damaged(damage: impl FnOnce(&mut Vec<u8>)) -> DataError {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        small().save(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        damage(&mut bytes);
        fs::write(&path, bytes).unwrap();
        UtteranceDataset::open_as(&path, Format::Safetensors).unwrap_err()
    }

    #[test]
    fn nothing_is_left_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        small().save(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let missing = folder.path().join("no/x.safetensors");
        assert!(matches!(
            small().save(missing),
            Err(DataError::Missing { .. })
        ));
    }

    #[test]
    fn a_changed_value_is_noticed() {
        let error = damaged(|bytes| *bytes.last_mut().unwrap() ^= 1);
        assert!(matches!(error, DataError::Checksum { .. }), "{error}");
    }

    #[test]
    fn a_cut_file_is_noticed() {
        let error = damaged(|bytes| bytes.truncate(bytes.len() - 4)).to_string();
        assert!(error.contains("header: expected"), "{error}");
        assert!(error.contains("bytes of data"), "{error}");
    }

    /// Its header has more than 100 bytes; it is recognised without being named as a format.
    #[test]
    fn a_file_that_is_cut_in_its_header_is_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        small().save(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let header = u64::from_le_bytes(bytes[..8].try_into().unwrap());
        bytes.truncate(8 + 100);
        fs::write(&path, bytes).unwrap();
        let error = UtteranceDataset::open(&path).unwrap_err().to_string();
        let expected =
            format!("header: expected {header} bytes, found 100 bytes: the file is cut off");
        assert!(error.ends_with(&expected), "{error}");
    }

    #[test]
    fn a_huge_header_is_not_allocated() {
        let error = damaged(|bytes| bytes[..8].copy_from_slice(&(1_u64 << 60).to_le_bytes()));
        assert!(
            error
                .to_string()
                .contains("found 1152921504606846976 bytes"),
            "{error}"
        );
    }

    /// Some steps are absent: of one utterance of the train split all visual ones.
    fn with_absent() -> UtteranceDataset {
        let data = small();
        let [mut train, valid] =
            [Split::Train, Split::Valid].map(|split| data.split(split).to_vec());
        let mask = |sequence: &mut Sequence, is_absent: fn(usize) -> bool| {
            let absent: Vec<bool> = (0..sequence.steps()).map(is_absent).collect();
            let (d_input, mut values) = (sequence.d_input(), sequence.values().to_vec());
            for (row, &absent) in values.chunks_mut(d_input).zip(&absent) {
                if absent {
                    row.fill(0.0);
                }
            }
            *sequence = Sequence::with_absent(d_input, values, absent).unwrap();
        };
        mask(&mut train[1].visual, |_| true);
        mask(&mut train[2].acoustic, |step| step == 0);
        let vocabulary = data.vocabulary().cloned();
        UtteranceDataset::from_splits(train, valid, vec![], vocabulary).unwrap()
    }

    /// The bytes of a saved data set.
    fn saved(data: &UtteranceDataset) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        data.save(&path).unwrap();
        fs::read(&path).unwrap()
    }

    fn opened(bytes: &[u8]) -> Result<UtteranceDataset, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        fs::write(&path, bytes).unwrap();
        UtteranceDataset::open(&path)
    }

    fn contains(bytes: &[u8], text: &str) -> bool {
        bytes
            .windows(text.len())
            .any(|found| found == text.as_bytes())
    }

    #[test]
    fn absent_steps_are_read_as_they_were_written() {
        let data = with_absent();
        let bytes = saved(&data);
        assert!(contains(&bytes, "misa-utterances-3"));
        assert!(contains(&bytes, "train.visual.absent"));
        assert!(!contains(&bytes, "valid.visual.absent"));
        let read = opened(&bytes).unwrap();
        for split in Split::ALL {
            assert_eq!(read.split(split), data.split(split));
        }
        assert_eq!(read.checksum(), data.checksum());
        assert_eq!(saved(&read), bytes);
    }

    #[test]
    fn the_streamed_file_has_the_same_absent_steps() {
        let data = with_absent();
        let folder = tempfile::tempdir().unwrap();
        let [saved, streamed] = ["a", "b"].map(|name| folder.path().join(name));
        data.save(&saved).unwrap();
        let mut writer = UtteranceWriter::create(&streamed).unwrap();
        let push = |split, utterance: crate::Utterance| writer.push(split, &utterance);
        let overview = crate::OpenOptions::new().stream(&saved, push).unwrap();
        let written = writer.finish(&overview).unwrap();
        assert_eq!(written.checksum, data.checksum());
        assert!(fs::read(saved).unwrap() == fs::read(streamed).unwrap());
    }

    /// Zeros that are a measurement are other data than zeros that are none.
    #[test]
    fn the_checksum_covers_which_steps_are_absent() {
        let data = with_absent();
        let mut train = data.split(Split::Train).to_vec();
        for utterance in &mut train {
            for sequence in [&mut utterance.visual, &mut utterance.acoustic] {
                *sequence = Sequence::new(sequence.d_input(), sequence.values().to_vec()).unwrap();
            }
        }
        let valid = data.split(Split::Valid).to_vec();
        let vocabulary = data.vocabulary().cloned();
        let plain = UtteranceDataset::from_splits(train, valid, vec![], vocabulary).unwrap();
        assert_ne!(plain.checksum(), data.checksum());
        assert!(contains(&saved(&plain), "misa-utterances-2"));
    }

    /// Changes the first or last flag of the visual steps of the train split.
    fn with_flag(flag: u8, is_absent: bool) -> String {
        let data = with_absent();
        let mut bytes = saved(&data);
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        let offsets = &header["train.visual.absent"]["data_offsets"];
        let [start, end] = [0, 1].map(|index| offsets[index].as_u64().unwrap() as usize);
        let flags = &mut bytes[8 + length..][start..end];
        let changed = flags.iter_mut().find(|flag| (**flag == 1) == is_absent);
        *changed.unwrap() = flag;
        opened(&bytes).unwrap_err().to_string()
    }

    #[test]
    fn flags_that_contradict_the_steps_are_refused() {
        let error = with_flag(2, true);
        let expected = "train.visual.absent: expected flags of 0 or 1, found 2";
        assert!(error.ends_with(expected), "{error}");
        let error = with_flag(1, false);
        let expected = "train.visual: expected whole steps, and zeros in absent ones, found others";
        assert!(error.ends_with(expected), "{error}");
        let error = with_flag(0, true);
        assert!(error.contains("checksum"), "{error}");
    }

    #[test]
    fn flags_in_a_file_of_an_older_version_are_refused() {
        let mut bytes = saved(&with_absent());
        let written = "misa-utterances-3";
        let mut windows = bytes.windows(written.len());
        let place = windows.position(|text| text == written.as_bytes()).unwrap();
        bytes[place + written.len() - 1] = b'2';
        let error = opened(&bytes).unwrap_err().to_string();
        let expected = "train.visual.absent: expected no flags of absent steps before \
                        misa-utterances-3, found some";
        assert!(error.ends_with(expected), "{error}");
    }

    fn recipes() -> Recipes {
        let columns = ["a", "b"].map(str::to_string).to_vec();
        let visual = RecipeStamp::new("made", 3, "0f".repeat(32), "tool", columns);
        Recipes {
            visual: Some(visual),
            ..Recipes::default()
        }
    }

    #[test]
    fn recipes_are_kept_and_change_neither_version_nor_checksum() {
        let data = small().with_recipes(recipes()).unwrap();
        let bytes = saved(&data);
        assert!(contains(&bytes, "misa-utterances-2"));
        let read = opened(&bytes).unwrap();
        assert_eq!(read.recipes(), &recipes());
        assert_eq!(read.checksum(), small().checksum());
        assert_eq!(saved(&read), bytes);
        let forgotten = read.with_recipes(Recipes::default()).unwrap();
        assert!(saved(&forgotten) == saved(&small()));
    }

    #[test]
    fn recipes_of_other_features_are_refused() {
        let mut other = recipes();
        other.acoustic = other.visual.clone();
        let error = small().with_recipes(other).unwrap_err().to_string();
        assert_eq!(error, "recipes: acoustic: expected 3 columns, found 2");

        let mut bytes = saved(&small().with_recipes(recipes()).unwrap());
        let name = b"visual\\\":{";
        let place = bytes
            .windows(name.len())
            .position(|text| text == name)
            .unwrap();
        bytes[place..place + 6].copy_from_slice(b"vision");
        let error = opened(&bytes).unwrap_err().to_string();
        assert!(
            error.contains("recipes: expected recipes by modality"),
            "{error}"
        );
    }

    /// A modality that is taken from another file has the recipe of that file, or none.
    #[test]
    fn a_replaced_modality_loses_its_recipe() {
        let folder = tempfile::tempdir().unwrap();
        let [plain, known] = ["a", "b"].map(|name| folder.path().join(name));
        small().save(&plain).unwrap();
        small()
            .with_recipes(recipes())
            .unwrap()
            .save(&known)
            .unwrap();
        let open = |main, other| {
            let options = crate::OpenOptions::new();
            let options = options.with_replacement(misa_terms::Modality::Visual, other);
            options.open(main).unwrap().recipes().clone()
        };
        assert_eq!(open(&known, &plain), Recipes::default());
        assert_eq!(open(&plain, &known), recipes());
        let clips = crate::Clips::open(&known).unwrap();
        assert_eq!(clips.recipes, recipes());
    }

    /// The file with another entry `format` of the same length.
    fn of_format(format: &str) -> String {
        let error = damaged(|bytes| {
            let written = format!("{LAYOUT}{WITHOUT_ABSENT}");
            let mut windows = bytes.windows(written.len());
            let at = windows.position(|text| text == written.as_bytes()).unwrap();
            bytes[at..at + written.len()].copy_from_slice(format.as_bytes());
        });
        error.to_string()
    }

    #[test]
    fn another_layout_is_named() {
        let error = of_format("other-utterance-1");
        assert!(error.ends_with("found \"other-utterance-1\""), "{error}");
    }

    #[test]
    fn a_newer_version_is_refused_by_both_versions() {
        let error = of_format("misa-utterances-4");
        let program = env!("CARGO_PKG_VERSION");
        let expected = format!(
            "written by a newer misa (version 4 of this file); this is misa {program}, which reads \
             up to version 3"
        );
        assert!(error.ends_with(&expected), "{error}");
    }
}
