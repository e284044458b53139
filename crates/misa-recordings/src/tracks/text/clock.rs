//! When a row is.

use super::table::{Row, Table};
use crate::error::quoted;
use crate::number::number;
use crate::tracks::TrackOptions;
use crate::{Fault, FaultKind, Limits, Place};

/// Columns that hold a moment in a table of any tool, and how many of their unit a second has.
const MOMENTS: [(&str, f64); 6] = [
    ("time", 1.0),
    ("timestamp", 1.0),
    ("timestamp_ms", 1000.0),
    ("t", 1.0),
    ("frameTime", 1.0),
    ("start", 1.0),
];

/// Where the time of a row is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Clock {
    /// A moment in a column, of which a second has `per_second`.
    Moment {
        /// The column.
        column: usize,
        /// How many of its unit a second has.
        per_second: f64,
    },
    /// The number of a frame of the video, from `first`.
    Frame {
        /// The column.
        column: usize,
        /// The number of the frame at 0 seconds.
        first: f64,
        /// Frames a second.
        fps: f64,
    },
    /// Start and end, in seconds.
    Stretch {
        /// The column of the start.
        start: usize,
        /// The column of the end.
        end: usize,
    },
    /// Start and end, as pandas writes stretches of time.
    Timedelta {
        /// The column of the start.
        start: usize,
        /// The column of the end.
        end: usize,
    },
}

impl Clock {
    /// The clock of a table of any tool, by the names of its columns. `is_timedelta` tells whether a column
    /// holds what pandas writes.
    ///
    /// # Errors
    ///
    /// [`FaultKind::Unclear`] without a column of times, with two, or without the frames a second.
    pub(super) fn of_names(
        table: &Table<'_>,
        options: &TrackOptions,
        is_timedelta: impl FnOnce(usize) -> Result<bool, Fault>,
    ) -> Result<Self, Fault> {
        let moment = |(name, per_second)| Some((name, table.column(name)?, per_second));
        let moments: Vec<_> = MOMENTS.into_iter().filter_map(moment).collect();
        match (
            moments.as_slice(),
            table.column("end"),
            table.column("frame"),
        ) {
            (&[("start", start, _)], Some(end), _) => Ok(if is_timedelta(start)? {
                Self::Timedelta { start, end }
            } else {
                Self::Stretch { start, end }
            }),
            (&[(_, column, per_second)], ..) => Ok(Self::Moment { column, per_second }),
            (&[(one, ..), (other, ..), ..], ..) => {
                let found = format!("{one:?} and {other:?}");
                let (kind, place) = (FaultKind::Unclear, table.place());
                let fault = Fault::new(kind, place, "one column of times", found);
                Err(fault.advised("remove the other one, or name it so that it is no time"))
            }
            ([], _, Some(column)) => Self::of_frames(table, column, 0.0, options),
            ([], ..) => Err(no_time(table)),
        }
    }

    /// The clock of frames that are counted from `first`.
    ///
    /// # Errors
    ///
    /// [`FaultKind::Unclear`] without the frames a second.
    pub(super) fn of_frames(
        table: &Table<'_>,
        column: usize,
        first: f64,
        options: &TrackOptions,
    ) -> Result<Self, Fault> {
        let clock = |fps| Self::Frame { column, first, fps };
        frames_a_second(options)?.map(clock).ok_or_else(|| {
            let found = "numbers of frames without times";
            let (kind, place) = (FaultKind::Unclear, table.place());
            let fault = Fault::new(kind, place, "the frames a second of the video", found);
            fault.advised("give those of faces, such as `--fps 25`, or a column `time`")
        })
    }

    /// Start and end of a row, in seconds; the end is NaN where a row has a moment only.
    ///
    /// # Errors
    ///
    /// If they are no numbers, or not finite, or later than allowed, or the end is not after the start.
    pub(super) fn time(self, row: &Row<'_>, limits: &Limits) -> Result<(f64, f64), Fault> {
        match self {
            Self::Moment { column, per_second } => {
                let moment = row.number(column)? / per_second;
                checked(moment, row, column, limits).map(|start| (start, f64::NAN))
            }
            Self::Frame { column, first, fps } => {
                let moment = (frame(row, column)? - first) / fps;
                checked(moment, row, column, limits).map(|start| (start, f64::NAN))
            }
            Self::Stretch { start, end } => {
                let times = (row.number(start)?, row.number(end)?);
                checked_stretch(times, row, (start, end), limits)
            }
            Self::Timedelta { start, end } => {
                let times = (stretch_of(row, start)?, stretch_of(row, end)?);
                checked_stretch(times, row, (start, end), limits)
            }
        }
    }
}

/// The frames a second that are told.
///
/// # Errors
///
/// If they are not above 0, or a frame would be longer than a recording.
pub(super) fn frames_a_second(options: &TrackOptions) -> Result<Option<f64>, Fault> {
    told(options.fps, "fps", &options.limits)
}

/// The rows a second that are told, of a sound or of any table.
///
/// # Errors
///
/// If they are not above 0, or a row would be longer than a recording.
pub(super) fn rows_a_second(options: &TrackOptions) -> Result<Option<f64>, Fault> {
    told(options.rate, "rate", &options.limits)
}

