//! What a model starts from: the seed, word vectors, a pre-trained BERT.

use crate::{
    BertSettings, BertSummary, GloveSummary, TrainError, TrainingConfig, TransferSummary,
    run::transfer::transfer,
};
use burn::{prelude::*, tensor::TensorData};
use misa_core::{ConfigError, FeatureSizes, Misa, MisaConfig, Modality, TextSize};
use misa_data::{BertText, BertWeights, PretrainedBert, Split, UtteranceDataset, mix, read_glove};
use misa_infer::lock_random_state;
use std::sync::Arc;

/// A BERT that fits the data.
pub(crate) struct OpenedBert {
    pretrained: PretrainedBert,
    pub(crate) text: Arc<BertText>,
}

/// Opens the BERT of a run and checks that it can read every sentence.
pub(crate) fn open_bert(
    settings: &BertSettings,
    data: &UtteranceDataset,
) -> Result<(FeatureSizes, OpenedBert), TrainError> {
    let pretrained = PretrainedBert::open(&settings.folder)?;
    let (tokeniser, bert) = (pretrained.tokeniser.clone(), pretrained.config);
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

/// What a model started from besides the seed.
#[derive(Default)]
pub(crate) struct Start {
    pub(crate) glove: Option<GloveSummary>,
    pub(crate) bert: Option<BertSummary>,
    pub(crate) transfer: Option<TransferSummary>,
}

/// A model whose weights are a function of the seed, with word vectors or BERT where given.
pub(crate) fn initial_model(
    config: &TrainingConfig,
    model: &MisaConfig,
    data: &UtteranceDataset,
    bert: Option<&OpenedBert>,
    device: &Device,
) -> Result<(Misa, Start), TrainError> {
    // Read first: a file that does not fit the sizes is refused before they are allocated.
    let weights = bert.map(|bert| bert.pretrained.weights()).transpose()?;
    let lock = lock_random_state();
    device.seed(mix(config.seed, 0, 0, "weights"));
    let model = model.init(device);
    drop(lock);
    let mut start = Start::default();
    let model = match (bert, weights) {
        (Some(bert), Some(weights)) => {
            let (model, summary) = with_bert(model, bert, weights)?;
            start.bert = Some(summary);
            model
        }
        _ => model,
    };
    let (model, glove) = with_glove(config, model, data, device)?;
    start.glove = glove;
    let Some(folder) = &config.transfer else {
        return Ok((model, start));
    };
    let vocabulary = data.vocabulary().filter(|_| bert.is_none());
    let (model, found) = transfer(model, vocabulary, folder, device)?;
    start.transfer = Some(found);
    Ok((model, start))
}

fn with_bert(
    model: Misa,
    bert: &OpenedBert,
    weights: BertWeights,
) -> Result<(Misa, BertSummary), TrainError> {
    let loaded = model.with_bert(&weights.tensors);
    let (model, loaded) = loaded.map_err(|source| TrainError::Weights {
        path: bert.pretrained.path().to_path_buf(),
        source,
    })?;
    let unused = loaded.unused.into_iter().chain(weights.unexpected);
    let summary = BertSummary {
        weights: bert.pretrained.path().to_path_buf(),
        unused: unused.collect(),
        absent: loaded.absent,
        frozen: None,
    };
    Ok((model, summary))
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
    // Words without a vector keep their random numbers, as in the official code.
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
