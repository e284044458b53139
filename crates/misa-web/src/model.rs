//! A model from files in memory, and its answers as JSON.

use misa_answer::{
    Compute, ErrorType, ExplainAnswer, Info, LimitsInfo, Model, ModelFacts, ModelInfo, ModelName,
    PredictAnswer, Refusal, SCHEMA, SoundRequest,
};
use misa_infer::burn::tensor::Device;
use misa_infer::{Checkpoint, Clip, Explanation, FileState, ModelFiles, Prediction, Predictor};
use misa_wire::Limits;
use serde::Serialize;

/// What a built file holds, so that `misa export` can tell its version from its bytes.
const MARK: &str = concat!("misa-web ", env!("CARGO_PKG_VERSION"), ";");
/// Clips of a request for an explanation, as of a server.
pub const EXPLAIN_CLIPS: usize = 8;
/// Bytes of a sound: those of ten minutes of studio quality, and few enough for the memory of a browser.
pub const SOUND_BYTES: usize = 64 << 20;

/// A model that answers in the place of a server, in the same JSON.
#[derive(Debug)]
pub struct LocalModel {
    name: String,
    facts: ModelFacts,
    predictor: Predictor,
    limits: Limits,
}

/// What a query says beside a sound.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoundQuery<'a> {
    /// What is said in it.
    pub text: Option<&'a str>,
    /// The modalities that are read, such as `text,acoustic`; `None` for all that there are.
    pub modalities: Option<&'a str>,
}

impl LocalModel {
    /// The model of these files, which answers under this name. It is warm afterwards.
    ///
    /// # Errors
    ///
    /// [`ErrorType::ModelRefused`] when a file is missing, has another checksum than it was written with, or does not
    /// fit.
    pub fn load(name: &str, files: &ModelFiles) -> Result<Self, Refusal> {
        let refused =
            |error: &dyn ToString| Refusal::new(ErrorType::ModelRefused, error.to_string());
        verify(files)?;
        let predictor = Predictor::from_files(files, &Device::default());
        let predictor = predictor.map_err(|error| refused(&error))?;
        predictor.warm_up().map_err(|error| refused(&error))?;
        Ok(Self {
            name: name.to_string(),
            facts: predictor.facts(),
            predictor,
            limits: Limits::default(),
        })
    }

    /// What is known of the model, as of `/info`.
    ///
    /// # Errors
    ///
    /// [`ErrorType::InferenceFailed`] if it cannot be written as JSON.
    pub fn info(&self) -> Result<String, Refusal> {
        let limits = LimitsInfo {
            body_bytes: SOUND_BYTES,
            clips: self.limits.clips,
            explain_clips: EXPLAIN_CLIPS,
            steps: self.limits.steps,
        };
        json(&Info::of(
            vec![ModelInfo::of(&self.name, &self.facts)],
            limits,
        ))
    }

    /// The answer to a request in JSON, as of `/v1/predict`.
    ///
    /// # Errors
    ///
    /// [`Refusal`] as of the server.
    pub fn predict(&self, request: &[u8]) -> Result<String, Refusal> {
        let clips = self.read(request, self.limits.clips)?;
        self.predicted(&clips, Vec::new())
    }

    /// The answer to a request in JSON, as of `/v1/explain`.
    ///
    /// # Errors
    ///
    /// [`Refusal`] as of the server.
    pub fn explain(&self, request: &[u8]) -> Result<String, Refusal> {
        let clips = self.read(request, EXPLAIN_CLIPS)?;
        self.explained(&clips, Vec::new())
    }

    /// The prediction of a sound, as of `/v1/predict`.
    ///
    /// # Errors
    ///
    /// [`Refusal`] as of the server.
    pub fn predict_sound(&self, sound: &[u8], query: SoundQuery) -> Result<String, Refusal> {
        let (clip, notes) = self.hear(sound, query)?;
        self.predicted(&[clip], notes)
    }

    /// The explanation of a sound, as of `/v1/explain`.
    ///
    /// # Errors
    ///
    /// [`Refusal`] as of the server.
    pub fn explain_sound(&self, sound: &[u8], query: SoundQuery) -> Result<String, Refusal> {
        let (clip, notes) = self.hear(sound, query)?;
        self.explained(&[clip], notes)
    }

