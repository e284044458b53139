//! Segments where somebody speaks.

use crate::Interval;
use crate::segments::{Segment, SegmentFormat, SegmentTable};

/// Pauses that are shorter belong to a segment, in seconds.
const SHORTEST_PAUSE: f64 = 0.5;
/// Longest segment, in seconds.
const LONGEST: f64 = 15.0;

impl SegmentTable {
    /// The segments of recordings, from their names and the stretches in which somebody speaks, which are in
    /// order: `name[0]`, `name[1]`, …, without labels. Pauses below 0.5 s do not divide a segment, and one
    /// above 15 s is cut into equal parts. `None` if nobody speaks.
    pub fn of_speech(
        recordings: impl IntoIterator<Item = (String, Vec<Interval>)>,
    ) -> Option<Self> {
        let mut segments = Vec::new();
        for (name, speech) in recordings {
            for (number, stretch) in divided(joined(&speech)).into_iter().enumerate() {
                let mut segment = Segment::whole(format!("{name}[{number}]"));
                segment.video.clone_from(&name);
                segment.clip = Some(number.to_string());
                segment.interval = Some(stretch);
                segments.push(segment);
            }
        }
        (!segments.is_empty()).then_some(Self {
            format: SegmentFormat::Misa,
            segments,
            notes: Vec::new(),
            classes: Vec::new(),
        })
    }
}

fn joined(speech: &[Interval]) -> Vec<Interval> {
    let mut joined: Vec<Interval> = Vec::new();
    for &stretch in speech {
        match joined.last_mut() {
            Some(last) if stretch.start - last.end < SHORTEST_PAUSE => last.end = stretch.end,
            _ => joined.push(stretch),
        }
    }
    joined
}

fn divided(stretches: Vec<Interval>) -> Vec<Interval> {
    let parts = |stretch: Interval| {
        let count = (stretch.length() / LONGEST).ceil().max(1.0);
        let moment = move |part: f64| stretch.start + stretch.length() * part / count;
        (0..count as usize).map(move |part| {
            let part = part as f64;
            Interval::new(moment(part), moment(part + 1.0))
        })
    };
    stretches.into_iter().flat_map(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(speech: &[(f64, f64)]) -> Vec<(String, f64, f64)> {
        let speech = speech.iter().map(|&(start, end)| Interval::new(start, end));
        let table = SegmentTable::of_speech([("talk".to_string(), speech.collect())]);
        let segments = table.map(|table| table.segments).unwrap_or_default();
        let each = segments.into_iter().map(|segment| {
            let time = segment.interval.unwrap();
            (segment.id, time.start, time.end)
        });
        each.collect()
    }

    #[test]
    fn long_pauses_divide() {
        let found = segments(&[(0.5, 1.0), (1.3, 2.0), (2.5, 3.0)]);
        let expected = [("talk[0]", 0.5, 2.0), ("talk[1]", 2.5, 3.0)];
        assert_eq!(
            found,
            expected.map(|(id, start, end)| (id.to_string(), start, end))
        );
        assert!(segments(&[]).is_empty());
    }

    #[test]
    fn long_speech_is_cut_into_equal_parts() {
        let found = segments(&[(1.0, 32.0)]);
        assert_eq!(found.len(), 3);
        assert!(found.windows(2).all(|pair| pair[0].2 == pair[1].1));
        assert!(found.iter().all(|(_, start, end)| end - start <= LONGEST));
        assert_eq!((found[0].1, found[2].2), (1.0, 32.0));
    }
}
