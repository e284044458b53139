//! Bounds of gradients.

use misa_core::ConfigError;
use serde::{Deserialize, Serialize};

/// Keeps a division finite, as in PyTorch.
const EPSILON: f64 = 1e-6;

misa_terms::choice! {
    /// How large gradients may become.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum GradientClip {
        /// Gradients are not bounded.
        #[default]
        Off,
        /// Each element is clamped to plus or minus this value, as in the official code. Range:
        /// `(0, inf)`.
        Value(f64),
        /// All gradients are scaled by one factor, so that their total norm is at most this. Range:
        /// `(0, inf)`.
        Norm(f64),
    }
}

impl GradientClip {
    /// The bound of an element, if there is one.
    pub(crate) fn value(self) -> Option<f64> {
        match self {
            Self::Value(bound) => Some(bound),
            Self::Off | Self::Norm(_) => None,
        }
    }

    /// The bound of the total norm, if there is one.
    pub(crate) fn norm(self) -> Option<f64> {
        match self {
            Self::Norm(bound) => Some(bound),
            Self::Off | Self::Value(_) => None,
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

/// The factor of gradients with the total norm `norm` that reduces it to at most `max_norm`.
pub(crate) fn norm_scale(max_norm: Option<f64>, norm: f64) -> f64 {
    max_norm.map_or(1.0, |bound| (bound / (norm + EPSILON)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_gradients_are_scaled() {
        let bound = GradientClip::Norm(2.0).norm();
        assert_eq!(norm_scale(bound, 1.0), 1.0);
        assert!((norm_scale(bound, 8.0) - 0.25).abs() < 1e-6);
        assert_eq!(norm_scale(GradientClip::Value(2.0).norm(), 8.0), 1.0);
    }
}
