//! Alignment against values of the CMU SDK (`sdk.*`) and of exact arithmetic (`own.*`): `datasets/golden/align`.

use misa_recordings::align::{
    PauseRule, StepKind, Timeline, WeightedTrack, place_untimed, sdk, steps_of,
};
use misa_recordings::tracks::{Anchor, stretches};
use misa_recordings::{Interval, Track, Word};
use misa_testing::{Tensors, golden, json};
use serde_json::Value;
use std::collections::BTreeMap;

const CLOSE: f64 = 1e-12;
const FORM: &str = "the golden file has this form";

fn list(value: &Value) -> &[Value] {
    value.as_array().expect(FORM)
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect(FORM).to_string();
    list(value).iter().map(text).collect()
}

fn counts(value: &Value) -> Vec<usize> {
    let count = |value: &Value| value.as_u64().expect(FORM) as usize;
    list(value).iter().map(count).collect()
}

fn segment(value: &Value) -> Interval {
    let moment = |place: usize| value[place].as_f64().expect(FORM);
    Interval::new(moment(0), moment(1))
}

fn stored() -> (Tensors, Value) {
    let folder = golden("align");
    (
        Tensors::read(&folder.join("align.safetensors")),
        json(&folder.join("align.json")),
    )
}

fn intervals(tensors: &Tensors, name: &str) -> Vec<Interval> {
    tensors
        .rows(name)
        .iter()
        .map(|row| Interval::new(row[0], row[1]))
        .collect()
}

fn track(times: Vec<Interval>, values: &[f64], width: usize, valid: Vec<bool>) -> Track {
    let mut track = Track::default();
    track.columns = (0..width).map(|column| column.to_string()).collect();
    track.values = values.iter().map(|&value| value as f32).collect();
    (track.times, track.valid) = (times, valid);
    track
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= CLOSE || a.is_nan() && b.is_nan()
}

/// The rows of each id of a sequence of the SDK, parts put together in their order.
fn of_ids(
    tensors: &Tensors,
    case: &str,
    sequence: &str,
    description: &Value,
) -> BTreeMap<String, Track> {
    let at = format!("sdk.{case}.in.{sequence}");
    let times = intervals(tensors, &format!("{at}.intervals"));
    let features = tensors.rows(&format!("{at}.features"));
    let width = features[0].len();
    let mut found: BTreeMap<String, Track> = BTreeMap::new();
    let mut from = 0;
    let keys = texts(&description["keys"]);
    for (key, rows) in keys.iter().zip(counts(&description["rows"])) {
        let id = key.split_once('[').map_or(key.as_str(), |(id, _)| id);
        let part = from..from + rows;
        from = part.end;
        let values: Vec<f64> = features[part.clone()].concat();
        let part = track(times[part].to_vec(), &values, width, vec![true; rows]);
        match found.get_mut(id) {
            Some(before) => {
                before.times.extend(part.times);
                before.values.extend(part.values);
                before.valid.extend(part.valid);
            }
            None => {
                found.insert(id.to_string(), part);
            }
        }
    }
    found
}

/// The rows of a sequence aligned to the words: key, stretch and features.
type Aligned = BTreeMap<String, (Interval, Vec<f64>)>;

fn aligned(words: &BTreeMap<String, Track>, sequence: &BTreeMap<String, Track>) -> Aligned {
    let mut found = Aligned::new();
    for (id, words) in words {
        let track = &sequence[id];
        let timeline = Timeline::new(&track.times, |_| true);
        for (number, &word) in words.times.iter().enumerate() {
            if let (true, Some(row)) = (sdk::has_length(word), sdk::mean(track, &timeline, word)) {
                found.insert(format!("{id}[{number}]"), row);
            }
        }
    }
    found
}

fn expected(tensors: &Tensors, at: &str, description: &Value) -> Aligned {
    let keys = texts(&description["keys"]).into_iter();
    let times = intervals(tensors, &format!("{at}.intervals"));
    keys.zip(
        times
            .into_iter()
            .zip(tensors.rows(&format!("{at}.features"))),
    )
    .collect()
}

fn assert_equal(found: &Aligned, expected: &Aligned, place: &str) {
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "{place}"
    );
    for (key, (interval, features)) in found {
        let (stored_interval, stored) = &expected[key];
        let is_same = is_close(interval.start, stored_interval.start)
            && is_close(interval.end, stored_interval.end);
        assert!(
            is_same,
            "{place} {key}: {interval:?}, expected {stored_interval:?}"
        );
        let is_same = features.iter().zip(stored).all(|(&a, &b)| is_close(a, b));
        assert!(
            is_same && features.len() == stored.len(),
            "{place} {key}: {features:?}, expected {stored:?}"
        );
    }
}

