//! Clips of a file or folder, without their labels.

use crate::entry::Entry;
use crate::intake::Intake;
use crate::wanted::Wanted;
use crate::{DataError, Format, Note, NoteKind, OpenOptions, Sequence, Split, checksum, format};
use misa_terms::{Clip, ClipText, Recipes};
use std::path::Path;

/// Clips to be predicted, read from a file or folder of any [`Format`].
///
/// No clip has a label, and none needs one: a label that is there, in whatever state, changes nothing
/// but [`checksum`](Self::checksum). Splits are optional as well, and so is every modality as long as
/// a clip has one. Values are those that [`UtteranceDataset`](crate::UtteranceDataset) has, but the
/// column `text` of a table ([`Format::Own`]) is sentences as people write them, unless the features of
/// its clips have a step for each word.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Clips {
    /// The clips: those of the train, the valid and the test split, then those of none, each in the
    /// order of the file.
    pub clips: Vec<Clip>,
    /// The split of each clip, if the file states one.
    pub splits: Vec<Option<Split>>,
    /// The layout of the file.
    pub format: Format,
    /// Dropped, replaced and unusual values, with counts. Unknown words are not among them, because it
    /// is the model that knows words.
    pub notes: Vec<Note>,
    /// How the features were made, as far as the files say.
    pub recipes: Recipes,
    /// The [checksum](crate::UtteranceDataset::checksum) of the labelled data set; `None` if a clip
    /// lacks its label, its split or a modality.
    pub checksum: Option<String>,
}

impl Clips {
    /// The clips at `path`. Their format is detected from the content.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("new.csv");
    /// # std::fs::write(&path, "id,text\na,what fun\nb,how dull\n")?;
    /// use misa_data::Clips;
    ///
    /// let read = Clips::open(&path)?;
    /// assert_eq!(read.clips[1].id, "b");
    /// assert!(read.clips[1].visual.is_none() && read.splits[1].is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`OpenOptions::open_clips`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        OpenOptions::new().open_clips(path)
    }
}

impl OpenOptions {
    /// Reads the clips at `path`, which may lack labels, splits and modalities.
    ///
    /// Beside what [`open`](Self::open) reads, these are clips: a table (`.csv`) with `id` and `text`
    /// alone, archives of your own features without a table, a folder of computational sequences
    /// without labels (one clip per video) or without words (each feature keeps its own rows), and a
    /// dictionary of arrays without splits.
    ///
    /// # Errors
    ///
    /// [`DataError`] when there are no clips, or what is read of them is damaged, inconsistent or too
    /// large.
    pub fn open_clips(&self, path: impl AsRef<Path>) -> Result<Clips, DataError> {
        let path = path.as_ref();
        let mut read: [Vec<Entry>; 4] = Default::default();
        let mut take = |split: Option<Split>, entry| read[place_of(split)].push(entry);
        let replacements = self.read_replacements(path, Wanted::Clips)?;
        let intake = Intake::of_clips(self.policy(), &mut take);
        let mut intake = intake.with_replacements(replacements);
        let heading = format::read(path, self, &mut intake)?;
        let (mut notes, recipes) = intake.finish_clips(&path.display().to_string(), &heading)?;
        notes.retain(|note| note.kind != NoteKind::UnknownWord);
        let splits = Split::ALL.into_iter().map(Some).chain([None]);
        let splits = splits.flat_map(|split| vec![split; read[place_of(split)].len()]);
        let splits = splits.collect();
        let [train, valid, test, rest] = read;
        let (split, checksum) = with_checksum([train, valid, test], rest.is_empty())?;
        let entries = split.into_iter().flatten().chain(rest);
        let mut clips: Vec<Clip> = entries.map(Entry::into_clip).collect();
        if heading.format == Format::Own && !are_steps(&clips) {
            clips.iter_mut().for_each(join_words);
        }
        Ok(Clips {
            clips,
            splits,
            format: heading.format,
            notes,
            recipes,
            checksum,
        })
    }
}

/// Index of the list of a split.
fn place_of(split: Option<Split>) -> usize {
    split.map_or(Split::ALL.len(), Split::index)
}

/// Whether the words of a table are steps: clips with several words have as many steps of every feature.
/// A single word tells nothing.
fn are_steps(clips: &[Clip]) -> bool {
    let is_by_word = |clip: &Clip| {
        let Some(ClipText::Words(words)) = &clip.text else {
            return None;
        };
        let features = [&clip.visual, &clip.acoustic].into_iter().flatten();
        let mut steps = features.map(Sequence::steps).peekable();
        let tells = words.len() > 1 && steps.peek().is_some();
        tells.then(|| steps.all(|steps| steps == words.len()))
    };
    let mut told = clips.iter().filter_map(is_by_word).peekable();
    told.peek().is_some() && told.all(|is_by_word| is_by_word)
}

/// Makes a sentence of the words between white space, so that it is read as any sentence is.
fn join_words(clip: &mut Clip) {
    if let Some(ClipText::Words(words)) = &clip.text {
        clip.text = Some(ClipText::Sentence(words.join(" ")));
    }
}

/// The entries, and their checksum if they are a labelled data set.
fn with_checksum(
    splits: [Vec<Entry>; 3],
    are_all: bool,
) -> Result<([Vec<Entry>; 3], Option<String>), DataError> {
    if !are_all || !splits.iter().flatten().all(Entry::is_whole) {
        return Ok((splits, None));
    }
    let mut utterances = [const { Vec::new() }; 3];
    for (split, entries) in Split::ALL.into_iter().zip(splits) {
        let whole = entries.into_iter().map(|e| e.into_utterance(split.name()));
        utterances[split.index()] = whole.collect::<Result<_, _>>()?;
    }
    let checksum = checksum::of(&utterances);
    let entries = utterances.map(|split| split.into_iter().map(Entry::from).collect());
    Ok((entries, Some(checksum)))
}
