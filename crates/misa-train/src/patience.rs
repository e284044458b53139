//! When to stop.

/// The official rule of early stopping.
///
/// An epoch improves when its loss is at most the best so far: ties count. More than `patience`
/// epochs in a row without improvement stop the run, so patience 6 stops at the seventh.
///
/// - Source: official code; its halving of the learning rate comes right before the stop and has
///   no effect, so there is none here.
#[derive(Clone, Debug)]
pub struct Patience {
    patience: usize,
    best: f64,
    waited: usize,
}

/// What an epoch means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The best model so far: keep it.
    Improved,
    /// Not the best, but go on.
    Waited,
    /// Stop.
    Exhausted,
}

impl Patience {
    /// Forgives `patience` epochs in a row.
    pub fn new(patience: usize) -> Self {
        Self {
            patience,
            best: f64::INFINITY,
            waited: 0,
        }
    }

    /// Judges the valid loss of an epoch. NaN never improves.
    pub fn judge(&mut self, loss: f64) -> Verdict {
        if loss <= self.best {
            self.best = loss;
            self.waited = 0;
            return Verdict::Improved;
        }
        self.waited += 1;
        match self.waited > self.patience {
            true => Verdict::Exhausted,
            false => Verdict::Waited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Exhausted, Improved, Waited};

    #[test]
    fn the_seventh_bad_epoch_stops_and_a_tie_improves() {
        let mut patience = Patience::new(6);
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
    fn an_improvement_forgives_everything() {
        let mut patience = Patience::new(1);
        let verdicts = [3.0, 4.0, 2.0, 4.0, 4.0].map(|loss| patience.judge(loss));
        assert_eq!(verdicts, [Improved, Waited, Improved, Waited, Exhausted]);
    }

    #[test]
    fn not_a_number_never_improves() {
        let mut patience = Patience::new(0);
        assert_eq!(patience.judge(f64::NAN), Exhausted);
    }
}
