//! What is padding in padded files, and what is not.

use super::*;

fn values(data: &UtteranceDataset) -> Vec<[Vec<f32>; 3]> {
    let of = |utterance: &misa_data::Utterance| {
        let TextSequence::Features(text) = &utterance.text else {
            panic!("text features");
        };
        [text, &utterance.visual, &utterance.acoustic].map(|sequence| sequence.values().to_vec())
    };
    data.split(Split::Train).iter().map(of).collect()
}

/// A file of MulT with one split.
fn mult(text: &[&[f32]], visual: &[&[f32]], acoustic: &[&[f32]]) -> (&'static str, Py) {
    let entries = vec![
        ("text", column(text)),
        ("vision", column(visual)),
        ("audio", column(acoustic)),
        (
            "labels",
            Py::Array(vec![text.len(), 1, 1], vec![1.0; text.len()]),
        ),
    ];
    ("mine.pkl", Py::Dict(vec![("train", Py::Dict(entries))]))
}

#[test]
fn padding_is_found_on_the_side_where_it_is() {
    let file = mult(
        &[&[1.0, 2.0, 0.0], &[3.0, 0.0, 0.0]],
        &[&[0.0, 0.0, 0.0, 5.0], &[0.0, 6.0, 0.0, 7.0]],
        &[&[0.0, 0.0], &[8.0, 0.0]],
    );
    let data = open(std::slice::from_ref(&file)).unwrap();
    let expected = [
        [vec![1.0, 2.0], vec![5.0], vec![0.0]],
        [vec![3.0], vec![6.0, 0.0, 7.0], vec![8.0]],
    ];
    assert_eq!(values(&data), expected);
    let expected = [
        "train: 2 text sequences end with rows of zeros, as most do: padding, removed",
        "train: 2 visual sequences begin with rows of zeros, as most do: padding, removed",
        "train: 1 acoustic sequence of zeros read as one step",
        "train: 1 acoustic sequence ends with rows of zeros, as most do: padding, removed",
    ];
    let mut found = notes(&data);
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);

    let right = OpenOptions::new().with_padding(Padding::Right);
    let data = open_with(&[file], &right).unwrap();
    assert_eq!(values(&data)[0][1], [0.0, 0.0, 0.0, 5.0]);
}

#[test]
fn aligned_words_are_real_when_one_modality_has_them() {
    let file = mult(
        &[&[0.0, 2.0, 0.0, 0.0], &[1.0, 1.0, 0.0, 0.0]],
        &[&[1.0, 0.0, 0.0, 0.0], &[1.0, 1.0, 0.0, 0.0]],
        &[&[1.0, 1.0, 4.0, 0.0], &[1.0, 1.0, 0.0, 0.0]],
    );
    let data = open(&[file]).unwrap();
    let steps = |i: usize| data.split(Split::Train)[i].steps().into_array();
    assert_eq!((steps(0), steps(1)), ([3; 3], [2; 3]));
}

/// Steps of the files below, as in MulT's `seq_length_20`.
const STEPS: usize = 20;

/// Rows `real` of ones among `STEPS`, of each utterance.
fn ones(real: &[std::ops::Range<usize>]) -> Vec<Vec<f32>> {
    let rows = |real: &std::ops::Range<usize>| {
        let row = |step: usize| f32::from(u8::from(real.contains(&step)));
        (0..STEPS).map(row).collect()
    };
    real.iter().map(rows).collect()
}

fn slices(utterances: &[Vec<f32>]) -> Vec<&[f32]> {
    utterances.iter().map(Vec::as_slice).collect()
}

/// An aligned file whose utterances have these real rows in all modalities.
fn aligned(real: &[std::ops::Range<usize>]) -> (&'static str, Py) {
    let values = ones(real);
    let rows = slices(&values);
    mult(&rows, &rows, &rows)
}

/// Steps of each utterance in text, visual and acoustic.
fn steps(data: &UtteranceDataset) -> Vec<[usize; 3]> {
    let utterances = data.split(Split::Train).iter();
    utterances
        .map(|utterance| utterance.steps().into_array())
        .collect()
}

