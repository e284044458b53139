//! Utterances that a file of folds moves to another split.

use misa_data::{DataError, Folds, Split};
use misa_terms::plural;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where each utterance goes, and what was moved so far.
#[derive(Debug)]
pub(super) struct Moves {
    folds: Option<(PathBuf, Folds)>,
    used: BTreeSet<String>,
    /// Utterances in another split than they came from.
    pub(super) moved: usize,
    /// Utterances in train, valid and test.
    pub(super) counts: [usize; 3],
}

impl Moves {
    /// The moves of a file of folds; without one, none.
    pub(super) fn new(file: Option<&Path>) -> Result<Self, DataError> {
        let folds = file.map(Folds::read).transpose()?;
        Ok(Self {
            folds: file.map(Path::to_owned).zip(folds),
            used: BTreeSet::new(),
            moved: 0,
            counts: [0; 3],
        })
    }

    /// The split of the next utterance, which was in `split`.
    pub(super) fn split(&mut self, split: Split, id: &str) -> Split {
        let folds = self.folds.as_ref();
        let listed = folds.and_then(|(_, folds)| folds.find(id));
        let next = listed.map_or(split, |(_, next)| next);
        if let Some((name, _)) = listed
            && !self.used.contains(name)
        {
            self.used.insert(name.to_owned());
        }
        self.moved += usize::from(next != split);
        self.counts[next.index()] += 1;
        next
    }

    /// Names in the file that no utterance and no video had.
    pub(super) fn unknown_names(&self) -> BTreeSet<&str> {
        let names = self.folds.iter().flat_map(|(_, folds)| folds.names());
        names.filter(|name| !self.used.contains(*name)).collect()
    }

    /// Tells people what was moved, and which names were in vain.
    pub(super) fn tell(&self) {
        let Some((path, _)) = &self.folds else {
            return;
        };
        let moved = plural(self.moved, "utterance", "utterances");
        eprintln!("note: {moved} moved to another split");
        let unknown = self.unknown_names();
        let Some(first) = unknown.first() else {
            return;
        };
        let (path, names) = (path.display(), plural(unknown.len(), "name", "names"));
        eprintln!("note: {path}: {names} that nothing here has, such as {first:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn without_a_file_nothing_moves() {
        let mut moves = Moves::new(None).unwrap();
        assert_eq!(moves.split(Split::Valid, "a[1]"), Split::Valid);
        assert_eq!((moves.moved, moves.counts), (0, [0, 1, 0]));
        assert!(moves.unknown_names().is_empty());
    }

    #[test]
    fn what_is_listed_moves_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folds.json");
        let text = r#"{"train": ["b"], "valid": [], "test": ["a[2]", "z"]}"#;
        fs::write(&path, text).unwrap();
        let mut moves = Moves::new(Some(&path)).unwrap();
        let found = ["a[1]", "a[2]", "b[1]", "b[2]"].map(|id| moves.split(Split::Valid, id));
        let expected = [Split::Valid, Split::Test, Split::Train, Split::Train];
        assert_eq!(found, expected);
        assert_eq!((moves.moved, moves.counts), (3, [2, 1, 1]));
        assert_eq!(moves.unknown_names(), BTreeSet::from(["z"]));
    }
}
