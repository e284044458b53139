//! Bounds of gradients.

use misa_core::ConfigError;
use serde::{Deserialize, Serialize};

/// Keeps a division finite, as in PyTorch.
const EPSILON: f64 = 1e-6;

/// How large gradients may become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradientClip {
    /// As large as they are.
    #[default]
    Off,
    /// Every element by itself lies within plus and minus this value, as in the official code.
    /// Range: `(0, inf)`.
    Value(f64),
    /// All gradients are scaled together so that the norm over every parameter is at most this.
    /// Range: `(0, inf)`.
    Norm(f64),
}

impl GradientClip {
    /// The bound of an element, where there is one.
    pub(crate) fn value(self) -> Option<f64> {
        match self {
            Self::Value(bound) => Some(bound),
            Self::Off | Self::Norm(_) => None,
        }
    }

    /// What gradients of this norm are multiplied by.
    pub(crate) fn scale(self, norm: f64) -> f64 {
        match self {
            Self::Norm(bound) => (bound / (norm + EPSILON)).min(1.0),
            Self::Off | Self::Value(_) => 1.0,
        }
    }

    pub(crate) fn validate(self) -> Result<(), ConfigError> {
        let (field, bound) = match self {
            Self::Off => return Ok(()),
            Self::Value(bound) => ("gradient_clip.value", bound),
            Self::Norm(bound) => ("gradient_clip.norm", bound),
        };
        ConfigError::check(field, bound, "(0, inf)", bound > 0.0 && bound.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_gradients_are_scaled() {
        let clip = GradientClip::Norm(2.0);
        assert_eq!(clip.scale(1.0), 1.0);
        assert!((clip.scale(8.0) - 0.25).abs() < 1e-6);
        assert_eq!(GradientClip::Value(2.0).scale(8.0), 1.0);
    }
}
