//! COVAREP's columns, and frames without voice.

use super::super::{TrackNoteKind, TrackOptions};
use super::grid::Grid;

/// Frames a second.
///
/// Source: `COVAREP_feature_extraction`, 10 ms; the first frame has its middle at 5 ms.
const RATE: f64 = 100.0;

/// Names of the first columns; those of the spectral envelope and of the phase follow.
const FIRST: [&str; 11] = [
    "F0",
    "VUV",
    "NAQ",
    "QOQ",
    "H1H2",
    "PSP",
    "MDQ",
    "peakSlope",
    "Rd",
    "Rd_conf",
    "creak",
];

/// The columns that are numbered from 0, and how many there are.
const NUMBERED: [(&str, usize); 3] = [("MCEP", 25), ("HMPDM", 25), ("HMPDD", 13)];

/// Whether a frame has voice: 1 or 0.
const VOICED: &str = "VUV";

/// Rows a second of a file of COVAREP.
pub(super) fn rate(options: &TrackOptions) -> Option<f64> {
    options.rate.or(Some(RATE))
}

/// The names of COVAREP's columns, if there are as many.
pub(super) fn columns(count: usize) -> Option<Vec<String>> {
    let numbered = |&(name, count): &(&str, usize)| {
        let name = name.to_string();
        (0..count).map(move |number| format!("{name}_{number}"))
    };
    let first = FIRST.iter().map(|name| (*name).to_string());
    let columns: Vec<String> = first.chain(NUMBERED.iter().flat_map(numbered)).collect();
    (columns.len() == count).then_some(columns)
}

impl Grid {
    /// Clears what is no number, and what COVAREP writes about the voice of frames that have none: the pitch
    /// and the glottal columns. Returns how many cells there are of both.
    pub fn clear_covarep(&mut self) -> [(TrackNoteKind, usize); 2] {
        let infinite = self.clear_infinite();
        let unvoiced = self.clear_unvoiced();
        [
            (TrackNoteKind::NoNumber, infinite),
            (TrackNoteKind::NoVoice, unvoiced),
        ]
    }

    fn clear_unvoiced(&mut self) -> usize {
        let Some(voiced) = self.columns.iter().position(|name| name == VOICED) else {
            return 0;
        };
        let is_glottal = |name: &str| name != VOICED && FIRST.contains(&name);
        let named = self.columns.iter().enumerate();
        let glottal: Vec<usize> = named
            .filter(|(_, name)| is_glottal(name))
            .map(|(column, _)| column)
            .collect();
        let mut count = 0;
        for row in self.values.chunks_exact_mut(self.columns.len()) {
            if row[voiced] != 0.0 {
                continue;
            }
            for &column in &glottal {
                count += usize::from(!row[column].is_nan());
                row[column] = f32::NAN;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_74_columns() {
        let names = columns(74).unwrap();
        assert_eq!((names[0].as_str(), names[10].as_str()), ("F0", "creak"));
        assert_eq!(
            (names[11].as_str(), names[36].as_str()),
            ("MCEP_0", "HMPDM_0")
        );
        assert_eq!(
            (names[61].as_str(), names[73].as_str()),
            ("HMPDD_0", "HMPDD_12")
        );
        assert_eq!(columns(81), None);
    }

    #[test]
    fn frames_without_voice_have_no_pitch() {
        let mut grid = Grid {
            rows: 2,
            columns: ["F0", "VUV", "MCEP_0", "NAQ"].map(str::to_string).to_vec(),
            values: vec![1.0, 0.0, 2.0, f32::INFINITY, 3.0, 1.0, 4.0, 5.0],
        };
        let counts = grid.clear_covarep().map(|(_, count)| count);
        assert_eq!(counts, [1, 1]);
        assert!(grid.values[0].is_nan() && grid.values[3].is_nan());
        assert_eq!(grid.values[1..3], [0.0, 2.0]);
        assert_eq!(grid.values[4..], [3.0, 1.0, 4.0, 5.0]);
    }
}
