//! The words of a page that a newcomer may not know.

use crate::draw::text::escape;

/// Words and their meaning; a word is explained on the pages that contain it.
const TERMS: [(&str, &str); 44] = [
    (
        "utterance",
        "one clip of speech: what is said, seen and heard, with one label.",
    ),
    (
        "recording",
        "one file of sound and picture, from which utterances are taken.",
    ),
    (
        "step",
        "one place in the sequence that the model reads: a word, or a short stretch of time, with its features.",
    ),
    (
        "interpolated",
        "times of a word that its tool did not find in the sound but spread between words that it found.",
    ),
    (
        "placed",
        "times of a word for which no tool had any: it shares the time between its neighbours with others like it.",
    ),
    (
        "borrowed",
        "features of a step that has no usable row of its own: those of the nearest row, where one is near.",
    ),
    (
        "absent",
        "a step without a modality: no usable row is near. The model gets zeros and is told that they are none.",
    ),
    (
        "offset",
        "how much later the voice is than the words where both fit best. Beyond 0.2 s, and where they fit well, the files are from different cuts.",
    ),
    ("modality", "one kind of signal: text, visual or acoustic."),
    (
        "target",
        "the label that people gave an utterance; the model learns to predict it.",
    ),
    ("train", "the utterances that the model learns from."),
    (
        "valid",
        "the utterances that choose the epoch whose model is kept; the model does not learn from them.",
    ),
    (
        "test",
        "the utterances that are scored once, after the model has been chosen.",
    ),
    ("epoch", "one pass over the utterances of the train split."),
    (
        "seed",
        "the number from which everything random in a run is drawn. Another seed gives a slightly different model.",
    ),
    (
        "Corr",
        "Pearson's correlation of predictions and targets, from −1 to 1. Higher is better.",
    ),
    (
        "MAE",
        "mean absolute error: how far a prediction is from its target on average. Lower is better.",
    ),
    (
        "Acc-2 (neg/non-neg)",
        "share of utterances whose prediction is on the side of its target; zero counts as not negative. Higher is better.",
    ),
    (
        "Acc-2 (neg/pos)",
        "share of utterances whose prediction has the sign of its target, without targets of zero. Higher is better.",
    ),
    (
        "F1 (neg/non-neg)",
        "mean of the F1 scores of both sides, weighted by their utterances; zero counts as not negative. Higher is better.",
    ),
    (
        "F1 (neg/pos)",
        "mean of the F1 scores of both signs, weighted by their utterances, without targets of zero. Higher is better.",
    ),
    (
        "Acc-5",
        "share of predictions that round to the same whole number from −2 to 2 as their target. Higher is better.",
    ),
    (
        "Acc-7",
        "share of predictions that round to the same whole number from −3 to 3 as their target. Higher is better.",
    ),
    (
        "Acc-2 (SIMS)",
        "share of utterances whose prediction is above zero exactly if its target is. Higher is better.",
    ),
    (
        "F1 (SIMS)",
        "mean of the F1 scores of above zero and of the rest, weighted by their utterances. Higher is better.",
    ),
    (
        "Acc-3 (SIMS)",
        "share of predictions in the class of their target: negative, neutral from −0.1 to 0.1, positive. Higher is better.",
    ),
    (
        "Acc-5 (SIMS)",
        "share of predictions in the class of their target, with edges at −0.7, −0.1, 0.1 and 0.7. Higher is better.",
    ),
    (
        "Acc",
        "share of predictions that are the class of their target. Higher is better.",
    ),
    (
        "F1",
        "mean of the F1 scores of the classes, weighted by their utterances. Higher is better.",
    ),
    (
        "constant prediction",
        "the same prediction for every utterance: the mean of the train split, or its most frequent class. A model that is no better has learned nothing useful for that score.",
    ),
    (
        "95 % interval",
        "where the score would probably be with other utterances of the same kind and the same model. It does not cover other seeds.",
    ),
    (
        "±",
        "mean and standard deviation over the runs, or over the folds of a probe.",
    ),
    (
        "task loss",
        "the error of the predictions that training reduces. Lower is better.",
    ),
    (
        "similarity loss",
        "how different the shared vectors of the modalities are. Lower is more alike.",
    ),
    (
        "difference loss",
        "how much shared and private vectors overlap. Lower is less overlap.",
    ),
    (
        "reconstruction loss",
        "how badly shared and private vectors together give back what was encoded. Lower is better.",
    ),
    (
        "learned weight",
        "how much each loss counts, where the model learns this itself.",
    ),
    (
        "pre-training",
        "the task loss in the epochs before those of the objective.",
    ),
    (
        "Shared vectors",
        "what MISA keeps of a modality that all modalities have in common.",
    ),
    (
        "Private vectors",
        "what MISA keeps of a modality that is specific to it.",
    ),
    (
        "probe",
        "a simple classifier that has to tell from one vector which modality it comes from. At chance, the vectors do not reveal it; at 1, they always do.",
    ),
    (
        "CMD",
        "central moment discrepancy: how far two sets of vectors are apart; 0 when they agree.",
    ),
    (
        "t-SNE",
        "a drawing of vectors on a plane that keeps neighbours together, and nothing else.",
    ),
    (
        "Attention",
        "how much each representation takes from each of the others when they are combined.",
    ),
];

