//! Features on words.

use misa_recordings::Interval;
use misa_recordings::align::{StepKind, Timeline, WeightedTrack, sdk, steps_of};
use misa_recordings::{Track, align::PauseRule};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;

/// How features come onto words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Method {
    /// Means weighted by overlap; the nearest row within reach, in seconds, where no row overlaps.
    Weighted {
        /// Who owns the time between words.
        pauses: PauseRule,
        /// The farthest row that is borrowed, in seconds.
        reach: f64,
    },
    /// Means of all rows that overlap, as in the CMU Multimodal SDK.
    Sdk,
}

/// The steps of an alignment, before Python sees them.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    features: Vec<f64>,
    times: Vec<f64>,
    words: Vec<i64>,
    kinds: Vec<u8>,
    rows: Vec<i64>,
    seconds: Vec<f64>,
}

impl Steps {
    /// The features of `track` on words.
    pub fn of(words: &[Interval], track: &Track, method: Method) -> Self {
        match method {
            Method::Weighted { pauses, reach } => Self::weighted(words, track, pauses, reach),
            Method::Sdk => Self::sdk(words, track),
        }
    }

    fn weighted(words: &[Interval], track: &Track, pauses: PauseRule, reach: f64) -> Self {
        let mut steps = Self::default();
        let mut weighted = WeightedTrack::new(track, reach);
        let mut features = vec![0.0; track.columns.len()];
        for step in steps_of(words, pauses) {
            let (kind, seconds) = weighted.step(step.span, &mut features);
            steps.push(step.word, step.span, kind, seconds, &features);
        }
        steps
    }

    fn sdk(words: &[Interval], track: &Track) -> Self {
        let mut steps = Self::default();
        let timeline = Timeline::new(&track.times, |_| true);
        let zeros = vec![0.0; track.columns.len()];
        for (number, &word) in words.iter().enumerate() {
            if !sdk::has_length(word) {
                continue;
            }
            let overlaps = sdk::overlaps(&timeline, word);
            let seconds = overlaps.iter().map(|(_, both)| both.length()).sum();
            match sdk::mean(track, &timeline, word) {
                Some((span, mean)) => {
                    steps.push(Some(number), span, StepKind::Measured, seconds, &mean);
                }
                None => steps.push(Some(number), word, StepKind::Absent, 0.0, &zeros),
            }
        }
        steps
    }

    fn push(
        &mut self,
        word: Option<usize>,
        span: Interval,
        kind: StepKind,
        seconds: f64,
        features: &[f64],
    ) {
        let number = |place: Option<usize>| place.map_or(-1, |place| place as i64);
        let (kind, row) = match kind {
            StepKind::Measured => (0, None),
            StepKind::Borrowed { row } => (1, Some(row)),
            _ => (2, None),
        };
        self.features.extend_from_slice(features);
        self.times.extend([span.start, span.end]);
        self.words.push(number(word));
        self.kinds.push(kind);
        self.rows.push(number(row));
        self.seconds.push(seconds);
    }
}

/// Features on words, one step after the other.
///
/// features: `[steps, d]`; NaN where no row of the step has a number, zeros where a step is absent.
/// times: start and end of each step in seconds, `[steps, 2]`; of the SDK's means, what rows cover of it.
/// words: the number of the word of each step, from 0; -1 for a pause.
/// kinds: 0 measured, 1 borrowed from the nearest row, 2 absent: no row is near.
/// rows: the row that a step borrowed, otherwise -1.
/// seconds: of rows that overlap each step; rows that overlap each other count each.
///
/// >>> aligned = misa.align([(0.0, 0.5), (0.5, 0.75)], [[1.0], [3.0]], rate=2.0, pauses="words-only")
/// >>> aligned.features
/// array([[1.],
///        [3.]])
#[pyclass(frozen, get_all, module = "misa")]
#[derive(Debug)]
pub(crate) struct Aligned {
    features: Py<PyArray2<f64>>,
    times: Py<PyArray2<f64>>,
    words: Py<PyArray1<i64>>,
    kinds: Py<PyArray1<u8>>,
    rows: Py<PyArray1<i64>>,
    seconds: Py<PyArray1<f64>>,
}

#[pymethods]
impl Aligned {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.words.bind(py).len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Aligned({} steps)", self.__len__(py)?))
    }
}

impl Aligned {
    /// Hands the memory of steps over to NumPy.
    pub fn of(py: Python<'_>, steps: Steps, d: usize) -> Self {
        let count = steps.words.len();
        let table = |values, columns| {
            let table = Array2::from_shape_vec((count, columns), values);
            table
                .expect("every step has these columns")
                .into_pyarray(py)
                .unbind()
        };
        Self {
            features: table(steps.features, d),
            times: table(steps.times, 2),
            words: steps.words.into_pyarray(py).unbind(),
            kinds: steps.kinds.into_pyarray(py).unbind(),
            rows: steps.rows.into_pyarray(py).unbind(),
            seconds: steps.seconds.into_pyarray(py).unbind(),
        }
    }
}
