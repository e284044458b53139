//! Sequences that one task follows through all steps.

use crate::PackedSteps;
use crate::cpu::panels::pieces;
use std::ops::Range;

/// Fewest sequences that are worth a task: a product of fewer rows is slower.
const MIN_SEQUENCES: usize = 16;

/// Divides `sequences` into groups for half of rayon's threads: the other direction has as many.
pub(crate) fn groups(sequences: usize) -> Vec<Range<usize>> {
    let tasks = rayon::current_num_threads().div_ceil(2);
    let most = sequences.div_ceil(tasks).max(MIN_SEQUENCES);
    pieces(0..sequences, most).collect()
}

/// Rows of `group` at `step`; none after its last sequence has ended.
pub(crate) fn rows_at(steps: &PackedSteps, step: usize, group: &Range<usize>) -> Range<usize> {
    let rows = steps.step(step);
    let at = |sequence: usize| rows.start + sequence.min(rows.len());
    at(group.start)..at(group.end)
}

/// Steps of the longest sequence of `group`.
pub(crate) fn longest(steps: &PackedSteps, group: &Range<usize>) -> usize {
    (0..steps.longest())
        .rev()
        .find(|&step| steps.step(step).len() > group.start)
        .map_or(0, |last| last + 1)
}

/// Cuts a matrix of `width` columns, one row per real step: what each group has, step by step.
pub(crate) fn cut<'a>(
    data: &'a mut [f32],
    width: usize,
    steps: &PackedSteps,
    groups: &[Range<usize>],
) -> Vec<Vec<&'a mut [f32]>> {
    let mut parts: Vec<Vec<&mut [f32]>> = groups
        .iter()
        .map(|_| Vec::with_capacity(steps.longest()))
        .collect();
    let mut rest = data;
    for step in 0..steps.longest() {
        for (group, parts) in groups.iter().zip(&mut parts) {
            let rows = rows_at(steps, step, group);
            if !rows.is_empty() {
                let (part, next) = rest.split_at_mut(rows.len() * width);
                rest = next;
                parts.push(part);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::ThreadPoolBuilder;

    fn on<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads can be started").install(work)
    }

    #[test]
    fn there_are_groups_for_half_of_the_threads() {
        let ends = |threads, sequences| {
            let groups = on(threads, || groups(sequences));
            groups.iter().map(|group| group.end).collect::<Vec<_>>()
        };
        assert_eq!(ends(2, 64), [64]);
        assert_eq!(ends(4, 64), [32, 64]);
        assert_eq!(ends(8, 50), [12, 25, 37, 50]);
        assert_eq!(ends(8, 3), [3]);
        assert!(ends(8, 0).is_empty());
        assert!(on(8, || groups(0)).is_empty());
    }

    #[test]
    fn every_row_is_of_one_group() {
        let steps = PackedSteps::new(&[5, 3, 3, 1]);
        let groups = [0..2, 2..4, 4..5];
        let mut data: Vec<f32> = (0..24).map(|x| (x / 2) as f32).collect();
        let rows_of = |part: &&mut [f32]| part.chunks(2).map(|row| row[0] as usize).collect();
        let parts = cut(&mut data, 2, &steps, &groups);
        let parts: Vec<Vec<Vec<usize>>> = (parts
            .iter()
            .map(|parts| parts.iter().map(rows_of).collect()))
        .collect();
        assert_eq!(parts[0], [vec![0, 1], vec![5, 6], vec![8, 9], vec![11]]);
        assert_eq!(parts[1], [vec![2, 3], vec![7], vec![10]]);
        assert_eq!(parts[2], [vec![4]]);
        let lengths = groups.each_ref().map(|group| longest(&steps, group));
        assert_eq!(lengths, [4, 3, 1]);
    }
}
