//! The same utterances as a feature file of MMSA.

use misa_data::{MmsaUtterance, MmsaWritten, PretrainedBert, Split, UtteranceDataset, write_mmsa};
use misa_recordings::segments::{Segment, SegmentTable};
use misa_terms::PerModality;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

/// Writes `data` to `path` with the texts and labels of its table, and tokens of the BERT in `bert`.
pub(super) fn write(
    path: &Path,
    data: &Path,
    table: &SegmentTable,
    bert: &Path,
) -> Result<MmsaWritten, Box<dyn Error>> {
    let data = UtteranceDataset::open(data)?;
    let tokeniser = PretrainedBert::open(bert)?.tokeniser;
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
        let tokens = tokeniser.tokens(&utterance.words);
        let tokens = tokens.map_err(|error| format!("utterance {:?}: {error}", utterance.id))?;
        extra.tokens = Some(tokens);
        extras.insert(utterance.id.clone(), extra);
    }
    Ok(write_mmsa(path, &data, &extras)?)
}
