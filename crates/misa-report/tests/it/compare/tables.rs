//! The tables of a comparison.

use super::*;

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
fn a_mean_says_over_how_many_seeds_it_is() {
    let mut entries = large_entries(3, 35);
    let near = entries.iter_mut().filter(|entry| entry.model == "near");
    for entry in near.take(1) {
        entry.scores[0].1 = None;
    }
    let comparison = Comparison::new(&entries, &options()).unwrap();
    let markdown = comparison.to_markdown();
    let row = |model: &str| {
        let mut rows = markdown.lines();
        let is_mean = |row: &&str| row.starts_with(&format!("| {model} ")) && row.contains("n = 3");
        rows.find(is_mean).unwrap().to_string()
    };
    assert_eq!(row("near").matches("(n = 2)").count(), 1, "{markdown}");
    assert!(!row("far").contains("(n = "), "{markdown}");
    for note in [
        "- (n = N): a mean over N seeds; the others have no such score.\n",
        "- Means of fewer than 3 seeds have no interval: ",
    ] {
        assert!(markdown.contains(note), "{note}: {markdown}");
    }
    let summary = comparison.to_markdown_in(TableStyle::new().with_summary(true));
    assert_eq!(summary.matches("(n = 2)").count(), 1, "{summary}");
    let whole = Comparison::new(&large_entries(3, 35), &options()).unwrap();
    assert!(!whole.to_markdown().contains("(n = "));
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
        "difference,mosi 01234567,test,a_b,,,MAE,{},,,,,,,c|d,,,,,",
        comparison.differences[0].test.difference,
    );
    assert!(csv.lines().any(|found| found == row), "{row}\n{csv}");
    // The paper has an MAE of 0.783.
    let published = csv.lines().find(|row| row.starts_with("published,"));
    let published = published.unwrap();
    assert!(published.contains(",a_b,,,MAE,-0.40"), "{published}");
    assert!(
        published.ends_with("[not comparable: 6 test utterances, published 686]\",,,0.783,,"),
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

/// Two models of three seeds far apart: three seeds are more than enough, and every format says so.
#[test]
fn every_difference_says_what_it_needs() {
    let comparison = Comparison::new(&large_entries(3, 35), &options()).unwrap();
    let needs = comparison.differences[0].needs.unwrap();
    assert_eq!(needs.seeds, Some(3));
    let (found, test) = (
        needs.smallest_difference,
        comparison.differences[0].test.difference,
    );
    assert!((0.1..test).contains(&found), "{found}");
    let json = &comparison.to_json()["differences"][0]["needs"];
    assert_eq!(
        (&json["seeds"], &json["power"], &json["level"]),
        (&3.into(), &0.8.into(), &0.05.into())
    );
    assert_eq!(json["smallest_difference"].as_f64(), Some(found));
    let markdown = comparison.to_markdown();
    let row = markdown.lines().find(|row| row.starts_with("| MAE"));
    let cells: Vec<&str> = row.unwrap().split('|').map(str::trim).collect();
    assert_eq!(cells[8..], ["3", &format!("{found:.3}"), ""]);
    assert!(has_note(&comparison, "Seeds for 80 %: of each model"));
    let csv = comparison.to_csv();
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .ends_with(",seeds_needed,smallest_difference")
    );
    let row = csv
        .lines()
        .find(|row| row.starts_with("difference,") && row.contains(",MAE,"));
    assert!(row.unwrap().ends_with(&format!(",3,{found}")), "{csv}");
    assert!(comparison.to_latex().contains("seeds for 80 \\%"));
    let few = Comparison::new(&large_entries(2, 35), &options()).unwrap();
    assert!(few.differences[0].needs.is_none() && !has_note(&few, "Seeds for 80 %"));
}
