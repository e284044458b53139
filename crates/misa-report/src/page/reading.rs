//! Sentences that read the numbers of a page, and say which are off their aim.

use crate::draw::text::{fixed, percent};
use crate::page::score_table::context;
use crate::probe::Probe;
use crate::record::{ScoreContext, SplitScores};

/// Standard deviations of the folds that an accuracy may be off its aim by chance.
const FOLD_NOISE: f64 = 2.0;
/// A smaller distance from the aim does not matter.
const SMALL: f64 = 0.05;

/// A sentence about some numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) is_off: bool,
    pub(crate) text: String,
}

/// Whether the scores of a split are better than those of the constant prediction; `None` if there
/// is nothing to compare.
pub(crate) fn read_scores(split: &SplitScores) -> Option<Reading> {
    let (mut clear, mut off, mut unsure) = (0, Vec::new(), Vec::new());
    for (name, value) in &split.scores {
        let Some(context) = context(split, name) else {
            continue;
        };
        if let (Some(value), Some(constant)) = (value, context.constant) {
            match gain(*value, constant, context) {
                Gain::Clear => clear += 1,
                Gain::Unsure => unsure.push(name.as_str()),
                Gain::No => off.push(name.as_str()),
            }
        }
    }
    let mut sentences = Vec::new();
    if !off.is_empty() {
        sentences.push(format!(
            "the constant prediction is about as good in {}: there the model shows no clear gain.",
            listed(&off)
        ));
    }
    if off.is_empty() && clear > 0 {
        let which = if unsure.is_empty() {
            "every score"
        } else {
            "every score with an interval"
        };
        sentences.push(format!(
            "{which} is clearly better than that of the constant prediction."
        ));
    }
    if !unsure.is_empty() {
        sentences.push(format!(
            "the model is better than the constant prediction in {}, but without an interval it \
             cannot be told whether by more than chance.",
            listed(&unsure)
        ));
    }
    let name = &split.split;
    let sentences = sentences
        .iter()
        .map(|sentence| format!("On the {name} split, {sentence}"));
    let text = sentences.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(Reading {
        is_off: !off.is_empty(),
        text,
    })
}

/// What a score says about the gain over the constant prediction.
enum Gain {
    /// Better by more than its interval.
    Clear,
    /// Better, but without an interval.
    Unsure,
    /// Not better, or within the interval.
    No,
}

fn gain(value: f64, constant: f64, context: &ScoreContext) -> Gain {
    let (low, high) = context.interval.unwrap_or((value, value));
    let is_better = if context.is_better_high {
        low > constant
    } else {
        high < constant
    };
    match context.interval {
        _ if !is_better => Gain::No,
        Some(_) => Gain::Clear,
        None => Gain::Unsure,
    }
}

/// What a probe says about its space, and whether this is what MISA aims at.
pub(crate) fn read_probe(probe: &Probe) -> Reading {
    let Probe {
        accuracy, chance, ..
    } = *probe;
    let (aim, is_shared) = aim(probe);
    let is_off = is_off(probe, aim);
    let (found, wanted) = (percent(accuracy), percent(aim));
    let text = if is_shared && is_off {
        format!(
            "Shared vectors reveal their modality in {found} of cases; the aim is {wanted}, as by \
             guessing: they are not modality-invariant."
        )
    } else if is_shared {
        format!(
            "Shared vectors reveal their modality in {found} of cases, about as by guessing \
             ({wanted}): they are modality-invariant, as intended."
        )
    } else if is_off {
        format!(
            "Private vectors reveal their modality in {found} of cases; the aim is {wanted}, and \
             guessing gives {}: they are not specific to their modality.",
            percent(chance)
        )
    } else {
        format!(
            "Private vectors reveal their modality in {found} of cases: they are specific to it, as \
             intended."
        )
    };
    Reading { is_off, text }
}

/// The accuracy that MISA aims at, and whether the vectors are the shared ones.
pub(crate) fn aim(probe: &Probe) -> (f64, bool) {
    if probe.space == "shared" {
        (probe.chance, true)
    } else {
        (1.0, false)
    }
}

fn is_off(probe: &Probe, aim: f64) -> bool {
    (probe.accuracy - aim).abs() > (FOLD_NOISE * probe.spread).max(SMALL)
}

