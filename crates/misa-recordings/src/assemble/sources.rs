//! Files of one kind, found by the names of their recordings.

use crate::RecordingError;
use crate::sounds::EXTENSIONS;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Most folders within folders.
const DEPTH: usize = 16;
/// Most files of a folder, with all folders in it.
const MOST: usize = 1 << 22;
/// Extensions of recordings: whisper.cpp writes `clip.wav.json`.
const MEDIA: [&str; 11] = [
    "wav", "mp3", "mp4", "flac", "m4a", "mkv", "avi", "mov", "webm", "ogg", "opus",
];

/// Kinds of files, with the extensions that they may have, the preferred first: tools write one recording in
/// several ways side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceKind {
    /// Words with times.
    Words,
    /// Feature rows.
    Tracks,
    /// Sounds, and videos with sound.
    Sounds,
}

impl SourceKind {
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Words => &[
                "json", "textgrid", "ctm", "mlf", "stm", "csv", "lab", "vtt", "srt", "tsv", "txt",
            ],
            Self::Tracks => &["csv", "mat", "npz", "npy", "arff", "htk", "tsv", "txt"],
            Self::Sounds => &EXTENSIONS,
        }
    }
}

/// The files of a folder, or one file, by the names of their recordings.
#[derive(Clone, Debug)]
pub struct Sources {
    root: PathBuf,
    is_file: bool,
    /// By path below the root, without extension.
    files: BTreeMap<String, Source>,
    /// By the last part of the path; `None` if several have it.
    by_stem: BTreeMap<String, Option<String>>,
}

/// A file, or a folder of arrays, of one recording.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Files of the same name and kind that are not read.
    pub others: usize,
    /// How much its extension is preferred; 0 is best.
    rank: usize,
}

impl Sources {
    /// The files of a kind at `path`, a folder or one file.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when the path does not exist or cannot be read, or has too many files or too many folders
    /// within folders.
    pub fn of(path: &Path, kind: SourceKind) -> Result<Self, RecordingError> {
        let metadata = fs::metadata(path).map_err(RecordingError::io(path))?;
        let mut sources = Self {
            root: path.to_owned(),
            is_file: metadata.is_file(),
            files: BTreeMap::new(),
            by_stem: BTreeMap::new(),
        };
        if sources.is_file {
            let source = Source {
                path: path.to_owned(),
                others: 0,
                rank: 0,
            };
            sources.files.insert(stem(path), source);
        } else {
            sources.scan(path, "", kind, &mut Vec::new())?;
        }
        for key in sources.files.keys() {
            let stem = key.rsplit('/').next().unwrap_or(key).to_string();
            let known = sources.by_stem.entry(stem);
            known
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(key.clone()));
        }
        Ok(sources)
    }

    /// Whether it is one file, which may hold several recordings.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// The recordings by name, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.files
            .iter()
            .map(|(name, source)| (name.as_str(), source))
    }

    /// The file of the first of `names` that has one: by its path below the folder, or else by its own name
    /// if no other file has it. Returns which name it was.
    pub fn find(&self, names: &[String]) -> Option<(usize, &str, &Source)> {
        names.iter().enumerate().find_map(|(number, name)| {
            let stored = self.files.get_key_value(name.as_str()).or_else(|| {
                let key = self.by_stem.get(name.as_str())?.as_ref()?;
                self.files.get_key_value(key)
            });
            stored.map(|(key, source)| (number, key.as_str(), source))
        })
    }

    /// `above`: the folders that this one is in, without links.
    fn scan(
        &mut self,
        folder: &Path,
        prefix: &str,
        kind: SourceKind,
        above: &mut Vec<PathBuf>,
    ) -> Result<(), RecordingError> {
        let real = fs::canonicalize(folder).map_err(RecordingError::io(folder))?;
        // A link to a folder above would never end.
        if above.contains(&real) {
            return Ok(());
        }
        if above.len() > DEPTH {
            return Err(RecordingError::TooDeep {
                path: folder.to_owned(),
                most: DEPTH,
            });
        }
        above.push(real);
        for entry in fs::read_dir(folder).map_err(RecordingError::io(folder))? {
            let entry = entry.map_err(RecordingError::io(folder))?;
            let (path, name) = (entry.path(), entry.file_name());
            // A name that is no text belongs to no recording, but is told.
            let name = &*name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if is_folder(&path)? {
                let key = format!("{prefix}{name}");
                if kind == SourceKind::Tracks && is_of_arrays(&path)? {
                    self.add(key, path, 0);
                } else {
                    self.scan(&path, &format!("{key}/"), kind, above)?;
                }
            } else if let Some(rank) = rank(name, kind) {
                self.add(format!("{prefix}{}", stem(Path::new(name))), path, rank);
            }
            if self.files.len() > MOST {
                return Err(RecordingError::Several {
                    path: self.root.clone(),
                    most: MOST,
                });
            }
        }
        above.pop();
        Ok(())
    }

    fn add(&mut self, key: String, path: PathBuf, rank: usize) {
        let source = Source {
            path,
            others: 0,
            rank,
        };
        let Some(known) = self.files.get_mut(&key) else {
            self.files.insert(key, source);
            return;
        };
        let others = known.others + 1;
        // Of two with the same extension, the first by name, so that nothing depends on the system.
        if (source.rank, &source.path) < (known.rank, &known.path) {
            *known = source;
        }
        known.others = others;
    }
}

