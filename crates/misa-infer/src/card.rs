//! The model card, a page that describes a trained model.

use crate::{InferError, ScoreTable, Scores, files};
use misa_core::MisaConfig;
use misa_terms::{Split, Task, TextSize};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What a model card states about the run that trained the model.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Scores of each split that was scored.
    pub scores: Vec<(Split, Scores)>,
    /// SHA-256 of the data, in hexadecimal.
    pub data: String,
    /// Seed of the run.
    pub seed: u64,
    /// Version of misa that trained the model.
    pub version: String,
}

pub(crate) const NAME: &str = "README.md";

/// Writes the card of a model, with the scores of its run if there was one; returns its path.
pub(crate) fn write(
    folder: &Path,
    config: &MisaConfig,
    run: Option<&RunSummary>,
) -> Result<PathBuf, InferError> {
    let path = folder.join(NAME);
    files::write(&path, card(config, run).as_bytes())?;
    Ok(path)
}

fn card(config: &MisaConfig, run: Option<&RunSummary>) -> String {
    let metrics = match config.task {
        Task::Regression => "- mae\n- pearsonr",
        Task::Classification { .. } => "- accuracy\n- f1",
    };
    let pipeline = match config.task {
        Task::Regression => "predicts a number, such as sentiment,",
        Task::Classification { .. } => "predicts a class",
    };
    let text = match config.sizes.text {
        TextSize::Words { vocabulary } => format!("words of a vocabulary of {vocabulary}"),
        TextSize::Features { d_input } => format!("vectors of {d_input} features"),
        TextSize::Bert(bert) => format!(
            "sentences, with BERT ({} layers of {} features)",
            bert.n_layers, bert.d_model
        ),
    };
    let mut card = format!(
        "---\nlibrary_name: burn\ntags:\n- misa\n- multimodal\n- sentiment-analysis\nmetrics:\n\
         {metrics}\n---\n\n# MISA\n\nMISA (Hazarika, Zimmermann and Poria, ACM Multimedia 2020) \
         {pipeline} from the text, the face and the voice of an utterance.\n\n\
         | Modality | Input |\n| --- | --- |\n| text | {text} |\n| visual | {} features per step |\n\
         | acoustic | {} features per step |\n",
        config.sizes.visual, config.sizes.acoustic,
    );
    if let Some(run) = run {
        scores(&mut card, run);
    }
    card.push_str(USE);
    card
}

fn scores(card: &mut String, run: &RunSummary) {
    for (split, scores) in &run.scores {
        let _ = writeln!(
            card,
            "\nScores on the {split} split, {} utterances:\n",
            scores.utterances
        );
        let table = ScoreTable::new("Score").with("", scores);
        let _ = write!(card, "{table}");
    }
    let _ = writeln!(
        card,
        "\nData SHA-256 `{}`, seed {}, misa {}.",
        run.data, run.seed, run.version
    );
}

/// How to use the folder, and how not to use the model.
const USE: &str = "\n## Use\n\nIn Rust, `misa_infer::Checkpoint::load` reads this folder.\n\n\
    The tensors have the names of the authors' Python code, which can load them:\n\n```python\n\
    from safetensors.torch import load_file\n\
    model.load_state_dict(load_file(\"model.safetensors\"))\n```\n\n\
    ## Limits\n\nThe training data of such a model is acted or public speech in one language. Do not use it \
    to judge people. Each data set has its own terms of use.\n";
