//! The same utterances as a feature file of MMSA.

use misa_data::{
    MmsaUtterance, MmsaWritten, PretrainedBert, Sequence, Split, Tokeniser, Utterance,
    UtteranceDataset, UtteranceError, mmsa_vectors, write_mmsa,
};
use misa_recordings::segments::{Segment, SegmentTable};
use misa_terms::PerModality;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::slice;

/// The vectors of all tokens, in the weights of a BERT.
const VECTORS: &str = "bertmodel.embeddings.word_embeddings.weight";

/// A BERT with the vectors of its tokens.
pub(super) struct TokenBert {
    bert: PretrainedBert,
    vectors: Sequence,
}

impl TokenBert {
    /// The BERT in `folder`.
    ///
    /// # Errors
    ///
    /// If a file of it is missing or cannot be read.
    pub fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let bert = PretrainedBert::open(folder)?;
        let vectors = vectors(&bert)?;
        Ok(Self { bert, vectors })
    }
}

/// Writes `data` to `path` with the texts and labels of its table, and tokens and vectors of `bert`.
///
/// - Differs: the vectors of a word are those that BERT begins with, before its layers. MMSA's own files have
///   those of its last layer.
pub(super) fn write(
    path: &Path,
    data: &Path,
    table: &SegmentTable,
    TokenBert { bert, vectors }: &TokenBert,
) -> Result<MmsaWritten, Box<dyn Error>> {
    let data = UtteranceDataset::open(data)?;
    let segments: HashMap<&str, &Segment> = table
        .segments
        .iter()
        .map(|segment| (segment.id.as_str(), segment))
        .collect();
    let labels = |segment: &Segment| {
        Some(PerModality {
            text: segment.label_text?,
            visual: segment.label_visual?,
            acoustic: segment.label_acoustic?,
        })
    };
    // Labels of single modalities are of use only if every utterance has them.
    let has_labels = table
        .segments
        .iter()
        .all(|segment| labels(segment).is_some());
    let mut extras = HashMap::new();
    for utterance in Split::ALL.into_iter().flat_map(|split| data.split(split)) {
        let mut extra = MmsaUtterance::default();
        if let Some(segment) = segments.get(utterance.id.as_str()) {
            extra.raw_text.clone_from(&segment.text);
            extra.labels = labels(segment).filter(|_| has_labels);
        }
        let fault = |error| format!("utterance {:?}: {error}", utterance.id);
        let tokens = bert.tokeniser.tokens(&utterance.words).map_err(fault)?;
        let pieces = pieces(&bert.tokeniser, utterance).map_err(fault)?;
        extra.tokens = Some(tokens);
        extra.vectors = mmsa_vectors(vectors, &pieces);
        extras.insert(utterance.id.clone(), extra);
    }
    Ok(write_mmsa(path, &data, &extras)?)
}

/// The vectors of all tokens.
fn vectors(bert: &PretrainedBert) -> Result<Sequence, Box<dyn Error>> {
    let weights = bert.weights()?.tensors;
    let values = weights
        .get(VECTORS)
        .map(|data| data.iter::<f32>().collect::<Vec<f32>>());
    let vectors = values.and_then(|values| Sequence::new(bert.config.d_model, values));
    let missing = || format!("{}: expected {VECTORS}", bert.path().display());
    Ok(vectors.ok_or_else(missing)?)
}

/// The tokens of each word, which are the steps of the text; none where there is no word.
fn pieces(tokeniser: &Tokeniser, utterance: &Utterance) -> Result<Vec<Vec<u32>>, UtteranceError> {
    let steps = 0..utterance.text.steps();
    let pieces = steps.map(|step| {
        let Some(word) = utterance.words.get(step) else {
            return Ok(Vec::new());
        };
        let tokens = tokeniser.tokens(slice::from_ref(word))?;
        // Without those at the start and end.
        let inner = tokens.get(1..tokens.len().saturating_sub(1));
        Ok(inner.unwrap_or_default().to_vec())
    });
    pieces.collect()
}