/// What a word means; `None` if it is not explained.
pub(crate) fn meaning(term: &str) -> Option<&'static str> {
    let found = TERMS.iter().find(|(name, _)| *name == term)?;
    Some(found.1)
}

/// The meaning of a word as a sentence of its own, for a caption; empty if it is not explained.
pub(crate) fn sentence(term: &str) -> String {
    let Some(meaning) = meaning(term) else {
        return String::new();
    };
    let mut letters = meaning.chars();
    match letters.next() {
        Some(first) => format!("{}{} ", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// The words that `page`, a part of the page as HTML, contains, as a list.
pub(crate) fn glossary(page: &str) -> String {
    let used = TERMS
        .iter()
        .filter(|(term, _)| contains(page, &escape(term)));
    let items: String = used
        .map(|(term, meaning)| format!("<dt>{}</dt><dd>{}</dd>\n", escape(term), escape(meaning)))
        .collect();
    if items.is_empty() {
        return items;
    }
    format!("<dl class=\"glossary\">\n{items}</dl>\n")
}

/// Whether `page` has `term` as a whole word: `Acc` is not in `Acc-7` or `Accuracy`.
fn contains(page: &str, term: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    page.match_indices(term).any(|(start, _)| {
        let before = page[..start].chars().next_back();
        let after = page[start + term.len()..].chars().next();
        let is_plural = page[start + term.len()..].starts_with('s');
        !before.is_some_and(is_word) && (is_plural || !after.is_some_and(is_word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_the_words_of_a_page_and_no_others() {
        let list = glossary("<td>Acc-7</td><p>2 utterances</p>");
        assert!(list.contains("<dt>Acc-7</dt>") && list.contains("<dt>utterance</dt>"));
        assert_eq!(list.matches("<dt>").count(), 2, "{list}");
        assert_eq!(glossary("<p>nothing</p>"), "");
    }

    #[test]
    fn a_word_is_a_whole_one() {
        assert!(contains("the Acc of", "Acc"));
        assert!(!contains("Acc-7 and Accuracy", "Acc"));
        assert!(!contains("latest", "test"));
    }

    #[test]
    fn a_meaning_becomes_a_sentence() {
        assert!(sentence("MAE").starts_with("Mean absolute error: "));
        assert!(sentence("MAE").ends_with("Lower is better. "));
        assert_eq!(sentence("made up"), "");
    }

    #[test]
    fn every_word_is_explained_once_in_whole_sentences() {
        for (place, (term, meaning)) in TERMS.iter().enumerate() {
            assert!(
                TERMS[..place].iter().all(|(other, _)| other != term),
                "{term}"
            );
            assert!(meaning.ends_with('.'), "{term}");
        }
    }
}
