//! What was said in each utterance, with its target and prediction, the largest errors first.

use crate::draw::text::{counted, escape, fixed};
use crate::record::Predictions;

/// Rows that are always shown.
const WORST: usize = 10;
/// Most rows; more would make the page large.
const MOST: usize = 1000;

/// The table of the worst errors, and that of further utterances, which opens on request; empty
/// without an utterance that was predicted.
pub(super) fn utterance_tables(given: &Predictions, classes: &[String]) -> String {
    let mut places: Vec<usize> = (0..given.ids.len())
        .filter(|&place| error(given, place).is_finite())
        .collect();
    let is_regression = classes.is_empty();
    let rank = |&place: &usize| {
        if is_regression {
            error(given, place)
        } else {
            f32::from(u8::from(error(given, place) > 0.0))
        }
    };
    // Stable: utterances of equal error stay in the order of the file.
    places.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    if places.is_empty() {
        return String::new();
    }
    let worst: Vec<usize> = if is_regression {
        places.iter().copied().take(WORST).collect()
    } else {
        let wrong = places.iter().copied().filter(|place| rank(place) > 0.0);
        wrong.take(WORST).collect()
    };
    let open = if worst.is_empty() {
        "<p class=\"lead\">Every prediction is the class of its target.</p>\n".to_string()
    } else {
        let lead = lead(given, &places, is_regression);
        format!(
            "<p class=\"lead\">{lead}</p>\n{}",
            table(given, &worst, classes)
        )
    };
    open + &all(given, &places, classes)
}

fn lead(given: &Predictions, places: &[usize], is_regression: bool) -> String {
    let split = escape(&given.split);
    let count = counted(places.len(), "utterance");
    let no_words = if given.words.is_empty() {
        " The data has no words, so they are not shown."
    } else {
        ""
    };
    if is_regression {
        return format!(
            "The predictions that are furthest from their target, of {count} of the {split} \
             split.{no_words}"
        );
    }
    let wrong = places.iter().filter(|&&place| error(given, place) > 0.0);
    format!(
        "The first wrong predictions in the order of the data, of {} among {count} of the {split} \
         split.{no_words}",
        wrong.count()
    )
}

/// All utterances, or as many as a page can hold.
fn all(given: &Predictions, places: &[usize], classes: &[String]) -> String {
    if places.len() <= WORST {
        return String::new();
    }
    let shown = &places[..places.len().min(MOST)];
    let count = if shown.len() < places.len() {
        format!("{} of {}", shown.len(), counted(places.len(), "utterance"))
    } else {
        format!("All {}", counted(places.len(), "utterance"))
    };
    format!(
        "<details><summary>{count}, the largest errors first</summary>{}</details>\n",
        table(given, shown, classes)
    )
}

fn table(given: &Predictions, places: &[usize], classes: &[String]) -> String {
    let has_words = !given.words.is_empty();
    let words_head = if has_words {
        "<th scope=\"col\">words</th>"
    } else {
        ""
    };
    let error_head = if classes.is_empty() {
        "<th scope=\"col\" class=\"r\">error</th>"
    } else {
        ""
    };
    let row = |&place: &usize| {
        let words = match given.words.get(place) {
            Some(words) => format!("<td class=\"words\">{}</td>", escape(words)),
            None => String::new(),
        };
        let value = |value: f32| name(value, classes);
        let (target, prediction) = (value(given.targets[place]), value(given.predictions[place]));
        let error = if classes.is_empty() {
            let difference = f64::from(given.predictions[place] - given.targets[place]);
            let sign = if difference > 0.0 { "+" } else { "" };
            format!("<td class=\"r\">{sign}{}</td>", fixed(difference, 2))
        } else {
            String::new()
        };
        format!(
            "<tr><th scope=\"row\">{}</th>{words}<td class=\"r\">{target}</td>\
             <td class=\"r\">{prediction}</td>{error}</tr>\n",
            escape(&given.ids[place])
        )
    };
    format!(
        "<div class=\"box utterances\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">utterance</th>\
         {words_head}<th scope=\"col\" class=\"r\">target</th><th scope=\"col\" class=\"r\">prediction</th>\
         {error_head}</tr></thead>\n<tbody>{}</tbody></table></div>\n",
        places.iter().map(row).collect::<String>()
    )
}

fn name(value: f32, classes: &[String]) -> String {
    match classes.get(value as usize) {
        Some(class) => escape(class),
        None => fixed(f64::from(value), 2),
    }
}

/// Distance of the prediction from its target; not finite if one of them is not.
fn error(given: &Predictions, place: usize) -> f32 {
    (given.predictions[place] - given.targets[place]).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(count: usize) -> Predictions {
        Predictions {
            split: "valid".into(),
            ids: (0..count).map(|k| format!("u{k}")).collect(),
            words: (0..count).map(|k| format!("word <{k}>")).collect(),
            predictions: (0..count).map(|k| k as f32 / 10.0).collect(),
            targets: vec![0.0; count],
            lengths: vec![1; count],
        }
    }

    #[test]
    fn the_largest_error_is_first_with_its_words() {
        let mut given = given(3);
        given.predictions = vec![0.5, -2.0, f32::NAN];
        let tables = utterance_tables(&given, &[]);
        let rows: Vec<&str> = tables
            .lines()
            .filter(|line| line.contains("<th scope=\"row\">"))
            .collect();
        assert_eq!(
            rows[0],
            "<tbody><tr><th scope=\"row\">u1</th><td class=\"words\">word &lt;1&gt;</td>\
             <td class=\"r\">0.00</td><td class=\"r\">−2.00</td><td class=\"r\">−2.00</td></tr>"
        );
        assert!(rows[1].contains("<td class=\"r\">+0.50</td>"));
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn ten_are_open_and_at_most_a_thousand_are_listed() {
        let rows = |tables: &str| tables.matches("<th scope=\"row\">").count();
        assert_eq!(rows(&utterance_tables(&given(10), &[])), 10);
        let some = utterance_tables(&given(12), &[]);
        assert_eq!(rows(&some), 10 + 12);
        assert!(some.contains("All 12 utterances, the largest errors first"));
        let many = utterance_tables(&given(1200), &[]);
        assert_eq!(rows(&many), 10 + 1000);
        assert!(many.contains("1000 of 1200 utterances, the largest errors first"));
    }

    #[test]
    fn of_classes_the_wrong_ones_are_shown_by_name() {
        let classes = ["plain", "humour"].map(String::from);
        let mut given = given(3);
        given.targets = vec![0.0, 1.0, 1.0];
        given.predictions = vec![0.0, 1.0, 0.0];
        let tables = utterance_tables(&given, &classes);
        assert_eq!(tables.matches("<th scope=\"row\">").count(), 1);
        assert!(tables.contains("<td class=\"r\">humour</td><td class=\"r\">plain</td></tr>"));
        assert!(tables.contains("of 1 among 3 utterances of the valid split."));
        given.predictions = given.targets.clone();
        assert!(utterance_tables(&given, &classes).contains("Every prediction is the class"));
    }

    #[test]
    fn data_without_words_says_so() {
        let mut given = given(2);
        given.words.clear();
        let tables = utterance_tables(&given, &[]);
        assert!(tables.contains("The data has no words") && !tables.contains("words</th>"));
        assert_eq!(utterance_tables(&Predictions::default(), &[]), "");
    }
}
