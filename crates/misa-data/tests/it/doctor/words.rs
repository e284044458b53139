//! What the doctor says, as text.

use super::*;

#[test]
fn text_fits_a_terminal_and_reads_without_colour() {
    let mut train = utterances("a", 30);
    train.extend((0..20).map(|n| utterance(&format!("{}[{n}]", "b".repeat(40)), -1.0, 0.0)));
    let examination = examined(train, vec![], utterances("cc", 3));
    let plain = examination.to_string();
    assert!(!plain.contains('\x1b'));
    for line in plain.lines().skip(1) {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line, line.trim_end());
    }
    for part in ["Splits", "Labels", "Features", "Findings", "█", "warning"] {
        assert!(plain.contains(part), "{part}: {plain}");
    }
    let mut coloured = examination.to_text(true);
    assert!(coloured.contains("\x1b[33;1m"));
    for code in ["0", "1", "2", "31;1", "32;1", "33;1"] {
        coloured = coloured.replace(&format!("\x1b[{code}m"), "");
    }
    assert_eq!(coloured, plain);
}

#[test]
fn json_holds_what_text_says() {
    let mut train = utterances("a", 12);
    train.push(train[0].clone());
    let examination = examined(train, vec![], vec![]);
    let json = serde_json::to_string(&examination).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["status"], 1);
    assert_eq!(json["content"]["splits"][0]["utterances"], 13);
    let findings = json["findings"].as_array().unwrap();
    let repeated = findings
        .iter()
        .find(|found| found["kind"] == "repeated_ids")
        .unwrap();
    assert_eq!(repeated["severity"], "warning");
    assert_eq!(repeated["where"], "train");
    assert_eq!(repeated["ids"][0], "a0[0]");
    assert_eq!(repeated["count"], 1);
}

#[test]
fn sizes_are_explained() {
    let examination = examined_pickle(&platform(20, 5), &OpenOptions::new());
    let comparison = content(&examination).comparison.clone().unwrap();
    assert!(
        comparison.starts_with("Why 5/20 where the paper has 74/47"),
        "{comparison}"
    );
    let text = examination.to_string();
    assert!(
        text.contains("MMSA's selection of 5 of COVAREP's 74"),
        "{text}"
    );
    assert_eq!(
        content(&examination).corpus.clone().unwrap().name,
        "CMU-MOSI"
    );
    let other = examined_pickle(&platform(3, 2), &OpenOptions::new());
    assert_eq!(content(&other).comparison, None);
}

#[test]
fn ids_do_not_steer_the_terminal() {
    let mut train = utterances("a", 3);
    train.push(utterance("\x1b[2Jx[0]", 1.0, 0.0));
    train.push(utterance("\x1b[2Jx[0]", 2.0, 0.0));
    let text = examined(train, vec![], vec![]).to_string();
    assert!(text.contains("[2Jx[0]") && !text.contains('\x1b'), "{text}");
}
