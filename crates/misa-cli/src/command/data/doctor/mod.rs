//! The content of a data set or of sounds, its problems and their remedies.

mod sound;

use crate::command::{say, say_object};
use crate::{Exit, ModalityFiles, Outcome, ProgressLine};
use clap::Args;
use misa_data::doctor::{Examination, Progress, examine_text, examine_with};
use misa_data::{
    BertText, Format, OpenOptions, Padding, Policy, PretrainedBert, SyntheticConfig, Truncation,
};
use std::error::Error;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Show what a data set holds, what is wrong with it, and how to fix that.
///
/// Reads any layout that training reads, in one pass and little memory. A sound, or a video, is examined for
/// clipping, silence, an offset, a low rate and channels that cancel each other. Without PATH, examines the
/// synthetic set.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit status: 0 fine, 1 warnings or errors found, 2 not readable.

Examples:
  misa data doctor datasets/MOSI
  misa data doctor mosi/unaligned_50.pkl --json > mosi.json
  misa data doctor mosei/unaligned_50.pkl --policy compat
  misa data doctor sims --bert bert-base-chinese
  misa data doctor clip.wav
  misa data doctor CMU_MOSI --visual CMU_MOSI/CMU_MOSI_Visual_Facet_41.csd"
)]
pub struct DoctorArguments {
    /// File or folder to examine; without it, the synthetic set
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Print the examination as JSON
    #[arg(long)]
    json: bool,
    /// NaN and infinite values: strict rejects them, compat replaces them as the original codes do
    #[arg(long, value_name = "NAME", default_value_t)]
    policy: Policy,
    /// Where padded files have their padding: auto, left, right, none or mask
    #[arg(long, value_name = "NAME", default_value_t)]
    padding: Padding,
    /// Layout of the data, instead of detecting it
    #[arg(long, value_name = "NAME", requires = "path")]
    format: Option<Format>,
    #[command(flatten)]
    files: ModalityFiles,
    /// Folder of a BERT: also count the tokens that are unknown to it or cut off
    #[arg(long, value_name = "FOLDER", requires = "path")]
    bert: Option<PathBuf>,
    /// Tokens of a sentence that BERT reads: full, batch (as many as the longest sentence of the
    /// batch has words) or a number
    #[arg(long, value_name = "RULE", default_value = "batch", requires = "bert")]
    truncation: Truncation,
    /// Utterances in a batch, which decide what batch cuts off; in the order of the file
    #[arg(long, value_name = "N", default_value = "64", requires = "bert")]
    batch_size: NonZeroUsize,
}

impl DoctorArguments {
    /// Examines the data, prints what it finds, and returns the exit status.
    ///
    /// # Errors
    ///
    /// Whatever keeps the examination from being printed.
    pub fn run(&self) -> Outcome {
        if let Some(path) = self.path.as_deref().filter(|path| sound::is_sound(path)) {
            return sound::run(path, self.json);
        }
        let examination = self.examine()?;
        if self.json {
            say_object(serde_json::to_value(&examination)?)?;
        } else {
            say(&format!(
                "{}\n",
                examination.to_text(has_colour()).trim_end()
            ))?;
        }
        Ok(match examination.status {
            0 => Exit::Done,
            1 => Exit::Failed,
            _ => Exit::Usage,
        })
    }

    fn examine(&self) -> Result<Examination, Box<dyn Error>> {
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy)
            .with_padding(self.padding);
        if let Some(path) = &self.path {
            // A folder that is no BERT is refused before the data is read.
            let bert = self.bert.as_ref().map(PretrainedBert::open).transpose()?;
            let options = self.files.apply(options);
            let mut examination = examine(path, &options);
            if let Some(PretrainedBert {
                config, tokeniser, ..
            }) = bert
            {
                let text = BertText::new(tokeniser, &config, self.truncation)?;
                examine_text(
                    &mut examination,
                    path,
                    &options,
                    &text,
                    self.batch_size.get(),
                );
            }
            return Ok(examination);
        }
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("synthetic.safetensors");
        SyntheticConfig::new().generate().dataset.save(&path)?;
        Ok(examine(&path, &options))
    }
}

fn examine(path: &Path, options: &OpenOptions) -> Examination {
    let mut line = ProgressLine::new();
    examine_with(path, options, &mut |progress| {
        line.show(|| match progress {
            Progress::Utterances(count) => format!("{count} utterances read"),
            Progress::Checksum { bytes, of } => {
                format!("checksum: {} %", 100 * bytes / of.max(1))
            }
            _ => String::new(),
        });
    })
}

fn has_colour() -> bool {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !is_unwanted
}