#[test]
fn rows_that_are_zero_in_all_modalities_are_padding_however_few_utterances_have_them() {
    let padded = |count: usize, real: std::ops::Range<usize>| -> Vec<_> {
        let is_padded = |index| index < count;
        let of = |index| {
            if is_padded(index) {
                real.clone()
            } else {
                0..STEPS
            }
        };
        (0..20).map(of).collect()
    };
    for (count, real, steps_left, place) in [
        (10, 0..12, 12, "end"),
        (2, 0..12, 12, "end"),
        (1, 0..1, 1, "end"),
        (19, 0..12, 12, "end"),
        (10, 5..STEPS, 15, "begin"),
        (2, 5..STEPS, 15, "begin"),
    ] {
        let file = aligned(&padded(count, real));
        let data = open(std::slice::from_ref(&file)).unwrap();
        let found = steps(&data);
        assert!(
            found[..count].iter().all(|&found| found == [steps_left; 3]),
            "{found:?}"
        );
        assert!(
            found[count..].iter().all(|&found| found == [STEPS; 3]),
            "{found:?}"
        );
        let sequences = match count {
            1 => format!("1 utterance {place}s"),
            _ => format!("{count} utterances {place}"),
        };
        let expected =
            format!("train: {sequences} with rows of zeros in all modalities: padding, removed");
        assert_eq!(notes(&data), [expected]);
    }
}

#[test]
fn without_rows_of_zeros_nothing_is_cut() {
    let data = open(&[aligned(&[0..STEPS, 0..STEPS])]).unwrap();
    assert_eq!(steps(&data), [[STEPS; 3]; 2]);
    assert!(notes(&data).is_empty());
}

#[test]
fn zeros_of_one_modality_are_no_padding() {
    let full = ones(&[0..STEPS, 0..STEPS, 0..STEPS]);
    // Nobody is seen at first, in all utterances; the last one is padded.
    let visual = ones(&[3..STEPS, 4..STEPS, 2..10]);
    let padded = ones(&[0..STEPS, 0..STEPS, 0..10]);
    let file = mult(&slices(&full), &slices(&visual), &slices(&full));
    let data = open(&[file]).unwrap();
    assert_eq!(steps(&data), [[STEPS; 3]; 3]);
    assert!(notes(&data).is_empty());
    let file = mult(&slices(&padded), &slices(&visual), &slices(&padded));
    let data = open(&[file]).unwrap();
    assert_eq!(steps(&data), [[STEPS; 3], [STEPS; 3], [10; 3]]);
    assert_eq!(values(&data)[2][1][..3], [0.0, 0.0, 1.0]);
    assert_eq!(
        notes(&data),
        ["train: 1 utterance ends with rows of zeros in all modalities: padding, removed"]
    );
}

/// A file whose modalities have 20, 20 and 19 steps, so that it is not aligned.
fn separate(real: [&[std::ops::Range<usize>]; 3]) -> (&'static str, Py) {
    let [text, visual, mut acoustic] = real.map(ones);
    for values in &mut acoustic {
        values.pop();
    }
    mult(&slices(&text), &slices(&visual), &slices(&acoustic))
}

#[test]
fn padding_of_all_modalities_at_one_end_is_found_where_they_differ_in_steps() {
    let full = 0..STEPS;
    let half = [0..7, full.clone(), 0..9, full.clone()];
    let data = open(&[separate([&half; 3])]).unwrap();
    assert_eq!(steps(&data), [[7; 3], [20, 20, 19], [9; 3], [20, 20, 19]]);
    let expected = ["text", "visual", "acoustic"].map(|modality| {
        format!(
            "train: 2 {modality} sequences end with rows of zeros, as do their other modalities: \
             padding, removed"
        )
    });
    assert_eq!(notes(&data), expected);
}

