//! Splits for a table that has none.

use crate::segments::SegmentTable;
use crate::{Fault, FaultKind, Place};
use misa_terms::{Random, Split, mix, plural};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Largest number of groups for which pairs are exchanged between splits: that takes the square of it.
const MAX_EXCHANGED: usize = 512;

/// Rounds of improvement. Each lowers the distance from the shares; a few are enough.
const MAX_ROUNDS: usize = 32;

/// What stays in one split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitGroups {
    /// All segments of a speaker.
    Speaker,
    /// All segments of a video.
    Video,
}

/// What a split was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplitShare {
    /// Speakers or videos.
    pub groups: usize,
    /// Segments.
    pub segments: usize,
    /// Its share of the segments as it was asked for, from 0 to 1.
    pub asked: f64,
}

/// How [`assign_splits`] divided a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplitSummary {
    /// What stays in one split.
    pub groups: SplitGroups,
    /// Train, valid and test, as in [`Split::ALL`].
    pub shares: [SplitShare; 3],
    /// Videos with segments in several splits: several speakers talk in them. 0 if videos are the groups.
    pub divided_videos: usize,
}

impl fmt::Display for SplitSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (group, groups) = match self.groups {
            SplitGroups::Speaker => ("speaker", "speakers"),
            SplitGroups::Video => ("video", "videos"),
        };
        let total: usize = self.shares.iter().map(|share| share.segments).sum();
        for (split, share) in Split::ALL.into_iter().zip(&self.shares) {
            let percent = 100.0 * share.segments as f64 / total.max(1) as f64;
            let separator = if split == Split::Train { "" } else { "; " };
            let segments = plural(share.segments, "segment", "segments");
            let groups = plural(share.groups, group, groups);
            write!(
                f,
                "{separator}{split} {segments} of {groups}, {percent:.1} % (asked for {:.1} %)",
                100.0 * share.asked
            )?;
        }
        match self.divided_videos {
            0 => Ok(()),
            count => {
                let videos = plural(count, "video is", "videos are");
                write!(f, "; {videos} in several splits")
            }
        }
    }
}

/// Gives every segment of a table without splits a split: all segments of a speaker the same one if each
/// segment has a speaker, otherwise all of a video. `shares` are the parts of train, valid and test.
///
/// The result depends on the names and sizes of the groups, on `shares` and on `seed`, and not on the order
/// of the rows. The parts are as near to `shares` as moving or exchanging whole groups brings them.
///
/// # Errors
///
/// [`Fault`] when the table has splits, when shares are not above 0 with the sum 1, and when there are fewer
/// than three groups. The table is unchanged then.
pub fn assign_splits(
    table: &mut SegmentTable,
    shares: [f64; 3],
    seed: u64,
) -> Result<SplitSummary, Fault> {
    check(table, shares)?;
    let by_speaker = table
        .segments
        .iter()
        .all(|segment| segment.speaker.is_some());
    let groups = if by_speaker {
        SplitGroups::Speaker
    } else {
        SplitGroups::Video
    };
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    for segment in &table.segments {
        *sizes.entry(group(segment, groups).to_string()).or_default() += 1;
    }
    if sizes.len() < Split::ALL.len() {
        return Err(too_few(groups, sizes.len()));
    }
    let mut division = Division::new(sizes, shares, seed);
    division.improve();
    let splits: BTreeMap<&str, usize> = division
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.split))
        .collect();
    for segment in &mut table.segments {
        let split = splits.get(group(segment, groups));
        segment.split = split.map(|&split| Split::ALL[split]);
    }
    Ok(SplitSummary {
        groups,
        shares: division.shares(shares),
        divided_videos: divided_videos(table),
    })
}

fn group(segment: &crate::segments::Segment, groups: SplitGroups) -> &str {
    match (groups, &segment.speaker) {
        (SplitGroups::Speaker, Some(speaker)) => speaker,
        _ => &segment.video,
    }
}

fn check(table: &SegmentTable, shares: [f64; 3]) -> Result<(), Fault> {
    if let Some(segment) = table
        .segments
        .iter()
        .find(|segment| segment.split.is_some())
    {
        let place = Place::Cell(segment.line, "split".to_string());
        let expected = "a table without splits";
        return Err(Fault::new(FaultKind::Invalid, place, expected, "a split"));
    }
    let is_share = |share: &f64| *share > 0.0 && *share < 1.0;
    let sum: f64 = shares.iter().sum();
    if shares.iter().all(is_share) && (sum - 1.0).abs() < 1e-6 {
        return Ok(());
    }
    let [train, valid, test] = shares;
    let expected = "three shares above 0 with the sum 1";
    let found = format!("{train}, {valid} and {test}");
    Err(Fault::new(FaultKind::Invalid, Place::File, expected, found))
}