/// How far an accuracy is from its aim, for a table.
pub(crate) fn off_aim(probe: &Probe) -> String {
    let (aim, _) = aim(probe);
    if is_off(probe, aim) {
        format!("off by {}", fixed((probe.accuracy - aim).abs(), 3))
    } else {
        "met".to_string()
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_string(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(space: &'static str, accuracy: f64) -> Probe {
        Probe {
            space,
            accuracy,
            spread: 0.02,
            chance: 1.0 / 3.0,
            folds: 5,
            utterances: 100,
        }
    }

    #[test]
    fn a_probe_far_from_its_aim_is_said_to_be() {
        let off = read_probe(&probe("shared", 0.847));
        assert!(off.is_off);
        assert!(
            off.text.starts_with(
                "Shared vectors reveal their modality in 85 % of cases; the aim is 33 %"
            )
        );
        assert_eq!(off_aim(&probe("shared", 0.847)), "off by 0.514");
        assert!(!read_probe(&probe("shared", 0.37)).is_off);
        assert!(!read_probe(&probe("private", 0.96)).is_off);
        assert!(read_probe(&probe("private", 0.6)).is_off);
        assert_eq!(off_aim(&probe("private", 0.96)), "met");
        // Three folds that differ widely leave more room.
        let unsure = Probe {
            spread: 0.1,
            ..probe("shared", 0.5)
        };
        assert!(!read_probe(&unsure).is_off);
    }

    /// Name, value, whether more is better, interval, and the score of the constant prediction.
    type Scored<'a> = (&'a str, f64, bool, Option<(f64, f64)>, f64);

    fn split(scores: &[Scored<'_>]) -> SplitScores {
        let context = |&(name, _, is_better_high, interval, constant): &Scored<'_>| ScoreContext {
            name: name.to_string(),
            is_better_high,
            is_share: false,
            interval,
            constant: Some(constant),
        };
        SplitScores {
            split: "valid".into(),
            scores: scores
                .iter()
                .map(|s| (s.0.to_string(), Some(s.1)))
                .collect(),
            contexts: scores.iter().map(context).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn scores_near_the_constant_prediction_are_named() {
        let found = read_scores(&split(&[
            ("MAE", 0.8, false, Some((0.7, 0.9)), 1.2),
            ("Acc-5", 0.4, true, Some((0.3, 0.5)), 0.35),
            ("Acc-7", 0.3, true, None, 0.31),
        ]));
        let found = found.unwrap();
        assert!(found.is_off);
        assert!(
            found.text.contains("about as good in Acc-5 and Acc-7:"),
            "{}",
            found.text
        );
    }

    #[test]
    fn scores_that_are_better_are_all_that_is_said() {
        let better = [("MAE", 0.8, false, Some((0.7, 0.9)), 1.2)];
        assert!(!read_scores(&split(&better)).unwrap().is_off);
        assert_eq!(read_scores(&split(&[])), None);
    }

    /// Fewer than 30 utterances have no interval.
    #[test]
    fn without_an_interval_no_gain_is_clear() {
        let unsure = ("MAE", 0.8, false, None, 0.81);
        let found = read_scores(&split(&[unsure])).unwrap();
        assert!(!found.is_off);
        assert_eq!(
            found.text,
            "On the valid split, the model is better than the constant prediction in MAE, but \
             without an interval it cannot be told whether by more than chance."
        );
        let clear = ("Acc-2", 0.7, true, Some((0.6, 0.8)), 0.5);
        let found = read_scores(&split(&[clear, unsure])).unwrap();
        assert!(
            found.text.starts_with(
                "On the valid split, every score with an interval is clearly better than that of \
                 the constant prediction. On the valid split, the model is better"
            ),
            "{}",
            found.text
        );
        let worse = ("Corr", -0.1, true, None, 0.0);
        let found = read_scores(&split(&[worse, unsure])).unwrap();
        assert!(found.is_off);
        assert_eq!(
            found.text,
            "On the valid split, the constant prediction is about as good in Corr: there the model \
             shows no clear gain. On the valid split, the model is better than the constant \
             prediction in MAE, but without an interval it cannot be told whether by more than chance."
        );
    }

    #[test]
    fn lists_read_as_sentences_do() {
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }
}
