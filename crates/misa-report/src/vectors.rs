//! The usable subspace vectors: those of utterances whose values are all finite.

use crate::record::Representations;

/// One of the two subspaces of a modality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Shared,
    Private,
}

impl Space {
    /// Both, in drawing order.
    pub(crate) const ALL: [Self; 2] = [Self::Shared, Self::Private];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Private => "private",
        }
    }
}

/// The utterances whose vectors and target are all finite.
#[derive(Debug)]
pub(crate) struct Vectors<'a> {
    source: &'a Representations,
    /// Position of each utterance in the record.
    pub(crate) utterances: Vec<usize>,
    /// Utterances with a value that is not finite.
    pub(crate) left_out: usize,
}

impl<'a> Vectors<'a> {
    pub(crate) fn new(source: &'a Representations) -> Self {
        let count = source.targets.len();
        let mut vectors = Self {
            source,
            utterances: Vec::new(),
            left_out: 0,
        };
        let utterances: Vec<usize> = (0..count).filter(|u| vectors.is_finite(*u)).collect();
        vectors.left_out = count - utterances.len();
        vectors.utterances = utterances;
        vectors
    }

    /// At most `most` utterances, evenly spaced in the order of the record.
    pub(crate) fn thinned(&self, most: usize) -> Self {
        let count = self.utterances.len();
        let kept = count.min(most);
        let utterances = (0..kept)
            .map(|k| self.utterances[k * count / kept])
            .collect();
        Self {
            source: self.source,
            utterances,
            left_out: self.left_out,
        }
    }

    pub(crate) fn modalities(&self) -> &'a [String] {
        &self.source.modalities
    }

    pub(crate) fn d_hidden(&self) -> usize {
        self.source.d_hidden
    }

    pub(crate) fn target(&self, utterance: usize) -> f32 {
        self.source.targets[utterance]
    }

    pub(crate) fn vector(&self, space: Space, modality: usize, utterance: usize) -> &'a [f32] {
        let values = match space {
            Space::Shared => &self.source.shared[modality],
            Space::Private => &self.source.private[modality],
        };
        &values[utterance * self.source.d_hidden..][..self.source.d_hidden]
    }

    /// Vectors of one space and modality: `[utterances, d_hidden]`, row-major.
    pub(crate) fn rows(&self, space: Space, modality: usize) -> Vec<f64> {
        let vector = |u: &usize| {
            self.vector(space, modality, *u)
                .iter()
                .map(|v| f64::from(*v))
        };
        self.utterances.iter().flat_map(vector).collect()
    }

    fn is_finite(&self, utterance: usize) -> bool {
        let is_finite = |space| {
            let mut modalities = 0..self.modalities().len();
            modalities.all(|m| {
                self.vector(space, m, utterance)
                    .iter()
                    .all(|v| v.is_finite())
            })
        };
        self.target(utterance).is_finite() && Space::ALL.into_iter().all(is_finite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(count: usize) -> Representations {
        Representations {
            modalities: vec!["text".into()],
            d_hidden: 1,
            shared: vec![(0..count).map(|k| k as f32).collect()],
            private: vec![vec![0.0; count]],
            targets: vec![0.0; count],
            ..Default::default()
        }
    }

    #[test]
    fn leaves_out_utterances_that_are_not_finite_and_counts_them() {
        let mut given = record(4);
        given.shared[0][1] = f32::NAN;
        given.targets[3] = f32::INFINITY;
        let vectors = Vectors::new(&given);
        assert_eq!(vectors.utterances, [0, 2]);
        assert_eq!(vectors.left_out, 2);
        assert_eq!(vectors.rows(Space::Shared, 0), [0.0, 2.0]);
    }

    #[test]
    fn thins_evenly() {
        let given = record(10);
        let vectors = Vectors::new(&given);
        assert_eq!(vectors.thinned(4).utterances, [0, 2, 5, 7]);
        assert_eq!(vectors.thinned(20).utterances.len(), 10);
    }
}
