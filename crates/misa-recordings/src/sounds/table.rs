//! A track as comma-separated values.

use crate::Track;
use std::io::{self, Write};

/// Writes a track as comma-separated values: a line with `start`, `end` and the names of the columns, and a
/// line for each row, with `nan` where a column has no number. `tracks::read` reads it again, to the bit.
///
/// # Errors
///
/// The error of `file`.
pub fn write_table(track: &Track, file: &mut dyn Write) -> io::Result<()> {
    write!(file, "start,end")?;
    for column in &track.columns {
        write!(file, ",{column}")?;
    }
    writeln!(file)?;
    for (row, time) in track.times.iter().enumerate() {
        write!(file, "{},{}", time.start, time.end)?;
        for value in track.row(row) {
            if value.is_nan() {
                write!(file, ",nan")?;
            } else {
                write!(file, ",{value}")?;
            }
        }
        writeln!(file)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interval;
    use crate::tracks::{self, TrackOptions};

    #[test]
    fn a_table_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("voice.csv");
        let track = Track {
            columns: ["a", "b"].map(str::to_string).to_vec(),
            times: vec![Interval::new(0.0, 0.01), Interval::new(0.01, 0.02)],
            values: vec![0.1, f32::NAN, 1e-20, -3.0],
            valid: vec![true; 2],
        };
        let mut bytes = Vec::new();
        write_table(&track, &mut bytes).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let read = tracks::read(&path, &TrackOptions::default()).unwrap();
        let read = &read.tracks[0].track;
        assert_eq!((&read.columns, &read.times), (&track.columns, &track.times));
        let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&read.values), bits(&track.values));
    }
}
