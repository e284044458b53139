//! Which tier has the words.

use crate::error::quoted;
use crate::{Fault, FaultKind, Limits, Place};

/// Names of tiers of words: Montreal Forced Aligner, P2FA, WebMAUS.
const NAMES: [&str; 5] = ["words", "word", "ORT", "ORT-MAU", "KAN"];
/// Behind the speaker's name, where Montreal Forced Aligner has several.
const AFTER_SPEAKER: &str = " - words";
/// Names in a message.
const SHOWN: usize = 8;

/// The place in `names` of the tier that is `wanted`, or of the only one with the name of a tier of words.
///
/// # Errors
///
/// [`FaultKind::Unclear`] if there is none or several, and no name is given; [`FaultKind::Invalid`] if the
/// name that is given is not there.
pub(super) fn choose(names: &[String], wanted: Option<&str>) -> Result<usize, Fault> {
    let is_it = |name: &str| match wanted {
        Some(wanted) => name == wanted,
        None => NAMES.contains(&name) || name.ends_with(AFTER_SPEAKER),
    };
    let all = || names.iter().enumerate().filter(|(_, name)| is_it(name));
    let mut few = all().map(|(index, _)| index);
    let fault =
        |kind, expected: String, found: String| Fault::new(kind, Place::File, expected, found);
    match (few.next(), few.next(), wanted) {
        (Some(index), None, _) => Ok(index),
        (None, _, Some(wanted)) => {
            let expected = format!("a tier {}", quoted(wanted));
            Err(fault(FaultKind::Invalid, expected, listed(names.iter())))
        }
        (_, _, Some(wanted)) => {
            let expected = format!("one tier {}", quoted(wanted));
            Err(fault(FaultKind::Unclear, expected, "several".to_string())
                .advised("give each tier a name of its own"))
        }
        (None, _, None) => {
            let expected = "a tier `words`".to_string();
            Err(fault(FaultKind::Unclear, expected, listed(names.iter()))
                .advised("say which tier has the words: --tier NAME"))
        }
        (Some(_), Some(_), None) => {
            let found = listed(all().map(|(_, name)| name));
            let expected = "one tier of words".to_string();
            Err(fault(FaultKind::Unclear, expected, found)
                .advised("say which one to read: --tier NAME"))
        }
    }
}

/// The speaker in the name of a tier.
pub(super) fn speaker(name: &str) -> Option<&str> {
    name.strip_suffix(AFTER_SPEAKER)
        .filter(|speaker| !speaker.is_empty())
}

/// The fault of a file with more tiers than a table may have columns.
pub(super) fn too_many(limits: &Limits, place: Place) -> Fault {
    let expected = format!("at most {} tiers", limits.columns);
    Fault::new(FaultKind::TooLarge, place, expected, "more")
}

fn listed<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let mut names: Vec<String> = names.take(SHOWN + 1).map(|name| quoted(name)).collect();
    if names.len() > SHOWN {
        names[SHOWN] = "more".to_string();
    }
    if names.is_empty() {
        "no tier".to_string()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_is_chosen_by_its_name() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| name.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(choose(&names(&["phones", "words"]), None).unwrap(), 1);
        assert_eq!(choose(&names(&["anna - words"]), None).unwrap(), 0);
        assert_eq!(
            choose(&names(&["words", "notes"]), Some("notes")).unwrap(),
            1
        );
        assert_eq!(speaker("anna - words"), Some("anna"));
        assert_eq!(speaker("words"), None);
    }
}
