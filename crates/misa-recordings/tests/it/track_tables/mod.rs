//! Tables of faces and voices: the files of the kit, and what is noted about odd ones.

mod faces;
mod times;

use crate::kit::kit;
use crate::tracks::{counts, options};
use misa_files::Source;
use misa_recordings::tracks::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions, parse, read};
use misa_recordings::{Interval, RecordingError, Track};
use std::path::Path;

/// The files of the kit that are tables, with the format that they are.
pub const KIT: [(&str, TrackFormat); 10] = [
    ("openface_714.csv", TrackFormat::OpenFace),
    ("openface_au_only.csv", TrackFormat::OpenFace),
    ("openface_old_heads.csv", TrackFormat::OpenFace),
    ("openface_fdir_times_zero.csv", TrackFormat::OpenFace),
    ("pyfeat_fex.csv", TrackFormat::PyFeat),
    ("libreface.csv", TrackFormat::LibreFace),
    ("smile_lld.csv", TrackFormat::OpenSmileCsv),
    ("smile.arff", TrackFormat::Arff),
    ("smile.htk", TrackFormat::Htk),
    ("opensmile_python.csv", TrackFormat::OpenSmilePython),
];

/// Options with 25 frames a second, for `columns`.
fn faces(columns: &[&str]) -> TrackOptions {
    options(|options| {
        options.fps = Some(25.0);
        options.columns = Some(columns.iter().map(|name| name.to_string()).collect());
    })
}

fn text(text: &str, options: &TrackOptions) -> TrackFile {
    parse("table.csv", &Source::from(text.as_bytes()), options).expect(text)
}

fn only(file: TrackFile) -> Track {
    let [track] = <[_; 1]>::try_from(file.tracks).expect("one track");
    track.track
}

#[test]
fn every_file_of_the_kit_is_detected() {
    for (name, format) in KIT {
        let file = read(&kit(name), &faces(&[])).unwrap();
        assert_eq!((file.format, file.tracks.len()), (format, 1), "{name}");
    }
}

#[test]
fn faces_of_every_tool_are_one_track() {
    let love = 8..=15;
    for (name, column, strength, (gap, failed)) in [
        ("openface_714.csv", "AU12_r", [0.0, 3.0], (true, true)),
        ("openface_au_only.csv", "AU12_r", [0.0, 3.0], (true, true)),
        ("openface_old_heads.csv", "AU12_r", [0.0, 3.0], (true, true)),
        (
            "openface_fdir_times_zero.csv",
            "AU12_r",
            [0.0, 3.0],
            (true, true),
        ),
        ("pyfeat_fex.csv", "AU12", [0.1, 0.9], (false, false)),
        (
            "libreface.csv",
            "au_12_intensity",
            [0.0, 3.0],
            (false, false),
        ),
    ] {
        let track = only(read(&kit(name), &faces(&[column])).unwrap());
        let frames: Vec<u32> = (0..50)
            .filter(|frame| !(gap && (20..=22).contains(frame)))
            .collect();
        let times = frames.iter().map(|&frame| f64::from(frame) / 25.0);
        let starts: Vec<f64> = track.times.iter().map(|time| time.start).collect();
        assert_eq!(starts, times.collect::<Vec<_>>(), "{name}");
        assert!(
            track
                .times
                .iter()
                .all(|time| (time.length() - 0.04).abs() < 1e-12)
        );
        for (row, frame) in frames.iter().enumerate() {
            let is_missing = name == "pyfeat_fex.csv" && (20..=22).contains(frame);
            let is_valid = !(is_missing || failed && (40..=41).contains(frame));
            assert_eq!(track.valid[row], is_valid, "{name}: frame {frame}");
            match track.row(row) {
                [value] if is_missing => assert!(value.is_nan()),
                values => assert_eq!(values, [strength[usize::from(love.contains(frame))]]),
            }
        }
    }
}

#[test]
fn voices_of_every_format_are_one_track() {
    let file = |name| read(&kit(name), &TrackOptions::default()).unwrap();
    let expected = file("smile_lld.csv");
    assert_eq!(
        (expected.tracks[0].name.as_deref(), counts(&expected)),
        (None, vec![])
    );
    let expected = only(expected);
    assert_eq!(
        expected.columns,
        ["Loudness_sma3", "F0semitoneFrom27.5Hz_sma3nz", "mfcc1_sma3"]
    );
    assert_eq!(
        (expected.rows(), expected.row(10), expected.row(195)),
        (196, &[1.0, 30.5, -12.375][..], &[0.25, 0.0, -12.375][..])
    );
    assert_eq!(expected.times[195], Interval::new(1.95, 1.95 + 0.01));

    let arff = file("smile.arff");
    assert_eq!(arff.tracks[0].name.as_deref(), Some("it's clip"));
    assert_eq!(counts(&arff), [(TrackNoteKind::TextColumn, 1)]);
    assert!(only(arff) == expected, "ARFF");

    let python = file("opensmile_python.csv");
    assert_eq!(python.tracks[0].name.as_deref(), Some("clip.wav"));
    assert_eq!(counts(&python), [(TrackNoteKind::LongLastRow, 1)]);
    assert!(only(python) == expected, "opensmile-python");

    let mut htk = only(file("smile.htk"));
    assert_eq!(htk.columns, ["0", "1", "2"]);
    htk.columns = expected.columns.clone();
    assert!(htk == expected, "HTK");
}

