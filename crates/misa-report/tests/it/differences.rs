//! Differences between two systems, compared with SciPy and with resampling by NumPy.

use misa_report::compare::{CombinedT, Metric, Prediction};
use misa_testing::{Tensors, golden, json};
use serde_json::Value;

/// Enough for an error of a hundredth in a standard error.
const RESAMPLES: usize = 4000;

/// Degrees of freedom, p and the interval of the combined t of the mean absolute error: the formula with
/// the stored scores of the seeds and the exact variance between utterances, by SciPy 1.17.1.
const COMBINED: [(&str, [f64; 4]); 6] = [
    (
        "small_effect",
        [
            18.680_737_720_856_996,
            0.729_394_417_361_620_7,
            -0.110_398_012_277_718_77,
            0.078_706_961_422_586_49,
        ],
    ),
    (
        "clear_effect",
        [
            24.176_023_783_907_407,
            0.000_325_692_979_776_040_1,
            -0.215_999_229_853_688_52,
            -0.073_355_389_715_818_18,
        ],
    ),
    (
        "no_effect_many_seeds",
        [
            65.194_905_869_761_71,
            0.495_439_198_501_087_5,
            -0.127_127_199_922_325_8,
            0.062_152_098_446_372_595,
        ],
    ),
    (
        "unequal_seeds",
        [
            15.572_593_823_256_263,
            0.580_683_949_756_496_6,
            -0.137_342_780_712_841_23,
            0.079_709_178_952_944_53,
        ],
    ),
    (
        "identical",
        [6.0, 1.0, -0.216_339_224_066_981_7, 0.216_339_224_066_981_7],
    ),
    (
        "seed_shift_only",
        [
            2.368_182_438_377_516,
            0.230_755_552_567_066_17,
            -0.207_621_196_096_538_54,
            0.082_621_195_056_561_76,
        ],
    ),
];

/// The mean absolute error.
pub(crate) fn absolute_error(predictions: &[f32], targets: &[f32]) -> f64 {
    let errors = predictions
        .iter()
        .zip(targets)
        .map(|(p, t)| f64::from((p - t).abs()));
    errors.sum::<f64>() / targets.len() as f64
}

fn correlation(predictions: &[f32], targets: &[f32]) -> f64 {
    let mean =
        |values: &[f32]| values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64;
    let (mean_p, mean_t) = (mean(predictions), mean(targets));
    let (mut both, mut squares_p, mut squares_t) = (0.0, 0.0, 0.0);
    for (p, t) in predictions.iter().zip(targets) {
        let (p, t) = (f64::from(*p) - mean_p, f64::from(*t) - mean_t);
        both += p * t;
        squares_p += p * p;
        squares_t += t * t;
    }
    both / (squares_p * squares_t).sqrt()
}

fn equal_sides(predictions: &[f32], targets: &[f32]) -> f64 {
    let pairs = predictions.iter().zip(targets);
    let hits = pairs.filter(|(p, t)| (**p >= 0.0) == (**t >= 0.0)).count();
    hits as f64 / targets.len() as f64
}

fn metric(name: &str) -> Metric {
    type Score = fn(&[f32], &[f32]) -> f64;
    let (name, range, score): (_, _, Score) = match name {
        "mae" => ("MAE", (0.0, f64::INFINITY), absolute_error),
        "corr" => ("Corr", (-1.0, 1.0), correlation),
        "acc2" => ("Acc-2", (0.0, 1.0), equal_sides),
        _ => panic!("{name}: no test knows this score"),
    };
    Metric {
        name,
        is_better_high: true,
        is_share: false,
        range,
        score,
    }
}

/// A stored table of two systems.
struct Table {
    name: String,
    stored: Value,
    systems: [Vec<Vec<Prediction>>; 2],
}

impl Table {
    fn all() -> Vec<Self> {
        let tensors = Tensors::read(&golden("stats").join("tables.safetensors"));
        let stored = json(&golden("stats").join("tables.json"));
        let table = |(name, stored): (&String, &Value)| {
            let labels = tensors.floats(&format!("{name}.y"));
            let system = |key| predictions(&tensors.rows(&format!("{name}.{key}")), &labels);
            Self {
                name: name.clone(),
                stored: stored.clone(),
                systems: ["a", "b"].map(system),
            }
        };
        stored.as_object().unwrap().iter().map(table).collect()
    }

    fn test(&self, score: &str) -> CombinedT {
        let [one, other] = self
            .systems
            .each_ref()
            .map(|seeds| -> Vec<&[Prediction]> { seeds.iter().map(Vec::as_slice).collect() });
        CombinedT::of(&one, &other, &metric(score), RESAMPLES, 11).unwrap()
    }

    /// The test of the stored errors of the seeds.
    fn of_errors(&self, utterance_variance: f64) -> CombinedT {
        let errors = &self.stored["mae_per_seed"];
        let errors = [0, 1].map(|system| floats(&errors[system]));
        let range = (0.0, f64::INFINITY);
        let variance = Some(utterance_variance);
        CombinedT::new(&errors[0], &errors[1], variance, self.utterances(), range).unwrap()
    }

