//! Options that say which files the data is in.

use crate::settings::{DataSettings, with_files};
use clap::Args;
use misa_core::PerModality;
use misa_data::OpenOptions;
use std::path::{Path, PathBuf};

/// Files of single modalities.
#[derive(Args, Clone, Debug, Default)]
pub struct ModalityFiles {
    /// Take the text from this file: of a folder, the one of its files to read; otherwise another data
    /// set with the same ids
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// Take the visual features from this file, in the same way
    #[arg(long, value_name = "FILE")]
    pub visual: Option<PathBuf>,
    /// Take the acoustic features from this file, in the same way
    #[arg(long, value_name = "FILE")]
    pub acoustic: Option<PathBuf>,
}

impl ModalityFiles {
    /// `options` with these files.
    pub fn apply(&self, options: OpenOptions) -> OpenOptions {
        let files = PerModality {
            text: &self.text,
            visual: &self.visual,
            acoustic: &self.acoustic,
        };
        with_files(options, &files)
    }
}

/// Where the data of a run is now.
#[derive(Args, Clone, Debug, Default)]
pub struct MovedData {
    /// Where the data is now, if it was moved
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,
    /// Files of single modalities that were moved.
    #[command(flatten)]
    pub files: ModalityFiles,
}

impl MovedData {
    /// Replaces the paths of `settings` by those that are given, and the others by where they lead.
    ///
    /// # Errors
    ///
    /// Those of `lead`.
    pub(crate) fn apply<E>(
        &self,
        settings: &mut DataSettings,
        lead: impl Fn(&Path) -> Result<PathBuf, E>,
    ) -> Result<(), E> {
        let ModalityFiles {
            text,
            visual,
            acoustic,
        } = &self.files;
        for (path, moved) in [
            (&mut settings.path, &self.data),
            (&mut settings.text, text),
            (&mut settings.visual, visual),
            (&mut settings.acoustic, acoustic),
        ] {
            *path = match (moved, &path) {
                (Some(moved), _) => Some(moved.clone()),
                (None, Some(recorded)) => Some(lead(recorded)?),
                (None, None) => None,
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RunSettings;
    use misa_train::{Corpus, Preset};
    use std::convert::Infallible;

    #[test]
    fn only_what_was_moved_is_replaced() {
        let mut settings = RunSettings::new(Preset::Official, Corpus::Mosi, true).unwrap();
        let data = &mut settings.data;
        let path = |name: &str| Some(PathBuf::from(name));
        (data.path, data.visual) = (path("old"), path("old/facet.csd"));
        let lead = |path: &Path| Ok::<_, Infallible>(Path::new("from").join(path));
        MovedData::default().apply(data, lead).unwrap();
        assert_eq!(
            (&data.path, &data.visual),
            (&path("from/old"), &path("from/old/facet.csd"))
        );
        let moved = MovedData {
            data: path("new"),
            files: ModalityFiles {
                visual: path("new/facet.csd"),
                ..ModalityFiles::default()
            },
        };
        moved.apply(data, lead).unwrap();
        let found = (&data.path, &data.text, &data.visual);
        assert_eq!(found, (&path("new"), &None, &path("new/facet.csd")));
    }
}
