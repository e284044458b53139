//! A clip of which not all parts have been read yet.

use crate::error::Fault;
use crate::request::Request;
use misa_terms::{Clip, ClipText, Modalities, Sequence};

/// What is said, as it travels.
#[derive(Debug)]
pub(crate) enum Said {
    /// A sentence.
    Sentence(String),
    /// Its words.
    Words(Vec<String>),
}

/// The parts of a clip, each as it was sent.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub id: Option<String>,
    pub said: Option<Said>,
    pub vectors: Option<Sequence>,
    pub ids: Option<Vec<u32>>,
    pub visual: Option<Sequence>,
    pub acoustic: Option<Sequence>,
}

impl Draft {
    /// The clip, if its parts make one.
    pub fn finish(self) -> Result<Clip, Fault> {
        let text = match (self.ids, self.vectors, self.said) {
            (Some(ids), None, None) => Some(ClipText::Ids(ids)),
            (Some(_), _, _) => {
                let found = "word ids beside another text";
                return Err(Fault::invalid("one kind of text", found));
            }
            (None, Some(vectors), said) => Some(ClipText::Vectors {
                vectors,
                words: said.map(Said::into_words).unwrap_or_default(),
            }),
            (None, None, Some(Said::Sentence(sentence))) => Some(ClipText::Sentence(sentence)),
            (None, None, Some(Said::Words(words))) => Some(ClipText::Words(words)),
            (None, None, None) => None,
        };
        let clip = Clip {
            id: self.id.unwrap_or_default(),
            text,
            visual: self.visual,
            acoustic: self.acoustic,
        };
        if is_empty(&clip, Modalities::ALL) {
            return Err(Fault::empty("at least one of text, visual and acoustic"));
        }
        Ok(clip)
    }
}

impl Said {
    /// Its words, as a sentence is cut everywhere.
    fn into_words(self) -> Vec<String> {
        match self {
            Self::Words(words) => words,
            Self::Sentence(sentence) => sentence.split_whitespace().map(str::to_string).collect(),
        }
    }
}

/// The request of `clips`, of which each has something that is to be read, or the number of the first that
/// has nothing with what is wrong.
pub(crate) fn request(
    model: Option<String>,
    modalities: Option<Modalities>,
    clips: Vec<Clip>,
) -> Result<Request, (usize, Fault)> {
    if let Some(chosen) = modalities
        && let Some(number) = clips.iter().position(|clip| is_empty(clip, chosen))
    {
        let expected = format!("at least one of the `modalities` asked for ({chosen})");
        return Err((number, Fault::invalid(expected, "none of them")));
    }
    Ok(Request {
        model,
        modalities,
        clips,
    })
}

fn is_empty(clip: &Clip, modalities: Modalities) -> bool {
    !modalities.iter().any(|modality| clip.has(modality))
}
