//! The seeds of several runs.

use std::collections::BTreeSet;
use std::str::FromStr;

/// More runs than anyone would start on purpose.
const MOST: usize = 10_000;
/// The largest whole number that the settings of a run can hold.
const LARGEST: u64 = i64::MAX as u64;

/// The seeds of several runs, at least one and none twice: from `1,2,3` or `1111..1115`, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(pub Vec<u64>);

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("`{text}`: expected seeds such as 1,2,3 or 1111..1115");
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| expected());
        let too_many = |count: u128| format!("`{text}`: {count} seeds, expected at most {MOST}");
        let seeds: Vec<u64> = match text.split_once("..") {
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                // Counted before the list is allocated.
                let count = (u128::from(last) + 1).saturating_sub(u128::from(first));
                if count > MOST as u128 {
                    return Err(too_many(count));
                }
                (first..=last).collect()
            }
            None => text.split(',').map(number).collect::<Result<_, _>>()?,
        };
        match seeds.len() {
            0 => return Err(expected()),
            count if count > MOST => return Err(too_many(count as u128)),
            _ => {}
        }
        if let Some(seed) = seeds.iter().find(|&&seed| seed > LARGEST) {
            return Err(format!("`{text}`: seed {seed}, expected at most {LARGEST}"));
        }
        match twice(&seeds) {
            Some(twice) => Err(format!(
                "`{text}`: seed {twice} stands twice, expected each seed once"
            )),
            None => Ok(Self(seeds)),
        }
    }
}

/// The first seed that stands in the list before.
pub(crate) fn twice<T: Ord>(seeds: &[T]) -> Option<&T> {
    let mut known = BTreeSet::new();
    seeds.iter().find(|&seed| !known.insert(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_list_or_a_range() {
        assert_eq!("1, 5".parse(), Ok(Seeds(vec![1, 5])));
        assert_eq!("1111..1113".parse(), Ok(Seeds(vec![1111, 1112, 1113])));
        for wrong in ["", "1..", "3..1", "a,b", "-1"] {
            assert!(wrong.parse::<Seeds>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_seed_that_stands_twice_is_refused() {
        let refused = "1, 5,1".parse::<Seeds>().unwrap_err();
        assert_eq!(
            refused,
            "`1, 5,1`: seed 1 stands twice, expected each seed once"
        );
    }

    #[test]
    fn a_seed_that_settings_cannot_hold_is_refused() {
        let (largest, more) = (LARGEST.to_string(), (LARGEST + 1).to_string());
        assert_eq!(largest.parse(), Ok(Seeds(vec![LARGEST])));
        let refused = format!("`{more}`: seed {more}, expected at most {largest}");
        assert_eq!(more.parse::<Seeds>(), Err(refused));
    }

    #[test]
    fn too_many_seeds_are_refused() {
        assert_eq!(
            "1..10000".parse::<Seeds>().map(|seeds| seeds.0.len()),
            Ok(10_000)
        );
        let message = |text: &str| text.parse::<Seeds>().unwrap_err();
        assert_eq!(
            message("0..10000"),
            "`0..10000`: 10001 seeds, expected at most 10000"
        );
        assert!(message(&format!("0..{}", u64::MAX)).contains("18446744073709551616 seeds"));
        assert!(message(&"1,".repeat(10_000)).contains("expected seeds such as"));
        assert!(
            message(&vec!["1"; 10_001].join(",")).ends_with("10001 seeds, expected at most 10000")
        );
    }
}
