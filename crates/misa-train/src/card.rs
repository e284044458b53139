//! A trained model's page for readers.

use crate::{Report, TrainError, files};
use misa_core::{MisaConfig, Task, TextSize};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

pub(crate) const NAME: &str = "README.md";

/// Writes the card of a model, with the scores of its run if there was one; gives the file.
pub(crate) fn write(
    folder: &Path,
    config: &MisaConfig,
    report: Option<&Report>,
) -> Result<PathBuf, TrainError> {
    let path = folder.join(NAME);
    files::write(&path, card(config, report).as_bytes())?;
    Ok(path)
}

fn card(config: &MisaConfig, report: Option<&Report>) -> String {
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
    if let Some(report) = report {
        scores(&mut card, report);
    }
    card.push_str(USE);
    card
}

fn scores(card: &mut String, report: &Report) {
    for (split, scores) in &report.scores {
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
        report.data.checksum, report.config.seed, report.system.misa
    );
}

/// Both ways to use the folder.
const USE: &str = "\n## Use\n\nIn Rust, `misa_train::Checkpoint::load` reads this folder.\n\n\
    With the authors' code in Python, whose names the tensors have:\n\n```python\n\
    from safetensors.torch import load_file\n\
    model.load_state_dict(load_file(\"model.safetensors\"))\n```\n\n\
    ## Limits\n\nTrained on acted or public speech of one language, such a model is no judge of \
    people. Data sets have terms of their own.\n";
