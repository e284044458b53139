//! Published numbers of the corpora: checksums, counts and feature sizes.

use super::report::{Clue, CorpusReport};
use crate::Split;
use misa_terms::FeatureSizes;

/// SHA-256 of the feature files that MMSA distributes.
const FILES: [(&str, &str); 5] = [
    (
        "78e0f8b5ef8ff71558e7307848fc1fa929ecb078203f565ab22b9daab2e02524",
        "MMSA's CMU-MOSI, unaligned_50.pkl",
    ),
    (
        "d3994fd25681f9c7ad6e9c6596a6fe9b4beb85ff7d478ba978b124139002e5f9",
        "MMSA's CMU-MOSI, aligned_50.pkl",
    ),
    (
        "ad8b23d50557045e7d47959ce6c5b955d8d983f2979c7d9b7b9226f6dd6fec1f",
        "MMSA's CMU-MOSEI, unaligned_50.pkl",
    ),
    (
        "45eccfb748a87c80ecab9bfac29582e7b1466bf6605ff29d3b338a75120bf791",
        "MMSA's CMU-MOSEI, aligned_50.pkl",
    ),
    (
        "c9e20c13ec0454d98bb9c1e520e490c75146bfa2dfeeea78d84de047dbdd442f",
        "MMSA's CH-SIMS, unaligned_39.pkl",
    ),
];

/// The name of a published file by its SHA-256 in hexadecimal.
pub(super) fn file(sha256: &str) -> Option<&'static str> {
    let found = FILES.into_iter().find(|(known, _)| *known == sha256);
    found.map(|(_, name)| name)
}

/// A corpus, as published by one source.
#[derive(Debug)]
struct Published {
    corpus: &'static str,
    by: &'static str,
    /// Utterances in train, valid and test, as far as known.
    counts: [Option<usize>; 3],
    /// Visual and acoustic features of its common files.
    sizes: &'static [(usize, usize)],
}

const MOSI: &str = "CMU-MOSI";
const MOSEI: &str = "CMU-MOSEI";
const MOSI_SIZES: &[(usize, usize)] = &[(47, 74), (20, 5)];
const MOSEI_SIZES: &[(usize, usize)] = &[(35, 74)];

/// In order of preference, if several match.
const PUBLISHED: [Published; 8] = [
    published(MOSI, "MMSA's files", [1284, 229, 686], MOSI_SIZES),
    published(MOSI, "the MISA paper", [1283, 229, 686], MOSI_SIZES),
    published(MOSI, "builds from the SDK", [1283, 214, 686], MOSI_SIZES),
    published(MOSEI, "MMSA's files", [16326, 1871, 4659], MOSEI_SIZES),
    published(MOSEI, "the MISA paper", [16315, 1871, 4654], MOSEI_SIZES),
    published(
        "UR-FUNNY",
        "the MISA paper",
        [10598, 2626, 3290],
        &[(75, 81), (371, 81)],
    ),
    published("CH-SIMS", "MMSA's files", [1368, 456, 457], &[(709, 33)]),
    Published {
        corpus: "CH-SIMS v2",
        by: "its authors",
        counts: [Some(2722), None, None],
        sizes: &[],
    },
];

const fn published(
    corpus: &'static str,
    by: &'static str,
    [train, valid, test]: [usize; 3],
    sizes: &'static [(usize, usize)],
) -> Published {
    Published {
        corpus,
        by,
        counts: [Some(train), Some(valid), Some(test)],
        sizes,
    }
}

/// Largest relative difference between counts of the same corpus.
const TOLERANCE: f64 = 0.03;

/// The corpus with these counts, or otherwise with these feature sizes.
pub(super) fn corpus(found: [usize; 3], sizes: FeatureSizes) -> Option<CorpusReport> {
    let fitting = PUBLISHED.iter().filter(|known| known.fits(found));
    // `max_by_key` returns the last of several equal maxima.
    let best = fitting.rev().max_by_key(|known| known.likeness(found));
    if let Some(known) = best {
        return Some(known.report(found, Clue::Counts));
    }
    let pair = (sizes.visual, sizes.acoustic);
    let known = PUBLISHED.iter().find(|known| known.sizes.contains(&pair))?;
    Some(known.report(found, Clue::Sizes))
}

impl Published {
    /// Published and found counts of the splits that both have.
    fn pairs(&self, found: [usize; 3]) -> impl Iterator<Item = (usize, usize)> {
        let pairs = self.counts.into_iter().zip(found);
        pairs.filter_map(|(known, found)| Some((known?, found)).filter(|pair| pair.1 > 0))
    }

    /// Whether one split has exactly this size, or all splits nearly do.
    fn fits(&self, found: [usize; 3]) -> bool {
        let is_near = |(known, found): (usize, usize)| {
            known.abs_diff(found) as f64 <= TOLERANCE * known as f64
        };
        let is_equal = self.pairs(found).any(|(known, found)| known == found);
        let has_train = found[Split::Train.index()] > 0;
        is_equal || has_train && self.pairs(found).all(is_near)
    }

    /// The number of equal splits, and how little the others differ.
    fn likeness(&self, found: [usize; 3]) -> (usize, std::cmp::Reverse<usize>) {
        let equal = self.pairs(found).filter(|(known, found)| known == found);
        let difference = self
            .pairs(found)
            .map(|(known, found)| known.abs_diff(found));
        (equal.count(), std::cmp::Reverse(difference.sum()))
    }

    fn report(&self, found: [usize; 3], clue: Clue) -> CorpusReport {
        let difference = |split: usize| self.counts[split].map(|n| found[split] as i64 - n as i64);
        CorpusReport {
            name: self.corpus,
            published_by: self.by,
            clue,
            counts: self.counts,
            differences: std::array::from_fn(difference),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_terms::TextSize;

    fn guess(found: [usize; 3], visual: usize, acoustic: usize) -> Option<CorpusReport> {
        let text = TextSize::Words { vocabulary: 2 };
        let sizes = FeatureSizes {
            text,
            visual,
            acoustic,
        };
        corpus(found, sizes)
    }

    #[test]
    fn every_publisher_is_recognised() {
        for known in &PUBLISHED {
            let found = known.counts.map(|count| count.unwrap_or(0));
            let report = guess(found, 1, 1).unwrap();
            assert_eq!((report.name, report.published_by), (known.corpus, known.by));
            assert!(report.differences.iter().flatten().all(|&n| n == 0));
        }
    }

    #[test]
    fn a_missing_split_is_a_difference() {
        let report = guess([1284, 229, 0], 100, 76).unwrap();
        assert_eq!((report.name, report.clue), (MOSI, Clue::Counts));
        assert_eq!(report.differences, [Some(0), Some(0), Some(-686)]);
    }

    #[test]
    fn sizes_tell_when_counts_do_not() {
        let report = guess([600, 150, 150], 35, 74).unwrap();
        assert_eq!((report.name, report.clue), (MOSEI, Clue::Sizes));
        assert!(guess([600, 150, 150], 1, 1).is_none());
    }

    #[test]
    fn checksums_are_complete() {
        for (sha256, name) in FILES {
            assert_eq!(sha256.len(), 64);
            assert_eq!(file(sha256), Some(name));
        }
        assert_eq!(file(""), None);
    }
}
