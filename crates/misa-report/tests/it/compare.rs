//! Comparisons of runs, in every format.

use misa_report::compare::{
    Against, CompareError, CompareOptions, Comparison, Entry, Metric, Prediction, TableStyle,
};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

fn error(predictions: &[f32], targets: &[f32]) -> f64 {
    let errors = predictions
        .iter()
        .zip(targets)
        .map(|(p, t)| f64::from((p - t).abs()));
    errors.sum::<f64>() / targets.len() as f64
}

fn hits(predictions: &[f32], targets: &[f32]) -> f64 {
    let hits = predictions
        .iter()
        .zip(targets)
        .filter(|(p, t)| (**p < 0.0) == (**t < 0.0));
    hits.count() as f64 / targets.len() as f64
}

fn options() -> CompareOptions {
    let metric = |name, is_better_high, is_share, highest, score| Metric {
        name,
        is_better_high,
        is_share,
        range: (0.0, highest),
        score,
    };
    let mean_error: fn(&[f32], &[f32]) -> f64 = error;
    CompareOptions {
        metrics: vec![
            metric("MAE", false, false, f64::INFINITY, mean_error),
            metric("Acc-2 (neg/non-neg)", true, true, 1.0, hits),
        ],
        resamples: 500,
        seed: 3,
        baseline: None,
        against: Vec::new(),
        sort: None,
    }
}

fn against(sources: &[&str], corpus: Option<&str>) -> Vec<Against> {
    let source = |source: &&str| Against {
        source: source.to_string(),
        corpus: corpus.map(str::to_string),
    };
    sources.iter().map(source).collect()
}

/// A run whose predictions have errors of `off` to `1.5 * off`.
fn entry(model: &str, seed: u64, off: f32) -> Entry {
    let targets = [-2.0, -1.0, 0.5, 1.0, 2.0, 3.0f32];
    let row = |(index, &target): (usize, &f32)| Prediction {
        id: format!("u{index}"),
        prediction: target + off * (1.0 + index as f32 / 10.0),
        target,
    };
    let predictions: Vec<Prediction> = targets.iter().enumerate().map(row).collect();
    let guesses: Vec<f32> = predictions.iter().map(|row| row.prediction).collect();
    Entry {
        run: format!("runs/{model}/{seed}"),
        model: model.to_string(),
        data: "mosi".to_string(),
        data_checksum: "0123456789abcdef".to_string(),
        seed,
        split: "test".to_string(),
        scores: vec![
            ("MAE".to_string(), Some(error(&guesses, &targets))),
            (
                "Acc-2 (neg/non-neg)".to_string(),
                Some(hits(&guesses, &targets)),
            ),
        ],
        predictions,
        openings: 1,
        ..Entry::default()
    }
}

fn entries() -> Vec<Entry> {
    vec![
        entry("a_b", 2, 0.2),
        entry("a_b", 1, 0.4),
        entry("c|d", 1, 1.5),
        entry("c|d", 2, 1.7),
    ]
}

#[test]
fn seeds_of_a_model_are_summarised_and_the_best_is_marked() {
    let comparison = Comparison::new(&entries(), &options()).unwrap();
    let [better, worse] = &comparison.groups[..] else {
        panic!("{comparison:?}");
    };
    assert_eq!(
        better.runs.iter().map(|run| run.seed).collect::<Vec<_>>(),
        [1, 2]
    );
    // Errors of 0.4 and 0.2, times the mean of 1.0 to 1.5.
    let summary = better.summaries[0];
    assert!((summary.mean.unwrap() - 0.375).abs() < 1e-6);
    assert!((summary.deviation.unwrap() - 0.25 * 0.5f64.sqrt()).abs() < 1e-6);
    assert_eq!(
        (&better.is_best[..], &worse.is_best[..]),
        (&[true, true][..], &[false, false][..])
    );
    let difference = &comparison.differences[0];
    assert_eq!(
        (difference.model.as_str(), difference.baseline.as_str()),
        ("a_b", "c|d")
    );
    assert!((difference.test.difference + 1.625).abs() < 1e-6);
    // Two seeds do not show how far seeds spread.
    assert_eq!((difference.test.p, difference.test.interval), (None, None));
    assert_eq!(difference.p_holm, None);
}

