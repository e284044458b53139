//! A trained model's page for readers.

use crate::{InferError, Scores, files};
use misa_core::MisaConfig;
use misa_terms::{Split, Task, TextSize};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

/// What a model's page says of the run that trained it.
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

/// Writes the card of a model, with the scores of its run if there was one; gives the file.
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
        Task::Regression => "predicts sentiment as a number",
        Task::Classification { .. } => "predicts a class",
    };
    let text = match config.sizes.text {
        TextSize::Words { vocabulary } => format!("words of a vocabulary of {vocabulary}"),
        TextSize::Features { d_input } => format!("vectors of {d_input} features"),
        TextSize::Bert(bert) => format!(
            "sentences through BERT ({} layers of {} features)",
            bert.n_layers, bert.d_model
        ),
    };
    let mut card = format!(
        "---\nlibrary_name: burn\ntags:\n- misa\n- multimodal\n- sentiment-analysis\nmetrics:\n\
         {metrics}\n---\n\n# MISA\n\nMISA (Hazarika, Zimmermann and Poria, ACM Multimedia 2020) \
         {pipeline} from the text, the face and the voice of an utterance.\n\n\
         | Modality | Reads |\n| --- | --- |\n| text | {text} |\n| visual | {} features a step |\n\
         | acoustic | {} features a step |\n",
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
        card.push_str("| Score | |\n| --- | ---: |\n");
        for (name, value) in &scores.scores {
            let value = value.map_or("undefined".to_string(), |value| format!("{value:.4}"));
            let _ = writeln!(card, "| {name} | {value} |");
        }
    }
    let _ = writeln!(
        card,
        "\nData SHA-256 `{}`, seed {}, misa {}.",
        run.data, run.seed, run.version
    );
}

/// Both ways to use the folder.
const USE: &str = "\n## Use\n\nIn Rust, `misa_infer::Checkpoint::load` reads this folder.\n\n\
    With the authors' code in Python, whose names the tensors have:\n\n```python\n\
    from safetensors.torch import load_file\n\
    model.load_state_dict(load_file(\"model.safetensors\"))\n```\n\n\
    ## Limits\n\nTrained on acted or public speech of one language, such a model is no judge of \
    people. Data sets have terms of their own.\n";
