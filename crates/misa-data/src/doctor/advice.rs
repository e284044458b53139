//! Advice on data sets that cannot be read.

use super::{Finding, Severity};
use crate::DataError;
use misa_files::hdf5::Fault;
use misa_files::npy::{NpyError, NpzError};
use misa_files::pickle::PickleError;
use misa_files::torch::TorchError;
use misa_terms::Modality;
use std::io;

/// The only finding about a data set that cannot be read.
pub(super) fn unreadable(error: &DataError) -> Finding {
    let (place, what) = place_of(error);
    Finding::new(Severity::Error, "unreadable", place, what, advice(error))
}

/// The position at the start of a message, and the rest of it.
fn place_of(error: &DataError) -> (String, String) {
    let mut message = error.to_string();
    // The advice has a place of its own.
    let repeated = match error {
        DataError::Kind { found, .. } => found.advice().len() + "; ".len(),
        DataError::Choice { modality, .. } => format!("; choose one with --{modality} FILE").len(),
        _ => 0,
    };
    message.truncate(message.len() - repeated);
    match message.split_once(": ") {
        Some((place, what)) => (place.to_owned(), what.to_owned()),
        None => (String::new(), message),
    }
}

fn advice(error: &DataError) -> &'static str {
    match error {
        DataError::Missing { .. } => "check the spelling of the path",
        DataError::Version { .. } => "use a newer misa, or convert the data with this one",
        DataError::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            "you lack the permission to read it: ask its owner, or change it with chmod"
        }
        DataError::Io { .. } => "the system could not read it: check the disk, and try again",
        DataError::NoData { .. } => {
            "give the file itself, or a folder of one of these layouts: see docs/data-format.md"
        }
        DataError::Ambiguous { .. } => "give one of the files instead of the folder",
        DataError::Choice { modality, .. } => match modality {
            Modality::Text => "choose one of them with --text FILE",
            Modality::Visual => "choose one of them with --visual FILE",
            Modality::Acoustic => "choose one of them with --acoustic FILE",
        },
        DataError::Several { .. } => {
            "keep one of them in the folder, and move the others elsewhere"
        }
        DataError::Kind { found, .. } => found.advice(),
        DataError::Unsupported { .. } => "give a file or a folder on a disk",
        DataError::NotStored { .. } => "leave out --format, or give the format of the file",
        DataError::Pickle { source, .. } => pickle_advice(source),
        DataError::Npz { source, .. } => npz_advice(source),
        DataError::Hdf5 { source, .. } => hdf5_advice(source.fault()),
        DataError::Torch { source, .. } => match source.as_ref() {
            TorchError::Pickle { source, .. } => pickle_advice(source),
            _ => DAMAGED,
        },
        #[cfg(feature = "tensors")]
        DataError::Weights { .. } | DataError::Text(_) => {
            "the file is of another model, or damaged"
        }
        DataError::NonFinite { .. } => "try --policy compat, which replaces such numbers",
        DataError::Checksum { .. } => {
            "the file is not what was written: copy or convert it once more"
        }
        DataError::Recipes { .. } => {
            "what is said of the features does not fit them: build the data set once more"
        }
        DataError::NotReplaced { .. } => {
            "both files must hold the same utterances under the same ids"
        }
        DataError::NoUtterances { .. } => "nothing of it could be used: check how it was made",
        DataError::Width { .. } => {
            "all utterances need features of one size: check whether files of two builds are mixed"
        }
        DataError::Word { .. } => "all splits must use one vocabulary: build them in one go",
        DataError::Layout { .. } | DataError::Utterance { .. } => {
            "if the file has another format, name it with --format; otherwise compare the file with \
             docs/data-format.md"
        }
    }
}

/// For files whose bytes contradict each other.
const DAMAGED: &str =
    "it is damaged or cut off: compare its size with the original, or download it again";

/// For arrays of dates, complex numbers and the like.
const OTHER_TYPE: &str = "the array holds other values than numbers or texts: save it as numbers, such as \
     `array.astype(\"float32\")`";

fn pickle_advice(error: &PickleError) -> &'static str {
    match error {
        PickleError::GlobalNotAllowed { .. }
        | PickleError::OpcodeNotAllowed { .. }
        | PickleError::Object { .. } => {
            "it holds Python objects instead of data, which are never run: save plain lists, \
             dictionaries and NumPy arrays"
        }
        PickleError::Dtype { .. } => OTHER_TYPE,
        PickleError::Protocol { .. } => "a newer Python wrote it: save it with `protocol=4`",
        PickleError::Limit { .. } => "it is larger than any public data set: split it into parts",
        _ => {
            "it is damaged, cut off, or no pickle: compare its size with the original, or download \
             it again"
        }
    }
}

fn npz_advice(error: &NpzError) -> &'static str {
    match error {
        NpzError::Missing { .. } => "save the array under that name: numpy.savez(FILE, NAME=array)",
        NpzError::Array { source, .. } => match source {
            NpyError::Dtype { .. } | NpyError::Kind { .. } => OTHER_TYPE,
            NpyError::Version { .. } => "a newer NumPy wrote it: save it with an older one",
            NpyError::Pickle { source } => pickle_advice(source),
            _ => DAMAGED,
        },
        _ => DAMAGED,
    }
}

fn hdf5_advice(fault: &Fault) -> &'static str {
    match fault {
        Fault::Unsupported { .. } | Fault::Kind { .. } => {
            "that part of the format is not read: write the file again with plain numbers, \
             uncompressed or with gzip"
        }
        Fault::NotFound | Fault::NotAGroup | Fault::NotADataset | Fault::Missing { .. } => {
            "the file has another layout: compare it with docs/data-format.md"
        }
        Fault::Limit { .. } => "it is larger than any public data set: split it into parts",
        _ => DAMAGED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_files::FileKind;

    #[test]
    fn places_are_split_from_messages() {
        let path = "mosi/words.csd".into();
        let (expected, found) = ("a file of features", FileKind::Hdf5);
        let finding = unreadable(&DataError::Kind {
            path,
            expected,
            found,
        });
        assert_eq!(finding.place, "mosi/words.csd");
        assert_eq!(
            finding.what,
            "expected a file of features, found an HDF5 file (.csd, .h5)"
        );
        assert!(
            finding.advice.contains("give the folder"),
            "{}",
            finding.advice
        );
    }
}
