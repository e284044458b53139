//! The initial weights of a model: by the seed, word vectors, a pre-trained BERT.

use crate::run::transfer::transfer;
use crate::{
    BertSettings, BertSummary, GloveSummary, Progress, TrainError, TrainingConfig, TransferSummary,
};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::encoder::bert::BertFreezing;
use misa_core::{ConfigError, FeatureSizes, Misa, MisaConfig, Modality, ParameterCount, TextSize};
use misa_data::{BertText, BertWeights, PretrainedBert, Split, UtteranceDataset, mix, read_glove};
use misa_infer::lock_random_state;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A pre-trained BERT that can read the data.
pub(crate) struct OpenedBert {
    pretrained: PretrainedBert,
    pub(crate) text: Arc<BertText>,
}

/// Opens the BERT of a run and checks that it can read every sentence. A run that has begun may
/// freeze more layers than there are: misa 0.1.0 did not check it.
pub(crate) fn open_bert(
    settings: &BertSettings,
    data: &UtteranceDataset,
    has_begun: bool,
) -> Result<(FeatureSizes, OpenedBert), TrainError> {
    let pretrained = PretrainedBert::open(&settings.folder)?;
    let (tokeniser, bert) = (pretrained.tokeniser.clone(), pretrained.config);
    if !has_begun {
        settings.reading.freezing.check(bert.n_layers)?;
    }
    let text = BertText::new(tokeniser, &bert, settings.truncation)?;
    let text = text.with_vocabulary(data.vocabulary().cloned());
    for split in Split::ALL {
        text.check(split.name(), data.split(split))?;
    }
    let sizes = FeatureSizes {
        text: TextSize::Bert(bert),
        ..data.feature_sizes()
    };
    let text = Arc::new(text);
    Ok((sizes, OpenedBert { pretrained, text }))
}

/// Where initial weights came from, besides the seed, and what of them is trained.
#[derive(Default)]
pub(crate) struct Start {
    pub(crate) glove: Option<GloveSummary>,
    pub(crate) bert: Option<BertSummary>,
    pub(crate) transfer: Option<TransferSummary>,
    pub(crate) parameter_counts: Vec<ParameterCount>,
}

impl Start {
    /// Shows what BERT does not read, and what is trained.
    pub(crate) fn announce(&self, progress: Progress) {
        let notes = self.bert.iter().flat_map(|bert| &bert.notes);
        notes.for_each(|note| progress.note(note));
        progress.parameters(&self.parameter_counts);
    }
}

/// A model whose weights are a function of the seed, except word vectors, BERT or transferred
/// tensors if the configuration names them. `taken` is what a run that goes on from a state took over when it
/// began.
pub(crate) fn initial_model(
    config: &TrainingConfig,
    model: &MisaConfig,
    data: &UtteranceDataset,
    bert: Option<&OpenedBert>,
    taken: Option<&TransferSummary>,
    device: &Device,
) -> Result<(Misa, Start), TrainError> {
    // Read first: a file that does not fit the sizes is refused before they are allocated.
    let weights = bert.map(|bert| bert.pretrained.weights()).transpose()?;
    let lock = lock_random_state();
    device.seed(mix(config.seed, 0, 0, "weights"));
    let mut misa = model.init(device);
    drop(lock);
    let mut start = Start::default();
    if let (Some(bert), Some(weights)) = (bert, weights) {
        let (loaded, summary) = with_bert(misa, bert, weights)?;
        misa = loaded;
        start.bert = Some(summary);
    }
    (misa, start.glove) = with_glove(config, misa, data, device)?;
    (misa, start.transfer) = with_transfer(config, misa, data, taken, device)?;
    start.parameter_counts = misa.parameter_counts();
    Ok((misa, start))
}

fn with_bert(
    model: Misa,
    bert: &OpenedBert,
    weights: BertWeights,
) -> Result<(Misa, BertSummary), TrainError> {
    let (model, loaded) =
        model
            .with_bert(&weights.tensors)
            .map_err(|source| TrainError::Weights {
                path: bert.pretrained.path().to_path_buf(),
                source,
            })?;
    let summary = BertSummary {
        weights: bert.pretrained.path().to_path_buf(),
        unused: (loaded.unused.into_iter())
            .chain(weights.unexpected)
            .collect(),
        absent: loaded.absent,
        frozen: None,
        notes: converted_note(&weights.converted).into_iter().collect(),
        converted: weights.converted,
        tokens: Vec::new(),
    };
    Ok((model, summary))
}

/// Which tensors were converted to 32-bit floats; `None` if none was.
fn converted_note(converted: &BTreeMap<String, usize>) -> Option<String> {
    let types: Vec<String> = (converted.iter())
        .map(|(dtype, count)| format!("{count} of {dtype}"))
        .collect();
    (!types.is_empty()).then(|| {
        format!(
            "BERT: tensors converted to 32-bit floats: {}",
            types.join(", ")
        )
    })
}

/// The model with word vectors from a file, if one is given.
fn with_glove(
    config: &TrainingConfig,
    model: Misa,
    data: &UtteranceDataset,
    device: &Device,
) -> Result<(Misa, Option<GloveSummary>), TrainError> {
    let Some(path) = &config.glove else {
        return Ok((model, None));
    };
    let (Some(vocabulary), Some(rows)) = (data.vocabulary(), model.embedding()) else {
        let modality = Modality::Text;
        return Err(ConfigError::NoEmbedding { modality }.into());
    };
    let glove = read_glove(path, vocabulary, config.model.d_embedding)?;
    let summary = GloveSummary {
        found: glove.found(),
        missing: glove.missing,
        skipped: glove.skipped,
    };
    // Words without a vector keep their random values, as in the official code.
    let width = config.model.d_embedding;
    let mut rows: Vec<f32> = rows.into_data().iter::<f32>().collect();
    for (id, vector) in glove.rows {
        let start = id as usize * width;
        rows[start..start + width].copy_from_slice(&vector);
    }
    let shape = [rows.len() / width, width];
    let rows = Tensor::from_data(TensorData::new(rows, shape), device);
    Ok((model.with_embedding(rows)?, Some(summary)))
}

/// The model with the tensors of another one, if one is given. A state has all of them but frozen weights of BERT,
/// so that a run that goes on from one needs the other model for these alone.
fn with_transfer(
    config: &TrainingConfig,
    model: Misa,
    data: &UtteranceDataset,
    taken: Option<&TransferSummary>,
    device: &Device,
) -> Result<(Misa, Option<TransferSummary>), TrainError> {
    let Some(folder) = &config.transfer else {
        return Ok((model, None));
    };
    let bert = config.bert.as_ref();
    let has_frozen = bert.is_some_and(|bert| bert.reading.freezing != BertFreezing::None);
    if let Some(taken) = taken.filter(|_| !has_frozen) {
        return Ok((model, Some(taken.clone())));
    }
    let vocabulary = data.vocabulary().filter(|_| bert.is_none());
    let (model, summary) = transfer(model, vocabulary, folder, device)
        .map_err(|source| TrainError::Transfer(Box::new(source)))?;
    Ok((model, Some(summary)))
}
