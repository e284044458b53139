//! Voices from sounds: features, a data set, a model, and predictions of recordings.

use crate::common::{SMALL, json, misa, refused, said};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

fn reference(name: &str) -> PathBuf {
    misa_testing::golden("voice").join(name)
}

/// Sentences and made vowels under the names of twelve recordings, with words and labels.
struct Sounds(TempDir);

impl Sounds {
    fn new() -> Self {
        let sounds = Self(tempdir().unwrap());
        let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../misa-recordings/tests/kit");
        for kind in ["sound", "words"] {
            fs::create_dir(sounds.0.path().join(kind)).unwrap();
        }
        let files = [
            "say_en_us.flac",
            "say_de.flac",
            "say_en_gb_f3.flac",
            "glide.wav",
        ];
        let mut table = "id,label\n".to_string();
        for number in 0..12 {
            let (from, name) = (files[number % 4], format!("v{}", number + 1));
            let (_, extension) = from.split_once('.').unwrap();
            let sound = format!("sound/{name}.{extension}");
            fs::copy(reference(from), sounds.0.path().join(sound)).unwrap();
            let words = format!("words/{name}.json");
            fs::copy(kit.join("whisperx.json"), sounds.0.path().join(words)).unwrap();
            table += &format!("{name},{}\n", number % 7);
        }
        fs::write(sounds.0.path().join("table.csv"), table).unwrap();
        fs::write(sounds.0.path().join("new.csv"), "id\nv2\n").unwrap();
        sounds
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_string()
    }

    fn assemble(&self, table: &str, out: &str, more: &[&str]) -> String {
        // The words are of another recording: whether they fit is no matter here.
        let arguments = [
            "data",
            "assemble",
            &self.path(table),
            "--out",
            &self.path(out),
        ]
        .map(str::to_string);
        let sound = ["--sound", &self.path("sound"), "--allow-offset"].map(str::to_string);
        let all: Vec<&str> = arguments
            .iter()
            .chain(&sound)
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        said(&all)
    }

    /// A small model of voice and words.
    fn trained(&self) -> String {
        let (words, data, run) = (
            self.path("words"),
            self.path("mine.safetensors"),
            self.path("run"),
        );
        self.assemble("table.csv", "mine.safetensors", &["--words", &words]);
        let train = ["train", "--plain", "--data", &data, "--out", &run];
        said(&[&train, ["--normalise", "train"].as_slice(), SMALL].concat());
        run
    }
}

#[test]
fn sounds_become_tables_that_are_read_again() {
    let sounds = Sounds::new();
    let (out, picture) = (sounds.path("voice"), sounds.path("voice.svg"));
    let told = said(&[
        "data",
        "features",
        &sounds.path("sound"),
        "--out",
        &out,
        "--picture",
        &picture,
    ]);
    assert!(
        told.contains("v1.csv: 302 rows of 3.03 s (FLAC, 16000 Hz, one channel)"),
        "{told}"
    );
    assert!(told.contains("12 of 12 sounds"), "{told}");
    assert!(
        fs::read_to_string(picture)
            .unwrap()
            .contains("f0_semitones")
    );
    // Of the tables and of the sounds, the same data set.
    let table = sounds.path("table.csv");
    let voice = ["--voice", &out, "--mode", "utterance", "--out"];
    let of_tables = said(
        &[
            &["data", "assemble", &table],
            &voice[..],
            &[&sounds.path("a.safetensors")],
        ]
        .concat(),
    );
    let of_sounds = sounds.assemble("table.csv", "b.safetensors", &["--mode", "utterance"]);
    let checksum = |told: &str| told.split("checksum ").nth(1).unwrap()[..64].to_string();
    assert_eq!(checksum(&of_tables), checksum(&of_sounds));
    assert!(
        of_sounds.contains("misa-voice-1 (120 columns)"),
        "{of_sounds}"
    );
    assert!(
        of_sounds.contains("are loud enough to be speech"),
        "{of_sounds}"
    );
    let (_, message) = refused(&["data", "features", &sounds.path("sound"), "--out", &out]);
    assert!(
        message.contains("exists already, --force overwrites it"),
        "{message}"
    );
}

#[test]
fn a_picture_replaces_no_sound_and_nothing_unasked() {
    let sounds = Sounds::new();
    let names = ["sound/v4.wav", "voice", "voice/v4.csv", "voice.svg"];
    let [sound, out, table, picture] = names.map(|name| sounds.path(name));
    fs::create_dir(&out).unwrap();
    fs::write(&picture, "precious").unwrap();
    let cases: [(&str, &[&str], &str); 3] = [
        (&picture, &[], "exists already, --force overwrites it"),
        (
            &sound,
            &["--force"],
            "which is read, expected a path elsewhere",
        ),
        (
            &table,
            &["--force"],
            "stands for two results, expected a path for each",
        ),
    ];
    for (picture, more, expected) in cases {
        let arguments = [
            "data",
            "features",
            &sound,
            "--out",
            &out,
            "--picture",
            picture,
        ];
        let (_, message) = refused(&[&arguments[..], more].concat());
        assert!(message.ends_with(expected), "{message}");
    }
    assert_eq!(fs::read_to_string(&picture).unwrap(), "precious");
    assert!(fs::read(&sound).unwrap() == fs::read(reference("glide.wav")).unwrap());
}

