//! Tracks out of the rows of a table.

use super::clock::{Clock, frames_a_second, rows_a_second};
use super::faces::Faces;
use super::frames::{irregular, left_out, uneven};
use super::layout::Layout;
use super::notes::Notes;
use super::rows::Rows;
use super::table::Table;
use crate::tracks::{
    Anchor, NamedTrack, ROWS_A_SECOND, TrackFile, TrackFormat, TrackNoteKind, TrackOptions,
    median_step, stretches,
};
use crate::{Fault, FaultKind, Interval, Place, Track};
use std::collections::BTreeMap;

/// Makes tracks.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    table: &'a Table<'a>,
    layout: &'a Layout,
    options: &'a TrackOptions,
    notes: Notes,
}

impl<'a> Assembly<'a> {
    /// Makes tracks of what `layout` says of `table`.
    pub(super) fn new(table: &'a Table<'a>, layout: &'a Layout, options: &'a TrackOptions) -> Self {
        let notes = Notes::default();
        Self {
            table,
            layout,
            options,
            notes,
        }
    }

    /// Reads the rows, and makes a track of those of each recording.
    ///
    /// # Errors
    ///
    /// If there are no rows, two of one time, or too few to say how long they are.
    pub(super) fn read(mut self) -> Result<TrackFile, Fault> {
        let faces = Faces::choose(self.table, self.layout, self.options)?;
        let rows = Rows::read(self.table, self.layout, faces.as_ref(), self.options)?;
        if rows.starts.is_empty() {
            let found = "a header only";
            return Err(Fault::new(
                FaultKind::Empty,
                self.table.place(),
                "rows",
                found,
            ));
        }
        self.notes.add_rows(&rows, self.layout, faces.as_ref());
        let rows = self.with_times(rows)?;
        let mut tracks = self.tracks(rows)?;
        if let (Some(faces), [only]) = (&faces, tracks.as_mut_slice()) {
            only.other_faces = faces.others;
        }
        Ok(TrackFile {
            format: self.layout.format,
            tracks,
            notes: self.notes.into_vec(),
        })
    }

    /// The rows with times by their frames, if OpenFace was given images and wrote 0 for all times.
    fn with_times(&self, mut rows: Rows) -> Result<Rows, Fault> {
        let is_same = rows
            .starts
            .iter()
            .all(|start| Some(start) == rows.starts.first());
        if self.layout.format != TrackFormat::OpenFace || rows.starts.len() < 2 || !is_same {
            return Ok(rows);
        }
        let Some(fps) = frames_a_second(self.options)? else {
            let time = rows.starts.first().copied().unwrap_or_default();
            let found = format!("{time} in each of {} rows", rows.starts.len());
            let (kind, place) = (FaultKind::Unclear, self.table.place());
            let fault = Fault::new(kind, place, "times that differ", found);
            return Err(
                fault.advised("give the frames a second of the images, for example `--fps 25`")
            );
        };
        rows.starts = rows
            .frames
            .iter()
            .map(|frame| (frame - 1.0) / fps)
            .collect();
        let latest = rows.starts.iter().copied().fold(0.0, f64::max);
        if latest > self.options.limits.seconds {
            let expected = format!("a time up to {} seconds", self.options.limits.seconds);
            let (kind, place) = (FaultKind::Invalid, self.table.place());
            return Err(Fault::new(kind, place, expected, latest.to_string()));
        }
        Ok(rows)
    }

    fn tracks(&mut self, mut rows: Rows) -> Result<Vec<NamedTrack>, Fault> {
        let mut orders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (row, &recording) in rows.recordings.iter().enumerate() {
            orders.entry(recording).or_default().push(row);
        }
        let is_alone = orders.len() == 1;
        let mut tracks = Vec::with_capacity(orders.len());
        for (recording, mut order) in orders {
            let n_unsorted = n_unsorted(&rows, &order);
            order.sort_by(|&a, &b| {
                let starts = rows.starts[a].total_cmp(&rows.starts[b]);
                starts.then(rows.ends[a].total_cmp(&rows.ends[b]))
            });
            self.notes.add(TrackNoteKind::Unsorted, n_unsorted);
            self.refuse_twice(&rows, &order)?;
            let times = self.times(&rows, &order)?;
            self.note_frames(&rows, &order);
            let values = if is_alone && order.is_sorted() {
                std::mem::take(&mut rows.values)
            } else {
                gathered(&rows, &order)
            };
            let valid = order.iter().map(|&row| rows.valid[row]).collect();
            tracks.push(NamedTrack {
                name: rows.names.get_mut(recording).and_then(Option::take),
                track: Track {
                    columns: rows.columns.clone(),
                    times,
                    values,
                    valid,
                },
                other_faces: 0,
                is_whole: false,
            });
        }
        Ok(tracks)
    }

