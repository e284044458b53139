//! Settings that contradict the data.

use crate::settings::{Resolved, RunSettings};
use misa_core::Task;
use misa_train::{CorpusSummary, LabelSummary};
use thiserror::Error;

/// Settings that are not those of the data.
#[derive(Clone, Debug, Error, PartialEq)]
pub(crate) enum Contradiction {
    /// Two classes, and a regression.
    #[error(
        "the labels are two classes, {min} and {max}, but the task is a regression, expected \
         {classes}; for a regression on them, --set training.loss.task=regression",
        classes = classes(*min, *max)
    )]
    Classes {
        /// The lower label.
        min: f32,
        /// The higher label.
        max: f32,
    },
    /// Labels on another scale than that of the corpus.
    #[error(
        "{origin}: the labels go from {min} to {max}, those of {corpus} from {least} to {most}, \
         expected data of that corpus, or no corpus; its settings can be set one by one, such as \
         --batch-size"
    )]
    Scale {
        /// Where the corpus is named.
        origin: String,
        /// The corpus.
        corpus: &'static str,
        /// The lowest label.
        min: f32,
        /// The highest label.
        max: f32,
        /// The lowest label of the corpus.
        least: f32,
        /// The highest label of the corpus.
        most: f32,
    },
    /// Data of another corpus.
    #[error("{origin}: the data is {found}, expected {advice}")]
    Corpus {
        /// Where the corpus is named.
        origin: String,
        /// The corpus of the data, and how it is known.
        found: String,
        /// What to type.
        advice: String,
    },
}

fn classes(min: f32, max: f32) -> &'static str {
    if (min, max) == (0.0, 1.0) {
        "--corpus ur_funny, or --set training.loss.task={classification={classes=2}}"
    } else {
        "labels 0 and 1, and --set training.loss.task={classification={classes=2}}"
    }
}

impl Contradiction {
    /// The first contradiction between settings and data, if there is one. A corpus that was not typed
    /// is none, nor is a task that was chosen.
    pub(crate) fn of(
        settings: &Resolved<RunSettings>,
        labels: Option<&LabelSummary>,
        recognised: Option<&CorpusSummary>,
    ) -> Option<Self> {
        let corpus = settings.value.corpus;
        let named = settings.typed("corpus");
        let certain = recognised.filter(|recognised| recognised.is_certain());
        if let (Some(origin), Some(certain)) = (named, certain)
            && certain.corpus != Some(corpus)
        {
            let advice = match certain.corpus {
                Some(corpus) => format!("--corpus {corpus}, or none"),
                None => "no corpus".to_string(),
            };
            return Some(Self::Corpus {
                origin: origin.to_string(),
                found: certain.to_string(),
                advice,
            });
        }
        let task = settings.value.training.loss.task;
        let labels = labels.filter(|_| task == Task::Regression)?;
        let LabelSummary { min, max, .. } = *labels;
        let is_task_named = settings.is_set("training.loss.task");
        if labels.are_two_classes() && !is_task_named {
            return Some(Self::Classes { min, max });
        }
        let (least, most) = corpus.labels();
        let is_outside = min < least || max > most;
        let origin = named.filter(|_| is_outside)?;
        Some(Self::Scale {
            origin: origin.to_string(),
            corpus: corpus.title(),
            min,
            max,
            least,
            most,
        })
    }
}
