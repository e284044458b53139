//! What the columns of a table are.

use super::clock::{Clock, is_timedelta};
use super::table::Table;
use crate::error::quoted;
use crate::tracks::{TrackFormat, TrackOptions};
use crate::{Fault, FaultKind};
use std::collections::{HashMap, HashSet};

/// What the columns of a table are.
#[derive(Debug)]
pub(super) struct Layout {
    /// What wrote the table.
    pub(super) format: TrackFormat,
    /// When a row is.
    pub(super) clock: Clock,
    /// The number of a row's frame.
    pub(super) frame: Option<usize>,
    /// The name of a row's recording.
    pub(super) recording: Option<usize>,
    /// Which face of a frame a row is.
    pub(super) face: Option<usize>,
    /// The video that a row is of, where a table that tells faces apart may hold several.
    pub(super) video: Option<usize>,
    /// How sure the tool is of a face.
    pub(super) score: Option<usize>,
    /// Whether the tool succeeded.
    pub(super) success: Option<usize>,
    /// The columns of the track, in its order.
    pub(super) features: Vec<usize>,
    /// Whether columns may turn out to hold texts, which are left out.
    pub(super) may_hold_texts: bool,
    /// Columns of text that are left out by their names.
    pub(super) n_texts: usize,
    /// Columns without a name, left out: pandas writes the numbers of rows so.
    pub(super) n_unnamed: usize,
}

impl Layout {
    /// What the columns of `table` are, by their names.
    ///
    /// # Errors
    ///
    /// If there is no time, or it needs something that is not told; if columns that are asked for are absent.
    pub(super) fn of_table(table: &Table<'_>, options: &TrackOptions) -> Result<Self, Fault> {
        let has = |names: &[&str]| names.iter().all(|name| table.column(name).is_some());
        let mut layout = if has(&["frame", "timestamp", "confidence", "success"]) {
            Self::of_openface(table)
        } else if has(&["frame", "FaceScore"]) {
            Self::of_pyfeat(table, options)?
        } else if has(&["frame_time_in_ms"]) {
            Self::of_libreface(table)
        } else {
            Self::of_any_table(table, options)?
        };
        layout.choose_features(table, options, &HashSet::new())?;
        Ok(layout)
    }

    /// What the attributes of ARFF are; those at `texts` are not numbers.
    ///
    /// # Errors
    ///
    /// As those of [`of_table`](Self::of_table).
    pub(super) fn of_arff(
        table: &Table<'_>,
        texts: &HashSet<usize>,
        options: &TrackOptions,
    ) -> Result<Self, Fault> {
        let clock = Clock::of_names(table, options, |_| Ok(false))?;
        let mut layout = Self::of_clock(TrackFormat::Arff, clock);
        layout.recording = table.column("name");
        layout.choose_features(table, options, texts)?;
        Ok(layout)
    }

    fn of_clock(format: TrackFormat, clock: Clock) -> Self {
        Self {
            format,
            clock,
            frame: None,
            recording: None,
            face: None,
            video: None,
            score: None,
            success: None,
            features: Vec::new(),
            may_hold_texts: false,
            n_texts: 0,
            n_unnamed: 0,
        }
    }

    fn of_moments(format: TrackFormat, table: &Table<'_>, name: &str, per_second: f64) -> Self {
        let column = table.column(name).unwrap_or_default();
        Self::of_clock(format, Clock::Moment { column, per_second })
    }

    fn of_openface(table: &Table<'_>) -> Self {
        Self {
            frame: table.column("frame"),
            face: table.column("face_id"),
            score: table.column("confidence"),
            success: table.column("success"),
            ..Self::of_moments(TrackFormat::OpenFace, table, "timestamp", 1.0)
        }
    }

    fn of_pyfeat(table: &Table<'_>, options: &TrackOptions) -> Result<Self, Fault> {
        let column = table.column("frame").unwrap_or_default();
        let clock = Clock::of_frames(table, column, 0.0, options)?;
        Ok(Self {
            frame: Some(column),
            face: table.column("Identity"),
            video: table.column("input"),
            score: table.column("FaceScore"),
            may_hold_texts: true,
            ..Self::of_clock(TrackFormat::PyFeat, clock)
        })
    }

    fn of_libreface(table: &Table<'_>) -> Self {
        Self {
            frame: table.column("frame_idx"),
            may_hold_texts: true,
            ..Self::of_moments(TrackFormat::LibreFace, table, "frame_time_in_ms", 1000.0)
        }
    }

