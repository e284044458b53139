//! The power of tests, compared with what many repetitions find.

use crate::random::Random;
use misa_report::compare::CombinedT;
use misa_report::power::{Demand, Design};
use statrs::distribution::{ContinuousCDF, StudentsT};

const LEVEL: f64 = 0.05;
const REPETITIONS: usize = 4000;
const RANGE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// Mean and sample variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (mean, squares.sum::<f64>() / (count - 1.0))
}

/// Scores of seeds around a mean.
fn scores(mean: f64, deviation: f64, seeds: usize, random: &mut Random) -> Vec<f64> {
    let normals = random.normals(seeds).into_iter();
    normals.map(|normal| mean + deviation * normal).collect()
}

/// Whether `t` rejects equality.
fn rejects(t: f64, degrees: usize) -> bool {
    let student = StudentsT::new(0.0, 1.0, degrees as f64).unwrap();
    2.0 * student.sf(t.abs()) < LEVEL
}

/// Whether a test sees the difference between two systems that are drawn once.
fn sees(design: Design, difference: f64, [one, other]: [usize; 2], random: &mut Random) -> bool {
    match design {
        Design::Unpaired { deviation } => {
            let a = moments(&scores(difference, deviation, one, random));
            let b = moments(&scores(0.0, deviation, other, random));
            let degrees = one + other - 2;
            let within = (a.1 * (one - 1) as f64 + b.1 * (other - 1) as f64) / degrees as f64;
            let error = (within * (1.0 / one as f64 + 1.0 / other as f64)).sqrt();
            rejects((a.0 - b.0) / error, degrees)
        }
        Design::Paired { deviation } => {
            let (mean, variance) = moments(&scores(difference, deviation, one, random));
            rejects(mean / (variance / one as f64).sqrt(), one - 1)
        }
        Design::Combined {
            deviations,
            utterance_variance,
            utterances,
        } => {
            // What the utterances at hand add to the difference.
            let shift = difference + utterance_variance.sqrt() * random.normal();
            let a = scores(shift, deviations[0], one, random);
            let b = scores(0.0, deviations[1], other, random);
            let found = utterance_variance * moments(&random.normals(utterances)).1;
            let test = CombinedT::new(&a, &b, Some(found), utterances, RANGE).unwrap();
            test.p.unwrap() < LEVEL
        }
        other => panic!("{other:?}: no test repeats this"),
    }
}

const DESIGNS: [(Design, f64, [usize; 2]); 9] = [
    (Design::Unpaired { deviation: 0.039 }, 0.02, [5, 5]),
    (Design::Unpaired { deviation: 0.039 }, 0.08, [5, 5]),
    (Design::Unpaired { deviation: 1.0 }, 0.5, [64, 64]),
    (Design::Unpaired { deviation: 0.02 }, 0.06, [3, 9]),
    (Design::Paired { deviation: 0.03 }, 0.06, [3, 3]),
    (Design::Paired { deviation: 1.0 }, 0.5, [34, 34]),
    (COMBINED, 0.03, [5, 5]),
    (COMBINED, 0.06, [3, 8]),
    (COMBINED, 0.05, [20, 20]),
];

const COMBINED: Design = Design::Combined {
    deviations: [0.03, 0.02],
    utterance_variance: 1e-4,
    utterances: 60,
};

#[test]
fn power_is_the_share_of_repetitions_in_which_a_difference_is_seen() {
    for (number, (design, difference, seeds)) in DESIGNS.into_iter().enumerate() {
        let mut random = Random(number as u64);
        let seen = (0..REPETITIONS).filter(|_| sees(design, difference, seeds, &mut random));
        let found = seen.count() as f64 / REPETITIONS as f64;
        let expected = design.power(difference, seeds, LEVEL).unwrap();
        let allowed = 4.0 * (expected * (1.0 - expected) / REPETITIONS as f64).sqrt();
        assert!(
            (found - expected).abs() <= allowed,
            "{design:?}, {difference}, {seeds:?}: expected {expected} ± {allowed}, found {found}"
        );
    }
}

/// The seeds that a difference needs see it as often as demanded; one less does not.
#[test]
fn seeds_needed_are_neither_too_few_nor_too_many() {
    let demand = Demand::default();
    for (design, difference, _) in DESIGNS {
        let seeds = design.seeds(difference, demand).unwrap();
        let power = |seeds| design.power(difference, [seeds; 2], LEVEL).unwrap();
        assert!(power(seeds) >= demand.power, "{design:?}");
        assert!(seeds == 3 || power(seeds - 1) < demand.power, "{design:?}");
    }
}