#[test]
fn the_mean_of_the_sdk_is_its_own() {
    let (tensors, json) = stored();
    for (case, description) in json["sdk"].as_object().unwrap() {
        let sequences = ["words", "visual", "acoustic"];
        let mut found: Vec<_> = sequences
            .map(|sequence| of_ids(&tensors, case, sequence, &description["input"][sequence]))
            .into();
        // Whole ids are compared: of `unify_prefix`, the SDK also removes `x10`.
        let is_everywhere = |id: &String| found.iter().all(|sequence| sequence.contains_key(id));
        let mut ids: Vec<String> = found[0]
            .keys()
            .filter(|id| is_everywhere(id))
            .cloned()
            .collect();
        if case == "unify_prefix" {
            ids.retain(|id| id != "x10");
        }
        for sequence in &mut found {
            sequence.retain(|id, _| ids.contains(id));
        }
        for (sequence, name) in found.iter().zip(sequences).skip(1) {
            let place = format!("sdk.{case}.align.{name}");
            let stored = expected(&tensors, &place, &description["expected"]["align"][name]);
            assert_equal(&aligned(&found[0], sequence), &stored, &place);
        }
    }
}

#[test]
fn words_of_labels_are_those_of_the_sdk() {
    let (tensors, json) = stored();
    let description = &json["sdk"]["labels"];
    let words = of_ids(&tensors, "labels", "words", &description["input"]["words"]);
    let labels = of_ids(
        &tensors,
        "labels",
        "labels",
        &description["input"]["labels"],
    );
    let stored = &description["expected"]["to_labels"]["words"];
    let (mut keys, mut rows) = (Vec::new(), Vec::new());
    for (id, labels) in &labels {
        let lasting = words[id]
            .times
            .iter()
            .copied()
            .filter(|&word| sdk::has_length(word));
        let timeline = Timeline::new(&lasting.collect::<Vec<_>>(), |_| true);
        for (number, &label) in labels.times.iter().enumerate() {
            let found = sdk::overlaps(&timeline, label).len();
            if found > 0 {
                keys.push(format!("{id}[{number}]"));
                rows.push(found);
            }
        }
    }
    assert_eq!(
        (keys, rows),
        (texts(&stored["keys"]), counts(&stored["rows"]))
    );
}

/// The track of a case, its instants made to stretches.
fn own_track(tensors: &Tensors, case: &str, name: &str, description: &Value) -> Track {
    let at = format!("own.{case}.in.{name}");
    let times = match tensors.find(&format!("{at}.times")) {
        Some(moments) => {
            let anchor = match description["instants"][name]["rule"].as_str().expect(FORM) {
                "centre" => Anchor::Centre,
                _ => Anchor::Start,
            };
            let found = stretches(&moments.values, anchor, None).expect(FORM);
            let expected = format!("own.{case}.expected.{name}");
            for (end, values) in [("start", 0), ("end", 1)] {
                let stored = tensors.floats(&format!("{expected}.{end}"));
                let found = found.iter().map(|time| [time.start, time.end][values]);
                assert!(
                    found.zip(stored).all(|(a, b)| is_close(a, b)),
                    "{expected}.{end}"
                );
            }
            found
        }
        None => {
            let [start, end] = ["start", "end"].map(|end| tensors.floats(&format!("{at}.{end}")));
            start
                .into_iter()
                .zip(end)
                .map(|(start, end)| Interval::new(start, end))
                .collect()
        }
    };
    let values = tensors.get(&format!("{at}.values"));
    let valid = tensors
        .ints(&format!("{at}.valid"))
        .into_iter()
        .map(|valid| valid == 1)
        .collect();
    track(times, &values.values, values.shape[1], valid)
}

