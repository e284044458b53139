//! Feature rows in arrays: the files of the kit, and arrays of NumPy.

use crate::tracks::{counts, options, same};
use misa_files::Source;
use misa_files::npy::NpzWriter;
use misa_recordings::tracks::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions, parse, read};
use misa_recordings::{Fault, Interval, Track};
use std::fs;

/// The files of the kit that are arrays.
pub const KIT: [&str; 5] = [
    "covarep_v6.mat",
    "covarep_v7.mat",
    "covarep_v73_like.mat",
    "struct_and_small_types.mat",
    "octave_covarep_like.mat.txt",
];

pub fn kit(name: &str) -> Vec<u8> {
    fs::read(crate::kit::kit(name)).unwrap()
}

/// Options with this many rows a second.
pub fn at_rate(rate: f64) -> TrackOptions {
    options(|options| options.rate = Some(rate))
}

pub fn parsed(name: &str, bytes: &[u8], options: &TrackOptions) -> Result<TrackFile, Fault> {
    parse(name, &Source::from(bytes), options)
}

/// The only track of a file.
fn track(name: &str, bytes: &[u8], options: &TrackOptions) -> Track {
    let mut file = parsed(name, bytes, options).unwrap();
    assert_eq!(file.tracks.len(), 1, "{name}");
    assert_eq!(file.tracks[0].name, None, "{name}");
    file.tracks.remove(0).track
}

/// An array of NumPy in version 1 of its format.
pub fn npy(dtype: &str, fortran: bool, shape: &str, elements: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut text = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
    text.extend(std::iter::repeat_n(' ', (117 - text.len() % 64) % 64));
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(elements);
    bytes
}

