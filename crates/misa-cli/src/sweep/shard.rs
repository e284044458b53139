//! The part of a list that a job does.

use std::fmt;
use std::str::FromStr;

/// Every `count`-th item from number `index` on, counted from 0 like the tasks of a Slurm array:
/// together the shards do everything, and nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// Whether the shard has the item at this index.
    pub fn contains(self, item: usize) -> bool {
        item % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, count)| {
            Some((index.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
        });
        match parts {
            Some((index, count)) if index < count => Ok(Self { index, count }),
            _ => Err(format!("`{text}`: expected i/n with 0 <= i < n")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_do_everything_once() {
        for count in 1..7 {
            let shards: Vec<Shard> = (0..count)
                .map(|index| format!("{index}/{count}").parse().unwrap())
                .collect();
            for item in 0..20 {
                let owners = shards.iter().filter(|shard| shard.contains(item));
                assert_eq!(owners.count(), 1);
            }
        }
    }

    #[test]
    fn there_is_no_shard_beyond_the_last() {
        for wrong in ["4/4", "1/0", "1", "a/2", "-1/2"] {
            let error = wrong.parse::<Shard>().unwrap_err();
            assert_eq!(error, format!("`{wrong}`: expected i/n with 0 <= i < n"));
        }
    }
}
