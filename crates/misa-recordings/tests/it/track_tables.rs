//! Tables of faces and voices: the files of the kit, and what is noted about odd ones.

use misa_files::Source;
use misa_recordings::tracks::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions, parse, read};
use misa_recordings::{Interval, RecordingError, Track};
use std::path::{Path, PathBuf};

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

pub fn kit(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/kit")
        .join(name)
}

pub fn options(change: impl FnOnce(&mut TrackOptions)) -> TrackOptions {
    let mut options = TrackOptions::default();
    change(&mut options);
    options
}

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

fn counts(file: &TrackFile) -> Vec<(TrackNoteKind, usize)> {
    let notes = file.notes.iter();
    notes.map(|note| (note.kind.clone(), note.count)).collect()
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
fn every_time_column_has_its_unit() {
    let starts = |table: &str| -> Vec<f64> {
        let track = only(text(table, &options(|options| options.fps = Some(4.0))));
        assert_eq!(track.columns, ["x"]);
        track.times.iter().map(|time| time.start).collect()
    };
    for table in [
        "time,x\n0.25,1\n0.5,1\n",
        "timestamp;x\n0.25;1\n0.5;1\n",
        "x\ttimestamp_ms\n1\t250\n1\t500\n",
        "t,x\r\n0.25,1\r\n0.5,1\r\n",
        "\u{feff}frameTime , x\n0.25,1\n0.5,1\n",
        "start,x\n0.25,1\n0.5,1\n",
        "frame,x\n1,1\n2,1\n",
        "frame,time,x\n9,0.25,1\n10,0.5,1\n",
        "start,end,x\n0.25,0.5,1\n0.5,0.75,1\n",
        "\"x\",\"time\"\n\"1\",\"0.25\"\n\"1\",\"0.5\"\n",
        "Unnamed: 0,time,x\n0,0.25,1\n1,0.5,1\n",
        ",time,x\n0,0.25,1\n1,0.5,1\n",
    ] {
        assert_eq!(starts(table), [0.25, 0.5], "{table:?}");
    }
}

#[test]
fn stretches_of_a_table_stay_as_they_are() {
    let track = only(text(
        "start,end,x\n2,2.5,1\n0,3,2\n",
        &TrackOptions::default(),
    ));
    assert_eq!(
        track.times,
        [Interval::new(0.0, 3.0), Interval::new(2.0, 2.5)]
    );
    assert_eq!(track.values, [2.0, 1.0]);
    // Those of one start are in the order of their ends.
    let track = only(text(
        "start,end,x\n0,2,1\n-0,1,2\n",
        &TrackOptions::default(),
    ));
    assert_eq!((track.times[0].end, track.values), (1.0, vec![2.0, 1.0]));
}

#[test]
fn segments_of_opensmile_python_are_not_made_longer() {
    let time = |seconds: u32| format!("0 days 00:00:{seconds:02}");
    let row = |start, end| format!("a,{},{},1\n", time(start), time(end));
    let table = format!(
        "file,start,end,x\n{}{}{}",
        row(0, 3),
        row(5, 9),
        row(10, 20)
    );
    let file = text(&table, &TrackOptions::default());
    assert_eq!(file.format, TrackFormat::OpenSmilePython);
    let times = [(0.0, 3.0), (5.0, 9.0), (10.0, 15.0)];
    assert_eq!(
        only(file).times,
        times.map(|(start, end)| Interval::new(start, end))
    );
    // A functional of a whole sound lasts as long as it says.
    let track = only(text(
        &format!("file,start,end,x\n{}", row(0, 7)),
        &TrackOptions::default(),
    ));
    assert_eq!(track.times, [Interval::new(0.0, 7.0)]);
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
fn each_frame_has_the_face_with_the_highest_mean() {
    let table = "frame, face_id, timestamp, confidence, success, a\n\
                 1, 0, 0.00, 0.90, 1, 10\n1, 1, 0.00, 0.95, 1, 11\n\
                 2, 0, 0.04, 0.90, 1, 20\n2, 1, 0.04, 0.81, 1, 21\n\
                 3, 1, 0.08, 0.82, 1, 31\n";
    let file = text(table, &TrackOptions::default());
    assert_eq!(file.tracks[0].other_faces, 1);
    assert_eq!(
        counts(&file),
        [
            (TrackNoteKind::OtherFace, 2),
            (TrackNoteKind::ChangedFace, 1)
        ]
    );
    assert_eq!(only(file).values, [10.0, 20.0, 31.0]);
    let file = text(
        table,
        &options(|options| options.face = Some("1".to_string())),
    );
    assert_eq!(counts(&file), [(TrackNoteKind::OtherFace, 2)]);
    assert_eq!(only(file).values, [11.0, 21.0, 31.0]);
}

#[test]
fn faces_of_pyfeat_have_names_or_scores() {
    let options = options(|options| options.fps = Some(10.0));
    let table = "FaceScore,AU12,frame\n0.9,1,0\n0.95,2,0\n,,1\n0.99,3,2\n0.85,4,2\n";
    let file = text(table, &options);
    assert_eq!(file.tracks[0].other_faces, 1);
    assert_eq!(
        counts(&file),
        [(TrackNoteKind::OtherFace, 2), (TrackNoteKind::NoNumber, 1)]
    );
    let track = only(file);
    assert_eq!(
        (track.values[0], track.values[2], track.valid),
        (2.0, 3.0, vec![true, false, true])
    );

    let table = "FaceScore,AU12,frame,Identity\n0.9,1,0,anna\n0.95,2,0,ben\n,,1,\n0.99,3,2,anna\n0.85,4,2,ben\n";
    let file = text(table, &options);
    assert_eq!(file.tracks[0].other_faces, 1);
    let values = only(file).values;
    assert_eq!((values[0], values[2]), (1.0, 3.0));
}

#[test]
fn times_of_openface_are_compared_with_its_frames() {
    let row = |frame: u32, time: f64| format!("{frame},{time:.3},1,1,0\n");
    let mut table = "frame,timestamp,confidence,success,a\n".to_string();
    for frame in (1..=40).filter(|frame| ![5, 6, 20].contains(frame)) {
        let late = if frame == 9 { 0.02 } else { 0.0 };
        table += &row(frame, f64::from(frame - 1) / 30.0 + late);
    }
    let file = text(&table, &TrackOptions::default());
    assert_eq!(
        counts(&file),
        [
            (TrackNoteKind::FramesLeftOut, 3),
            (TrackNoteKind::IrregularTime, 1)
        ]
    );
}

#[test]
fn rows_at_odd_times_are_told_and_do_not_overlap() {
    // Steps of 0.1 s, but for one of 0.05, one of 0.14, and a gap.
    let times = [0.0, 0.1, 0.15, 0.29, 0.39, 0.8, 0.9];
    let mut table = "time,a\n".to_string();
    times
        .iter()
        .for_each(|time| table += &format!("{time},1\n"));
    let file = text(&table, &TrackOptions::default());
    assert_eq!(counts(&file), [(TrackNoteKind::IrregularTime, 2)]);
    assert_eq!(file.notes[0].to_string(), "2 rows at irregular times");
    let track = only(file);
    let is_apart = |pair: &[Interval]| pair[0].end <= pair[1].start;
    assert!(track.times.windows(2).all(is_apart), "{:?}", track.times);
    assert_eq!(track.times[1], Interval::new(0.1, 0.15));
    let regular = text(
        "time,a\n0,1\n0.033,1\n0.067,1\n0.1,1\n",
        &TrackOptions::default(),
    );
    assert!(regular.notes.is_empty());
}

#[test]
fn a_confidence_is_asked_for() {
    let table =
        "frame,timestamp,confidence,success,a\n1,0,0.5,1,1\n2,1,0.9,0,1\n3,2,0.9,1,1\n4,3,,1,1\n";
    let valid = |confidence| {
        only(text(
            table,
            &options(|options| options.confidence = confidence),
        ))
        .valid
    };
    assert_eq!(valid(0.8), [false, false, true, false]);
    assert_eq!(valid(0.5), [true, false, true, false]);
}

#[test]
fn one_row_is_as_long_as_a_rate_says() {
    let track = only(text(
        "time,x\n1,2\n",
        &options(|options| options.rate = Some(4.0)),
    ));
    assert_eq!(track.times, [Interval::new(1.0, 1.25)]);
}

#[test]
fn a_rate_replaces_the_period_of_htk() {
    let options = options(|options| {
        options.rate = Some(50.0);
        options.first = 0.25;
        options.columns = Some(vec!["1".to_string()]);
    });
    let track = only(read(&kit("smile.htk"), &options).unwrap());
    assert_eq!(
        (track.rows(), track.columns.len(), track.values[12]),
        (196, 1, 30.5)
    );
    assert_eq!(track.times[1].start, 0.27);
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
