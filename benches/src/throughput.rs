//! Measures a case.

use crate::{
    BatchShape, BenchError, Case, Compute, LayerCase, LayerStep, ModelCase, Row, Timing,
    TrainingStep, Workload, layer, measure, process, timed,
};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::{Misa, MisaInput, TextInput};
use misa_data::{Random, UtteranceBatch, mix};
use misa_train::{BertSettings, FrozenText, peak_memory};
use std::time::{Duration, Instant};

/// Share of the measuring time for training; the rest is for inference.
const TRAINING: f64 = 2.0 / 3.0;
const MIB: f64 = (1 << 20) as f64;

/// How a case is measured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Device.
    pub compute: Compute,
    /// Threads that compute.
    pub threads: usize,
    /// Measured time in seconds, without start and warm-up.
    pub seconds: f64,
    /// Seed of weights, batches and dropout.
    pub seed: u64,
    /// Start of the program, for systems without the start time of a process.
    pub started: Instant,
}

/// The steps of a case that are timed, on batches that were made before.
trait Steps {
    /// Trains on batch number `index`; returns the time it took.
    fn train(&mut self, index: usize) -> Result<Duration, BenchError>;
    /// Predicts for batch number `index`; returns the time it took.
    fn infer(&mut self, index: usize) -> Result<Duration, BenchError>;
    /// Number of parameters.
    fn parameters(&mut self) -> usize;
    /// Does the updates that training has delayed; returns the time it took.
    fn settle(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// Measures a case. Peak memory and the time to the first step are measured for the whole process,
/// so run each case in its own process.
///
/// # Errors
///
/// [`BenchError`] if the case cannot be run, or a step of it fails.
pub fn run(case: &Case, settings: &Settings) -> Result<Row, BenchError> {
    let load_before = process::load_average();
    settings.compute.device.seed(settings.seed);
    let mut steps = prepare(case, settings)?;
    let batches = case.lengths.len();

    let first = steps.train(0)?;
    let start_to_first_step =
        process::age().unwrap_or_else(|| settings.started.elapsed().as_secs_f64());
    let seconds = settings.seconds * TRAINING;
    let mut train = measure(batches, seconds, first, |index| steps.train(index))?;
    // Word vectors that no batch needs again are moved at the end: every step owes its share.
    train.ms += 1e3 * steps.settle().as_secs_f64() / train.steps as f64;
    let first = steps.infer(0)?;
    let seconds = settings.seconds - seconds;
    let infer = measure(batches, seconds, first, |index| steps.infer(index))?;

    let rate = |timing: &Timing| rounded(1e3 * case.batch as f64 / timing.ms);
    Ok(Row {
        case: case.name.clone(),
        implementation: "misa",
        version: env!("CARGO_PKG_VERSION"),
        device: settings.compute.kind.clone(),
        device_name: settings.compute.name.clone(),
        threads: settings.threads,
        train_samples_per_s: rate(&train),
        infer_samples_per_s: rate(&infer),
        train_ms_per_step: rounded(train.ms),
        infer_ms_per_step: rounded(infer.ms),
        peak_rss_mib: peak_memory().map(|bytes| rounded(bytes as f64 / MIB)),
        start_to_first_step_s: rounded(start_to_first_step),
        train_ms_best: rounded(train.best_ms),
        infer_ms_best: rounded(infer.best_ms),
        train_steps: train.steps,
        infer_steps: infer.steps,
        cpu_per_wall_train: train.cpu_per_wall.map(rounded),
        cpu_per_wall_infer: infer.cpu_per_wall.map(rounded),
        load_before,
        load_after: process::load_average(),
        parameters: steps.parameters(),
    })
}

/// Rounded to four decimal places, which is finer than any measurement here.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn prepare(case: &Case, settings: &Settings) -> Result<Box<dyn Steps>, BenchError> {
    Ok(match &case.workload {
        Workload::Model(model) => {
            let steps = ModelSteps::new(model, case, settings);
            Box::new(steps.map_err(|source| BenchError::Unsupported {
                case: case.name.clone(),
                source,
            })?)
        }
        Workload::Layer(layer) => Box::new(LayerSteps::new(*layer, case, settings)),
    })
}

/// Steps of the whole model.
struct ModelSteps {
    step: TrainingStep,
    shapes: Vec<BatchShape>,
    /// On the device with gradients.
    batches: Vec<UtteranceBatch>,
    random: Random,
    device: Device,
    done: usize,
    /// The frozen part of BERT, if its outputs are computed once.
    frozen: Option<FrozenText>,
    /// The trained model, for inference.
    model: Option<Misa>,
}

impl ModelSteps {
    fn new(
        model: &ModelCase,
        case: &Case,
        settings: &Settings,
    ) -> Result<Self, crate::Unsupported> {
        let settings_device = settings.compute.device.clone();
        let device = settings_device.clone().autodiff();
        let mut step = TrainingStep::new(model, &device)?;
        let frozen = model.bert.filter(|bert| bert.computed_once).and_then(|_| {
            // The folder of weights is not read, and the cache is in memory.
            let settings = BertSettings::new("".into());
            let frozen = FrozenText::new(&step.model(), &settings, &settings_device);
            frozen.expect("nothing is read or written")
        });
        let (sizes, task) = (model.sizes()?, model.task());
        let mut random = Random::new(mix(settings.seed, 0, 0, "batches"));
        let shapes: Vec<BatchShape> = (case.lengths.iter())
            .map(|lengths| BatchShape::new(lengths, sizes, task))
            .collect();
        let batches = shapes.iter().map(|shape| shape.draw(&mut random, &device));
        Ok(Self {
            step,
            batches: batches.collect(),
            shapes,
            random,
            device,
            done: 0,
            frozen,
            model: None,
        })
    }

