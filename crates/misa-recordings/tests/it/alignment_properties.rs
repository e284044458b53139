//! What holds for the alignment of any words and rows.

use misa_recordings::align::{PauseRule, StepKind, WeightedTrack, steps_of};
use misa_recordings::{Interval, Track};
use proptest::prelude::*;

/// A track of two columns, sorted, with gaps, overlaps and failed rows.
fn tracks() -> impl Strategy<Value = Track> {
    let row = (
        0.01..0.5_f64,
        0.0..0.6_f64,
        -5.0..5.0_f32,
        -5.0..5.0_f32,
        any::<bool>(),
    );
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let mut track = Track::default();
        track.columns = vec!["a".to_string(), "b".to_string()];
        let mut start = 0.0;
        for (step, length, a, b, valid) in rows {
            start += step;
            track.times.push(Interval::new(start, start + length));
            track.values.extend([a, b]);
            track.valid.push(valid);
        }
        track
    })
}

/// Words one after the other, with pauses.
fn words() -> impl Strategy<Value = Vec<Interval>> {
    prop::collection::vec((0.0..0.8_f64, 0.05..0.7_f64), 1..20).prop_map(|words| {
        let mut end = 0.0;
        let word = |(pause, length): (f64, f64)| {
            let start = end + pause;
            end = start + length;
            Interval::new(start, end)
        };
        words.into_iter().map(word).collect()
    })
}

/// Features, kind and overlap of each step.
fn aligned(track: &Track, steps: &[Interval]) -> Vec<([f64; 2], StepKind, f64)> {
    let mut aligned = WeightedTrack::new(track, 0.1);
    let step = |&span: &Interval| {
        let mut features = [0.0; 2];
        let (kind, overlap) = aligned.step(span, &mut features);
        (features, kind, overlap)
    };
    steps.iter().map(step).collect()
}

fn spans(words: &[Interval], rule: PauseRule) -> Vec<Interval> {
    steps_of(words, rule).iter().map(|step| step.span).collect()
}

/// Equal but for rounding; the row that is borrowed may have another number.
fn is_same(a: &[([f64; 2], StepKind, f64)], b: &[([f64; 2], StepKind, f64)]) -> bool {
    let kind = |kind: StepKind| std::mem::discriminant(&kind);
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            let close = |x: f64, y: f64| (x - y).abs() <= 1e-9 * (1.0 + x.abs());
            kind(a.1) == kind(b.1)
                && close(a.2, b.2)
                && close(a.0[0], b.0[0])
                && close(a.0[1], b.0[1])
        })
}

fn moved(times: &[Interval], by: f64) -> Vec<Interval> {
    times
        .iter()
        .map(|time| Interval::new(time.start + by, time.end + by))
        .collect()
}

