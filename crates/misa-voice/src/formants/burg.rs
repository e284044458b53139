//! Linear prediction.

use crate::pitch::sum_of_products;

/// Highest order of a prediction.
pub(super) const MOST: usize = 20;

/// Linear prediction by Burg's method: at each order, the errors of prediction forwards and backwards
/// are made smallest together.
///
/// - Source: Burg 1967; for the power from order to order, Andersen 1978; Press and others, "Numerical recipes", section on linear prediction.
#[derive(Debug, Default)]
pub(super) struct Burg {
    forward: Vec<f32>,
    backward: Vec<f32>,
}

impl Burg {
    /// Coefficients `a[1..=order]` after `a[0] = 1`, such that `x[n] + a[1] x[n - 1] + ...` is small.
    /// `None` where nothing is left to predict, or a sample is not finite.
    ///
    /// `order` is at most [`MOST`].
    pub fn predict(&mut self, samples: &[f32], order: usize) -> Option<[f64; MOST + 1]> {
        if order > MOST || samples.len() < 2 * order + 2 {
            return None;
        }
        self.forward.clear();
        self.forward.extend_from_slice(&samples[1..]);
        self.backward.clear();
        self.backward
            .extend_from_slice(&samples[..samples.len() - 1]);
        let mut prediction = [0.0; MOST + 1];
        prediction[0] = 1.0;
        let mut errors = (&mut self.forward[..], &mut self.backward[..]);
        let mut power = power(errors.0) + power(errors.1);
        for step in 1..=order {
            let product = f64::from(sum_of_products(errors.0, errors.1));
            let reflection = -2.0 * product / power;
            // Also where the power is 0 or not finite.
            if reflection.is_nan() || reflection.abs() >= 1.0 {
                return None;
            }
            let old = prediction;
            for (k, value) in prediction.iter_mut().enumerate().take(step + 1).skip(1) {
                *value += reflection * old[step - k];
            }
            update(errors.0, errors.1, reflection as f32);
            let last = errors.1.len() - 1;
            // What is left of the power, without the two errors that have no counterpart from here on.
            let gone = [errors.0[0], errors.1[last]].map(f64::from);
            power = power * (1.0 - reflection * reflection) - gone[0] * gone[0] - gone[1] * gone[1];
            errors = (&mut errors.0[1..], &mut errors.1[..last]);
        }
        Some(prediction)
    }
}

fn power(errors: &[f32]) -> f64 {
    f64::from(sum_of_products(errors, errors))
}

/// Takes what the factor predicts out of both errors.
fn update(forward: &mut [f32], backward: &mut [f32], reflection: f32) {
    for (forward, backward) in forward.iter_mut().zip(backward) {
        let before = *forward;
        *forward += reflection * *backward;
        *backward += reflection * before;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resonance_is_predicted() {
        // x[n] = 1.8 x[n - 1] - 0.9 x[n - 2] + noise
        let mut samples = vec![0.0_f32; 4000];
        let mut state = 1_u32;
        for n in 2..samples.len() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = state as f32 / u32::MAX as f32 - 0.5;
            samples[n] = 1.8 * samples[n - 1] - 0.9 * samples[n - 2] + noise;
        }
        let found = Burg::default().predict(&samples, 2).unwrap();
        assert!(
            (found[1] + 1.8).abs() < 0.05 && (found[2] - 0.9).abs() < 0.05,
            "{found:?}"
        );
    }

    #[test]
    fn nothing_is_not_predicted() {
        let mut burg = Burg::default();
        for samples in [
            vec![],
            vec![0.0; 100],
            vec![f32::NAN; 100],
            vec![f32::INFINITY; 100],
        ] {
            assert_eq!(burg.predict(&samples, 10), None);
        }
        assert_eq!(burg.predict(&[1.0; 100], MOST + 1), None);
    }
}