    /// A batch with other words and another seed.
    ///
    /// In real training, each step of an epoch has other words. If the same batches were repeated,
    /// most words would never be updated, which would favour implementations that skip these.
    fn fresh(&mut self, index: usize) -> UtteranceBatch {
        let mut batch = self.batches[index].clone();
        if self.frozen.is_some() {
            // From the second epoch on, every sentence is known.
            batch.seed = self.random.bits();
            return batch;
        }
        batch.input.text = self.shapes[index].draw_text(&mut self.random, &self.device);
        batch.seed = self.random.bits();
        batch
    }
}

impl Steps for ModelSteps {
    fn train(&mut self, index: usize) -> Result<Duration, BenchError> {
        let batch = self.fresh(index);
        if let (Some(frozen), true) = (&mut self.frozen, self.done < self.shapes.len()) {
            // The first epoch is not what this case is about.
            frozen.text(&batch.input)?;
        }
        self.device.sync()?;
        let time = timed(|| -> Result<(), BenchError> {
            let batch = match &mut self.frozen {
                Some(frozen) => frozen.ready(batch)?,
                None => batch.into(),
            };
            let value = self.step.run(batch).total;
            let step = self.done + 1;
            if !value.is_finite() {
                return Err(BenchError::NonFiniteLoss { step, value });
            }
            Ok(self.device.sync()?)
        })?;
        self.done += 1;
        Ok(time)
    }

    fn settle(&mut self) -> Duration {
        self.step.settle()
    }

    fn infer(&mut self, index: usize) -> Result<Duration, BenchError> {
        let model = self.model.get_or_insert_with(|| self.step.model()).clone();
        let mut input = without_autodiff(&self.batches[index].input);
        self.device.sync()?;
        timed(|| {
            if let Some(frozen) = &mut self.frozen
                && let Some(text) = frozen.text(&input)?
            {
                input.text = text;
            }
            model.forward(&input);
            Ok(self.device.sync()?)
        })
    }

