//! A track that is written as any table is read again as it was.

use crate::tracks::{options, same};
use misa_files::Source;
use misa_recordings::tracks::{TrackFormat, TrackOptions, parse};
use misa_recordings::{Interval, Track};
use proptest::prelude::*;
use std::fmt::Write;

/// Frames a second of all tracks: a power of two, so that every table writes times exactly.
const RATE: f64 = 64.0;

/// Frames of rows in order, and a value for each row and column; `None` is no number.
type Rows = (Vec<u32>, usize, Vec<Option<f32>>);

fn rows() -> impl Strategy<Value = Rows> {
    (2_usize..12, 1_usize..5).prop_flat_map(|(rows, columns)| {
        let value = prop_oneof![
            1 => Just(None),
            5 => any::<f32>().prop_map(|value| Some(value).filter(|value| value.is_finite())),
            5 => (-1000_i32..1000).prop_map(|value| Some(value as f32 / 8.0)),
        ];
        let steps = prop::collection::vec(1_u32..4, rows);
        let frames = steps.prop_map(|steps| {
            let sum = |sum: &mut u32, step: u32| {
                *sum += step;
                Some(*sum)
            };
            steps.into_iter().scan(0, sum).collect()
        });
        (
            frames,
            Just(columns),
            prop::collection::vec(value, rows * columns),
        )
    })
}

fn time(frame: u32) -> f64 {
    f64::from(frame) / RATE
}

/// The median step of `frames` as a table of moments has it.
fn step(frames: &[u32]) -> f64 {
    let mut steps: Vec<u32> = frames.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_unstable();
    let (low, high) = (steps[(steps.len() - 1) / 2], steps[steps.len() / 2]);
    (time(low) + time(high)) / 2.0
}

/// The end of a row: a step later, or where the next row begins.
fn end(frames: &[u32], frame: u32) -> f64 {
    let later = frames.iter().filter(|&&other| other > frame).min();
    let end = time(frame) + step(frames);
    later.map_or(end, |&later| end.min(time(later)))
}

fn track((frames, columns, values): &Rows) -> Track {
    let mut track = Track::default();
    track.columns = (0..*columns).map(|i| format!("feature_{i}")).collect();
    track.times = frames
        .iter()
        .map(|&frame| Interval::new(time(frame), end(frames, frame)))
        .collect();
    track.values = values
        .iter()
        .map(|value| value.unwrap_or(f32::NAN))
        .collect();
    track.valid = values
        .chunks(*columns)
        .map(|row| row.iter().any(Option::is_some))
        .collect();
    track
}

/// A table of `rows`: a header of `head` and the features, and rows that begin with what `start` writes.
fn table(
    (frames, columns, values): &Rows,
    (head, separator, blank): (&str, &str, &str),
    start: impl Fn(u32) -> String,
) -> String {
    let names = (0..*columns).map(|i| format!("feature_{i}"));
    let mut text = [head.to_string()]
        .into_iter()
        .chain(names)
        .collect::<Vec<_>>()
        .join(separator);
    for (frame, values) in frames.iter().zip(values.chunks(*columns)) {
        let _ = write!(text, "\n{}", start(*frame));
        for value in values {
            let value = value.map_or(blank.to_string(), |value| value.to_string());
            let _ = write!(text, "{separator}{value}");
        }
    }
    text + "\n"
}

fn timedelta(seconds: f64) -> String {
    let micros = (seconds * 1e6).round() as u64;
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let decimals = if micros == 0 {
        String::new()
    } else {
        format!(".{micros:06}")
    };
    format!("0 days 00:00:{seconds:02}{decimals}")
}

fn arff(rows: &Rows) -> String {
    let body = table(rows, ("", ",", "?"), |frame| {
        format!("'a clip',{}", time(frame))
    });
    let attributes = (0..rows.1).map(|i| format!("@Attribute feature_{i} REAL\n"));
    let (_, data) = body.split_once('\n').expect("a header");
    let attributes: String = attributes.collect();
    format!(
        "@RELATION x\n@attribute name string\n@attribute frameTime numeric\n{attributes}@DATA\n% rows\n{data}"
    )
}

