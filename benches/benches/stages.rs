//! Times of each stage from utterances to a training step, at the sizes of MOSEI with word vectors.
//!
//! ```text
//! cargo bench -p misa-benches --bench stages
//! cargo bench -p misa-benches --bench stages -- train_step
//! cargo bench -p misa-benches --bench stages -- --test
//! ```
//!
//! Data and weights are made outside the clock, from one seed. The device, the first one compiled
//! in, is waited for inside it: some devices answer before they have computed.

use burn::data::dataloader::DataLoader;
use burn::prelude::*;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use misa_benches::{BatchShape, Cases, ModelCase, TrainingStep, Workload, lengths};
use misa_core::encoder::{PackedSequence, SequenceEncoderConfig, TextEncoderConfig};
use misa_core::{FeatureSizes, TextInput};
use misa_data::{
    LoaderConfig, Order, Random, Sequence, Split, TextSequence, Utterance, UtteranceDataset,
    UtteranceLoader,
};
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// The workload whose sizes these are.
const CASE: &str = "mosei_glove_b64";
/// Utterances in a batch.
const SIZES: [usize; 3] = [1, 16, 64];
/// Batches of an epoch, where batches are made.
const BATCHES: usize = 4;
const SEED: u64 = 0;

fn main() -> ExitCode {
    misa_benches::exit("stages", stages())
}

