//! The terms of the objective, and a container holding one value for each.

use burn::prelude::*;
use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Index, IndexMut};

/// Declares [`Term`] from one table of docs, variants and names.
macro_rules! terms {
    ($($(#[$doc:meta])+ $term:ident = $name:literal,)+) => {
        /// A term of the objective.
        ///
        /// A further term is a line of the table in this file, its weight in
        /// [`MisaLossConfig::weight`](crate::loss::MisaLossConfig::weight) and its value in
        /// [`MisaLoss`](crate::loss::MisaLoss).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Term {
            $($(#[$doc])+ $term,)+
        }

        impl Term {
            /// Every term, in the order in which they are summed.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$term),+];

            /// The name in lower case, as records of training and reports spell it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$term => $name,)+
                }
            }
        }
    };
}

terms! {
    /// Error of the prediction.
    Task = "task",
    /// Discrepancy between the shared representations of different modalities, or the adversary's
    /// cross-entropy.
    Similarity = "similarity",
    /// Redundancy between subspaces.
    Difference = "difference",
    /// Error of the reconstruction.
    Reconstruction = "reconstruction",
    /// Cross-entropy of the discriminator of subspaces.
    Discrimination = "discrimination",
    /// Error of the private representations of reconstructions.
    Cycle = "cycle",
    /// Contrast by distance of targets.
    Triplet = "triplet",
    /// Contrast by the prototypes of levels.
    Prototype = "prototype",
    /// Contrast between modalities.
    Contrast = "contrast",
    /// Errors of the predictions from one modality each.
    Unimodal = "unimodal",
}

impl Term {
    /// Number of terms.
    pub const COUNT: usize = Self::ALL.len();
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The key of the weighted sum, beside the names of the terms.
const TOTAL: &str = "total";

/// One `T` per term of the objective, and one for their weighted sum.
///
/// Serialised as a map from the name of each term, and `total`, to its value; a term that a file
/// lacks is the default of `T`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PerTerm<T> {
    values: [T; Term::COUNT],
    /// Value of the weighted sum.
    pub total: T,
}

/// The value of each term, unweighted, and of their weighted sum, the only one to run `backward`
/// on. Every shape is `[1]`.
///
/// A term that is switched off is 0.
pub type MisaLossTerms = PerTerm<Tensor<1>>;

impl<T> PerTerm<T> {
    /// From the values in the order of [`Term::ALL`].
    pub fn new(values: [T; Term::COUNT], total: T) -> Self {
        Self { values, total }
    }

    /// The values by name, the sum last as `total`.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &T)> {
        let values = Term::ALL.map(Term::name).into_iter().zip(&self.values);
        values.chain([(TOTAL, &self.total)])
    }

    /// Applies `f` to each value, the sum last.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> PerTerm<U> {
        PerTerm {
            values: self.values.map(&mut f),
            total: f(self.total),
        }
    }

    /// The same with another value of `term`.
    pub fn with(mut self, term: Term, value: T) -> Self {
        self[term] = value;
        self
    }
}

impl<T> Index<Term> for PerTerm<T> {
    type Output = T;

    fn index(&self, term: Term) -> &T {
        &self.values[term as usize]
    }
}

impl<T> IndexMut<Term> for PerTerm<T> {
    fn index_mut(&mut self, term: Term) -> &mut T {
        &mut self.values[term as usize]
    }
}

impl MisaLossTerms {
    /// The terms where nothing but `task` is learned.
    ///
    /// # Shapes
    ///
    /// - task: `[1]`
    pub fn of_task(task: Tensor<1>) -> Self {
        let values = Term::ALL.map(|term| {
            if term == Term::Task {
                task.clone()
            } else {
                Tensor::zeros([1], &task.device())
            }
        });
        Self::new(values, task)
    }

    /// The values on the host; one read of the device for all of them.
    pub fn to_host(&self) -> PerTerm<f64> {
        let tensors = self.named().map(|(_, term)| term.clone());
        let joined = Tensor::cat(tensors.collect(), 0).into_data();
        let mut values = joined.iter::<f64>();
        let mut next = || values.next().unwrap_or(f64::NAN);
        PerTerm::new(Term::ALL.map(|_| next()), next())
    }
}

impl PerTerm<f64> {
    /// The mean over `batches`, each of which counts the same; NaN of none.
    pub fn mean(batches: &[Self]) -> Self {
        let mean = |value: &dyn Fn(&Self) -> f64| {
            let sum: f64 = batches.iter().map(value).sum();
            sum / batches.len() as f64
        };
        Self::new(
            Term::ALL.map(|term| mean(&|batch| batch[term])),
            mean(&|batch| batch.total),
        )
    }
}

impl<T: Serialize> Serialize for PerTerm<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Term::COUNT + 1))?;
        for (name, value) in self.named() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for PerTerm<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = BTreeMap::<String, T>::deserialize(deserializer)?;
        let total = values.remove(TOTAL);
        Ok(Self {
            values: Term::ALL.map(|term| values.remove(term.name()).unwrap_or_default()),
            total: total.ok_or_else(|| D::Error::missing_field(TOTAL))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rising() -> PerTerm<f64> {
        PerTerm::new(Term::ALL.map(|term| term as usize as f64), 10.0)
    }

    #[test]
    fn each_term_has_its_own_value() {
        for (place, term) in Term::ALL.into_iter().enumerate() {
            assert_eq!(rising()[term], place as f64);
            assert_eq!(
                rising().named().nth(place),
                Some((term.name(), &(place as f64)))
            );
            assert_eq!(rising().with(term, 20.0)[term], 20.0);
        }
        assert_eq!(rising().named().last(), Some(("total", &10.0)));
    }

    #[test]
    fn every_batch_counts_the_same() {
        let means = PerTerm::mean(&[rising(), rising().map(|_| 2.0)]);
        assert_eq!(means, rising().map(|value| (value + 2.0) / 2.0));
    }

    /// The spelling of every record of training so far.
    #[test]
    fn a_record_names_each_term() {
        let expected = r#"{"task":0.0,"similarity":1.0,"difference":2.0,"reconstruction":3.0,"discrimination":4.0,"cycle":5.0,"triplet":6.0,"prototype":7.0,"contrast":8.0,"unimodal":9.0,"#;
        let json = serde_json::to_string(&rising()).unwrap();
        assert!(json.starts_with(expected), "{json}");
        assert!(json.ends_with(r#","total":10.0}"#), "{json}");
        assert_eq!(
            serde_json::from_str::<PerTerm<f64>>(&json).unwrap(),
            rising()
        );
    }

    #[test]
    fn a_term_that_a_record_lacks_was_off() {
        let read: PerTerm<f64> = serde_json::from_str(r#"{"task":1.5,"total":2.0}"#).unwrap();
        let expected = PerTerm::default().with(Term::Task, 1.5);
        assert_eq!(
            read,
            PerTerm {
                total: 2.0,
                ..expected
            }
        );
        let error = serde_json::from_str::<PerTerm<f64>>(r#"{"task":1.5}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("missing field `total`"),
            "{error}"
        );
    }

    #[test]
    fn values_are_read_from_the_device_by_term() {
        let task = Tensor::from_data([1.5], &Device::flex());
        let expected = PerTerm {
            total: 1.5,
            ..PerTerm::default().with(Term::Task, 1.5)
        };
        assert_eq!(MisaLossTerms::of_task(task).to_host(), expected);
    }
}
