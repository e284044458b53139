//! Data sets and word vectors. Their readers take paths, so the bytes go to a temporary
//! file; `scripts/fuzz` sees to it that it is in memory.

use misa_data::{Clips, Format, OpenOptions, Vocabulary, read_glove, read_labels};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A folder of this process.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("misa-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("room for a folder");
    folder
});

/// A folder of this process that holds `files`.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = FOLDER.join(name);
    fs::create_dir_all(&folder).expect("room for a folder");
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("room for a file");
    }
    folder
}

fn stream(path: &Path, format: Format) {
    let options = OpenOptions::new().with_format(format);
    let _ = black_box(options.stream(path, |split, utterance| {
        black_box((split, utterance));
        Ok(())
    }));
    let _ = black_box(options.open_clips(path));
}

/// A folder of computational sequences whose words are `data`.
pub fn csd(data: &[u8]) {
    static FIXTURE: LazyLock<PathBuf> = LazyLock::new(|| {
        let files: [(&str, &[u8]); 4] = [
            ("labels.csd", include_bytes!("../seeds/csd/labels.csd")),
            ("visual.csd", include_bytes!("../seeds/csd/visual.csd")),
            ("acoustic.csd", include_bytes!("../seeds/csd/acoustic.csd")),
            (
                "folds.json",
                br#"{"train": ["a"], "valid": ["b"], "test": []}"#,
            ),
        ];
        folder("csd", &files)
    });
    // The first one that is opened, so that most damage is found before the others are read.
    write(&FIXTURE.join("a_word.csd"), data);
    stream(&FIXTURE, Format::Csd);
}

/// Folders of MFN whose visual features, or labels, are `data`.
pub fn h5(data: &[u8]) {
    const LABELS: &[u8] = include_bytes!("../seeds/h5/labels.h5");
    const FEATURES: &[u8] = include_bytes!("../seeds/h5/features.h5");
    static FIXTURES: LazyLock<[PathBuf; 2]> = LazyLock::new(|| {
        let files = [
            ("y_train.h5", LABELS),
            ("text_train_emb.h5", FEATURES),
            ("video_train.h5", FEATURES),
            ("audio_train.h5", FEATURES),
        ];
        ["features", "labels"].map(|name| folder(name, &files))
    });
    let [features, labels] = &*FIXTURES;
    write(&features.join("video_train.h5"), data);
    stream(features, Format::Mfn);
    write(&labels.join("y_train.h5"), data);
    stream(labels, Format::Mfn);
}

/// `data` as our own file.
pub fn safetensors(data: &[u8]) {
    let path = FOLDER.join("data.safetensors");
    write(&path, data);
    stream(&path, Format::Safetensors);
}

/// `data` as a file of word vectors, of two numbers and of one.
pub fn glove(data: &[u8]) {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
        let mut vocabulary = Vocabulary::new();
        for word in ["a", "b", ". . .", "1", "the"] {
            vocabulary.add(word);
        }
        vocabulary
    });
    let path = FOLDER.join("glove.txt");
    write(&path, data);
    for d_embedding in [2, 1] {
        let _ = black_box(read_glove(&path, &VOCABULARY, d_embedding));
    }
}

/// `data` as a table of labels.
pub fn csv(data: &[u8]) {
    let path = FOLDER.join("labels.csv");
    write(&path, data);
    let _ = black_box(read_labels(&path));
    let _ = black_box(Clips::open(&path));
}

fn write(path: &Path, data: &[u8]) {
    fs::write(path, data).expect("room for a file");
}