    fn read(&self, request: &[u8], clips: usize) -> Result<Vec<Clip>, Refusal> {
        if request.is_empty() {
            let message = "body: expected a request, found nothing";
            return Err(Refusal::new(ErrorType::Empty, message));
        }
        let limits = Limits {
            clips,
            ..self.limits
        };
        let request = misa_answer::read(request, &limits)?;
        if request
            .model
            .as_ref()
            .is_some_and(|name| *name != self.name)
        {
            let message = format!("model: expected `{}`, found another name", self.name);
            return Err(Refusal::new(ErrorType::UnknownModel, message));
        }
        Ok(misa_answer::clips(request))
    }

    fn hear(&self, sound: &[u8], query: SoundQuery) -> Result<(Clip, Vec<String>), Refusal> {
        if sound.len() > SOUND_BYTES {
            let found = sound.len();
            let message = format!("sound: expected at most {SOUND_BYTES} bytes, found {found}");
            return Err(Refusal::new(ErrorType::TooLarge, message));
        }
        let request = SoundRequest {
            name: "sound",
            text: query.text,
            modalities: misa_answer::modalities(query.modalities)?,
            steps: self.limits.steps,
            // A browser has no clock that Rust knows; who waits too long stops the worker.
            patience: None,
        };
        let heard = misa_answer::hear(sound, &request, &self.facts.recipes)?;
        Ok((heard.clip, heard.notes))
    }

    fn predicted(&self, clips: &[Clip], notes: Vec<String>) -> Result<String, Refusal> {
        let predictions: Vec<Prediction> = self.compute(clips)?;
        json(&PredictAnswer {
            schema: SCHEMA,
            model: ModelName::of(&self.name, &self.facts),
            predictions,
            notes,
        })
    }

    fn explained(&self, clips: &[Clip], notes: Vec<String>) -> Result<String, Refusal> {
        let explanations: Vec<Explanation> = self.compute(clips)?;
        json(&ExplainAnswer {
            schema: SCHEMA,
            model: ModelName::of(&self.name, &self.facts),
            explanations,
            notes,
        })
    }

    fn compute<T: Compute>(&self, clips: &[Clip]) -> Result<Vec<T>, Refusal> {
        misa_answer::check(&self.predictor, clips)?;
        let answers = misa_answer::compute(&self.predictor, clips)?;
        Ok(misa_answer::finite(answers)?)
    }
}

/// The version of misa, which a page compares with that of the folder that it belongs to.
pub fn version() -> &'static str {
    // Not known to the compiler, which could otherwise keep a part of it alone.
    let mark = std::hint::black_box(MARK);
    let version = mark.split(' ').nth(1).unwrap_or_default();
    version.trim_end_matches(';')
}

/// Compares the files with the checksums that belong to them: they may have come over a network.
fn verify(files: &ModelFiles) -> Result<(), Refusal> {
    let refused = |message: String| Refusal::new(ErrorType::ModelRefused, message);
    let verified = Checkpoint::verify_files(files).map_err(|error| refused(error.to_string()))?;
    let Some(verified) = verified else {
        let message = "checksums.json: expected the checksums of the model's files, found no such file; export the model again";
        return Err(refused(message.to_string()));
    };
    let found = verified.iter().find_map(|file| {
        let found = match file.state {
            FileState::Whole => return None,
            FileState::Missing => "no such file",
            FileState::Changed => "another: it is cut off, damaged or of another model",
            FileState::Unrecorded => "none for this file, which is of another model",
        };
        Some((&file.path, found))
    });
    match found {
        None => Ok(()),
        Some((path, found)) => Err(refused(format!(
            "{path}: expected the SHA-256 of checksums.json, found {found}; copy the whole folder again"
        ))),
    }
}

fn json(value: &impl Serialize) -> Result<String, Refusal> {
    let written = serde_json::to_string(value);
    written.map_err(|error| Refusal::new(ErrorType::InferenceFailed, error.to_string()))
}
