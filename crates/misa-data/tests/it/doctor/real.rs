//! What is found in published files.

use super::*;

fn counts(examination: &Examination) -> Vec<usize> {
    let splits = &content(examination).splits;
    splits.iter().map(|split| split.utterances).collect()
}

#[test]
fn mosi_without_its_test_split() {
    let Some(folder) = real_data("mosi/misa_style") else {
        return;
    };
    let examination = examine(folder, &OpenOptions::new());
    assert_eq!(
        (examination.status, counts(&examination)),
        (1, vec![1284, 229, 0])
    );
    let splits = &content(&examination).splits;
    assert_eq!((splits[0].videos, splits[1].videos), (Some(52), Some(10)));
    assert_eq!(
        content(&examination).corpus.clone().unwrap().name,
        "CMU-MOSI"
    );
    assert_eq!(finding(&examination, "missing_split").place, "test");
    // Visual vectors of utterances, 32 of whose columns are constant; acoustic rows of 73 such
    // columns and 3 by word.
    let visual = features(&examination, Modality::Visual);
    assert_eq!((visual.constant.len(), visual.repeated.len()), (32, 68));
    assert_eq!(
        features(&examination, Modality::Acoustic).repeated.len(),
        73
    );
    let zeros: usize = content(&examination)
        .labels
        .splits
        .iter()
        .map(|split| split.zero)
        .sum();
    assert_eq!(zeros, 66);
}

#[test]
fn mosi_in_the_layout_of_mmsa() {
    let Some(folder) = real_data("mosi/mmsa_style") else {
        return;
    };
    let examination = examine(folder, &OpenOptions::new());
    assert_eq!(counts(&examination), [1134, 150, 229]);
    let visual = features(&examination, Modality::Visual);
    assert_eq!((visual.constant.len(), visual.splits[0].steps.max), (32, 1));
    assert_eq!(finding(&examination, "one_step").place, "visual");
    assert!(examination.sha256.is_some() && examination.published.is_none());
    assert!(content(&examination).variant.ends_with("not aligned"));
}

#[test]
fn mmmo_in_the_layout_of_mult() {
    let Some(folder) = real_data("mmmo/mult_style") else {
        return;
    };
    let examination = examine(folder, &OpenOptions::new());
    assert_eq!(counts(&examination), [56, 12, 12]);
    let acoustic = features(&examination, Modality::Acoustic);
    assert_eq!((acoustic.constant.len(), acoustic.d_input), (1, Some(74)));
    for report in &content(&examination).features {
        for split in &report.splits {
            let values = split.values.unwrap();
            let odd = values.nan + values.positive_infinite + values.negative_infinite;
            assert_eq!(odd, 0, "{report:?}");
        }
    }
    // From 1 to 5.
    assert_eq!(
        finding(&examination, "one_sided_labels").severity,
        Severity::Warning
    );
    let labels = &content(&examination).labels;
    assert_eq!(
        (labels.splits[0].min >= Some(1.0), labels.distinct <= 9),
        (true, true)
    );
}