    /// Refuses a recording that has two rows of one time: what is in the file twice would count twice.
    fn refuse_twice(&self, rows: &Rows, order: &[usize]) -> Result<(), Fault> {
        let time = |row: usize| (rows.starts[row], rows.ends[row]);
        let is_twice = |pair: &&[usize]| {
            let ((start, end), (other_start, other_end)) = (time(pair[0]), time(pair[1]));
            start == other_start && (end == other_end || end.is_nan())
        };
        let Some(pair) = order.windows(2).find(is_twice) else {
            return Ok(());
        };
        let (first, second) = (rows.lines[pair[0]], rows.lines[pair[1]]);
        let advice = match self.layout.format {
            TrackFormat::OpenSmileCsv | TrackFormat::Arff => {
                "openSMILE appends to a file that exists: delete it and run once, with a name for each recording"
            }
            _ => "write one recording into a file, once",
        };
        let found = format!("the time of line {first} again");
        let (kind, place) = (FaultKind::Invalid, Place::Line(second));
        Err(Fault::new(kind, place, "a time once in each recording", found).advised(advice))
    }

    /// The stretch of each row.
    ///
    /// - Differs: rows of opensmile-python end where the next begins, although its windows overlap: all formats
    ///   of openSMILE give one track. The last row, which it stretches to the end of the sound, does too.
    fn times(&mut self, rows: &Rows, order: &[usize]) -> Result<Vec<Interval>, Fault> {
        let starts: Vec<f64> = order.iter().map(|&row| rows.starts[row]).collect();
        let given = || {
            order
                .iter()
                .map(|&row| Interval::new(rows.starts[row], rows.ends[row]))
        };
        let rows_of = |step| stretches(&starts, Anchor::Start, step);
        match (self.layout.clock, median_step(&starts)) {
            (Clock::Stretch { .. }, _) | (Clock::Timedelta { .. }, None) => Ok(given().collect()),
            (Clock::Timedelta { .. }, Some(step)) => {
                let given: Vec<Interval> = given().collect();
                self.notes.add(
                    TrackNoteKind::LongLastRow,
                    usize::from(is_last_long(&given, step)),
                );
                let cut = |(time, row): (&Interval, Interval)| {
                    Interval::new(time.start, time.end.min(row.end))
                };
                let rows = rows_of(Some(step)).unwrap_or_default();
                Ok(given.iter().zip(rows).map(cut).collect())
            }
            (Clock::Moment { .. } | Clock::Frame { .. }, _) => {
                let times = rows_of(self.told_step()?);
                times.ok_or_else(|| self.one_row(rows, order))
            }
        }
    }

    /// The length of a row that is told.
    fn told_step(&self) -> Result<Option<f64>, Fault> {
        let (fps, rate) = (frames_a_second(self.options)?, rows_a_second(self.options)?);
        let is_sound = matches!(
            self.layout.format,
            TrackFormat::OpenSmileCsv | TrackFormat::Arff
        );
        Ok(if is_sound { rate } else { fps.or(rate) }.map(f64::recip))
    }

    fn one_row(&self, rows: &Rows, order: &[usize]) -> Fault {
        let line = order.first().and_then(|&row| rows.lines.get(row)).copied();
        let (kind, place) = (
            FaultKind::Unclear,
            Place::Line(line.unwrap_or(self.table.header)),
        );
        let fault = Fault::new(
            kind,
            place,
            "two rows or more",
            "one, whose length nothing says",
        );
        fault.advised(ROWS_A_SECOND)
    }

    fn note_frames(&mut self, rows: &Rows, order: &[usize]) {
        let frame = |&row: &usize| rows.frames.get(row).copied();
        let frames: Vec<f64> = order.iter().filter_map(frame).collect();
        self.notes
            .add(TrackNoteKind::FramesLeftOut, left_out(&frames));
        let starts: Vec<f64> = order.iter().map(|&row| rows.starts[row]).collect();
        let count = match self.layout.clock {
            Clock::Moment { .. } if self.layout.format == TrackFormat::OpenFace => {
                irregular(&frames, &starts, 1.0)
            }
            Clock::Moment { .. } => uneven(&starts),
            _ => 0,
        };
        self.notes.add(TrackNoteKind::IrregularTime, count);
    }
}

/// Whether the last row is longer than most are, by more than half a step.
fn is_last_long(times: &[Interval], step: f64) -> bool {
    let mut lengths: Vec<f64> = times.iter().map(|time| time.length()).collect();
    let last = lengths.last().copied().unwrap_or_default();
    lengths.sort_by(f64::total_cmp);
    lengths
        .get(lengths.len().saturating_sub(1) / 2)
        .is_some_and(|median| last > median + step / 2.0)
}

/// Rows that come after one with a later start.
fn n_unsorted(rows: &Rows, order: &[usize]) -> usize {
    let mut latest = f64::NEG_INFINITY;
    let is_unsorted = |row: &&usize| {
        let start = rows.starts[**row];
        latest = latest.max(start);
        start < latest
    };
    order.iter().filter(is_unsorted).count()
}

/// The values of rows in the order `order`.
fn gathered(rows: &Rows, order: &[usize]) -> Vec<f32> {
    let width = rows.columns.len();
    let mut values = Vec::with_capacity(order.len() * width);
    for &row in order {
        values.extend_from_slice(&rows.values[row * width..(row + 1) * width]);
    }
    values
}