#[test]
fn keeping_what_comes_before_a_fault_is_advised_where_it_helps() {
    const KEEP: &str = "--keep-before-fault";
    let dir = tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let [cut, none, fine, out] = ["cut.flac", "none.wav", "fine.flac", "voices"].map(path);
    let bytes = fs::read(reference("say_de.flac")).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(&none, "no sound").unwrap();
    fs::write(&fine, &bytes).unwrap();
    let told = |arguments: &[&str]| {
        let command = ["data", "features", "--out", &out, "--force"];
        refused(&[&command[..], arguments].concat()).1
    };
    let found = told(&[&none, &fine]);
    assert!(!found.contains("keep"), "{found}");
    assert!(
        found.ends_with("remove them, or leave them out with --skip-faulty"),
        "{found}"
    );
    let found = told(&[&none, &cut, &fine]);
    let end = format!("; of 1, what comes before the fault can be kept: {KEEP}");
    assert!(found.ends_with(&end), "{found}");
    assert!(
        found.contains(&format!("again or keep what comes before with {KEEP}\n")),
        "{found}"
    );
    // It is given, and every sound is faulty.
    let found = told(&[&none, KEEP]);
    assert!(
        found.ends_with("1 of 1 cannot be read; mend or remove them"),
        "{found}"
    );
}

#[test]
fn a_recording_is_predicted_as_its_data_are() {
    let sounds = Sounds::new();
    let run = sounds.trained();
    let words = sounds.path("words");
    sounds.assemble("new.csv", "new.safetensors", &["--words", &words]);
    let value = |arguments: &[&str]| {
        let told = said(&[&["predict", &run, "--json"], arguments].concat());
        json(&told)["predictions"][0]["prediction"]
            .as_f64()
            .unwrap()
    };
    let of_data = value(&["--data", &sounds.path("new.safetensors")]);
    let (sound, file) = (sounds.path("sound/v2.flac"), sounds.path("words/v2.json"));
    assert_eq!(value(&["--sound", &sound, "--words", &file]), of_data);
    // Without times, words are spread over the speech, which is told.
    let output = misa(&[
        "predict",
        &run,
        "--sound",
        &sound,
        "--words",
        "I love this movie",
    ]);
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{notes}");
    assert!(
        notes.contains("note: 4 words without times, spread over "),
        "{notes}"
    );
}

#[test]
fn what_a_model_cannot_hear_is_refused() {
    let sounds = Sounds::new();
    let run = sounds.trained();
    let sound = sounds.path("sound/v2.flac");
    let message = |arguments: &[&str]| refused(&[&["predict", &run], arguments].concat()).1;
    let found = message(&["--sound", &sound]);
    assert!(
        found.contains("\"v2\": expected words, as the steps of the model are words, found none"),
        "{found}"
    );
    let found = message(&["--sound", &sounds.path("words/v1.json"), "--words", "a"]);
    assert!(
        found.contains("expected WAV, FLAC, MP3, Ogg, AAC, MP4 or MKV"),
        "{found}"
    );
    let found = message(&["--sound", &sound, "--text", "a"]);
    assert!(found.contains("cannot be used with"), "{found}");
    let cut = sounds.path("cut.flac");
    let bytes = fs::read(&sound).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let found = message(&["--sound", &cut, "--words", "a b"]);
    assert!(found.contains("cut.flac, second 1."), "{found}");
    said(&[
        "predict",
        &run,
        "--sound",
        &cut,
        "--words",
        "a b",
        "--keep-before-fault",
    ]);
    // Models of other features, or of unknown ones.
    let plain = sounds.path("plain");
    said(&[&["train", "--plain", "--out", &plain], SMALL].concat());
    let (_, found) = refused(&["predict", &plain, "--sound", &sound, "--words", "a"]);
    assert!(
        found.contains("acoustic: expected a model that knows the recipe of its features"),
        "{found}"
    );
}

#[test]
fn speech_becomes_segments_without_a_table() {
    let sounds = Sounds::new();
    let (sound, out) = (sounds.path("sound"), sounds.path("spoken.safetensors"));
    let segments = ["data", "assemble", "--segment", "speech", "--sound", &sound];
    let told = said(
        &[
            &segments[..],
            &["--mode", "utterance", "--out", &out, "--json"],
        ]
        .concat(),
    );
    let told = json(&told);
    assert_eq!(told["labelled"], false);
    assert_eq!(told["recordings"].as_array().unwrap().len(), 12);
    let (_, found) = refused(
        &[
            &segments[..],
            &["--mode", "words", "--out", &out, "--force"],
        ]
        .concat(),
    );
    assert!(
        found.contains("--mode words needs words with times"),
        "{found}"
    );
}

#[test]
fn the_doctor_examines_sounds() {
    let clipped = reference("clipped.wav");
    let output = misa(&["data", "doctor", clipped.to_str().unwrap()]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("warning: clipped: 21."), "{told}");
    let fine = reference("say_de.flac");
    let told = said(&["data", "doctor", fine.to_str().unwrap()]);
    assert!(told.contains("nothing is wrong with it"), "{told}");
}
