//! Which utterances of a batch come from one video.

/// The utterances of a batch, video by video, in the order in which they are spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Videos {
    order: Vec<usize>,
    counts: Vec<usize>,
}

impl Videos {
    /// Creates the videos from the rows of each.
    ///
    /// # Panics
    ///
    /// Panics unless every row of a batch is listed once, and every video has one.
    pub fn new(videos: &[Vec<usize>]) -> Self {
        let order = videos.concat();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(
            sorted.into_iter().eq(0..order.len()),
            "every row of the batch must be in one video, got {videos:?}"
        );
        let counts: Vec<usize> = videos.iter().map(Vec::len).collect();
        assert!(!counts.contains(&0), "a video needs an utterance");
        Self { order, counts }
    }

    /// Each utterance in a separate video.
    pub fn apart(batch: usize) -> Self {
        Self {
            order: (0..batch).collect(),
            counts: vec![1; batch],
        }
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.order.len()
    }

    /// Rows of the batch, video by video, each in the order in which it is spoken.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Utterances of each video.
    pub(crate) fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// Position in [`Self::order`] of each video's first utterance.
    pub(crate) fn firsts(&self) -> Vec<usize> {
        let mut next = 0;
        let first = |&count: &usize| {
            next += count;
            next - count
        };
        self.counts.iter().map(first).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "every row of the batch must be in one video, got [[0, 2]]")]
    fn no_row_is_left_out() {
        Videos::new(&[vec![0, 2]]);
    }
}
