//! The face of each frame that is read, where a table has several.

use super::clock::frame;
use super::layout::Layout;
use super::table::{Row, Table};
use crate::error::quoted;
use crate::number::number;
use crate::tracks::{TrackFormat, TrackOptions};
use crate::{Fault, FaultKind, Place};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Faces that a table may tell apart: far more than a video has.
const MOST_FACES: usize = 1 << 14;

/// The rows that are read: one of each frame.
#[derive(Debug, Default)]
pub(super) struct Faces {
    /// Whether each row is read.
    pub(super) is_read: Vec<bool>,
    /// Rows that are not.
    pub(super) rows_left_out: usize,
    /// Faces that have such rows.
    pub(super) others: usize,
    /// Changes from one face to another between the rows that are read, in the order of frames.
    pub(super) changes: usize,
}

/// What a row says of its face.
#[derive(Clone, Copy, Debug)]
struct Sighting {
    frame: f64,
    face: usize,
    /// A hash of the video's name: an image folder has as many names as rows.
    video: u64,
    score: f64,
    line: u64,
    row: usize,
}

/// What is known of a face over all frames.
#[derive(Debug, Default)]
struct Known {
    total: f64,
    count: usize,
}

impl Known {
    fn mean(&self) -> f64 {
        self.total / self.count.max(1) as f64
    }
}

/// All faces and where they are seen.
#[derive(Debug, Default)]
struct Crowd {
    numbers: HashMap<String, usize>,
    faces: Vec<Known>,
    sightings: Vec<Sighting>,
}

impl Faces {
    /// Chooses a row for each frame of a table of faces; `None` if all rows are read.
    ///
    /// A face that is told is read wherever it is. Otherwise, each frame's face is the one with the highest
    /// mean score over the whole table. Without names of faces, it is the one with the highest score in the
    /// frame.
    ///
    /// # Errors
    ///
    /// If a frame has a face twice, or the face that is told is absent.
    pub(super) fn choose(
        table: &Table<'_>,
        layout: &Layout,
        options: &TrackOptions,
    ) -> Result<Option<Self>, Fault> {
        let is_of_faces = matches!(layout.format, TrackFormat::OpenFace | TrackFormat::PyFeat);
        if let (true, None, Some(_)) = (is_of_faces, layout.face, &options.face) {
            return Err(no_names(table, layout));
        }
        let has_several = layout.face.is_some() || layout.format == TrackFormat::PyFeat;
        if !is_of_faces || !has_several {
            return Ok(None);
        }
        let crowd = Crowd::of_table(table, layout, options)?;
        let told = match &options.face {
            Some(face) => Some(crowd.number_of(face, table)?),
            None => None,
        };
        let faces = crowd.choose(layout.face.is_some(), told)?;
        Ok((faces.rows_left_out > 0 || faces.changes > 0).then_some(faces))
    }
}

impl Crowd {
    fn of_table(table: &Table<'_>, layout: &Layout, options: &TrackOptions) -> Result<Self, Fault> {
        let columns = [layout.frame, layout.face, layout.score, layout.video];
        let last = columns.into_iter().flatten().max().unwrap_or_default();
        let mut rows = table.rows(Some(last + 1))?;
        let mut crowd = Self::default();
        while let Some(row) = rows.advance()? {
            // The rows are read again, and then counted against the limit.
            if crowd.sightings.len() > options.limits.rows {
                break;
            }
            crowd.add(&row, layout)?;
        }
        Ok(crowd)
    }

    fn add(&mut self, row: &Row<'_>, layout: &Layout) -> Result<(), Fault> {
        let name = layout
            .face
            .map(|column| row.cell(column))
            .unwrap_or_default();
        let face = match self.numbers.get(name) {
            Some(&face) => face,
            None if self.faces.len() >= MOST_FACES => {
                let expected = format!("at most {MOST_FACES} faces");
                let place = Place::Line(row.number);
                return Err(Fault::new(FaultKind::TooLarge, place, expected, "more"));
            }
            None => {
                let face = self.faces.len();
                self.numbers.insert(name.to_string(), face);
                self.faces.push(Known::default());
                face
            }
        };
        let score = layout.score.and_then(|column| number(row.cell(column)));
        let score = score
            .filter(|score| score.is_finite())
            .unwrap_or(f64::NEG_INFINITY);
        if let Some(known) = self.faces.get_mut(face).filter(|_| score.is_finite()) {
            known.total += score;
            known.count += 1;
        }
        self.sightings.push(Sighting {
            frame: layout
                .frame
                .map_or(Ok(f64::NAN), |column| frame(row, column))?,
            face,
            video: hash_of(layout.video.map(|column| row.cell(column))),
            score,
            line: row.number,
            row: self.sightings.len(),
        });
        Ok(())
    }