fn told(value: Option<f64>, name: &str, limits: &Limits) -> Result<Option<f64>, Fault> {
    let is_possible = |value: f64| value.is_finite() && value * limits.seconds >= 1.0;
    match value {
        Some(value) if !is_possible(value) => {
            let expected = "a number above 0, as recordings have it";
            let (kind, place) = (FaultKind::Invalid, Place::Part(name.to_string()));
            Err(Fault::new(kind, place, expected, value.to_string()))
        }
        value => Ok(value),
    }
}

/// The number of a frame.
///
/// # Errors
///
/// If it is no whole number from 0 on.
pub(super) fn frame(row: &Row<'_>, column: usize) -> Result<f64, Fault> {
    let frame = row.number(column)?;
    if frame >= 0.0 && frame.fract() == 0.0 && frame < (1_u64 << 53) as f64 {
        return Ok(frame);
    }
    let found = quoted(row.cell(column));
    let (kind, place) = (FaultKind::Invalid, row.place(column));
    Err(Fault::new(kind, place, "the number of a frame", found))
}

fn checked(time: f64, row: &Row<'_>, column: usize, limits: &Limits) -> Result<f64, Fault> {
    if time.abs() <= limits.seconds {
        return Ok(time);
    }
    let expected = format!("a time up to {} seconds", limits.seconds);
    let (kind, place) = (FaultKind::Invalid, row.place(column));
    let fault = Fault::new(kind, place, expected, quoted(row.cell(column)));
    Err(if time.is_finite() {
        fault.advised("let times count from the start of the recording")
    } else {
        fault
    })
}

fn checked_stretch(
    (start, end): (f64, f64),
    row: &Row<'_>,
    columns: (usize, usize),
    limits: &Limits,
) -> Result<(f64, f64), Fault> {
    checked(start, row, columns.0, limits)?;
    checked(end, row, columns.1, limits)?;
    if start < end {
        return Ok((start, end));
    }
    let expected = format!("an end after the start {}", quoted(row.cell(columns.0)));
    let (kind, place) = (FaultKind::Invalid, row.place(columns.1));
    Err(Fault::new(
        kind,
        place,
        expected,
        quoted(row.cell(columns.1)),
    ))
}

fn stretch_of(row: &Row<'_>, column: usize) -> Result<f64, Fault> {
    let cell = row.cell(column);
    timedelta(cell).ok_or_else(|| {
        let expected = "a time such as \"0 days 00:00:00.010000\"";
        let (kind, place) = (FaultKind::Malformed, row.place(column));
        Fault::new(kind, place, expected, quoted(cell))
    })
}

/// The seconds of `0 days 00:00:01.250000`, as pandas writes them, with or without decimals.
pub(super) fn timedelta(text: &str) -> Option<f64> {
    let (days, clock) = text.split_once(" days ")?;
    let mut parts = clock.trim_start_matches('+').split(':');
    let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
    let last = parts.next()?;
    let (seconds, fraction) = last.split_once('.').unwrap_or((last, "0"));
    let seconds = whole(seconds)?;
    let is_short = fraction.len() <= 9 && days.len() <= 9;
    if parts.next().is_some() || !is_short || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let days = days.parse::<i64>().ok()?;
    let seconds = days * 86_400 + hours * 3600 + minutes * 60 + seconds;
    // One division of whole numbers rounds as reading "1.25" does; a sum of parts would not.
    let unit = 10_i64.pow(fraction.len() as u32);
    let units = seconds.checked_mul(unit)?.checked_add(whole(fraction)?)?;
    Some(units as f64 / unit as f64)
}

fn whole(digits: &str) -> Option<i64> {
    let are_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| digits.parse().ok()).flatten()
}

fn no_time(table: &Table<'_>) -> Fault {
    let names: Vec<String> = table
        .names
        .iter()
        .take(3)
        .map(|name| quoted(name))
        .collect();
    let more = if table.names.len() > names.len() {
        ", …"
    } else {
        ""
    };
    let expected = "a column of times, such as \"time\", \"timestamp_ms\", \"start\" and \"end\", or \"frame\"";
    let found = format!("{}{more}", names.join(", "));
    Fault::new(FaultKind::Unclear, table.place(), expected, found)
}

/// Whether a cell holds a stretch of time as pandas writes it, rather than a number.
pub(super) fn is_timedelta(cell: &str) -> bool {
    number(cell).is_none() && cell.contains(" days")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_of_pandas_are_read_as_their_decimals() {
        let times = [
            ("0 days 00:00:00", 0.0),
            ("0 days 00:00:00.010000", 0.01),
            ("0 days 00:00:01.94", 1.94),
            ("0 days 01:01:01.000000001", 3_661.000_000_001),
            ("2 days 00:00:00", 172_800.0),
            ("-1 days +23:59:59.500000", -0.5),
        ];
        for (text, seconds) in times {
            assert_eq!(timedelta(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "NaT",
            "0 days",
            "0 days 00:00",
            "0 days 00:00:00:00",
            "0 days 00:60:00",
            "0 days 00:00:00.",
            "0 days 00:00:0x",
            "0 days 00:00:00.0000000001",
            "99999999999999999999 days 00:00:00",
            "00:00:01",
        ] {
            assert_eq!(timedelta(text), None, "{text}");
        }
    }
}
