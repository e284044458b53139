//! How often models that are equally good are called different.

use crate::random::Random;
use misa_report::compare::{CombinedT, Metric, Prediction};
use misa_testing::{golden, is_long, json};

/// Share of true equality that may be rejected.
const NOMINAL: f64 = 0.05;
/// Half the width of an interval of 95 % in standard errors.
const NORMAL: f64 = 1.96;

/// Two systems whose seeds and utterances spread like those of MOSI.
#[derive(Clone, Copy)]
struct World {
    utterances: usize,
    seeds: usize,
    /// Deviation of what a seed adds to every utterance.
    seed_sd: f64,
    /// Deviation of what a system adds to an utterance in all its seeds.
    system_sd: f64,
    resamples: usize,
}

/// What many repetitions find.
struct Found {
    /// Share of repetitions in which the combined t rejects equality.
    rejected: f64,
    /// The same if utterances alone were drawn.
    rejected_by_utterances: f64,
    /// Mean width of the intervals, and its standard error.
    width: f64,
    width_error: f64,
}

/// Predictions for the label 0, which so are the errors themselves.
fn mean(predictions: &[f32], _: &[f32]) -> f64 {
    predictions.iter().copied().map(f64::from).sum::<f64>() / predictions.len() as f64
}

const METRIC: Metric = Metric {
    name: "mean error",
    is_better_high: false,
    is_share: false,
    range: (f64::NEG_INFINITY, f64::INFINITY),
    score: mean,
};

impl World {
    /// The seeds of one system, on utterances that are `difficult` for every system.
    fn system(&self, difficult: &[f64], random: &mut Random) -> Vec<Vec<Prediction>> {
        let of_system = random.normals(self.utterances);
        let seeds = (0..self.seeds).map(|_| {
            let of_seed = self.seed_sd * random.normal();
            let row = |(index, (m, g)): (usize, (&f64, &f64))| {
                let error = 0.8 + 0.6 * m + self.system_sd * g + of_seed + 0.35 * random.normal();
                Prediction {
                    id: index.to_string(),
                    prediction: error as f32,
                    target: 0.0,
                }
            };
            difficult
                .iter()
                .zip(&of_system)
                .enumerate()
                .map(row)
                .collect()
        });
        seeds.collect()
    }

    fn compare(&self, random: &mut Random, number: u64) -> CombinedT {
        let difficult = random.normals(self.utterances);
        let systems = [0, 1].map(|_| self.system(&difficult, random));
        let [one, other] = systems
            .each_ref()
            .map(|seeds| -> Vec<&[Prediction]> { seeds.iter().map(Vec::as_slice).collect() });
        CombinedT::of(&one, &other, &METRIC, self.resamples, number).unwrap()
    }

    fn repeat(&self, repetitions: usize) -> Found {
        let mut random = Random(self.seeds as u64);
        let tests: Vec<CombinedT> = (0..repetitions as u64)
            .map(|number| self.compare(&mut random, number))
            .collect();
        let count = repetitions as f64;
        let share = |is: &dyn Fn(&CombinedT) -> bool| {
            tests.iter().filter(|test| is(test)).count() as f64 / count
        };
        let widths = tests
            .iter()
            .map(|test| test.interval.map(|(low, high)| high - low).unwrap());
        let width = widths.clone().sum::<f64>() / count;
        let squares = widths.map(|found| (found - width).powi(2));
        Found {
            rejected: share(&|test| test.p.unwrap() < NOMINAL),
            rejected_by_utterances: share(&|test| {
                test.difference.abs() > NORMAL * test.utterance_variance.unwrap().sqrt()
            }),
            width,
            width_error: (squares.sum::<f64>() / (count - 1.0) / count).sqrt(),
        }
    }
}

/// The standard error of a share.
fn error(share: f64, repetitions: usize) -> f64 {
    (share * (1.0 - share) / repetitions as f64).sqrt()
}

#[test]
fn equal_models_are_called_different_in_at_most_five_of_a_hundred_cases() {
    let repetitions = 400;
    for seeds in [3, 5, 10] {
        let world = World {
            utterances: 200,
            seeds,
            seed_sd: 0.04,
            system_sd: 0.0,
            resamples: 60,
        };
        let found = world.repeat(repetitions);
        let allowed = NOMINAL + 3.0 * error(NOMINAL, repetitions);
        assert!(found.rejected <= allowed, "{seeds}: {}", found.rejected);
        // These are worlds in which the seeds matter.
        let rejected = found.rejected_by_utterances;
        assert!(rejected > 0.2, "{seeds}: {rejected}");
    }
}

/// Every row of a simulation with NumPy, as long as that.
#[test]
fn rejections_of_equality_are_those_of_numpy() {
    if !is_long() {
        return;
    }
    let stored = json(&golden("stats").join("type1.json"));
    let count = |key: &str| stored[key].as_u64().unwrap() as usize;
    let repetitions = count("simulations_per_row");
    for row in stored["rows"].as_array().unwrap() {
        let number = |key: &str| row[key].as_f64().unwrap();
        let combined = |key: &str| row[key]["combined_t"].as_f64().unwrap();
        let world = World {
            utterances: count("utterances"),
            seeds: number("n_seeds") as usize,
            seed_sd: number("seed_sd"),
            system_sd: number("system_by_utterance_sd"),
            resamples: 50,
        };
        let found = world.repeat(repetitions);
        let own = error(found.rejected, repetitions);
        let expected = combined("type1");
        let what = format!("{row}: {} of ± {own}", found.rejected);
        assert!(
            (found.rejected - expected).abs() <= 4.0 * own.hypot(combined("mc_sd")),
            "{what}"
        );
        let allowed = NOMINAL + 3.0 * error(NOMINAL, repetitions);
        assert!(found.rejected <= allowed, "{what}");
        // The stored width has the same error.
        let (width, allowed) = (
            combined("mean_width"),
            4.0 * 2f64.sqrt() * found.width_error,
        );
        assert!(
            (found.width - width).abs() <= allowed,
            "{what}: width {}",
            found.width
        );
    }
}
