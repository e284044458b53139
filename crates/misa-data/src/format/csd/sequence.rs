//! One computational sequence.

use crate::DataError;
use misa_files::hdf5::{Dataset, Element, Group, Hdf5, Hdf5Error, Limits};
use misa_files::{FileKind, Source};
use misa_recordings::Interval;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Most values that are read for one video: 4 GiB of doubles, a day of COVAREP.
const MAX_VALUES: u64 = 1 << 29;

/// A file of one sequence: `/ROOT/data/VIDEO/features` and `/ROOT/data/VIDEO/intervals`.
#[derive(Debug)]
pub(super) struct Csd {
    file: Hdf5<'static>,
    pub path: PathBuf,
    /// Name of the sequence, the first one in the file.
    pub root: String,
    /// The videos, with the names of their pieces in the file, in the order of the numbers of these.
    pub videos: BTreeMap<String, Vec<String>>,
}

/// Rows of a video, piece after piece.
#[derive(Debug)]
pub(super) struct Features {
    pub intervals: Vec<Interval>,
    /// `[rows, d_input]`
    pub values: Vec<f64>,
    pub d_input: usize,
}

impl Features {
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.d_input..(row + 1) * self.d_input]
    }
}

impl Csd {
    pub fn open(path: PathBuf) -> Result<Self, DataError> {
        let source = Source::open(&path).map_err(DataError::io(&path))?;
        let file = Hdf5::open(source, &Limits::default()).map_err(|error| {
            let kinds = [FileKind::Hdf5, FileKind::Matlab73];
            at(&path)(error).or_kind(&path, "an HDF5 file (.csd, .h5)", &kinds)
        })?;
        let root = file.root().names().next().map(str::to_owned);
        let root = root.ok_or_else(|| {
            let place = path.display().to_string();
            DataError::layout(place, "a computational sequence", "an empty file")
        })?;
        let mut csd = Self {
            file,
            path,
            root,
            videos: BTreeMap::new(),
        };
        csd.videos = videos(csd.data()?.names());
        Ok(csd)
    }

    /// The names of the pieces of a video.
    pub fn pieces(&self, video: &str) -> &[String] {
        self.videos.get(video).map_or(&[], Vec::as_slice)
    }

