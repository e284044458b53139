//! The clip of a recording.

use crate::speech::SpeechOption;
use clap::Args;
use misa_core::Modality;
use misa_data::Clip;
use misa_infer::Predictor;
use misa_recordings::assemble::{ClipMaker, ClipParts, MadeClip};
use misa_recordings::sounds::SoundReader;
use std::error::Error;
use std::path::{Path, PathBuf};

/// A recording instead of data.
#[derive(Args, Debug)]
pub(super) struct RecordingOptions {
    /// A sound, or a video, of one clip; its features are computed as those of the model were
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "text"])]
    sound: Option<PathBuf>,
    /// What is said in the sound: a file of words with times, or the words themselves, which are spread over
    /// the speech that is found
    #[arg(long, value_name = "FILE|TEXT", requires = "sound")]
    words: Option<String>,
    /// The faces of the clip: a file of the tool that the model's faces are of
    #[arg(long, value_name = "FILE", requires = "sound")]
    faces: Option<PathBuf>,
    /// Keep what comes before a fault in the sound, and tell it, instead of refusing the sound
    #[arg(long, requires = "sound")]
    keep_before_fault: bool,
    /// What tells speech from other sounds.
    #[command(flatten)]
    speech: SpeechOption,
}

impl RecordingOptions {
    /// What may be the name of a file that is read; words may be a sentence.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let words = self.words.as_deref().map(Path::new);
        let (sound, faces) = (self.sound.as_deref(), self.faces.as_deref());
        let files = [sound, words, faces, self.speech.file()];
        files.into_iter().flatten()
    }

    /// The clip of the recording; prints what became of it. `None` without a recording.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or the model reads other features.
    pub(super) fn clip(&self, predictor: &Predictor) -> Result<Option<Clip>, Box<dyn Error>> {
        let Some(path) = &self.sound else {
            return Ok(None);
        };
        let maker = ClipMaker::new(predictor.recipes())?;
        let mut reader = SoundReader::new(maker.sound_recipe()?);
        reader.keep_before_fault = self.keep_before_fault;
        reader.speech = self.speech.load()?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut parts = ClipParts::named(name).with_sound(reader.read(path)?);
        if let Some(words) = &self.words {
            let path = Path::new(words);
            parts = if path.is_file() {
                parts.with_words_of(path)?
            } else if is_name(words) {
                return Err(format!(
                    "--words {words}: expected a file, or what is said, found no such file"
                )
                .into());
            } else {
                parts.with_sentence(words)
            };
        }
        if let Some(faces) = &self.faces {
            parts = parts.with_track_of(faces, &maker.recipe(Modality::Visual)?)?;
        }
        let MadeClip { clip, report, .. } = maker.clip(parts)?;
        for note in report.sentences() {
            eprintln!("note: {note}");
        }
        Ok(Some(clip))
    }
}

/// Whether words are the name of a file rather than what somebody says: one of them, with an extension or a folder.
fn is_name(words: &str) -> bool {
    let is_one = !words.trim().contains(char::is_whitespace);
    let extension = Path::new(words).extension();
    // A sentence of one word may end with a full stop.
    is_one && (words.contains('/') || extension.is_some_and(|extension| !extension.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_no_sentence() {
        assert!(
            ["clip.jsn", "words/clip", "a/b.srt"]
                .into_iter()
                .all(is_name)
        );
        assert!(
            !["What fun!", "Fun.", "fun", "It was 3.5 of 5"]
                .into_iter()
                .any(is_name)
        );
    }
}