/// Whether a step's kind hangs on the last bit: rows that end where it begins, a gap as long as the reach, or
/// two rows as near.
fn is_close_call(track: &Track, steps: &[Interval]) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
    steps.iter().any(|&step| {
        let touches = |time: &Interval| near(time.end, step.start) || near(time.start, step.end);
        let valid = (0..track.rows()).filter(|&row| track.valid[row]);
        let mut gaps: Vec<f64> = valid.map(|row| track.times[row].gap(step)).collect();
        gaps.sort_by(f64::total_cmp);
        track.times.iter().any(touches)
            || gaps.iter().any(|&gap| near(gap, 0.1))
            || gaps
                .windows(2)
                .take(1)
                .any(|two| two[0] > 0.0 && near(two[0], two[1]))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn moving_all_times_changes_nothing(mut track in tracks(), words in words(), by in -0.5..500.0_f64) {
        let steps = spans(&words, PauseRule::Extend);
        prop_assume!(!is_close_call(&track, &steps));
        let before = aligned(&track, &steps);
        track.times = moved(&track.times, by);
        let after = aligned(&track, &spans(&moved(&words, by), PauseRule::Extend));
        prop_assert!(is_same(&before, &after), "{before:?}\n{after:?}");
    }

    #[test]
    fn splitting_rows_in_two_changes_nothing(track in tracks(), words in words()) {
        let steps = spans(&words, PauseRule::WordsOnly);
        prop_assume!(!is_close_call(&track, &steps));
        let mut split = Track::default();
        split.columns.clone_from(&track.columns);
        for row in 0..track.rows() {
            let (time, middle) = (track.times[row], track.times[row].middle());
            split.times.extend([Interval::new(time.start, middle), Interval::new(middle, time.end)]);
            split.values.extend([track.row(row), track.row(row)].concat());
            split.valid.extend([track.valid[row]; 2]);
        }
        let (before, after) = (aligned(&track, &steps), aligned(&split, &steps));
        // A step may now be as near to both halves.
        prop_assert!(is_same(&before, &after), "{before:?}\n{after:?}");
    }

    #[test]
    fn the_order_of_rows_changes_nothing(track in tracks(), words in words(), seed in any::<u64>()) {
        let steps = spans(&words, PauseRule::WordsOnly);
        prop_assume!(!is_close_call(&track, &steps));
        let mut order: Vec<usize> = (0..track.rows()).collect();
        order.sort_by_key(|&row| (row as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let mut mixed = Track::default();
        mixed.columns.clone_from(&track.columns);
        for row in order {
            mixed.times.push(track.times[row]);
            mixed.values.extend(track.row(row));
            mixed.valid.push(track.valid[row]);
        }
        let (before, after) = (aligned(&track, &steps), aligned(&mixed, &steps));
        prop_assert!(is_same(&before, &after), "{before:?}\n{after:?}");
    }

    #[test]
    fn what_is_constant_stays_constant(mut track in tracks(), words in words()) {
        track.values.fill(2.5);
        for (features, kind, _) in aligned(&track, &spans(&words, PauseRule::Extend)) {
            let expected = if kind == StepKind::Absent { 0.0 } else { 2.5 };
            prop_assert!(features.iter().all(|feature| (feature - expected).abs() < 1e-12));
        }
    }

    #[test]
    fn means_times_lengths_are_the_integral(values in prop::collection::vec(-5.0..5.0_f32, 60), words in words()) {
        // Rows of 0.5 s without gaps cover all words, of which the last ends before 30 s.
        let mut track = Track::default();
        track.columns = vec!["a".to_string()];
        track.times = (0..60).map(|row| Interval::new(f64::from(row) / 2.0, f64::from(row + 1) / 2.0)).collect();
        track.valid = vec![true; 60];
        track.values = values;
        let mut aligned = WeightedTrack::new(&track, 0.1);
        for &word in &words {
            let mut feature = [0.0];
            let (kind, seconds) = aligned.step(word, &mut feature);
            prop_assert_eq!(kind, StepKind::Measured);
            let rows = track.times.iter().zip(&track.values);
            let integral: f64 = rows.map(|(time, &value)| time.overlap(word) * f64::from(value)).sum();
            prop_assert!((feature[0] * word.length() - integral).abs() < 1e-9);
            prop_assert!((seconds - word.length()).abs() < 1e-9);
        }
    }

    #[test]
    fn a_finer_rate_comes_nearer(words in words(), frequency in 0.2..1.0_f64) {
        // A wave, sampled at the start of rows, against its mean over the word.
        let wave = |time: f64| (frequency * time).sin();
        let error = |rate: usize| {
            let mut track = Track::default();
            track.columns = vec!["a".to_string()];
            let count = 31 * rate;
            track.times = (0..count).map(|row| Interval::new(row as f64 / rate as f64, (row + 1) as f64 / rate as f64)).collect();
            track.valid = vec![true; count];
            track.values = track.times.iter().map(|time| wave(time.start) as f32).collect();
            let mut aligned = WeightedTrack::new(&track, 0.0);
            let errors = words.iter().map(|&word| {
                let mut feature = [0.0];
                aligned.step(word, &mut feature);
                let mean = ((frequency * word.start).cos() - (frequency * word.end).cos()) / frequency / word.length();
                (feature[0] - mean).abs()
            });
            errors.fold(0.0, f64::max)
        };
        // The error of a wave of slope below 1 is at most one row's length.
        prop_assert!(error(25) <= 1.0 / 25.0 && error(100) <= 1.0 / 100.0);
    }

    #[test]
    fn a_second_copy_changes_nothing_before_it(track in tracks(), words in words()) {
        let steps = spans(&words, PauseRule::WordsOnly);
        let mut double = track.clone();
        double.times.extend(moved(&track.times, 1000.0));
        double.values.extend(&track.values);
        double.valid.extend(&track.valid);
        prop_assert_eq!(aligned(&track, &steps), aligned(&double, &steps));
    }
}
