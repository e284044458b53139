//! Early stopping.

use serde::{Deserialize, Serialize};

/// The official rule of early stopping.
///
/// An epoch improves when its loss is at most the best so far: ties count. More than `patience`
/// epochs in a row without improvement end a trial, so patience 6 ends it at the seventh. After the
/// last trial, the run ends; after each other one, it goes back to its best model with half the
/// learning rate.
///
/// - Source: official code, which has one trial: it halves the rate and restores the model, but
///   then stops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patience {
    patience: usize,
    trials: usize,
    /// `None` before the first epoch.
    best: Option<f64>,
    waited: usize,
}

/// What to do after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The best model so far: save it.
    Improved,
    /// Not the best model: continue.
    Waited,
    /// Go back to the best model and its optimiser, and halve the learning rate.
    Retry,
    /// Stop.
    Exhausted,
}

impl Patience {
    /// Allows `patience` epochs in a row without improvement, in each of `trials` trials.
    pub fn new(patience: usize, trials: usize) -> Self {
        Self {
            patience,
            trials,
            best: None,
            waited: 0,
        }
    }

    /// Judges the valid loss of an epoch. NaN never improves.
    pub fn judge(&mut self, loss: f64) -> Verdict {
        if loss <= self.best.unwrap_or(f64::INFINITY) {
            self.best = Some(loss);
            self.waited = 0;
            return Verdict::Improved;
        }
        self.waited += 1;
        if self.waited <= self.patience {
            return Verdict::Waited;
        }
        self.waited = 0;
        self.trials = self.trials.saturating_sub(1);
        match self.trials {
            0 => Verdict::Exhausted,
            _ => Verdict::Retry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Exhausted, Improved, Retry, Waited};

    #[test]
    fn the_seventh_bad_epoch_stops_and_a_tie_improves() {
        let mut patience = Patience::new(6, 1);
        let losses = [1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0];
        let verdicts = losses.map(|loss| patience.judge(loss));
        assert_eq!(
            verdicts,
            [
                Improved, Improved, Waited, Waited, Waited, Waited, Waited, Waited, Exhausted
            ]
        );
    }

    #[test]
    fn an_improvement_resets_the_count() {
        let mut patience = Patience::new(1, 1);
        let verdicts = [3.0, 4.0, 2.0, 4.0, 4.0].map(|loss| patience.judge(loss));
        assert_eq!(verdicts, [Improved, Waited, Improved, Waited, Exhausted]);
    }

    #[test]
    fn every_trial_has_patience_of_its_own() {
        let mut patience = Patience::new(1, 2);
        let verdicts = [1.0, 2.0, 2.0, 2.0, 1.0, 2.0, 2.0].map(|loss| patience.judge(loss));
        assert_eq!(
            verdicts,
            [Improved, Waited, Retry, Waited, Improved, Waited, Exhausted]
        );
    }

    #[test]
    fn not_a_number_never_improves() {
        let mut patience = Patience::new(0, 1);
        assert_eq!(patience.judge(f64::NAN), Exhausted);
    }

    #[test]
    fn its_state_survives_json() {
        let mut patience = Patience::new(2, 3);
        patience.judge(1.0 / 3.0);
        patience.judge(2.0);
        let json = serde_json::to_string(&patience).unwrap();
        assert_eq!(serde_json::from_str::<Patience>(&json).unwrap(), patience);
    }
}