#[test]
fn zeros_that_may_be_missing_values_are_kept_and_told() {
    let full = [0..STEPS, 0..STEPS, 0..STEPS, 0..STEPS];
    let visual = [3..STEPS, 0..STEPS, 0..STEPS, 0..STEPS];
    let data = open(&[separate([&full, &visual, &full])]).unwrap();
    assert_eq!(steps(&data), [[20, 20, 19]; 4]);
    assert_eq!(
        notes(&data),
        ["train: 1 visual sequence begins or ends with zeros that are no padding, kept"]
    );
}

#[test]
fn the_setting_overrides_what_is_detected() {
    let file = aligned(&[0..12, 3..STEPS]);
    for (padding, expected, expected_notes) in [
        (
            Padding::Right,
            [12, 20],
            &["train: 1 utterance ends with rows of zeros, removed as the setting `padding` says"]
                [..],
        ),
        (
            Padding::Left,
            [20, 17],
            &[
                "train: 1 utterance begins with rows of zeros, removed as the setting `padding` says",
            ],
        ),
        (Padding::None, [20, 20], &[]),
    ] {
        let options = OpenOptions::new().with_padding(padding);
        let data = open_with(std::slice::from_ref(&file), &options).unwrap();
        assert_eq!(steps(&data), expected.map(|steps| [steps; 3]));
        assert_eq!(notes(&data), expected_notes);
    }
}

#[test]
fn the_padding_mask_needs_a_mask() {
    let folder = tempfile::tempdir().unwrap();
    let [with_mask, other] = ["with.pkl", "other.pkl"].map(|name| folder.path().join(name));
    let tokens = [[7.0; 4], [1.0, 1.0, 1.0, 0.0], [0.0; 4]].concat();
    let more = vec![("text_bert", Py::Array(vec![1, 3, 4], tokens))];
    let file = Py::Dict(vec![("train", platform(&["a b"], more))]);
    fs::write(&with_mask, file.pickle()).unwrap();
    fs::write(&other, aligned(&[0..12, 0..STEPS]).1.pickle()).unwrap();
    let options = || OpenOptions::new().with_padding(Padding::Mask);
    let replaced = |path: &Path| options().with_replacement(Modality::Visual, path);
    for options in [options(), replaced(&with_mask)] {
        assert_eq!(steps(&options.open(&with_mask).unwrap()), [[2, 3, 3]]);
    }
    let expected =
        "other.pkl: train: expected `text_bert`, by whose mask the padding `mask` cuts, found none";
    for (options, path) in [(options(), &other), (replaced(&other), &with_mask)] {
        let error = options.open(path).unwrap_err();
        assert_eq!(without(&error, folder.path()), expected);
    }
}

#[test]
fn without_padding_stated_lengths_are_not_read() {
    let lengths = vec![
        ("vision_lengths", ints(&[3])),
        ("audio_lengths", ints(&[2])),
    ];
    let file = (
        "mine.pkl",
        Py::Dict(vec![("train", platform(&["a"], lengths))]),
    );
    let options = OpenOptions::new().with_padding(Padding::None);
    let data = open_with(&[file], &options).unwrap();
    assert_eq!(steps(&data), [[1, 4, 5]]);
}

#[test]
fn a_modality_from_another_file_is_cut_as_that_file_is_padded() {
    let folder = tempfile::tempdir().unwrap();
    let full = aligned(&[0..STEPS, 0..STEPS, 0..STEPS]);
    let padded = aligned(&[0..STEPS, 0..12, 0..STEPS]);
    let [main, other] = ["main.pkl", "other.pkl"].map(|name| folder.path().join(name));
    fs::write(&main, full.1.pickle()).unwrap();
    fs::write(&other, padded.1.pickle()).unwrap();
    let options = OpenOptions::new().with_replacement(Modality::Visual, &other);
    let data = options.open(&main).unwrap();
    let visual: Vec<usize> = steps(&data).iter().map(|steps| steps[1]).collect();
    assert_eq!(visual, [STEPS, 12, STEPS]);
    // What was done to the other file is said too.
    let is_padded = |note: &&Note| matches!(note.kind, misa_data::NoteKind::Padded { .. });
    let padded: Vec<usize> = data
        .notes()
        .iter()
        .filter(is_padded)
        .map(|note| note.count)
        .collect();
    assert_eq!(padded, [1]);
}
