//! Our own file: every split of a data set in one safetensors file.
//!
//! For each split `S` with utterances:
//!
//! | Tensor | Type, shape | Content |
//! |---|---|---|
//! | `S.label` | f32 `[utterances]` | |
//! | `S.id`, `S.id.ends` | u8 `[bytes]`, u64 `[utterances]` | texts one after the other, and where each ends |
//! | `S.words`, `S.words.ends` | u8 `[bytes]`, u64 `[words]` | the words of all utterances |
//! | `S.words.counts` | u32 `[utterances]` | words of each utterance |
//! | `S.text` | u32 `[steps]` or f32 `[steps, d_input]` | word ids or features of all utterances |
//! | `S.visual`, `S.acoustic` | f32 `[steps, d_input]` | features of all utterances |
//! | `S.text.steps`, `S.visual.steps`, `S.acoustic.steps` | u32 `[utterances]` | steps of each utterance |
//!
//! With word ids, there are also `vocabulary`, `vocabulary.ends` and `vocabulary.ids` (u32
//! `[words]`). The metadata holds `format` (`misa-utterances-2`: the layout and its version), the
//! `checksum` of the utterances, that of the `vocabulary`, and the `notes` of the data set.

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
/// The version of the layout that this program writes, and the newest that it reads.
const VERSION: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataError, Format, SyntheticConfig, UtteranceDataset};
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

    /// The file with another entry `format` of the same length.
    fn of_format(format: &str) -> String {
        let error = damaged(|bytes| {
            let written = format!("{LAYOUT}{VERSION}");
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
        let error = of_format("misa-utterances-3");
        let program = env!("CARGO_PKG_VERSION");
        let expected = format!(
            "written by a newer misa (version 3 of this file); this is misa {program}, which reads \
             up to version 2"
        );
        assert!(error.ends_with(&expected), "{error}");
    }
}