#[test]
fn all_709_features_of_openface_are_read_by_default() {
    let file = read(&kit("openface_714.csv"), &TrackOptions::default()).unwrap();
    assert_eq!(counts(&file), [(TrackNoteKind::FramesLeftOut, 3)]);
    let track = only(file);
    assert_eq!((track.columns.len(), track.rows()), (709, 47));
    assert_eq!(
        (track.columns[0].as_str(), track.columns[708].as_str()),
        ("gaze_0_x", "AU45_c")
    );
    // Case decides between pixels and millimetres.
    assert!(
        track.columns.contains(&"x_0".to_string()) && track.columns.contains(&"X_0".to_string())
    );
}

#[test]
fn columns_come_in_the_order_in_which_they_are_asked_for() {
    let file = text("time,a,b,c\n0,1,2,3\n1,4,5,6\n", &faces(&["c", "a"]));
    let track = only(file);
    assert_eq!(
        (track.columns, track.values),
        (
            vec!["c".to_string(), "a".to_string()],
            vec![3.0, 1.0, 6.0, 4.0]
        )
    );
    // Also those that say something about a row.
    let track = only(read(&kit("openface_au_only.csv"), &faces(&["confidence"])).unwrap());
    assert_eq!((track.values[0], track.values[37]), (0.98, 0.03));
}

#[test]
fn texts_and_scores_of_emotion_are_noted() {
    let file = read(
        &kit("pyfeat_fex.csv"),
        &options(|options| options.fps = Some(25.0)),
    )
    .unwrap();
    let notes = counts(&file);
    assert_eq!(
        notes,
        [
            (TrackNoteKind::TextColumn, 2),
            (TrackNoteKind::EmotionColumn, 7),
            (TrackNoteKind::NoNumber, 3 * 170),
        ]
    );
    assert_eq!(only(file).columns.len(), 4 + 136 + 3 + 20 + 7);
    let file = read(&kit("libreface.csv"), &TrackOptions::default()).unwrap();
    assert_eq!(counts(&file), [(TrackNoteKind::TextColumn, 1)]);
    assert_eq!(only(file).columns.len(), 3 + 1434 + 12 + 12 + 2);
}

#[test]
fn recordings_of_one_file_are_told_apart() {
    let table = "name;frameTime;x\n'b';0;1\n'b';0.5;2\n'a';0;3\n'unknown';0;5\n'a';0.5;4\n'unknown';0.5;6\n";
    let file = text(table, &TrackOptions::default());
    let tracks = file.tracks.iter();
    let found: Vec<_> = tracks
        .map(|track| (track.name.as_deref(), &track.track.values[..]))
        .collect();
    assert_eq!(
        found,
        [
            (Some("b"), &[1.0, 2.0][..]),
            (Some("a"), &[3.0, 4.0]),
            (None, &[5.0, 6.0]),
        ]
    );
}

#[test]
fn odd_rows_are_counted() {
    let table = "time,x,y\n1,1,nan\n0,2,-nan(ind)\ntime,x,y\n2,1.#QNAN,\n\n3,1e300,5\n4,-inf,6";
    let file = text(table, &TrackOptions::default());
    assert_eq!(
        counts(&file),
        [
            (TrackNoteKind::RepeatedHeader, 1),
            (TrackNoteKind::OpenLastLine, 1),
            (TrackNoteKind::NoNumber, 6),
            (TrackNoteKind::Unsorted, 1),
        ]
    );
    let track = only(file);
    assert_eq!(track.valid, [true, true, false, true, true]);
    assert_eq!((track.values[0], track.values[2]), (2.0, 1.0));
    assert!(
        track
            .values
            .iter()
            .all(|value| value.is_nan() || value.is_finite())
    );
}

#[test]
fn paths_are_named() {
    let message = |path: &Path| {
        read(path, &TrackOptions::default())
            .unwrap_err()
            .to_string()
    };
    let missing = kit("nothing.csv");
    assert_eq!(
        message(&missing),
        format!("{}: no such file or folder", missing.display())
    );
    let path = kit("smile_functionals_appended_twice.csv");
    assert!(message(&path).starts_with(&format!("{}: line 4: ", path.display())));
    assert!(matches!(
        read(&path, &TrackOptions::default()),
        Err(RecordingError::File { .. })
    ));
}
