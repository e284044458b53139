//! Times of rows: their columns, units, ends and rates.

use super::{only, text};
use crate::kit::kit;
use crate::tracks::{counts, options};
use misa_recordings::Interval;
use misa_recordings::tracks::{TrackFormat, TrackNoteKind, TrackOptions, read};

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
