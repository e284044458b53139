//! Stretches of time for rows that have one moment each.

use crate::Interval;

/// What the moment of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its start: the row covers `[t, t + step)`.
    Start,
    /// Its middle, as in COVAREP: the row covers `[t - step/2, t + step/2)`.
    Centre,
}

/// The stretches of rows at `moments`, sorted, in seconds. Each is as long as the median distance of two
/// moments, so where frames are missing a gap remains; where they are closer, it ends at the next row, or halfway to
/// the next middle. `step` is the length where the moments cannot say it: `None` is returned if they differ in nothing
/// and it is `None`.
pub fn stretches(moments: &[f64], anchor: Anchor, step: Option<f64>) -> Option<Vec<Interval>> {
    let step = median_step(moments).or(step)?;
    // Rows of one moment have one stretch.
    let groups: Vec<&[f64]> = moments.chunk_by(|one, other| one == other).collect();
    let moment = |group: usize| groups.get(group).map(|rows| rows[0]);
    let mut stretches = Vec::with_capacity(moments.len());
    for (group, rows) in groups.iter().enumerate() {
        let (before, now, after) = (
            group.checked_sub(1).and_then(moment),
            rows[0],
            moment(group + 1),
        );
        let stretch = match anchor {
            Anchor::Start => {
                let end = now + step;
                Interval::new(now, after.map_or(end, |after| end.min(after)))
            }
            Anchor::Centre => {
                let (start, end) = (now - step / 2.0, now + step / 2.0);
                Interval::new(
                    before.map_or(start, |before| start.max(f64::midpoint(before, now))),
                    after.map_or(end, |after| end.min(f64::midpoint(now, after))),
                )
            }
        };
        stretches.extend(std::iter::repeat_n(stretch, rows.len()));
    }
    Some(stretches)
}

/// The median of the distances above 0 of neighbours; `None` if there are none.
pub(crate) fn median_step(moments: &[f64]) -> Option<f64> {
    let distances = moments.windows(2).map(|pair| pair[1] - pair[0]);
    let mut distances: Vec<f64> = distances.filter(|&distance| distance > 0.0).collect();
    distances.sort_by(f64::total_cmp);
    match distances.len() {
        0 => None,
        count if count % 2 == 1 => Some(distances[count / 2]),
        count => Some(f64::midpoint(
            distances[count / 2 - 1],
            distances[count / 2],
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_stays_a_gap() {
        let found = stretches(&[0.0, 0.5, 1.0, 2.0], Anchor::Start, None).unwrap();
        let expected = [0.0, 0.5, 1.0, 2.0].map(|start| Interval::new(start, start + 0.5));
        assert_eq!(found, expected);
    }

    #[test]
    fn rows_end_where_the_next_begins() {
        let moments = [0.0, 0.5, 0.75, 0.75, 1.5, 2.0, 2.5];
        let found = stretches(&moments, Anchor::Start, None).unwrap();
        let ends = [0.5, 0.75, 1.25, 1.25, 2.0, 2.5, 3.0];
        let expected = moments.iter().zip(ends);
        let expected: Vec<_> = expected
            .map(|(&start, end)| Interval::new(start, end))
            .collect();
        assert_eq!(found, expected);
        // Steps of 1; the border of two middles lies between them.
        let found = stretches(&[0.0, 1.0, 1.5, 2.5, 3.5], Anchor::Centre, None).unwrap();
        let expected = [
            [-0.5, 0.5],
            [0.5, 1.25],
            [1.25, 2.0],
            [2.0, 3.0],
            [3.0, 4.0],
        ];
        assert_eq!(
            found,
            expected.map(|[start, end]| Interval::new(start, end))
        );
    }

    #[test]
    fn centres_lie_in_the_middle() {
        let found = stretches(&[0.25, 0.75], Anchor::Centre, None).unwrap();
        assert_eq!(found, [Interval::new(0.0, 0.5), Interval::new(0.5, 1.0)]);
    }

    #[test]
    fn one_moment_needs_a_step() {
        assert_eq!(stretches(&[1.0], Anchor::Start, None), None);
        assert_eq!(stretches(&[1.0, 1.0], Anchor::Start, None), None);
        let found = stretches(&[1.0], Anchor::Start, Some(0.25)).unwrap();
        assert_eq!(found, [Interval::new(1.0, 1.25)]);
    }
}