/// The seeds of two models on `utterances` with labels of both signs.
fn large_entries(seeds: u64, utterances: usize) -> Vec<Entry> {
    let models = [("near", 0.2), ("far", 0.9)];
    let runs = models
        .iter()
        .flat_map(|&model| (1..=seeds).map(move |seed| (model, seed)));
    let runs = runs.map(|((model, off), seed)| {
        let off = off + 0.1 * seed as f32;
        let row = |index: usize| {
            let target = (index % 7) as f32 - 3.0;
            Prediction {
                id: format!("u{index}"),
                prediction: target + off * (1.0 + (index % 5) as f32 / 10.0),
                target,
            }
        };
        let predictions: Vec<Prediction> = (0..utterances).map(row).collect();
        let guesses: Vec<f32> = predictions.iter().map(|row| row.prediction).collect();
        let targets: Vec<f32> = predictions.iter().map(|row| row.target).collect();
        let mut entry = entry(model, seed, off);
        entry.scores[0].1 = Some(error(&guesses, &targets));
        entry.scores[1].1 = Some(hits(&guesses, &targets));
        entry.predictions = predictions;
        entry
    });
    runs.collect()
}

fn has_note(comparison: &Comparison, beginning: &str) -> bool {
    let mut notes = comparison.notes.iter();
    notes.any(|note| note.starts_with(beginning))
}

const FEW_SEEDS: &str =
    "A difference has no p and no interval if one of its models has fewer than 3 seeds";
const FEW_UTTERANCES: &str = "No intervals for fewer than 30 utterances";
const BOTH: &str =
    "Differences: mean over seeds; intervals and p cover other seeds and other utterances";

/// Means differ by 0.7 · 1.2, seeds of both models by 0.1 · 1.2 with a deviation of 0.12.
#[test]
fn three_seeds_and_thirty_utterances_have_p_and_interval() {
    let comparison = Comparison::new(&large_entries(3, 35), &options()).unwrap();
    let difference = &comparison.differences[0];
    let test = difference.test;
    assert_eq!(
        (difference.model.as_str(), test.seeds, test.utterances),
        ("far", [3, 3], 35)
    );
    assert!((test.difference - 0.84).abs() < 1e-5);
    assert!((test.seed_variance.unwrap() - 2.0 * 0.0144 / 3.0).abs() < 1e-5);
    assert!(test.p.unwrap() < 0.01, "{test:?}");
    let (low, high) = test.interval.unwrap();
    assert!((low + high - 2.0 * test.difference).abs() < 1e-9 && low > 0.0);
    assert_eq!(difference.p_holm, test.p);
    assert!(has_note(&comparison, BOTH) && !has_note(&comparison, FEW_SEEDS));
    let text = comparison.to_markdown();
    // Of the differences, and of the means; notes say what they cover.
    assert!(text.contains("| 95 % interval    | p "), "{text}");
    assert!(text.contains("| near  | 95 % interval "), "{text}");
    let note = "Intervals of means cover other seeds on these utterances, by Student's t.";
    assert!(has_note(&comparison, note));
    // A share has a share as interval.
    for group in &comparison.groups {
        let (low, high) = group.summaries[1].interval.unwrap();
        assert!(low >= 0.0 && high <= 1.0);
    }
}