    fn parameters(&mut self) -> usize {
        self.step.parameters()
    }
}

/// The same tensors for a model without gradients.
fn without_autodiff(input: &MisaInput) -> MisaInput {
    let mut input = input.clone();
    input.text = match input.text {
        TextInput::Words(ids) => TextInput::Words(ids.without_autodiff()),
        TextInput::Tokens(ids) => TextInput::Tokens(ids.without_autodiff()),
        other => other,
    };
    input.visual = input.visual.without_autodiff();
    input.acoustic = input.acoustic.without_autodiff();
    input
}

/// Steps of one recurrent layer.
struct LayerSteps {
    step: LayerStep,
    /// `[steps, batch, d_input]` on the device with gradients, and the lengths.
    batches: Vec<(Tensor<3>, Vec<usize>)>,
    device: Device,
}

impl LayerSteps {
    fn new(layer: LayerCase, case: &Case, settings: &Settings) -> Self {
        let device = settings.compute.device.clone().autodiff();
        let mut random = Random::new(mix(settings.seed, 0, 0, "batches"));
        let mut batch = |lengths: &Vec<usize>| {
            let shape = [lengths[0], lengths.len(), layer.input_dim];
            let values: Vec<f32> = (0..shape.iter().product())
                .map(|_| random.normal() as f32)
                .collect();
            let sequences = Tensor::from_data(TensorData::new(values, shape), &device);
            (sequences, lengths.clone())
        };
        Self {
            step: LayerStep::new(layer, &device),
            batches: case.lengths.iter().map(&mut batch).collect(),
            device: device.clone(),
        }
    }
}

impl Steps for LayerSteps {
    fn train(&mut self, index: usize) -> Result<Duration, BenchError> {
        let (sequences, lengths) = &self.batches[index];
        self.device.sync()?;
        timed(|| -> Result<(), BenchError> {
            self.step.run(sequences.clone(), lengths)?;
            Ok(self.device.sync()?)
        })
    }

    fn infer(&mut self, index: usize) -> Result<Duration, BenchError> {
        let (sequences, lengths) = &self.batches[index];
        let (layer, sequences) = (self.step.layer(), sequences.clone().without_autodiff());
        self.device.sync()?;
        timed(|| {
            layer::forward(&layer, sequences, lengths);
            Ok(self.device.sync()?)
        })
    }

    fn parameters(&mut self) -> usize {
        self.step.parameters()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cases;

    /// The keys that every implementation's rows must have.
    const REQUIRED: [&str; 11] = [
        "case",
        "impl",
        "version",
        "device",
        "threads",
        "train_samples_per_s",
        "infer_samples_per_s",
        "train_ms_per_step",
        "infer_ms_per_step",
        "peak_rss_mib",
        "start_to_first_step_s",
    ];

    fn row(name: &str, shrink: impl FnOnce(&mut Case)) -> Row {
        let mut case = Cases::bundled().unwrap().named(name).unwrap().clone();
        shrink(&mut case);
        let settings = Settings {
            compute: Compute::open("cpu").unwrap(),
            threads: 1,
            seconds: 1e-3,
            seed: 0,
            started: Instant::now(),
        };
        run(&case, &settings).unwrap()
    }

    #[test]
    fn a_layer_gives_a_row() {
        let row = row("bilstm_74_b64_s50", |case| {
            (case.batch, case.lengths) = (2, vec![vec![3, 3]; 4]);
        });
        assert_eq!(row.parameters, 88_800);
        assert!(row.train_steps >= 4 && row.infer_steps >= 4);
        let json = serde_json::to_value(&row).unwrap();
        for key in REQUIRED {
            assert!(json.get(key).is_some(), "{key}");
        }
        assert_eq!(json["impl"], "misa");
        assert_eq!(json["device"], "cpu");
        // Two utterances a step.
        let rate = row.train_samples_per_s * row.train_ms_per_step;
        assert!((rate / 2e3 - 1.0).abs() < 1e-2, "{rate}");
    }

    #[test]
    fn a_model_gives_a_row() {
        let row = row("urfunny_glove_b32", |case| {
            (case.batch, case.lengths) = (2, vec![vec![3, 2]; 4]);
            if let Workload::Model(model) = &mut case.workload {
                (model.text_dim, model.hidden, model.vocab) = (4, 8, Some(20));
                model.visual_dim = 5;
            }
        });
        assert!(row.train_steps >= 4 && row.infer_steps >= 4);
        assert!(row.start_to_first_step_s > 0.0);
    }

    #[test]
    fn every_step_brings_other_words() {
        let cases = Cases::bundled().unwrap();
        let case = cases.named("mosi_glove_b64").unwrap();
        let Workload::Model(model) = &case.workload else {
            panic!("a model");
        };
        let mut model = model.clone();
        (model.text_dim, model.hidden) = (4, 8);
        let settings = Settings {
            compute: Compute::open("cpu").unwrap(),
            threads: 1,
            seconds: 1.0,
            seed: 0,
            started: Instant::now(),
        };
        let mut steps = ModelSteps::new(&model, case, &settings).unwrap();
        let mut words = || match steps.fresh(0).input.text {
            TextInput::Words(ids) => ids.try_into_vec_as::<i64>().unwrap(),
            _ => panic!("word ids"),
        };
        assert_ne!(words(), words());
    }
}
