//! What holds for every file of words, also for damaged ones.

use crate::kit::kit;
use misa_recordings::words::{WordsFile, WordsOptions, parse};
use misa_recordings::{Interval, Word, WordOrigin};
use proptest::prelude::*;
use std::sync::LazyLock;

/// The files of words of the kit, with their names.
static KIT: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(kit(""))
        .expect("the kit")
        .map(|entry| {
            let path = entry.expect("a file of the kit").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = std::fs::read(&path).expect("a file of the kit");
            (name.into_owned(), bytes)
        })
        .collect();
    files.retain(|(name, bytes)| parse(name, bytes, &WordsOptions::default()).is_ok());
    files.sort();
    files
});

fn check(file: &WordsFile, options: &WordsOptions) {
    let is_time = |time: Interval| {
        0.0 <= time.start && time.start <= time.end && time.end <= options.limits.seconds
    };
    let mut count = 0;
    for word in file.recordings.iter().flat_map(|one| &one.words) {
        count += 1;
        assert!(!word.text.is_empty() && word.text.trim() == word.text);
        assert_eq!(word.time.is_none(), word.origin == WordOrigin::Missing);
        assert!(word.time.is_none_or(is_time) && word.phrase.is_none_or(is_time));
        let is_sure = |sure: f32| (0.0..=1.0).contains(&sure);
        assert!(word.confidence.is_none_or(is_sure));
    }
    assert!((1..=options.limits.words).contains(&count));
    assert!(file.notes.iter().all(|note| note.count > 0));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn damaged_files_give_words_or_a_fault(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..4, "[\\x00-\\x7f]{0,3}|\\PC{0,2}|-?[0-9.e]{1,9}|[<>{\\[\\]\"&:,\\t\\n]{1,3}"),
            1..5,
        ),
    ) {
        let (name, bytes) = &KIT[file.index(KIT.len())];
        let mut bytes = bytes.clone();
        for (place, removed, inserted) in changes {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, inserted.into_bytes());
        }
        let options = WordsOptions::default();
        match parse(name, &bytes, &options) {
            Ok(file) => check(&file, &options),
            Err(fault) => prop_assert!(fault.to_string().contains("expected ")),
        }
    }

    #[test]
    fn the_words_of_a_phrase_fill_it(
        texts in prop::collection::vec("[a-z]{1,9}", 1..20),
        start in 0_u32..100_000,
        length in 0_u32..100_000,
    ) {
        let end = start + length;
        let text = format!("start\tend\ttext\n{start}\t{end}\t{}\n", texts.join(" "));
        let file = parse("a.tsv", text.as_bytes(), &WordsOptions::default()).unwrap();
        let words = &file.recordings[0].words;
        let found: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        prop_assert_eq!(found, texts);
        let times: Vec<Interval> = words.iter().filter_map(|word| word.time).collect();
        prop_assert_eq!(times[0].start, f64::from(start) / 1000.0);
        prop_assert_eq!(times[times.len() - 1].end, f64::from(end) / 1000.0);
        prop_assert!(times.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn long_and_short_text_grids_are_one(
        labels in prop::collection::vec("[a-z\" ]{0,5}", 1..20),
    ) {
        let mut long = format!(
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 99\ntiers? <exists>\n\
             size = 1\nitem []:\n item [1]:\n  class = \"IntervalTier\"\n  name = \"words\"\n  xmin = 0\n  \
             xmax = 99\n  intervals: size = {}\n",
            labels.len()
        );
        let mut short = format!(
            "File type = \"ooTextFile\"\n\"TextGrid\"\n0\n99\n<exists>\n1\n\"IntervalTier\"\n\"words\"\n0\n99\n{}\n",
            labels.len()
        );
        let mut expected = Vec::new();
        for (index, label) in labels.iter().enumerate() {
            let (start, end, quoted) = (index, index + 1, label.replace('"', "\"\""));
            long += &format!("  intervals [{end}]:\n   xmin = {start}\n   xmax = {end}\n   text = \"{quoted}\"\n");
            short += &format!("{start}\n{end}\n\"{quoted}\"\n");
            if label.contains(|c: char| c.is_alphabetic()) && !["sp", "sil", "spn"].contains(&label.trim()) {
                expected.push(Word::measured(label.trim(), index as f64, end as f64));
            }
        }
        let read = |text: &str| parse("a.TextGrid", text.as_bytes(), &WordsOptions::default());
        match (read(&long), read(&short)) {
            (Ok(long), Ok(short)) => {
                prop_assert_eq!(&long, &short);
                prop_assert_eq!(&long.recordings[0].words, &expected);
            }
            (Err(long), Err(short)) => {
                prop_assert_eq!(long.to_string(), short.to_string());
                prop_assert!(expected.is_empty());
            }
            _ => prop_assert!(false, "one is read"),
        }
    }
}