/// Whether a path is that of a folder. A link that leads nowhere is none: reading it as a file tells what is wrong, if
/// anybody asks for it.
fn is_folder(path: &Path) -> Result<bool, RecordingError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(_) if fs::symlink_metadata(path).is_ok_and(|link| link.is_symlink()) => Ok(false),
        Err(error) => Err(RecordingError::io(path)(error)),
    }
}

fn rank(name: &str, kind: SourceKind) -> Option<usize> {
    // OpenFace's remarks about a video.
    if name.ends_with("_of_details.txt") {
        return None;
    }
    let extension = Path::new(name).extension()?.to_str()?.to_ascii_lowercase();
    kind.extensions()
        .iter()
        .position(|&known| known == extension)
}

/// Whether an extension, in small letters, is that of a sound or video.
pub(super) fn is_media(extension: &str) -> bool {
    MEDIA.contains(&extension) || EXTENSIONS.contains(&extension)
}

/// The name of a file without its extension, and without that of the recording it was made of.
pub(crate) fn stem(path: &Path) -> String {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let Some((stem, extension)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
        return name;
    };
    let is_text = extension.eq_ignore_ascii_case("txt");
    match stem.rsplit_once('.') {
        Some((inner, before)) if !inner.is_empty() => {
            let before = before.to_ascii_lowercase();
            let is_outer = MEDIA.contains(&before.as_str()) || is_text && before == "mat";
            if is_outer { inner } else { stem }.to_string()
        }
        _ => stem.to_string(),
    }
}

/// Whether a folder holds arrays and nothing else: one recording, a frame a file.
fn is_of_arrays(folder: &Path) -> Result<bool, RecordingError> {
    let mut is_any = false;
    for entry in fs::read_dir(folder).map_err(RecordingError::io(folder))? {
        let name = entry.map_err(RecordingError::io(folder))?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if !name.ends_with(".npy") {
            return Ok(false);
        }
        is_any = true;
    }
    Ok(is_any)
}