/// Every kind of table of `rows`.
fn tables(rows: &Rows) -> Vec<(TrackFormat, String)> {
    let length = step(&rows.0);
    let until = |frame: u32| timedelta(time(frame) + length);
    vec![
        (
            TrackFormat::Table,
            table(rows, ("time", "\t", "NaN"), |frame| time(frame).to_string()),
        ),
        (
            TrackFormat::Table,
            table(rows, ("frame", ";", ""), |frame| frame.to_string()),
        ),
        (
            TrackFormat::Table,
            table(rows, ("start,end", ",", "-nan(ind)"), |frame| {
                format!("{},{}", time(frame), end(&rows.0, frame))
            }),
        ),
        (
            TrackFormat::OpenFace,
            table(
                rows,
                ("frame, timestamp, confidence, success", ", ", "nan"),
                |frame| format!("{}, {}, 0.98, 1", frame + 1, time(frame)),
            ),
        ),
        (
            TrackFormat::PyFeat,
            table(rows, ("FaceScore,frame", ",", ""), |frame| {
                format!("0.9,{frame}")
            }),
        ),
        (
            TrackFormat::LibreFace,
            table(rows, ("frame_time_in_ms", ",", ""), |frame| {
                (time(frame) * 1000.0).to_string()
            }),
        ),
        (
            TrackFormat::OpenSmileCsv,
            table(rows, ("name;frameTime", ";", "nan"), |frame| {
                format!("'a clip';{:.6}", time(frame))
            }),
        ),
        (TrackFormat::Arff, arff(rows)),
        (
            TrackFormat::OpenSmilePython,
            table(rows, ("file,start,end", ",", ""), |frame| {
                format!("a clip,{},{}", timedelta(time(frame)), until(frame))
            }),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_table_gives_the_track_that_was_written(rows in rows(), order in any::<u64>()) {
        let expected = track(&rows);
        let options = options(|options| options.fps = Some(RATE));
        for (format, text) in tables(&rows) {
            let file = parse("a.csv", &Source::from(text.as_bytes()), &options).unwrap();
            prop_assert_eq!(file.format, format);
            prop_assert!(same(&file.tracks[0].track, &expected), "{:?}\n{}\n{:?}", format, text, file.tracks[0]);
            // In another order, with other ends of lines, the rows are the same.
            let text = shuffled(&text, order).replace('\n', "\r\n");
            if format != TrackFormat::Arff {
                let file = parse("a.csv", &Source::from(text.as_bytes()), &options).unwrap();
                prop_assert!(same(&file.tracks[0].track, &expected), "{}", text);
            }
        }
    }

    #[test]
    fn htk_gives_the_track_that_was_written(columns in 1_usize..5, values in prop::collection::vec(any::<f32>(), 5..40)) {
        let rows = values.len() / columns;
        let values = &values[..rows * columns];
        let mut bytes = (rows as i32).to_be_bytes().to_vec();
        bytes.extend(100_000_i32.to_be_bytes());
        bytes.extend((columns as u16 * 4).to_be_bytes());
        bytes.extend(9_u16.to_be_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_be_bytes()));
        let file = parse("voice", &Source::from(&bytes), &TrackOptions::default()).unwrap();
        let track = &file.tracks[0].track;
        prop_assert_eq!((track.rows(), track.columns.len()), (rows, columns));
        for (found, value) in track.values.iter().zip(values) {
            prop_assert!(found == value || found.is_nan() && !value.is_finite());
        }
    }
}

/// The lines below the header, in an order that `seed` decides.
fn shuffled(text: &str, mut seed: u64) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    for i in (2..lines.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        lines.swap(i, 1 + (seed >> 33) as usize % i);
    }
    lines.join("\n") + "\n"
}
