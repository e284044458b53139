//! What is asked of the readers.

use crate::{DataError, Split};

/// Most clips of a split whose number no list of values confirms. An array without elements can have
/// any number of rows.
const MAX_CLIPS: usize = 1 << 22;

/// What a data set is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Utterances with a label, a split and every modality.
    Utterances,
    /// Clips with at least one modality. Labels and splits are taken as far as they can be read.
    Clips,
}

impl Wanted {
    /// Whether labels, splits and all but one modality may be missing.
    pub fn is_clips(self) -> bool {
        self == Self::Clips
    }

    /// The splits that are read, in order; clips may be in none.
    pub fn splits(self) -> impl Iterator<Item = Option<Split>> {
        let none = self.is_clips().then_some(None);
        Split::ALL.into_iter().map(Some).chain(none)
    }

    /// The number of clips that a shape states, unless it is absurd; `place` names the shape.
    pub fn check_count(self, place: &str, count: usize) -> Result<usize, DataError> {
        if self.is_clips() && count > MAX_CLIPS {
            let expected = format!("at most {MAX_CLIPS} clips");
            return Err(DataError::layout(place, expected, count.to_string()));
        }
        Ok(count)
    }

    /// A part that clips do not need, as far as it can be read.
    pub fn beyond_clips<T>(self, read: Result<T, DataError>) -> Result<Option<T>, DataError> {
        match read {
            Err(_) if self.is_clips() => Ok(None),
            read => read.map(Some),
        }
    }

    /// The labels of `count` utterances; those of clips are all unknown if there are not as many, or
    /// if they cannot be read.
    pub fn labels(
        self,
        count: usize,
        read: Result<Vec<f32>, DataError>,
    ) -> Result<Vec<Option<f32>>, DataError> {
        let labels = self.beyond_clips(read)?;
        let labels = labels.filter(|labels| labels.len() == count || !self.is_clips());
        Ok(match labels {
            Some(labels) => labels.into_iter().map(Some).collect(),
            None => vec![None; count],
        })
    }
}
