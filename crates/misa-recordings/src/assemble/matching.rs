//! Which segments and files have no counterpart.

use crate::segments::SegmentNote;
use serde::{Deserialize, Serialize};

/// Which segments and files have no counterpart, for each kind of file that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Matching {
    /// Of words.
    pub words: Option<KindMatching>,
    /// Of faces.
    pub faces: Option<KindMatching>,
    /// Of voices.
    pub voice: Option<KindMatching>,
    /// What of the table the files make useless, counted.
    #[serde(default)]
    pub notes: Vec<SegmentNote>,
}

/// Which segments and files of one kind have no counterpart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KindMatching {
    /// Recordings that were found.
    pub recordings: usize,
    /// Ids of segments without a file.
    pub without: Vec<String>,
    /// Files, or recordings of a file, that no segment names.
    pub left: Vec<String>,
    /// Files of the same name as one that is read, which are not.
    #[serde(default)]
    pub others: usize,
}

impl Matching {
    /// Each kind that was asked for, with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &KindMatching)> {
        let kinds = [
            ("words", &self.words),
            ("faces", &self.faces),
            ("voice", &self.voice),
        ];
        kinds
            .into_iter()
            .filter_map(|(name, kind)| Some((name, kind.as_ref()?)))
    }
}