fn stages() -> Outcome {
    // Few and short: enough for a factor, and the whole bench stays within minutes.
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let bench = Bench::new()?;
    bench.batching(&mut criterion)?;
    bench.encoders(&mut criterion)?;
    bench.losses(&mut criterion)?;
    bench.forward(&mut criterion)?;
    bench.train_step(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// What every stage is measured with.
struct Bench {
    device: Device,
    case: ModelCase,
    sizes: FeatureSizes,
    shapes: Vec<BatchShape>,
}

type Outcome = Result<(), Box<dyn Error>>;
type Group<'a> = BenchmarkGroup<'a, WallTime>;

impl Bench {
    fn new() -> Result<Self, Box<dyn Error>> {
        let cases = Cases::bundled()?;
        let case = cases.named(CASE)?;
        let table = (cases.table(&case.length_table)).ok_or("no such table of lengths")?;
        let Workload::Model(model) = &case.workload else {
            return Err("not a model".into());
        };
        let (sizes, task) = (model.sizes()?, model.task());
        let shapes = SIZES.map(|batch| {
            BatchShape::new(&lengths::draw(&case.name, SEED, batch, table), sizes, task)
        });
        let device = misa_benches::local_device(misa_benches::default_device())?;
        device.seed(SEED);
        Ok(Self {
            device,
            case: model.as_ref().clone(),
            sizes,
            shapes: shapes.into(),
        })
    }

    /// A group of one stage, and the batches it is measured on.
    fn each(
        &self,
        criterion: &mut Criterion,
        stage: &str,
        mut measure: impl FnMut(&mut Group<'_>, BenchmarkId, &BatchShape) -> Outcome,
    ) -> Outcome {
        let mut group = criterion.benchmark_group(stage);
        for shape in &self.shapes {
            group.throughput(Throughput::Elements(shape.batch() as u64));
            let id = format!("batch={}/steps={}", shape.batch(), shape.steps);
            measure(&mut group, BenchmarkId::from_parameter(id), shape)?;
        }
        group.finish();
        Ok(())
    }

    /// Runs `work` and waits for it.
    fn wait<T>(&self, work: impl FnOnce() -> T) -> T {
        let result = work();
        self.device.sync().expect("the device does its work");
        result
    }

    /// An epoch of a few batches: order, padding, upload.
    fn batching(&self, criterion: &mut Criterion) -> Outcome {
        self.each(criterion, "batching", |group, id, shape| {
            let data = Arc::new(self.data(shape)?);
            let config = LoaderConfig::new(shape.batch()).with_order(Order::Shuffled);
            let loader = UtteranceLoader::new(data, Split::Train, config, &self.device);
            group.throughput(Throughput::Elements((BATCHES * shape.batch()) as u64));
            group.bench_function(id, |bencher| {
                bencher.iter(|| self.wait(|| loader.iter().count()));
            });
            Ok(())
        })
    }

    /// Utterances for a few batches of these lengths.
    fn data(&self, shape: &BatchShape) -> Result<UtteranceDataset, Box<dyn Error>> {
        let mut random = Random::new(SEED);
        let mut utterances = Vec::new();
        for &length in shape.lengths.iter().cycle().take(BATCHES * shape.batch()) {
            let words = (0..length).map(|_| 2 + random.below(1000) as u32).collect();
            let mut features = |d_input: usize| {
                let values = (0..length * d_input).map(|_| random.uniform() as f32);
                Sequence::new(d_input, values.collect()).ok_or("features fill every step")
            };
            let (visual, acoustic) = (features(self.sizes.visual)?, features(self.sizes.acoustic)?);
            let text = TextSequence::Words(words);
            let name = utterances.len().to_string();
            utterances.push(Utterance::new(name, vec![], text, visual, acoustic, 0.0)?);
        }
        Ok(UtteranceDataset::from_splits(
            utterances,
            vec![],
            vec![],
            None,
        )?)
    }

    /// One modality to a vector per utterance, without gradients.
    fn encoders(&self, criterion: &mut Criterion) -> Outcome {
        let device = &self.device;
        let text = TextEncoderConfig::new(self.sizes.text)
            .with_d_embedding(self.case.text_dim)
            .init(device);
        self.each(criterion, "encoder/text", |group, id, shape| {
            let input: TextInput = shape.draw_text(&mut Random::new(SEED), device);
            group.bench_function(id, |bencher| {
                bencher.iter(|| self.wait(|| text.forward(&input, &shape.lengths)));
            });
            Ok(())
        })?;
        for (stage, d_input) in [
            ("encoder/visual", self.sizes.visual),
            ("encoder/acoustic", self.sizes.acoustic),
        ] {
            let encoder = SequenceEncoderConfig::new(d_input).init(device);
            self.each(criterion, stage, |group, id, shape| {
                let input = shape.draw(&mut Random::new(SEED), device).input;
                let features = if d_input == self.sizes.visual {
                    input.visual
                } else {
                    input.acoustic
                };
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        let packed = PackedSequence::new(features.clone(), &shape.lengths);
                        self.wait(|| encoder.forward(&packed))
                    });
                });
                Ok(())
            })?;
        }
        Ok(())
    }

    /// All terms of the objective from what the model gave, without gradients.
    fn losses(&self, criterion: &mut Criterion) -> Outcome {
        let mut training = TrainingStep::new(&self.case, &self.device)?;
        let (model, objective) = (training.model(), training.objective());
        self.each(criterion, "losses", |group, id, shape| {
            let batch = shape.draw(&mut Random::new(SEED), &self.device);
            let output = model.forward(&batch.input);
            group.bench_function(id, |bencher| {
                bencher.iter(|| self.wait(|| objective.forward(&output, batch.targets.clone())));
            });
            Ok(())
        })
    }

    /// The model in evaluation form.
    fn forward(&self, criterion: &mut Criterion) -> Outcome {
        let model = TrainingStep::new(&self.case, &self.device)?.model();
        self.each(criterion, "forward", |group, id, shape| {
            let batch = shape.draw(&mut Random::new(SEED), &self.device);
            group.bench_function(id, |bencher| {
                bencher.iter(|| self.wait(|| model.forward(&batch.input)));
            });
            Ok(())
        })
    }

    /// Forward, losses, backward and optimiser, on other words in every step.
    fn train_step(&self, criterion: &mut Criterion) -> Outcome {
        let device = &self.device.clone().autodiff();
        self.each(criterion, "train_step", |group, id, shape| {
            let mut step = TrainingStep::new(&self.case, device)?;
            let mut random = Random::new(SEED);
            let drawn = shape.draw(&mut random, device);
            group.bench_function(id, |bencher| {
                let fresh = || {
                    let mut batch = drawn.clone();
                    batch.input.text = shape.draw_text(&mut random, device);
                    batch
                };
                let work = |batch| self.wait(|| step.run(batch));
                bencher.iter_batched(fresh, work, BatchSize::PerIteration);
            });
            Ok(())
        })
    }
}