/// The names under which the files of a segment may be found, the most exact first: those of its clip, and
/// after them its video's. Returns how many are of the clip. Where the id is that of the video, `has_times` tells
/// whether the segment is a part of the video.
pub fn names_of(
    id: &str,
    video: &str,
    clip: Option<&str>,
    has_times: bool,
) -> (Vec<String>, usize) {
    let is_whole = video == id && !has_times;
    let mut names = Vec::new();
    if video != id || is_whole {
        names.push(id.to_string());
    }
    if let Some(clip) = clip {
        for between in ["_", "-", "$_$", "/", "."] {
            names.push(format!("{video}{between}{clip}"));
        }
    }
    let clips = names.len();
    if !is_whole {
        names.push(video.to_string());
    }
    (names, clips)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn found(
        folder: &tempfile::TempDir,
        kind: SourceKind,
        names: &[&str],
    ) -> Option<(usize, String, usize)> {
        let sources = Sources::of(folder.path(), kind).unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let (number, _, source) = sources.find(&names)?;
        let path = source.path.strip_prefix(folder.path()).unwrap();
        Some((number, path.to_str().unwrap().to_string(), source.others))
    }

    #[test]
    fn one_of_several_files_of_a_recording_is_read() {
        let folder = folder(&[
            "a.srt",
            "a.json",
            "a.txt",
            "a.wav",
            "b.wav.json",
            ".a.json",
            "deep/c.TextGrid",
        ]);
        let words = |names: &[&str]| found(&folder, SourceKind::Words, names);
        assert_eq!(words(&["x", "a"]), Some((1, "a.json".to_string(), 2)));
        assert_eq!(words(&["b"]), Some((0, "b.wav.json".to_string(), 0)));
        assert_eq!(words(&["c"]), Some((0, "deep/c.TextGrid".to_string(), 0)));
        assert_eq!(words(&["deep/c"]), words(&["c"]));
        assert_eq!(words(&["d"]), None);
    }

    #[test]
    fn a_name_in_two_folders_needs_its_folder() {
        let folder = folder(&["v1/1.csv", "v2/1.csv", "v1/1_of_details.txt"]);
        let tracks = |names: &[&str]| found(&folder, SourceKind::Tracks, names);
        assert_eq!(tracks(&["1"]), None);
        assert_eq!(tracks(&["v2/1"]), Some((0, "v2/1.csv".to_string(), 0)));
    }

    #[test]
    fn folders_are_searched_to_their_end_or_refused() {
        let folder = folder(&["a/b/c/d/e/f/g/1.csv"]);
        let tracks = |names: &[&str]| found(&folder, SourceKind::Tracks, names);
        assert_eq!(
            tracks(&["1"]),
            Some((0, "a/b/c/d/e/f/g/1.csv".to_string(), 0))
        );
        let deep = folder.path().join("a/".repeat(DEPTH + 1));
        fs::create_dir_all(&deep).unwrap();
        let error = Sources::of(folder.path(), SourceKind::Tracks).unwrap_err();
        let expected = format!(
            "{}: expected at most 16 folders within folders, found more; name the folder that holds the files",
            deep.display().to_string().trim_end_matches('/')
        );
        assert_eq!(error.to_string(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_adds_nothing() {
        let folder = folder(&["a/1.csv"]);
        std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
        let sources = Sources::of(folder.path(), SourceKind::Tracks).unwrap();
        let names: Vec<&str> = sources.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a/1"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_told() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&["a.json"]);
        let name = std::ffi::OsStr::from_bytes(b"b\xff.json");
        // Not every file system takes such a name.
        if fs::write(folder.path().join(name), "").is_ok() {
            let sources = Sources::of(folder.path(), SourceKind::Words).unwrap();
            let names: Vec<&str> = sources.iter().map(|(name, _)| name).collect();
            assert_eq!(names, ["a", "b\u{fffd}"]);
        }
    }

    #[test]
    fn sounds_come_before_videos() {
        let folder = folder(&["a.mp4", "a.wav", "a.json", "b.MKV", "c.csv"]);
        let sounds = |names: &[&str]| found(&folder, SourceKind::Sounds, names);
        assert_eq!(sounds(&["a"]), Some((0, "a.wav".to_string(), 1)));
        assert_eq!(sounds(&["b"]), Some((0, "b.MKV".to_string(), 0)));
        assert_eq!(sounds(&["c"]), None);
    }

    #[test]
    fn a_folder_of_arrays_is_a_recording() {
        let folder = folder(&["clip/0001.npy", "clip/0002.npy", "octave.mat.txt"]);
        let tracks = |names: &[&str]| found(&folder, SourceKind::Tracks, names);
        assert_eq!(tracks(&["clip"]), Some((0, "clip".to_string(), 0)));
        assert_eq!(
            tracks(&["octave"]),
            Some((0, "octave.mat.txt".to_string(), 0))
        );
    }

    #[test]
    fn clips_are_looked_for_before_videos() {
        for has_times in [false, true] {
            let (names, clips) = names_of("v[3]", "v", Some("3"), has_times);
            assert_eq!(names, ["v[3]", "v_3", "v-3", "v$_$3", "v/3", "v.3", "v"]);
            assert_eq!(clips, 6);
        }
        let names = |has_times| names_of("v", "v", None, has_times);
        assert_eq!(names(false), (vec!["v".to_string()], 1));
        assert_eq!(names(true), (vec!["v".to_string()], 0));
        let (names, clips) = names_of("v", "v", Some("3"), true);
        assert_eq!(
            (names[0].as_str(), names[5].as_str(), clips),
            ("v_3", "v", 5)
        );
    }
}
