//! Properties of segments.

use misa_speech::{Speech, SpeechOptions, segments};
use proptest::prelude::*;

const FRAME: f64 = 0.032;

/// Probabilities that stay for some frames, as speech does.
fn probabilities() -> impl Strategy<Value = Vec<f32>> {
    let stretch = (
        prop_oneof![0.0..=1.0_f32, Just(0.0), Just(1.0), Just(f32::NAN)],
        1..30_usize,
    );
    let stretches = prop::collection::vec(stretch, 0..12);
    stretches.prop_map(|stretches| {
        let frames = stretches
            .into_iter()
            .flat_map(|(probability, frames)| vec![probability; frames]);
        frames.collect()
    })
}

fn options() -> impl Strategy<Value = SpeechOptions> {
    let longest = prop::option::of(0.0..3.0);
    let fields = (
        0.05..=1.0_f32,
        0.01..=1.0_f32,
        0.0..0.5,
        0.0..0.5,
        0.0..0.3,
        longest,
    );
    fields.prop_map(
        |(threshold, lower, shortest_speech, shortest_silence, padding, longest)| SpeechOptions {
            threshold,
            lower_threshold: lower * threshold,
            shortest_speech,
            shortest_silence,
            padding,
            longest_speech: longest
                .map(|longest: f64| longest + 2.0 * shortest_speech + 2.0 * FRAME),
        },
    )
}

fn is_within(inner: Speech, outer: &[Speech]) -> bool {
    // Parts that touch are one stretch.
    let mut reached = inner.start;
    for speech in outer {
        if speech.start <= reached + 1e-9 && speech.end > reached {
            reached = speech.end;
        }
    }
    reached >= inner.end - 1e-9
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn segments_are_sorted_disjoint_and_inside_the_sound(frames in probabilities(), options in options()) {
        options.validate().unwrap();
        let found = segments(&frames, &options);
        prop_assert!(found.iter().all(|speech| speech.start < speech.end));
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
        if let (Some(first), Some(last)) = (found.first(), found.last()) {
            prop_assert!(first.start >= 0.0);
            prop_assert!(last.end <= frames.len() as f64 * FRAME + 1e-9);
        }
    }

    #[test]
    fn segments_are_neither_too_short_nor_too_long(frames in probabilities(), options in options()) {
        for speech in segments(&frames, &options) {
            let seconds = speech.end - speech.start;
            prop_assert!(seconds >= options.shortest_speech - 1e-9, "{speech:?}");
            prop_assert!(options.longest_speech.is_none_or(|longest| seconds <= longest + 1e-9), "{speech:?}");
        }
    }

    /// Silence on both sides, so that no segment is padded up to an edge.
    #[test]
    fn a_later_sound_has_later_segments(frames in probabilities(), options in options(), shift in 0..200_usize) {
        let silence = vec![0.0; 20];
        let sound = [&silence[..], &frames, &silence].concat();
        let later = [&vec![0.0; shift][..], &sound].concat();
        let (found, later) = (segments(&sound, &options), segments(&later, &options));
        prop_assert_eq!(found.len(), later.len());
        let seconds = shift as f64 * FRAME;
        for (found, later) in found.iter().zip(&later) {
            prop_assert!((found.start + seconds - later.start).abs() < 1e-9);
            prop_assert!((found.end + seconds - later.end).abs() < 1e-9);
        }
    }

    #[test]
    fn a_higher_threshold_adds_no_speech(frames in probabilities(), options in options(), higher in 0.0..=1.0_f32) {
        let threshold = options.threshold + (1.0 - options.threshold) * higher;
        let (low, high) = (segments(&frames, &options), segments(&frames, &SpeechOptions { threshold, ..options }));
        for speech in high {
            prop_assert!(is_within(speech, &low), "{speech:?} is not in {low:?}");
        }
    }
}