fn too_few(groups: SplitGroups, found: usize) -> Fault {
    let (expected, advice) = match groups {
        SplitGroups::Speaker => (
            "at least 3 speakers",
            "collect more speakers, or leave the column `speaker` out to divide by video, which lets a speaker be in several splits",
        ),
        SplitGroups::Video => (
            "at least 3 videos",
            "collect more videos, or state the split of every row: clips of one video in several splits make scores too good",
        ),
    };
    Fault::new(FaultKind::Invalid, Place::File, expected, found.to_string()).advised(advice)
}

fn divided_videos(table: &SegmentTable) -> usize {
    let mut splits: BTreeMap<&str, BTreeSet<Option<Split>>> = BTreeMap::new();
    for segment in &table.segments {
        splits
            .entry(&segment.video)
            .or_default()
            .insert(segment.split);
    }
    splits.values().filter(|splits| splits.len() > 1).count()
}

/// A group and its split, as an index into [`Split::ALL`].
#[derive(Debug)]
struct Group {
    name: String,
    size: usize,
    split: usize,
}

/// Groups in a random order that depends on the seed and their names.
#[derive(Debug)]
struct Division {
    groups: Vec<Group>,
    /// Segments that each split should have.
    targets: [f64; 3],
    /// Segments that each split has.
    sizes: [f64; 3],
    /// Groups that each split has.
    counts: [usize; 3],
}

impl Division {
    /// Each group goes to the split that lacks most, and the last ones to splits without any.
    fn new(sizes: BTreeMap<String, usize>, shares: [f64; 3], seed: u64) -> Self {
        let total: usize = sizes.values().sum();
        let mut names: Vec<(String, usize)> = sizes.into_iter().collect();
        Random::new(mix(seed, 0, 0, "splits")).shuffle(&mut names);
        let mut division = Self {
            groups: Vec::with_capacity(names.len()),
            targets: shares.map(|share| share * total as f64),
            sizes: [0.0; 3],
            counts: [0; 3],
        };
        let mut remaining = names.len();
        for (name, size) in names {
            let empty = division.counts.iter().filter(|&&count| count == 0).count();
            let may = |split: &usize| remaining > empty || division.counts[*split] == 0;
            let lack = |split: usize| division.targets[split] - division.sizes[split];
            let splits = (0..3).filter(may);
            let split = splits.max_by(|&a, &b| lack(a).total_cmp(&lack(b)).then(b.cmp(&a)));
            let split = split.unwrap_or(0);
            division.sizes[split] += size as f64;
            division.counts[split] += 1;
            division.groups.push(Group { name, size, split });
            remaining -= 1;
        }
        division
    }

    /// Moves and exchanges groups as long as that brings the splits nearer to their targets.
    fn improve(&mut self) {
        for _ in 0..MAX_ROUNDS {
            let moved = self.moves();
            let exchanged = self.groups.len() <= MAX_EXCHANGED && self.exchanges();
            if !moved && !exchanged {
                break;
            }
        }
    }

    fn moves(&mut self) -> bool {
        let mut has_moved = false;
        for index in 0..self.groups.len() {
            for to in 0..3 {
                let Group { size, split, .. } = self.groups[index];
                if to != split && self.counts[split] > 1 && self.gain(split, to, size as f64) > 0.0
                {
                    self.transfer(index, to);
                    has_moved = true;
                }
            }
        }
        has_moved
    }

    fn exchanges(&mut self) -> bool {
        let mut has_exchanged = false;
        for first in 0..self.groups.len() {
            for second in 0..first {
                let (a, b) = (&self.groups[first], &self.groups[second]);
                let (from, to) = (a.split, b.split);
                let size = a.size as f64 - b.size as f64;
                if from != to && self.gain(from, to, size) > 0.0 {
                    self.transfer(first, to);
                    self.transfer(second, from);
                    has_exchanged = true;
                }
            }
        }
        has_exchanged
    }

    fn transfer(&mut self, index: usize, to: usize) {
        let group = &mut self.groups[index];
        self.sizes[group.split] -= group.size as f64;
        self.counts[group.split] -= 1;
        self.sizes[to] += group.size as f64;
        self.counts[to] += 1;
        group.split = to;
    }

    /// How much nearer, in squared segments, the splits come if `size` segments go from one to another.
    fn gain(&self, from: usize, to: usize, size: f64) -> f64 {
        let distance = |split: usize, change: f64| {
            let distance = self.sizes[split] + change - self.targets[split];
            distance * distance
        };
        let before = distance(from, 0.0) + distance(to, 0.0);
        // Rounding must not make two divisions alternate.
        before - distance(from, -size) - distance(to, size) - 1e-6
    }

    fn shares(&self, asked: [f64; 3]) -> [SplitShare; 3] {
        std::array::from_fn(|split| SplitShare {
            groups: self.counts[split],
            segments: self.sizes[split] as usize,
            asked: asked[split],
        })
    }
}
