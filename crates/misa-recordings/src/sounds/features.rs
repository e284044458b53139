//! The recipes that need nothing but sound.

use super::hearing;
use crate::recipe::Recipe;
use crate::voice::{Librosa33, VOICE_RATE, VOICE_STEP, VoiceStream};
use crate::{Interval, Track};

/// A recipe that needs nothing but sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SoundRecipe {
    /// `misa-voice-1`, 100 rows a second: `misa_voice::features`.
    #[default]
    MisaVoice1,
    /// `librosa-33`, 43 rows a second, as in CH-SIMS: `misa_voice::librosa`.
    Librosa33,
}

impl SoundRecipe {
    /// All of them, the preferred first.
    pub const ALL: [Self; 2] = [Self::MisaVoice1, Self::Librosa33];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::MisaVoice1 => "misa-voice-1",
            Self::Librosa33 => "librosa-33",
        }
    }

    /// Its recipe.
    pub fn recipe(self) -> Recipe {
        Recipe::builtin(self.name()).expect("both recipes are built in")
    }

    /// The one with the name and the content of `recipe`, if any.
    pub fn of(recipe: &Recipe) -> Option<Self> {
        let is_same = |known: &Self| {
            known.name() == recipe.name && known.recipe().sha256() == recipe.sha256()
        };
        Self::ALL.into_iter().find(is_same)
    }

    /// The one of this name, if any.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Samples a second that it reads.
    pub(super) fn rate(self) -> u32 {
        match self {
            Self::MisaVoice1 => VOICE_RATE,
            Self::Librosa33 => Librosa33::RATE,
        }
    }

    /// Starts with a sound.
    pub(super) fn start(self) -> Rows {
        match self {
            Self::MisaVoice1 => Rows::MisaVoice1(Box::default(), Vec::new()),
            Self::Librosa33 => Rows::Librosa33(Vec::new()),
        }
    }

    /// The track of finished rows.
    pub(super) fn track(self, values: Vec<f32>) -> Track {
        let columns: Vec<String> = self
            .recipe()
            .columns
            .into_iter()
            .map(|column| column.name)
            .collect();
        let rows = values.len() / columns.len();
        Track {
            times: (0..rows).map(|row| self.time(row)).collect(),
            valid: vec![true; rows],
            columns,
            values,
        }
    }

    /// The stretch of a row.
    fn time(self, row: usize) -> Interval {
        match self {
            Self::MisaVoice1 => {
                let moment = |row: usize| (row * VOICE_STEP) as f64 / f64::from(VOICE_RATE);
                Interval::new(moment(row), moment(row + 1))
            }
            // The middle of row i is sample i of the hop.
            Self::Librosa33 => {
                let moment = |row: f64| row * Librosa33::HOP as f64 / f64::from(Librosa33::RATE);
                let row = row as f64;
                Interval::new(moment(row - 0.5).max(0.0), moment(row + 0.5))
            }
        }
    }

    /// Whether what it reads is what speech is heard in.
    pub(super) fn is_heard(self) -> bool {
        self.rate() == hearing::RATE
    }
}

/// Rows of a sound that comes piece by piece.
pub(super) enum Rows {
    MisaVoice1(Box<VoiceStream>, Vec<f32>),
    /// The whole sound: its floor and its tuning are known at its end alone.
    Librosa33(Vec<f32>),
}

impl Rows {
    pub(super) fn push(&mut self, samples: &[f32]) {
        match self {
            Self::MisaVoice1(stream, rows) => rows.extend(stream.push(samples)),
            Self::Librosa33(sound) => sound.extend_from_slice(samples),
        }
    }

    /// `[rows, columns]`, one row after the other.
    pub(super) fn finish(self) -> Vec<f32> {
        match self {
            Self::MisaVoice1(stream, mut rows) => {
                rows.extend(stream.finish());
                rows
            }
            Self::Librosa33(sound) if sound.is_empty() => Vec::new(),
            Self::Librosa33(sound) => Librosa33::new().features(&sound),
        }
    }
}

#[cfg(all(test, feature = "sound"))]
mod tests {
    use super::*;
    use misa_voice::features::VOICE_COLUMNS;

    #[test]
    fn recipes_name_the_columns_that_are_computed() {
        let columns = |recipe: SoundRecipe| {
            let columns = recipe.recipe().columns.into_iter();
            columns
                .map(|column| (column.name, column.unit))
                .collect::<Vec<_>>()
        };
        let voice = VOICE_COLUMNS.map(|column| (column.name.to_string(), column.unit.to_string()));
        assert_eq!(columns(SoundRecipe::MisaVoice1), voice);
        let names: Vec<String> = columns(SoundRecipe::Librosa33)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, Librosa33::COLUMNS);
        let rate = f64::from(Librosa33::RATE) / Librosa33::HOP as f64;
        assert_eq!(SoundRecipe::Librosa33.recipe().rate, Some(rate));
    }

    #[test]
    fn a_recipe_is_known_by_its_content() {
        for known in SoundRecipe::ALL {
            assert_eq!(SoundRecipe::of(&known.recipe()), Some(known));
            let mut other = known.recipe();
            other.columns.reverse();
            assert_eq!(SoundRecipe::of(&other), None);
        }
    }

    #[test]
    fn rows_lie_where_they_were_heard() {
        let time = SoundRecipe::MisaVoice1.time(100);
        assert_eq!((time.start, time.end), (1.0, 1.01));
        let time = SoundRecipe::Librosa33.time(0);
        assert_eq!(time.start, 0.0);
        assert!((time.end - 256.0 / 22_050.0).abs() < 1e-12);
    }
}