    fn number_of(&self, face: &str, table: &Table<'_>) -> Result<usize, Fault> {
        self.numbers.get(face.trim()).copied().ok_or_else(|| {
            let mut names: Vec<_> = self.numbers.iter().collect();
            names.sort_by_key(|&(_, &number)| number);
            let names = names.into_iter().take(4).map(|(name, _)| quoted(name));
            let more = if self.numbers.len() > 4 { ", …" } else { "" };
            let found = format!("{}{more}", names.collect::<Vec<_>>().join(", "));
            let expected = format!("the face {}", quoted(face));
            Fault::new(FaultKind::Invalid, table.place(), expected, found)
        })
    }

    fn choose(mut self, have_names: bool, told: Option<usize>) -> Result<Faces, Fault> {
        let mut chosen = Faces {
            is_read: vec![false; self.sightings.len()],
            ..Faces::default()
        };
        let mut is_other = vec![false; self.faces.len()];
        let (mut most, mut before) = (0, None);
        self.sightings.sort_by(|a, b| a.frame.total_cmp(&b.frame));
        for frame in self.sightings.chunk_by(|a, b| a.frame == b.frame) {
            refuse_videos(frame)?;
            if have_names {
                refuse_twice(frame)?;
            }
            let best = match told {
                Some(told) => frame.iter().find(|sighting| sighting.face == told),
                None => frame.iter().reduce(|a, b| {
                    if self.is_better(b, a, have_names) {
                        b
                    } else {
                        a
                    }
                }),
            };
            for sighting in frame {
                let is_read = best.is_some_and(|best| best.row == sighting.row);
                mark(&mut chosen.is_read, sighting.row, is_read);
                mark(&mut is_other, sighting.face, !is_read);
                chosen.rows_left_out += usize::from(!is_read);
            }
            most = most.max(frame.len());
            // A row without a face has no name, and is no change.
            if let Some(best) = best.filter(|best| best.score.is_finite()) {
                chosen.changes += usize::from(before.is_some_and(|face| face != best.face));
                before = Some(best.face);
            }
        }
        let n_others = is_other.into_iter().filter(|&is_other| is_other).count();
        chosen.others = if have_names {
            n_others
        } else {
            most.saturating_sub(1)
        };
        Ok(chosen)
    }

    /// Whether `a` is the better face for its frame: by its mean over all frames if faces have names. Equal
    /// ones stay in the order of the file.
    fn is_better(&self, a: &Sighting, b: &Sighting, have_names: bool) -> bool {
        let score = |sighting: &Sighting| match self.faces.get(sighting.face) {
            Some(known) if have_names && known.count > 0 => known.mean(),
            Some(_) if have_names => f64::NEG_INFINITY,
            _ => sighting.score,
        };
        score(a).total_cmp(&score(b)) == Ordering::Greater
    }
}

/// Sets `flags[i]` if `value` holds; there is a flag for every row and face.
fn mark(flags: &mut [bool], i: usize, value: bool) {
    if let Some(flag) = flags.get_mut(i) {
        *flag |= value;
    }
}

fn hash_of(video: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    video.hash(&mut hasher);
    hasher.finish()
}

/// Refuses rows of two videos in one frame: they would be taken for two faces.
fn refuse_videos(frame: &[Sighting]) -> Result<(), Fault> {
    let is_other = |pair: &&[Sighting]| pair[0].video != pair[1].video;
    let Some([first, second]) = frame.windows(2).find(is_other) else {
        return Ok(());
    };
    let (kind, place) = (FaultKind::Invalid, Place::Line(second.line));
    let found = format!(
        "frame {} of another one than in line {}",
        second.frame, first.line
    );
    let fault = Fault::new(kind, place, "one video", found);
    Err(fault.advised("write a file for each video"))
}

fn refuse_twice(frame: &[Sighting]) -> Result<(), Fault> {
    let mut lines = HashMap::with_capacity(frame.len());
    for sighting in frame {
        if let Some(line) = lines.insert(sighting.face, sighting.line) {
            let (kind, place) = (FaultKind::Invalid, Place::Line(sighting.line));
            let found = format!(
                "frame {} and its face again, as in line {line}",
                sighting.frame
            );
            let fault = Fault::new(kind, place, "a face once in each frame", found);
            return Err(fault.advised("write one video into a file, once"));
        }
    }
    Ok(())
}

fn no_names(table: &Table<'_>, layout: &Layout) -> Fault {
    let name = if layout.format == TrackFormat::OpenFace {
        "face_id"
    } else {
        "Identity"
    };
    let expected = format!("a column {name:?}, because a face is chosen");
    let found = format!("{} columns without it", table.names.len());
    Fault::new(FaultKind::Invalid, table.place(), expected, found)
}