pub fn f4(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// The words of the kit: whether there is voice at `time`.
fn is_voice(time: f64) -> bool {
    let words = [(0.10, 0.25), (0.30, 0.62), (0.62, 0.80), (0.95, 1.50)];
    words
        .iter()
        .any(|&(start, end)| start <= time && time < end)
}

#[test]
fn the_three_files_of_covarep_hold_one_track() {
    let files = ["covarep_v6.mat", "covarep_v7.mat", "covarep_v73_like.mat"];
    let tracks = files.map(|name| track(name, &kit(name), &TrackOptions::default()));
    let first = &tracks[0];
    assert!(tracks.iter().all(|track| same(track, first)));
    assert_eq!((first.rows(), first.columns.len()), (200, 74));
    assert_eq!(first.columns[..3], ["F0", "VUV", "NAQ"]);
    assert_eq!(first.columns[73], "HMPDD_12");
    assert!(first.valid.iter().all(|&valid| valid));
    for i in 0..200 {
        let (row, time) = (first.row(i), first.times[i]);
        assert!((time.start - i as f64 * 0.01).abs() < 1e-12);
        assert!((time.length() - 0.01).abs() < 1e-12);
        if is_voice(i as f64 * 0.01) {
            assert_eq!(row[..3], [200.0, 1.0, 0.0]);
        } else {
            assert!(row[0].is_nan() && row[1] == 0.0 && row[2..11].iter().all(|x| x.is_nan()));
        }
        assert!(row[11..].iter().all(|&value| value == 0.0));
    }
}

#[test]
fn what_is_no_number_is_counted() {
    let unvoiced = (0..200).filter(|&i| !is_voice(f64::from(i) * 0.01)).count();
    for name in ["covarep_v6.mat", "covarep_v7.mat", "covarep_v73_like.mat"] {
        let file = parsed(name, &kit(name), &TrackOptions::default()).unwrap();
        assert_eq!(file.format, TrackFormat::Mat);
        // One infinite number is in a frame without voice.
        let mut expected = vec![
            (TrackNoteKind::NoNumber, 1),
            (TrackNoteKind::NoVoice, 10 * unvoiced - 1),
        ];
        // The names of version 7.3 are references, which are not followed.
        if name == "covarep_v73_like.mat" {
            expected.push((TrackNoteKind::OtherContent, 1));
        }
        assert_eq!(counts(&file), expected, "{name}");
    }
    let file = parsed(
        "covarep_v6.mat",
        &kit("covarep_v6.mat"),
        &TrackOptions::default(),
    )
    .unwrap();
    let notes: Vec<String> = file.notes.iter().map(ToString::to_string).collect();
    let expected = format!("{} cells of frames without voice", 10 * unvoiced - 1);
    assert_eq!(notes, ["1 cell without a number".to_string(), expected]);
}

#[test]
fn rows_without_any_number_are_absent() {
    let (nan, some) = (f32::NAN, f32::INFINITY);
    let bytes = npy(
        "<f4",
        false,
        "(4, 2)",
        &f4(&[1.0, 2.0, nan, some, nan, 3.0, nan, nan]),
    );
    let file = parsed("a.npy", &bytes, &at_rate(25.0)).unwrap();
    assert_eq!(counts(&file), [(TrackNoteKind::NoNumber, 5)]);
    assert_eq!(file.tracks[0].track.valid, [true, false, true, false]);
    // What counts is what is asked for.
    let wanted = options(|options| {
        options.rate = Some(25.0);
        options.columns = Some(vec!["0".to_string()]);
    });
    let track = track("a.npy", &bytes, &wanted);
    assert_eq!(track.valid, [true, false, false, false]);
}

#[test]
fn octave_has_the_voice_of_the_kit() {
    let name = "octave_covarep_like.mat.txt";
    let file = parsed(name, &kit(name), &TrackOptions::default()).unwrap();
    assert_eq!(file.format, TrackFormat::Octave);
    assert_eq!(counts(&file), [(TrackNoteKind::NoNumber, 200)]);
    let track = &file.tracks[0].track;
    assert_eq!(track.columns, ["0", "1", "2"]);
    assert_eq!(track.rows(), 200);
    for i in 0..200 {
        let row = track.row(i);
        let voice = if is_voice(i as f64 / 100.0) {
            30.5
        } else {
            0.0
        };
        assert!(row[0].is_nan());
        assert_eq!(row[1..], [voice, -12.375], "{i}");
        assert_eq!(track.times[i].start, i as f64 / 100.0);
    }
}

#[test]
fn features_may_be_a_field() {
    let name = "struct_and_small_types.mat";
    let file = parsed(name, &kit(name), &at_rate(50.0)).unwrap();
    let track = &file.tracks[0].track;
    assert_eq!((track.rows(), track.columns.len()), (3, 2));
    assert_eq!(track.values, [0.0; 6]);
    assert_eq!(track.times[1], Interval::new(0.02, 0.04));
    assert_eq!(counts(&file), [(TrackNoteKind::OtherContent, 4)]);
}

#[test]
fn columns_that_are_asked_for_are_kept() {
    let wanted = options(|options| {
        options.columns = Some(vec!["MCEP_0".to_string(), "VUV".to_string()]);
        options.first = 1.0;
    });
    for name in ["covarep_v6.mat", "covarep_v73_like.mat"] {
        let track = track(name, &kit(name), &wanted);
        assert_eq!(track.columns, ["MCEP_0", "VUV"]);
        assert_eq!(
            (track.row(12), track.times[0].start),
            (&[0.0, 1.0][..], 1.0)
        );
    }
}

#[test]
fn octave_writes_more_than_one_variable() {
    let text = "# Created by Octave 8.4.0, Mon Jan 01 00:00:00 2024 UTC <a@b>\n# name: rate\n# type: scalar\n100\n\n\n\
                # name: names\n# type: cell\n# rows: 1\n# columns: 1\n# name: <cell-element>\n# type: string\n\
                # elements: 1\n# length: 2\nF0\n\n\n\n\n\n# name: other\n# type: matrix\n# rows: 1\n# columns: 2\n 7 8\n\n\n\
                # name: features\n# type: global matrix\n# rows: 2\n# columns: 2\n 1.5 NA\n NaN -2e-1\n\n\n";
    let file = parsed("a.txt", text.as_bytes(), &TrackOptions::default()).unwrap();
    let track = &file.tracks[0].track;
    assert_eq!((track.values[0], track.values[3]), (1.5, -0.2));
    assert!(track.values[1].is_nan() && track.values[2].is_nan());
    let expected = [
        (TrackNoteKind::NoNumber, 2),
        (TrackNoteKind::OtherContent, 3),
    ];
    assert_eq!(counts(&file), expected);
}

#[test]
fn arrays_of_numpy_need_a_rate() {
    let values = [1.0, 2.0, f32::NAN, 4.0, 5.0, f32::NEG_INFINITY];
    let bytes = npy("<f4", false, "(3, 2)", &f4(&values));
    let wanted = options(|options| {
        options.rate = Some(25.0);
        options.first = 0.5;
    });
    let file = parsed("a.npy", &bytes, &wanted).unwrap();
    assert_eq!(file.format, TrackFormat::Npy);
    assert_eq!(counts(&file), [(TrackNoteKind::NoNumber, 2)]);
    let track = &file.tracks[0].track;
    assert_eq!(track.row(1)[1], 4.0);
    assert!(track.row(2)[1].is_nan());
    assert_eq!(track.times[1], Interval::new(0.5 + 0.04, 0.5 + 0.08));
    assert_eq!(track.columns, ["0", "1"]);
}

#[test]
fn every_type_and_order_of_numpy_is_read() {
    let types: [(&str, &[u8]); 14] = [
        ("<f2", &[0, 0x3c, 0, 0xc0]),
        (">f2", &[0x3c, 0, 0xc0, 0]),
        ("<f4", &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]),
        (
            ">f8",
            &[0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0],
        ),
        ("|i1", &[1, 0xfe]),
        ("<i2", &[1, 0, 0xfe, 0xff]),
        ("<i4", &[1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]),
        (">i4", &[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe]),
        (
            "<i8",
            &[
                1, 0, 0, 0, 0, 0, 0, 0, 0xfe, 255, 255, 255, 255, 255, 255, 255,
            ],
        ),
        ("|u1", &[1, 2]),
        ("<u2", &[1, 0, 2, 0]),
        ("<u4", &[1, 0, 0, 0, 2, 0, 0, 0]),
        ("<u8", &[1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
        ("|b1", &[1, 0]),
    ];
    for (dtype, elements) in types {
        let second = match dtype.as_bytes()[1] {
            b'u' => 2.0,
            b'b' => 0.0,
            _ => -2.0,
        };
        let bytes = npy(dtype, false, "(2, 1)", elements);
        let track = track("a.npy", &bytes, &at_rate(10.0));
        assert_eq!(track.values, [1.0, second], "{dtype}");
    }
    let stored = f4(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    let bytes = npy("<f4", true, "(2, 3)", &stored);
    let track = track("a.npy", &bytes, &at_rate(10.0));
    assert_eq!(track.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn one_row_is_for_the_whole_clip() {
    for shape in ["(3,)", "(1, 3)"] {
        let bytes = npy("<f4", false, shape, &f4(&[1.0, 2.0, 3.0]));
        let whole = track("a.npy", &bytes, &TrackOptions::default());
        assert_eq!((whole.rows(), whole.columns.len()), (1, 3));
        assert_eq!(whole.times, [Interval::new(0.0, 360_000.0)]);
        let timed = track("a.npy", &bytes, &at_rate(4.0));
        assert_eq!(timed.times, [Interval::new(0.0, 0.25)]);
    }
}

#[test]
fn archives_hold_a_recording_in_each_array() {
    let mut writer = NpzWriter::new(Vec::new());
    writer.floats("clip_b", &[2, 1], &[1.0, 2.0]).unwrap();
    writer
        .floats("clip_a", &[1, 2], &[3.0, f32::INFINITY])
        .unwrap();
    let bytes = writer.finish().unwrap();
    let file = parsed("a.npz", &bytes, &at_rate(10.0)).unwrap();
    assert_eq!(file.format, TrackFormat::Npz);
    let names: Vec<_> = file
        .tracks
        .iter()
        .map(|track| track.name.as_deref())
        .collect();
    assert_eq!(names, [Some("clip_b"), Some("clip_a")]);
    assert_eq!(file.tracks[0].track.values, [1.0, 2.0]);
    assert_eq!(counts(&file), [(TrackNoteKind::NoNumber, 1)]);
    let mut writer = NpzWriter::new(Vec::new());
    writer.floats("arr_0", &[2, 1], &[1.0, 2.0]).unwrap();
    let single = writer.finish().unwrap();
    assert_eq!(track("a.npz", &single, &at_rate(10.0)).rows(), 2);
}

#[test]
fn folders_hold_a_frame_in_each_array() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [("0010", 2.0), ("0002", 1.0), ("0100", 3.0)] {
        let bytes = npy("<f4", false, "(2,)", &f4(&[value, -value]));
        fs::write(folder.path().join(format!("{name}.npy")), bytes).unwrap();
    }
    fs::write(folder.path().join("notes.txt"), "none").unwrap();
    let file = read(folder.path(), &at_rate(25.0)).unwrap();
    assert_eq!(file.format, TrackFormat::NpyFolder);
    let track = &file.tracks[0].track;
    assert_eq!(track.values, [1.0, -1.0, 2.0, -2.0, 3.0, -3.0]);
    assert_eq!(track.times[2], Interval::new(0.08, 0.12));
    assert_eq!(counts(&file), [(TrackNoteKind::OtherContent, 1)]);
    // A file is read as well by its path as by its bytes.
    let path = folder.path().join("clip.mat");
    fs::write(&path, kit("covarep_v7.mat")).unwrap();
    let file = read(&path, &TrackOptions::default()).unwrap();
    let bytes = kit("covarep_v7.mat");
    let expected = parsed("clip.mat", &bytes, &TrackOptions::default()).unwrap();
    assert!(same(&file.tracks[0].track, &expected.tracks[0].track));
}