#[test]
fn notes_say_why_there_is_no_interval() {
    let few_seeds = Comparison::new(&large_entries(2, 35), &options()).unwrap();
    assert!(has_note(&few_seeds, FEW_SEEDS) && !has_note(&few_seeds, BOTH));
    assert!(!has_note(&few_seeds, FEW_UTTERANCES));
    assert!(few_seeds.groups[0].summaries[0].interval.is_none());
    let text = few_seeds.to_markdown();
    let row = text.lines().find(|row| row.starts_with("| MAE")).unwrap();
    assert_eq!(row.matches("| – ").count(), 3, "{row}");
    let small = Comparison::new(&large_entries(3, 29), &options()).unwrap();
    assert!(has_note(&small, FEW_UTTERANCES));
    let test = small.differences[0].test;
    assert!(test.p.is_some() && test.interval.is_none());
    assert!(small.groups[0].summaries[0].interval.is_none());
}

/// Programs read these since the first release.
#[test]
fn json_keeps_its_keys() {
    let comparison = Comparison::new(&large_entries(3, 35), &options()).unwrap();
    let value = comparison.to_json();
    let difference = &value["differences"][0];
    assert!(difference["p_holm"].is_number());
    for key in [
        "difference",
        "p",
        "undefined",
        "seed_variance",
        "utterance_variance",
        "degrees",
    ] {
        assert!(difference["bootstrap"][key].is_number(), "{key}");
    }
    assert_eq!(
        difference["bootstrap"]["interval"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn the_order_of_runs_has_no_influence() {
    let mut reversed = entries();
    reversed.reverse();
    let text = |entries: &[Entry]| Comparison::new(entries, &options()).unwrap().to_markdown();
    assert_eq!(text(&entries()), text(&reversed));
}

#[test]
fn models_of_other_utterances_are_not_compared_and_a_note_says_so() {
    let mut entries = entries();
    entries.push(entry("e", 1, 0.7));
    entries[0].predictions.pop();
    entries[1].predictions.pop();
    let comparison = Comparison::new(&entries, &options()).unwrap();
    let pairs = comparison.differences.iter();
    let pairs: Vec<(&str, &str)> = pairs
        .map(|found| (found.model.as_str(), found.baseline.as_str()))
        .collect();
    assert_eq!(pairs, [("c|d", "e"), ("c|d", "e")]);
    let note = "No difference between a_b and e (mosi 01234567, test split): their predictions are \
                for different utterances.";
    assert!(
        comparison.notes.iter().any(|found| found == note),
        "{:?}",
        comparison.notes
    );
}

static SCORED: AtomicUsize = AtomicUsize::new(0);

fn counted(predictions: &[f32], targets: &[f32]) -> f64 {
    SCORED.fetch_add(1, Ordering::Relaxed);
    error(predictions, targets)
}

/// Five models of one seed: each is scored on all utterances and on 20 resamples, whatever the pairs.
#[test]
fn every_model_is_scored_once_per_draw() {
    let entries = ["a", "b", "c", "d", "e"].map(|model| entry(model, 1, 0.5));
    let mut options = CompareOptions {
        resamples: 20,
        ..options()
    };
    options.metrics.truncate(1);
    options.metrics[0].score = counted;
    let comparison = Comparison::new(&entries, &options).unwrap();
    assert_eq!(comparison.differences.len(), 10);
    assert_eq!(SCORED.load(Ordering::Relaxed), 5 * 21);
}

#[test]
fn marks_show_what_had_been_opened() {
    let mut entries = entries();
    entries[0].openings = 3;
    entries[3].trained_after_opening = true;
    let text = Comparison::new(&entries, &options()).unwrap().to_markdown();
    assert!(text.contains("| 2†") && text.contains("| 2‡"), "{text}");
    assert!(text.contains("- †: the test split of this run had been opened before."));
    assert!(text.contains("- ‡: this run was trained after its test split had been opened."));
}

#[test]
fn formats_say_the_same() {
    let options = CompareOptions {
        against: against(&["paper"], Some("mosi")),
        ..options()
    };
    let comparison = Comparison::new(&entries(), &options).unwrap();
    let markdown = comparison.to_markdown();
    assert!(
        markdown.starts_with("## mosi 01234567, test split\n\n| model | seed"),
        "{markdown}"
    );
    assert!(markdown.contains("**0.375 ± 0.177**"), "{markdown}");
    assert!(markdown.contains("| c\\|d"), "{markdown}");
    assert!(markdown.contains("-0.408 (0.783)"), "{markdown}");
    let latex = comparison.to_latex();
    assert!(
        latex.contains("a\\_b & mean $\\pm$ std, n = 2 & \\textbf{0.375 $\\pm$ 0.177}"),
        "{latex}"
    );
    assert!(!latex.contains("a_b"), "{latex}");
    let csv = comparison.to_csv();
    let rows = |kind: &str| csv.lines().filter(|row| row.starts_with(kind)).count();
    assert!(
        csv.starts_with("kind,data,split,model,seed,run,score,value,"),
        "{csv}"
    );
    assert_eq!((rows("run,"), rows("model,")), (8, 4));
    assert_eq!((rows("difference,"), rows("published,")), (2, 4));
    assert_eq!(csv.lines().count(), 1 + 18);
    let row = format!(
        "difference,mosi 01234567,test,a_b,,,MAE,{},,,,,,,c|d,,,",
        comparison.differences[0].test.difference,
    );
    assert!(csv.lines().any(|found| found == row), "{row}\n{csv}");
    // The paper has an MAE of 0.783.
    let published = csv.lines().find(|row| row.starts_with("published,"));
    let published = published.unwrap();
    assert!(published.contains(",a_b,,,MAE,-0.40"), "{published}");
    assert!(
        published.ends_with("[not comparable: 6 test utterances, published 686]\",,,0.783"),
        "{published}"
    );
    let json = comparison.to_json();
    let scores = &json["groups"][0]["runs"][0]["scores"];
    assert_eq!(
        scores["mae"].as_f64(),
        comparison.groups[0].runs[0].scores[0]
    );
    assert_eq!(json["groups"][0]["summaries"]["mae"]["is_best"], true);
    assert_eq!(json["metrics"][1]["key"], "acc_2_neg_non_neg");
    assert_eq!(json["published"][0]["figures"]["mae"], 0.783);
}

/// MAE of the paper: 0.783 on MOSI, 0.555 on MOSEI; of MMSA: 0.7765 and 0.5575.
#[test]
fn every_group_is_compared_with_the_figures_of_its_corpus() {
    let mut entries = entries();
    for (entry, corpus) in entries.iter_mut().zip(["mosi", "mosi", "mosei", "mosei"]) {
        entry.corpus = Some(corpus.to_string());
        entry.data = corpus.to_string();
        entry.data_checksum = corpus.repeat(8);
    }
    let mut options = CompareOptions {
        against: against(&["paper", "mmsa"], None),
        ..options()
    };
    let comparison = Comparison::new(&entries, &options).unwrap();
    let figures: Vec<(&str, &str, Option<f64>)> = comparison
        .published
        .iter()
        .map(|found| {
            (
                found.model.as_str(),
                found.corpus.as_str(),
                found.figures[0],
            )
        })
        .collect();
    let expected = [
        ("c|d", "mosei", Some(0.555)),
        ("a_b", "mosi", Some(0.783)),
        ("c|d", "mosei", Some(0.5575)),
        ("a_b", "mosi", Some(0.7765)),
    ];
    assert_eq!(figures, expected);

    entries[0].corpus = Some("mosei".to_string());
    let comparison = Comparison::new(&entries, &options).unwrap();
    assert_eq!(comparison.published.len(), 2);
    let note = "No published figures for mosi mosimosi: its corpus is unknown, or its runs name \
                different ones.";
    let notes = comparison.notes.iter();
    assert_eq!(notes.filter(|found| *found == note).count(), 1);

    options.against = against(&["mmsa"], Some("ur_funny"));
    let error = Comparison::new(&entries, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no published figures for these runs: `mmsa` has no published figures of ur_funny"
    );
    options.against = against(&["elsewhere"], None);
    let error = Comparison::new(&entries, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no published figures `elsewhere`, expected paper or mmsa"
    );
}

/// Entries of `count` test utterances with labels from `low` to `high`.
fn labelled(corpus: &str, count: usize, (low, high): (f32, f32)) -> Entry {
    let row = |index: usize| Prediction {
        id: format!("u{index}"),
        prediction: 0.0,
        target: low + (high - low) * index as f32 / (count - 1) as f32,
    };
    Entry {
        corpus: Some(corpus.to_string()),
        predictions: (0..count).map(row).collect(),
        ..entry("m", 1, 0.5)
    }
}

#[test]
fn what_does_not_compare_with_published_figures_is_marked_or_refused() {
    let options = CompareOptions {
        resamples: 0,
        against: against(&["paper"], None),
        ..options()
    };
    let compare = |entry: Entry| Comparison::new(&[entry], &options);
    let whole = compare(labelled("mosi", 686, (-3.0, 3.0))).unwrap();
    assert_eq!(whole.published[0].remarks, [""; 0]);
    assert!(!whole.to_markdown().contains("not comparable"));
    let valid = Entry {
        split: "valid".to_string(),
        ..labelled("mosi", 686, (-3.0, 3.0))
    };
    for (entry, remark) in [
        (
            labelled("mosi", 12, (-3.0, 3.0)),
            "12 test utterances, published 686",
        ),
        (valid, "valid split, published is test"),
    ] {
        let comparison = compare(entry).unwrap();
        let label = format!("MISA paper (2020), BERT text [not comparable: {remark}]");
        let line = comparison.to_markdown();
        let line = line.lines().find(|line| line.contains(&label));
        assert!(
            line.is_some_and(|line| line.contains("(0.783)")),
            "{line:?}"
        );
        assert!(comparison.to_csv().contains(&label));
        assert!(comparison.to_latex().contains("not comparable"));
    }
    let refused = |entry: Entry| compare(entry).unwrap_err().to_string();
    assert_eq!(
        refused(labelled("mosi", 12, (1.0, 5.0))),
        "runs/m/1: labels from 1 to 5, expected those of mosi, from -3 to 3: its published figures \
         cannot be compared with these scores"
    );
    // As in CH-SIMS; of few utterances, it may be chance.
    assert!(refused(labelled("mosei", 457, (-1.0, 1.0))).contains("labels from -1 to 1"));
    assert!(compare(labelled("mosei", 12, (-1.0, 1.0))).is_ok());
    let other = Entry {
        is_recognised: true,
        ..labelled("mosei", 4659, (-3.0, 3.0))
    };
    let options = CompareOptions {
        against: against(&["paper"], Some("mosi")),
        ..options
    };
    assert_eq!(
        Comparison::new(&[other], &options).unwrap_err().to_string(),
        "runs/m/1: its data was recognised as mosei, expected mosi, whose figures are asked for"
    );
}

#[test]
fn tables_tell_where_results_come_from() {
    let mut entries = entries();
    for (entry, device) in entries
        .iter_mut()
        .zip(["<Flex>", "Cuda", "<Flex>", "<Flex>"])
    {
        let provenance = [("settings", "abc"), ("versions", "misa 0.1.0, burn 0.22.1")];
        let provenance = [&provenance[..], &[("device", device)]].concat();
        let owned = |(name, value): (&str, &str)| (name.to_string(), value.to_string());
        entry.provenance = provenance.into_iter().map(owned).collect();
    }
    entries[0].openings = 2;
    let comparison = Comparison::new(&entries, &options()).unwrap();
    let markdown = comparison.to_markdown();
    let (_, block) = markdown.split_once("## Provenance\n\n").unwrap();
    let cells: Vec<&str> = block
        .lines()
        .nth(2)
        .unwrap()
        .split('|')
        .map(str::trim)
        .collect();
    let versions = "misa 0.1.0, burn 0.22.1";
    let expected = [
        "",
        "a_b",
        "mosi 01234567",
        "test",
        "1, 2",
        versions,
        "Cuda; <Flex>",
        "",
    ];
    assert_eq!(cells, expected);
    let latex = comparison.to_latex();
    assert!(
        latex
            .contains("a\\_b: data mosi 01234567; split test; seeds 1, 2; versions misa 0.1.0, burn 0.22.1; device Cuda; \\textless{}Flex\\textgreater{}"),
        "{latex}"
    );
    // The meaning of a mark is in the text, not in a comment.
    assert!(latex.contains("2$\\dagger$"), "{latex}");
    let visible = |line: &&str| !line.starts_with('%');
    let explained = "$\\dagger$: the test split of this run had been opened before.";
    let mut lines = latex.lines().filter(visible);
    assert!(lines.any(|line| line.contains(explained)), "{latex}");
}

#[test]
fn differences_on_several_data_sets_name_theirs() {
    let mut entries = [entries(), entries()].concat();
    for entry in &mut entries[4..] {
        entry.data = "mosei".to_string();
        entry.data_checksum = "fedcba9876543210".to_string();
    }
    let options = CompareOptions {
        against: against(&["paper"], Some("mosi")),
        ..options()
    };
    let text = Comparison::new(&entries, &options).unwrap().to_markdown();
    assert!(text.contains("| mosei fedcba98, test | MAE "), "{text}");
    assert!(text.contains("| mosi 01234567, test  | a_b "), "{text}");
}

#[test]
fn runs_on_other_data_are_another_table() {
    let mut other = entry("a_b", 3, 0.1);
    other.data_checksum = "fedcba9876543210".to_string();
    let all = [entries(), vec![other]].concat();
    let comparison = Comparison::new(&all, &options()).unwrap();
    assert_eq!(comparison.groups.len(), 3);
    assert_eq!(comparison.to_markdown().matches("test split\n").count(), 2);
    assert!(
        comparison
            .notes
            .iter()
            .any(|note| note == "A single seed has no standard deviation.")
    );
}

#[test]
fn the_same_data_in_another_place_is_the_same_table() {
    let mut entries = entries();
    entries[0].data = "copies/mosi".to_string();
    entries[2].data = "archive/mosi".to_string();
    let comparison = Comparison::new(&entries, &options()).unwrap();
    assert_eq!(comparison.groups.len(), 2);
    assert_eq!(comparison.differences.len(), 2);
    let text = comparison.to_markdown();
    assert!(
        text.starts_with("## archive/mosi 01234567, test split"),
        "{text}"
    );
}

/// Errors of 0.375 and 2.0 with MAE, where less is better; the accuracies are 1 and less.
#[test]
fn models_are_sorted_with_the_better_one_first() {
    let mut entries = entries();
    for entry in &mut entries {
        // In the order of names, the worse model would come first.
        entry.model = if entry.model == "a_b" { "z" } else { "a" }.to_string();
    }
    for sort in ["MAE", "mae", "acc-2 (neg/non-neg)", "acc_2_neg_non_neg"] {
        let options = CompareOptions {
            sort: Some(sort.to_string()),
            ..options()
        };
        let comparison = Comparison::new(&entries, &options).unwrap();
        let models: Vec<&str> = comparison
            .groups
            .iter()
            .map(|group| group.model.as_str())
            .collect();
        assert_eq!(models, ["z", "a"], "{sort}");
    }
    let options = CompareOptions {
        sort: Some("mea".to_string()),
        ..options()
    };
    assert_eq!(
        Comparison::new(&entries, &options).unwrap_err().to_string(),
        "no score `mea` to sort by, expected one of mae, acc_2_neg_non_neg"
    );
}

#[test]
fn a_summary_has_one_row_for_each_model() {
    let mut entries = entries();
    entries[0].openings = 2;
    let options = CompareOptions {
        resamples: 0,
        against: against(&["paper"], Some("mosi")),
        ..options()
    };
    let comparison = Comparison::new(&entries, &options).unwrap();
    let text = comparison.to_markdown_in(TableStyle::new().with_summary(true));
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 2 + 3, "{text}");
    assert!(
        rows[2].starts_with("| a_b† ") && rows[2].contains("| **0.375 ± 0.177** |"),
        "{text}"
    );
    assert!(rows[3].starts_with("| c\\|d "), "{text}");
    assert!(
        rows[4].contains("MISA paper") && rows[4].contains("| 0.783 "),
        "{text}"
    );
    for note in [
        "- Bold: the best mean of a score on this data and split.",
        "- ±: the sample standard deviation over seeds.",
        "- †: the test split of this run had been opened before.",
        "- Accuracies and F1 are in percent.",
    ] {
        assert!(text.contains(note), "{note}: {text}");
    }
    for hidden in ["Provenance", "interval"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[test]
fn lines_of_limited_width_lose_nothing() {
    let mut entries = large_entries(3, 35);
    for entry in &mut entries {
        let device = format!("{} on a machine with a long name", "device ".repeat(12));
        entry.provenance = vec![("device".to_string(), device)];
    }
    let comparison = Comparison::new(&entries, &options()).unwrap();
    let whole = comparison.to_markdown();
    for width in [60, 80] {
        let text = comparison.to_markdown_in(TableStyle::new().with_width(Some(width)));
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        let words = |text: &str| -> BTreeSet<String> {
            let words = text.split(|letter: char| letter.is_whitespace() || letter == '|');
            let words = words.map(|word| word.trim_end_matches([':', ';']).to_string());
            words.filter(|word| !word.starts_with('-')).collect()
        };
        let lost: Vec<String> = words(&whole).difference(&words(&text)).cloned().collect();
        assert!(lost.is_empty(), "{width}: {lost:?}\n{text}");
    }
}

#[test]
fn latex_has_what_a_paper_needs() {
    let comparison = Comparison::new(&large_entries(3, 35), &options()).unwrap();
    let latex = comparison.to_latex();
    assert!(
        latex.starts_with("% Put \\usepackage{booktabs} and \\usepackage{graphicx}"),
        "{latex}"
    );
    for part in [
        "\\caption{mosi 01234567, test split}\n\\label{tab:mosi-01234567-test-split}",
        "\\caption{Differences between models}\n\\label{tab:differences-between-models}",
        "\\ifdim\\wd0>\\columnwidth",
        "$\\pm$: the sample standard deviation over seeds.",
    ] {
        assert!(latex.contains(part), "{part}: {latex}");
    }
    let count = |text: &str| latex.matches(text).count();
    assert_eq!(count("\\begin{table}"), count("\\end{table}"));
    assert_eq!(count("\\begin{tabular}"), count("\\end{tabular}"));
    let braces =
        |brace| latex.matches(brace).count() - latex.matches(&format!("\\{brace}")).count();
    assert_eq!(braces('{'), braces('}'));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let twice = [entries(), vec![entry("a_b", 2, 0.3)]].concat();
    let error = Comparison::new(&twice, &options()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the same model, data, split and seed 2"),
        "{error}"
    );
    assert_eq!(
        Comparison::new(&[], &options()).unwrap_err(),
        CompareError::Nothing
    );
    let missing = CompareOptions {
        baseline: Some("x".to_string()),
        ..options()
    };
    let error = Comparison::new(&entries(), &missing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no model `x` among the runs, expected one of a_b, c|d"
    );
}

#[test]
fn a_baseline_is_subtracted_from_the_others() {
    let options = CompareOptions {
        baseline: Some("a_b".to_string()),
        ..options()
    };
    let comparison = Comparison::new(&entries(), &options).unwrap();
    assert_eq!(comparison.differences[0].baseline, "a_b");
    assert!(comparison.differences[0].test.difference > 1.6);
}