    fn of_any_table(table: &Table<'_>, options: &TrackOptions) -> Result<Self, Fault> {
        if table.column("frameTime").is_some() {
            return Ok(Self {
                recording: table.column("name"),
                ..Self::of_moments(TrackFormat::OpenSmileCsv, table, "frameTime", 1.0)
            });
        }
        let clock = Clock::of_names(table, options, |column| {
            let mut rows = table.rows(None)?;
            Ok(rows
                .advance()?
                .is_some_and(|row| is_timedelta(row.cell(column))))
        })?;
        let format = match clock {
            Clock::Timedelta { .. } => TrackFormat::OpenSmilePython,
            _ => TrackFormat::Table,
        };
        Ok(Self {
            recording: match clock {
                Clock::Timedelta { .. } | Clock::Stretch { .. } => table.column("file"),
                _ => None,
            },
            may_hold_texts: format == TrackFormat::Table,
            ..Self::of_clock(format, clock)
        })
    }

    /// Sets the columns of the track: those that are asked for, or all that are features.
    fn choose_features(
        &mut self,
        table: &Table<'_>,
        options: &TrackOptions,
        texts: &HashSet<usize>,
    ) -> Result<(), Fault> {
        let is_text = |column| texts.contains(&column) && Some(column) != self.recording;
        let named_text = |name: &&str| table.column(name).filter(|&column| !is_text(column));
        let by_name = texts_of(self.format).iter().filter_map(named_text).count();
        let by_type = (0..table.names.len())
            .filter(|&column| is_text(column))
            .count();
        self.n_texts = by_name + by_type;
        self.n_unnamed = table.names.iter().filter(|name| is_unnamed(name)).count();
        if let Some(wanted) = &options.columns {
            self.features = wanted_columns(table, wanted)?;
            return Ok(());
        }
        let is_feature = |&(column, name): &(usize, &String)| {
            let name = name.as_str();
            let is_other =
                others_of(self.format).contains(&name) || texts_of(self.format).contains(&name);
            !is_other && !is_unnamed(name) && !texts.contains(&column) && !self.uses(column)
        };
        let features = table.names.iter().enumerate().filter(is_feature);
        self.features = features.map(|(column, _)| column).collect();
        Ok(())
    }

    /// Whether a column says when or whose a row is.
    fn uses(&self, column: usize) -> bool {
        let is_time = match self.clock {
            Clock::Moment { column: time, .. } | Clock::Frame { column: time, .. } => {
                time == column
            }
            Clock::Stretch { start, end } | Clock::Timedelta { start, end } => {
                start == column || end == column
            }
        };
        is_time || self.recording == Some(column)
    }
}

/// Columns of text that a tool writes.
fn texts_of(format: TrackFormat) -> &'static [&'static str] {
    match format {
        TrackFormat::PyFeat => &["input", "approx_time", "Identity"],
        TrackFormat::LibreFace => &["facial_expression"],
        TrackFormat::Arff => &["class"],
        _ => &[],
    }
}

/// Columns that say something about a row and are no features.
fn others_of(format: TrackFormat) -> &'static [&'static str] {
    match format {
        TrackFormat::OpenFace => &["frame", "face_id", "timestamp", "confidence", "success"],
        TrackFormat::PyFeat => &["frame", "FaceScore"],
        TrackFormat::LibreFace => &["frame_idx", "frame_time_in_ms"],
        TrackFormat::OpenSmileCsv | TrackFormat::Arff => &["frameIndex", "frameLength"],
        TrackFormat::Table => &["frame"],
        _ => &[],
    }
}

fn is_unnamed(name: &str) -> bool {
    // How pandas names such a column when it has read it.
    name.is_empty() || name.starts_with("Unnamed: ")
}

fn wanted_columns(table: &Table<'_>, wanted: &[String]) -> Result<Vec<usize>, Fault> {
    let columns: HashMap<&str, usize> = {
        let names = table.names.iter().enumerate();
        names
            .map(|(column, name)| (name.as_str(), column))
            .collect()
    };
    let absent: Vec<&String> = {
        let is_absent = |name: &&String| !columns.contains_key(name.as_str());
        wanted.iter().filter(is_absent).collect()
    };
    let Some(first) = absent.first() else {
        let known = wanted.iter().filter_map(|name| columns.get(name.as_str()));
        return Ok(known.copied().collect());
    };
    let others = match absent.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let expected = format!("the column {}{others}", quoted(first));
    let found = format!("{} columns without it", table.names.len());
    Err(Fault::new(
        FaultKind::Invalid,
        table.place(),
        expected,
        found,
    ))
}
