//! Refused utterances, and how messages list them.

use crate::Split;
use misa_terms::{Modality, form};
use std::fmt;

/// The number of utterances of some kind, and the first ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Listed {
    count: usize,
    ids: Vec<String>,
}

impl Listed {
    /// Most ids that a message lists.
    const SHOWN: usize = 10;

    pub fn add(&mut self, id: &str) {
        self.count += 1;
        if self.ids.len() < Self::SHOWN {
            self.ids.push(id.to_owned());
        }
    }

    pub fn count(&self) -> usize {
        self.count
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}", self.ids.join(", "))?;
        match self.count - self.ids.len() {
            0 => f.write_str(")"),
            more => write!(f, " and {more} more)"),
        }
    }
}

/// The reason why the policy refuses an utterance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Label,
    ModalityLabel(Modality),
    Infinite(Modality),
}

/// Refused utterances, by split and reason.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Vec<(Option<Split>, Refused, Listed)>);

impl Refusals {
    pub fn add(&mut self, split: Option<Split>, what: Refused, id: &str) {
        let known = |refusal: &&mut (Option<Split>, Refused, Listed)| {
            (refusal.0, refusal.1) == (split, what)
        };
        match self.0.iter_mut().find(known) {
            Some((.., listed)) => listed.add(id),
            None => {
                let mut listed = Listed::default();
                listed.add(id);
                self.0.push((split, what, listed));
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (split, what, listed)) in self.0.iter().enumerate() {
            let separator = if index > 0 { "; " } else { "" };
            let count = listed.count();
            let s = form(count, "", "s");
            let split = split.map_or("no split", Split::name);
            write!(f, "{separator}{split}: {count} ")?;
            match what {
                Refused::Label => write!(f, "label{s} NaN or infinite {listed}")?,
                Refused::ModalityLabel(modality) => {
                    write!(f, "label{s} of {modality} NaN or infinite {listed}")?;
                }
                Refused::Infinite(modality) => {
                    write!(f, "utterance{s} with infinite {modality} {listed}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ids_are_listed_and_the_rest_counted() {
        let mut listed = Listed::default();
        listed.add("a");
        assert_eq!(listed.to_string(), "(a)");
        (0..10).for_each(|i| listed.add(&i.to_string()));
        assert_eq!(
            listed.to_string(),
            "(a, 0, 1, 2, 3, 4, 5, 6, 7, 8 and 1 more)"
        );
    }
}
