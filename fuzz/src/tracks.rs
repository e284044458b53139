//! Tables of faces and voices. What is read keeps the promises of a track.

use misa_files::Source;
use misa_recordings::tracks::{TrackFile, TrackOptions, parse};
use misa_recordings::{Fault, Limits};

/// Little enough for limits to be met by short inputs.
fn limits() -> Limits {
    let mut limits = Limits::default();
    (limits.line_bytes, limits.word_bytes) = (1024, 64);
    (limits.rows, limits.columns, limits.values) = (32, 16, 128);
    limits
}

/// What is told about a file: nothing, all that can be, and columns and a face.
fn options() -> [TrackOptions; 3] {
    let mut told = TrackOptions::default();
    (told.fps, told.rate, told.limits) = (Some(25.0), Some(100.0), limits());
    let mut some = told.clone();
    some.columns = Some(vec!["a".to_string(), "0".to_string()]);
    some.face = Some("1".to_string());
    [TrackOptions::default(), told, some]
}

/// `data` as a file of each kind of name.
pub fn read(data: &[u8]) {
    let source = Source::from(data);
    for options in options() {
        for name in ["a.csv", "a.htk"] {
            check(parse(name, &source, &options), &options);
        }
    }
}

fn check(file: Result<TrackFile, Fault>, options: &TrackOptions) {
    let file = match file {
        Ok(file) => file,
        Err(fault) => {
            // Places and quotes are short, whatever is in the file.
            let message = fault.to_string();
            assert!(message.chars().count() < 600, "{message}");
            return;
        }
    };
    assert!(!file.tracks.is_empty());
    assert!(file.notes.iter().all(|note| note.count > 0));
    let (mut n_rows, mut n_values) = (0, 0);
    for named in &file.tracks {
        let track = &named.track;
        let (rows, columns) = (track.rows(), track.columns.len());
        assert_eq!(
            (track.valid.len(), track.values.len()),
            (rows, rows * columns)
        );
        assert!(rows > 0 && columns <= options.limits.columns);
        let latest = 3.0 * options.limits.seconds;
        let is_finite = |time: f64| time.abs() <= latest;
        assert!(
            track
                .times
                .iter()
                .all(|time| is_finite(time.start) && is_finite(time.end))
        );
        assert!(track.times.iter().all(|time| time.start <= time.end));
        assert!(track.times.is_sorted_by(|a, b| a.start <= b.start));
        assert!(track.values.iter().all(|value| !value.is_infinite()));
        if let Some(wanted) = &options.columns {
            assert_eq!(&track.columns, wanted);
        }
        (n_rows, n_values) = (n_rows + rows, n_values + track.values.len());
    }
    assert!(n_rows <= options.limits.rows && n_values <= options.limits.values);
}