    fn data(&self) -> Result<Group<'_>, DataError> {
        let root = self.file.root().group(&self.root).map_err(at(&self.path))?;
        root.group("data").map_err(at(&self.path))
    }

    /// Whether the features are texts.
    pub fn is_text(&self) -> Result<bool, DataError> {
        let data = self.data()?;
        let first = data.names().next().map(str::to_owned);
        let Some(first) = first else {
            return Ok(false);
        };
        let dataset = self.dataset(&data, &first, "features")?;
        Ok(!matches!(dataset.element(), Element::Number(_)))
    }

    /// Whether the numbers have single precision.
    pub fn is_single(&self, pieces: &[String]) -> Result<bool, DataError> {
        let data = self.data()?;
        let Some(first) = pieces.first() else {
            return Ok(false);
        };
        let element = self.dataset(&data, first, "features")?.element();
        Ok(matches!(element, Element::Number(dtype) if dtype.size() == 4))
    }

    fn dataset<'f>(
        &'f self,
        data: &Group<'f>,
        piece: &str,
        name: &str,
    ) -> Result<Dataset<'f>, DataError> {
        let group = data.group(piece).map_err(at(&self.path))?;
        group.dataset(name).map_err(at(&self.path))
    }

    /// The numbers of all pieces of a video.
    pub fn features(&self, pieces: &[String]) -> Result<Features, DataError> {
        let data = self.data()?;
        let (mut intervals, mut values, mut d_input) = (Vec::new(), Vec::new(), None);
        for piece in pieces {
            let times = self.intervals(&data, piece)?;
            let dataset = self.dataset(&data, piece, "features")?;
            let width = self.width(&dataset, times.len(), values.len())?;
            if *d_input.get_or_insert(width) != width {
                let expected = format!("{} features", d_input.unwrap_or(width));
                return Err(self.layout(dataset.path(), &expected, width.to_string()));
            }
            values.extend(dataset.to_doubles().map_err(at(&self.path))?);
            intervals.extend(times);
        }
        let d_input = d_input.unwrap_or(0);
        Ok(Features {
            intervals,
            values,
            d_input,
        })
    }

    /// The texts of all pieces of a video.
    pub fn texts(&self, pieces: &[String]) -> Result<(Vec<Interval>, Vec<String>), DataError> {
        let data = self.data()?;
        let (mut intervals, mut texts) = (Vec::new(), Vec::new());
        for piece in pieces {
            let times = self.intervals(&data, piece)?;
            let dataset = self.dataset(&data, piece, "features")?;
            self.width(&dataset, times.len(), texts.len())?;
            let found = dataset.to_texts().map_err(at(&self.path))?;
            if found.len() != times.len() {
                let expected = format!("{} words", times.len());
                return Err(self.layout(dataset.path(), &expected, found.len().to_string()));
            }
            texts.extend(found);
            intervals.extend(times);
        }
        Ok((intervals, texts))
    }

    /// The times of all pieces of a video.
    pub fn times(&self, pieces: &[String]) -> Result<Vec<Interval>, DataError> {
        let data = self.data()?;
        let times = pieces.iter().map(|piece| self.intervals(&data, piece));
        Ok(times.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The number of rows of each piece.
    pub fn rows(&self, pieces: &[String]) -> Result<Vec<usize>, DataError> {
        let data = self.data()?;
        let times = pieces.iter().map(|piece| self.intervals(&data, piece));
        times.map(|times| times.map(|times| times.len())).collect()
    }

    fn intervals(&self, data: &Group<'_>, piece: &str) -> Result<Vec<Interval>, DataError> {
        let group = data.group(piece).map_err(at(&self.path))?;
        let dataset = group.dataset("intervals").map_err(at(&self.path))?;
        match *dataset.shape() {
            [rows, 2] if rows <= MAX_VALUES => {}
            _ => {
                let found = format!("{:?}", dataset.shape());
                return Err(self.layout(dataset.path(), "[rows, 2]", found));
            }
        }
        let values = dataset.to_doubles().map_err(at(&self.path))?;
        let (intervals, _) = values.as_chunks::<2>();
        let interval = |&[start, end]: &[f64; 2]| Interval::new(start, end);
        Ok(intervals.iter().map(interval).collect())
    }

    /// Number of features of a row, after checking the number of rows and the limit on values.
    fn width(&self, dataset: &Dataset<'_>, rows: usize, so_far: usize) -> Result<usize, DataError> {
        let wrong = || {
            let expected = format!("[{rows}, d_input], at most {MAX_VALUES} values");
            self.layout(dataset.path(), &expected, format!("{:?}", dataset.shape()))
        };
        let width = match *dataset.shape() {
            [found] if found == rows as u64 => 1,
            [found, width] if found == rows as u64 => width,
            _ => return Err(wrong()),
        };
        let values = width.checked_mul(rows as u64);
        let all = values.and_then(|values| values.checked_add(so_far as u64));
        match (all, usize::try_from(width)) {
            (Some(all), Ok(width)) if all <= MAX_VALUES && width > 0 => Ok(width),
            _ => Err(wrong()),
        }
    }

    fn layout(&self, inside: &str, expected: &str, found: String) -> DataError {
        DataError::layout(
            format!("{}: {inside}", self.path.display()),
            expected,
            found,
        )
    }
}

/// The videos of a sequence, with the names of their pieces. A video that has its own name in the file
/// is whole: it has no further pieces.
fn videos<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<String, Vec<String>> {
    let mut videos: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names {
        let pieces = videos.entry(video(name).to_string()).or_default();
        pieces.push(name.to_string());
    }
    for (video, pieces) in &mut videos {
        if pieces.contains(video) {
            *pieces = vec![video.clone()];
        }
        // A file has them in alphabetical order, where 10 stands before 2.
        pieces.sort_by_key(|piece| number(piece));
    }
    videos
}

/// The number of a piece, such as 4 of `03bSnISJMiM[4]`; the largest for one that has none.
fn number(piece: &str) -> u64 {
    let inside = piece
        .split_once('[')
        .and_then(|(_, rest)| rest.strip_suffix(']'));
    inside
        .and_then(|number| number.parse().ok())
        .unwrap_or(u64::MAX)
}

/// The video of a key such as `03bSnISJMiM[4]`.
fn video(key: &str) -> &str {
    key.split_once('[').map_or(key, |(video, _)| video)
}

/// Turns a fault of the file into an error that names the file.
pub(in crate::format) fn at(path: &Path) -> impl FnOnce(Hdf5Error) -> DataError {
    let path = path.to_owned();
    move |source| DataError::Hdf5 { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_belong_to_the_video_before_the_bracket() {
        let names = ["b[1]", "a[0]", "b[10]", "b[2]", "b[x]", "whole", "whole[0]"];
        let found = videos(names.into_iter());
        let expected = [
            ("a", vec!["a[0]"]),
            ("b", vec!["b[1]", "b[2]", "b[10]", "b[x]"]),
            ("whole", vec!["whole"]),
        ];
        let found: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|(video, pieces)| (&**video, pieces.iter().map(|piece| &**piece).collect()))
            .collect();
        assert_eq!(found, expected);
    }
}
