//! Which modalities a model uses.

use crate::{ConfigError, Described, Modality, PerModality, Shape};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A set of at least one modality, in text, visual, acoustic order.
///
/// A modality that is not in the set is off everywhere: it is not encoded, not fused, and in no
/// loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Modality>", into = "Vec<Modality>")]
pub struct Modalities {
    used: [bool; 3],
}

impl Modalities {
    /// All three.
    pub const ALL: Self = Self { used: [true; 3] };

    /// The set of the given modalities.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoModality`] if `modalities` is empty.
    pub fn new(modalities: &[Modality]) -> Result<Self, ConfigError> {
        let used = Modality::ALL.map(|modality| modalities.contains(&modality));
        if used.contains(&true) {
            Ok(Self { used })
        } else {
            Err(ConfigError::NoModality)
        }
    }

    /// Whether `modality` is used.
    pub fn contains(self, modality: Modality) -> bool {
        self.iter().any(|used| used == modality)
    }

    /// The modalities in use.
    pub fn iter(self) -> impl Iterator<Item = Modality> {
        let used = Modality::ALL.into_iter().zip(self.used);
        used.filter_map(|(modality, used)| used.then_some(modality))
    }

    /// Number of modalities in use.
    pub fn count(self) -> usize {
        self.iter().count()
    }

    /// The values of the modalities in use.
    pub fn select<T: Clone>(self, values: &PerModality<T>) -> Vec<T> {
        self.iter().map(|used| values.get(used).clone()).collect()
    }

    /// The values of every pair of modalities in use, in the order of [`PerModality::pairs`].
    pub fn select_pairs<T: Clone>(self, values: &PerModality<T>) -> Vec<(T, T)> {
        let modalities = PerModality::from_fn(|modality| modality);
        let pairs = modalities.pairs().into_iter().zip(values.pairs());
        pairs
            .filter(|((first, second), _)| self.contains(**first) && self.contains(**second))
            .map(|(_, (x, y))| (x.clone(), y.clone()))
            .collect()
    }
}

impl Described for Modalities {
    fn shape() -> Shape {
        Shape::List(Box::new(Modality::shape()))
    }
}

impl Default for Modalities {
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Display for Modalities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Modality::name).collect();
        f.write_str(&names.join(","))
    }
}

impl FromStr for Modalities {
    type Err = ConfigError;

    /// Reads names separated by commas, such as `text,acoustic`.
    fn from_str(names: &str) -> Result<Self, ConfigError> {
        let named = |name: &str| {
            Modality::ALL
                .into_iter()
                .find(|modality| modality.name() == name)
                .ok_or_else(|| ConfigError::UnknownModality {
                    name: name.to_string(),
                })
        };
        let modalities: Result<Vec<_>, _> = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(named)
            .collect();
        Self::new(&modalities?)
    }
}

impl TryFrom<Vec<Modality>> for Modalities {
    type Error = ConfigError;

    fn try_from(modalities: Vec<Modality>) -> Result<Self, ConfigError> {
        Self::new(&modalities)
    }
}

impl From<Modalities> for Vec<Modality> {
    fn from(modalities: Modalities) -> Self {
        modalities.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_order() {
        let modalities: Modalities = "acoustic, text".parse().unwrap();
        assert_eq!(modalities.to_string(), "text,acoustic");
        assert!(!modalities.contains(Modality::Visual));
    }

    #[test]
    fn unknown_and_absent_names_are_refused() {
        let error = "text,audio".parse::<Modalities>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown modality `audio`, expected text, visual or acoustic"
        );
        assert_eq!("".parse::<Modalities>(), Err(ConfigError::NoModality));
    }

    #[test]
    fn pairs_of_two_modalities_are_one() {
        let modalities: Modalities = "visual,acoustic".parse().unwrap();
        let names = PerModality::from_fn(Modality::name);
        assert_eq!(modalities.select_pairs(&names), [("acoustic", "visual")]);
        assert_eq!(Modalities::ALL.select_pairs(&names).len(), 3);
    }
}