    fn utterances(&self) -> usize {
        self.stored["utterances"].as_u64().unwrap() as usize
    }

    /// The exact variance of the difference in errors between utterances.
    fn exact_variance(&self) -> f64 {
        let error = &self.stored["bootstrap"]["fixed.mae"]["se_exact"];
        self.corrected(error.as_f64().unwrap())
    }

    /// The variance to a standard error by the bootstrap, which is too small by this factor.
    fn corrected(&self, error: f64) -> f64 {
        let count = self.utterances() as f64;
        error * error * count / (count - 1.0)
    }
}

fn floats(list: &Value) -> Vec<f64> {
    let list = list.as_array().unwrap().iter();
    list.map(|value| value.as_f64().unwrap()).collect()
}

/// The predictions of each seed.
fn predictions(seeds: &[Vec<f64>], labels: &[f64]) -> Vec<Vec<Prediction>> {
    let row = |(index, (&prediction, &target)): (usize, (&f64, &f64))| Prediction {
        id: index.to_string(),
        prediction: prediction as f32,
        target: target as f32,
    };
    let seed = |seed: &Vec<f64>| seed.iter().zip(labels).enumerate().map(row).collect();
    seeds.iter().map(seed).collect()
}

fn assert_within(what: &str, found: f64, expected: f64, allowed: f64) {
    assert!(
        (found - expected).abs() <= allowed,
        "{what}: expected {expected} ± {allowed}, found {found}"
    );
}

#[test]
fn differences_and_their_variance_between_utterances_are_those_of_numpy() {
    for table in Table::all() {
        for (score, expected) in table.stored["difference"].as_object().unwrap() {
            let what = format!("{} {score}", table.name);
            let found = table.test(score);
            assert_within(&what, found.difference, expected.as_f64().unwrap(), 1e-6);
            let Some(fixed) = table.stored["bootstrap"].get(format!("fixed.{score}")) else {
                continue;
            };
            let (error, count) = match fixed["se_exact"].as_f64() {
                Some(exact) => (exact, f64::INFINITY),
                None => (
                    fixed["se"].as_f64().unwrap(),
                    fixed["resamples"].as_f64().unwrap(),
                ),
            };
            // Four standard errors of both computations.
            let allowed = 4.0 * error * (0.5 / RESAMPLES as f64 + 0.5 / count).sqrt() + 1e-6;
            let expected = table.corrected(error).sqrt();
            assert_within(
                &what,
                found.utterance_variance.unwrap().sqrt(),
                expected,
                allowed,
            );
        }
    }
}

/// Without a variance between utterances, the combined t is Welch's.
#[test]
fn the_part_of_the_seeds_is_welchs_test() {
    let mut count = 0;
    for table in Table::all() {
        let expected = &table.stored["welch_t_on_seed_mae"];
        let Some(p) = expected["p"].as_f64() else {
            continue;
        };
        let found = table.of_errors(0.0);
        let t = found.difference / found.seed_variance.unwrap().sqrt();
        let (low, high) = found.interval.unwrap();
        let numbers = [t, found.p.unwrap(), found.degrees.unwrap(), low, high];
        let ends = floats(&expected["ci95"]);
        let number = |key: &str| expected[key].as_f64().unwrap();
        let expected = [number("t"), p, number("df"), ends[0], ends[1]];
        for (found, expected) in numbers.into_iter().zip(expected) {
            assert_within(&table.name, found, expected, 1e-9 * expected.abs().max(1.0));
        }
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn the_combined_t_is_that_of_scipy() {
    let tables = Table::all();
    for (name, [degrees, p, low, high]) in COMBINED {
        let table = tables.iter().find(|table| table.name == name).unwrap();
        let variance = table.exact_variance();
        let exact = table.of_errors(variance);
        let (found_low, found_high) = exact.interval.unwrap();
        assert_within(name, exact.degrees.unwrap(), degrees, 1e-8);
        assert_within(name, exact.p.unwrap(), p, 1e-9);
        assert_within(name, found_low, low, 1e-9);
        assert_within(name, found_high, high, 1e-9);
        // From predictions: the bootstrap knows the variance to 4 · √(2 / resamples) of it.
        let found = table.test("mae");
        let error = 4.0 * (2.0 / RESAMPLES as f64).sqrt();
        let [least, most] = [1.0 - error, 1.0 + error].map(|part| table.of_errors(variance * part));
        let p_error = (least.p.unwrap() - most.p.unwrap()).abs();
        assert_within(name, found.p.unwrap(), p, p_error + 1e-5);
        let width = |test: &CombinedT| test.interval.map(|(low, high)| high - low).unwrap();
        let width_error = width(&most) - width(&least);
        assert_within(name, width(&found), high - low, width_error + 1e-5);
    }
}

#[test]
fn a_single_seed_has_a_difference_and_no_test() {
    let tables = Table::all();
    let table = tables
        .iter()
        .find(|table| table.name == "one_seed")
        .unwrap();
    let found = table.test("mae");
    assert_eq!((found.p, found.interval, found.degrees), (None, None, None));
    assert!(found.utterance_variance.is_some());
}
