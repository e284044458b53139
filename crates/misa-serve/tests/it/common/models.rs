//! Small models, and models that do what a test asks of them.

use misa_core::MisaConfig;
use misa_infer::burn::tensor::Device;
use misa_infer::{
    Checkpoint, ClipError, Explanation, FeatureSizes, InferError, Prediction, Predictor, TextSize,
    Vocabulary, lock_random_state,
};
use misa_recordings::sounds::SoundRecipe;
use misa_serve::{Loader, Model, ModelFacts};
use misa_terms::{Clip, Recipes};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use tempfile::TempDir;

pub fn device() -> Device {
    Device::flex()
}

/// Writes a model of two visual and three acoustic features; seeds give other weights.
pub fn write(folder: &Path, seed: u64) {
    write_of(folder, seed, 3, Default::default());
}

/// Writes a model of the features that `misa` computes of sounds, whose steps are of `mode`.
pub fn write_of_sounds(folder: &Path, mode: &str) {
    let recipe = SoundRecipe::MisaVoice1.recipe();
    let recipes = Recipes {
        acoustic: Some(recipe.stamp(mode, None)),
        ..Recipes::default()
    };
    write_of(folder, 1, recipe.columns.len(), recipes);
}

fn write_of(folder: &Path, seed: u64, acoustic: usize, recipes: Recipes) {
    let mut vocabulary = Vocabulary::new();
    for word in ["what", "fun"] {
        vocabulary.add(word);
    }
    let text = TextSize::Words {
        vocabulary: vocabulary.len(),
    };
    let sizes = FeatureSizes {
        text,
        visual: 2,
        acoustic,
    };
    let config = MisaConfig::new(sizes).with_d_hidden(8).with_d_embedding(4);
    let lock = lock_random_state();
    device().seed(seed);
    let model = config.init(&device());
    drop(lock);
    let checkpoint = Checkpoint {
        model,
        config,
        vocabulary: Some(vocabulary),
        scaling: None,
        bert: None,
        calibration: None,
        recipes,
        scale: None,
    };
    checkpoint.save(folder).unwrap();
}

/// A folder with such a model.
pub fn folder(seed: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), seed);
    folder
}

/// Lets a computation begin or wait.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    is_shut: bool,
    /// Ids of the clips of each batch that has come to the gate.
    batches: Vec<Vec<String>>,
    /// How many wait now.
    waiting: usize,
}

impl Gate {
    pub fn shut(&self) {
        self.0.0.lock().unwrap().is_shut = true;
    }

    pub fn open(&self) {
        self.0.0.lock().unwrap().is_shut = false;
        self.0.1.notify_all();
    }

    pub fn batches(&self) -> Vec<Vec<String>> {
        self.0.0.lock().unwrap().batches.clone()
    }

    /// How many wait at the gate.
    pub fn waiting(&self) -> usize {
        self.0.0.lock().unwrap().waiting
    }

    /// Waits until the gate is open.
    pub fn wait(&self) {
        let mut state = self.0.0.lock().unwrap();
        state.waiting += 1;
        while state.is_shut {
            state = self.0.1.wait(state).unwrap();
        }
        state.waiting -= 1;
    }

    fn pass(&self, clips: &[Clip]) {
        let mut state = self.0.0.lock().unwrap();
        let ids = clips.iter().map(|clip| clip.id.clone()).collect();
        state.batches.push(ids);
        drop(state);
        self.wait();
    }
}

/// A real model behind a gate. The id of a clip may ask for a fault.
struct Gated {
    predictor: Predictor,
    gate: Gate,
    /// Where the check of a clip waits.
    checks: Gate,
    reads_videos: bool,
}

impl Model for Gated {
    fn facts(&self) -> ModelFacts {
        Model::facts(&self.predictor)
    }

    fn reads_videos(&self) -> bool {
        self.reads_videos
    }

    fn check(&self, clip: &Clip) -> Result<(), ClipError> {
        self.checks.wait();
        self.predictor.check(clip)
    }

    fn steps(&self, clip: &Clip) -> usize {
        self.predictor.steps(clip)
    }

    fn predict(&self, clips: &[Clip]) -> Result<Vec<Prediction>, InferError> {
        self.gate.pass(clips);
        let mut answers = self.predictor.predict(clips)?;
        for (clip, answer) in clips.iter().zip(&mut answers) {
            match clip.id.as_str() {
                "panic" => panic!("a fault of the model, which quotes what fun"),
                "error" => {
                    return Err(InferError::Missing {
                        path: "model".into(),
                    });
                }
                "nan" => answer.value = f32::NAN,
                _ => {}
            }
        }
        Ok(answers)
    }

    fn explain(&self, clip: &Clip) -> Result<Explanation, InferError> {
        self.gate.pass(std::slice::from_ref(clip));
        let mut answer = self.predictor.explain(clip)?;
        match clip.id.as_str() {
            "nan subset" => answer.subsets[1].value = f32::NAN,
            "nan modality" => answer.modalities[0].change = Some(f32::NAN),
            "nan word" => answer.words[1].without = f32::INFINITY,
            "nan vector" => answer.vectors[0].values[1] = f32::NAN,
            "nan attention" => answer.attention.as_mut().unwrap().weights[1][0] = f32::NAN,
            _ => {}
        }
        Ok(answer)
    }

    fn warm_up(&self) -> Result<(), InferError> {
        self.predictor.warm_up()
    }
}

/// Loads models that wait at `gate`.
pub fn gated(gate: &Gate) -> Loader {
    gated_with(gate, false)
}

/// The same, with models that read videos.
pub fn gated_with(gate: &Gate, reads_videos: bool) -> Loader {
    let gate = gate.clone();
    Arc::new(move |path| {
        Ok(Box::new(Gated {
            predictor: Predictor::load(path, &device())?,
            gate: gate.clone(),
            checks: Gate::default(),
            reads_videos,
        }))
    })
}

/// Loads models whose checks of clips wait at `gate`.
pub fn gated_at_checks(gate: &Gate) -> Loader {
    let gate = gate.clone();
    Arc::new(move |path| {
        Ok(Box::new(Gated {
            predictor: Predictor::load(path, &device())?,
            gate: Gate::default(),
            checks: gate.clone(),
            reads_videos: false,
        }))
    })
}
