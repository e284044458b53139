//! Runs on several data sets.

use super::*;

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