fn check_own(tensors: &Tensors, case: &str, description: &Value, name: &str, spans: &[Interval]) {
    let track = own_track(tensors, case, name, description);
    let at = format!("own.{case}.expected.{name}");
    let means = tensors.rows(&format!("{at}.mean"));
    let kinds = tensors.ints(&format!("{at}.kind"));
    let overlaps = tensors.floats(&format!("{at}.overlap"));
    let borrowed = &description["expected"][name]["borrowed_rows"];
    let mut aligned = WeightedTrack::new(&track, description["reach"].as_f64().expect(FORM));
    let mut features = vec![0.0; track.columns.len()];
    let mut integral = vec![0.0; features.len()];
    for (word, &span) in spans.iter().enumerate() {
        let (kind, overlap) = aligned.step(span, &mut features);
        let number = match kind {
            StepKind::Measured => 0,
            StepKind::Borrowed { row } => {
                assert_eq!(
                    borrowed[word.to_string()].as_u64(),
                    Some(row as u64),
                    "{at} {word}"
                );
                1
            }
            StepKind::Absent => 2,
            _ => unreachable!("{kind:?}"),
        };
        assert_eq!(number, kinds[word], "{at} {word}");
        assert!(is_close(overlap, overlaps[word]), "{at} {word}: {overlap}");
        for ((&found, &stored), sum) in features.iter().zip(&means[word]).zip(&mut integral) {
            assert!(
                is_close(found, stored),
                "{at} {word}: {found}, expected {stored}"
            );
            *sum += found * overlap;
        }
    }
    let stored = description["expected"][name]["integral_over_measured_words"]
        .as_array()
        .expect(FORM);
    for (found, stored) in integral.iter().zip(stored) {
        assert!(
            (found - stored.as_f64().expect(FORM)).abs() <= 1e-9,
            "{at}: {found}, expected {stored}"
        );
    }
}

#[test]
fn weighted_means_are_those_of_exact_arithmetic() {
    let (tensors, json) = stored();
    for (case, description) in json["own"].as_object().unwrap() {
        let words = intervals(&tensors, &format!("own.{case}.words"));
        let rule = match description["pauses"].as_str().unwrap() {
            "extend" => PauseRule::Extend,
            _ => PauseRule::WordsOnly,
        };
        let steps = steps_of(&words, rule);
        let spans: Vec<Interval> = steps.iter().map(|step| step.span).collect();
        if rule == PauseRule::Extend {
            let stored = intervals(&tensors, &format!("own.{case}.steps"));
            for (found, stored) in spans.iter().zip(&stored) {
                assert!(
                    is_close(found.start, stored.start) && is_close(found.end, stored.end),
                    "{case}: {found:?}, {stored:?}"
                );
            }
        }
        for name in description["tracks"].as_array().unwrap() {
            check_own(&tensors, case, description, name.as_str().unwrap(), &spans);
        }
    }
}

#[test]
fn a_word_belongs_to_the_segment_of_its_middle() {
    let (tensors, json) = stored();
    for (case, description) in json["own"].as_object().unwrap() {
        let words = intervals(&tensors, &format!("own.{case}.words"));
        let stored = list(&description["expected"]["segment_words"]);
        let mut lost = words.len() as u64;
        for (segment, stored) in list(&description["segments"]).iter().zip(stored) {
            let segment = self::segment(segment);
            let is_inside = |&word: &usize| segment.holds(words[word].middle());
            let found: Vec<usize> = (0..words.len()).filter(is_inside).collect();
            assert_eq!(found, counts(stored), "{case}");
            lost -= found.len() as u64;
        }
        let outside = &description["expected"]["words_in_no_segment"];
        assert_eq!(Some(lost), outside.as_u64(), "{case}");
    }
}

#[test]
fn words_without_times_get_the_stored_ones() {
    let (tensors, json) = stored();
    let description = &json["own"]["untimed_words"];
    let stored = intervals(&tensors, "own.untimed_words.words");
    let texts = texts(&description["texts"]);
    let given = list(&description["given_times"]);
    let of_segments = list(&description["expected"]["segment_words"]);
    let mut placed = 0;
    for (segment, words) in list(&description["segments"]).iter().zip(of_segments) {
        let numbers = counts(words);
        let word = |&number: &usize| {
            if given[number][0].is_null() {
                return Word::missing(&texts[number]);
            }
            let time = self::segment(&given[number]);
            Word::measured(&texts[number], time.start, time.end)
        };
        let mut words: Vec<Word> = numbers.iter().map(word).collect();
        placed += place_untimed(&mut words, self::segment(segment));
        for (word, &number) in words.iter().zip(&numbers) {
            let (found, stored) = (word.time.unwrap(), stored[number]);
            let is_same = is_close(found.start, stored.start) && is_close(found.end, stored.end);
            assert!(is_same, "{number}: {found:?}, {stored:?}");
        }
    }
    assert_eq!(Some(placed as u64), description["interpolated"].as_u64());
}
