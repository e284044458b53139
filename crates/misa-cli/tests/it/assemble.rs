//! Own recordings, from the files of other tools to a prediction.

use crate::common::{SMALL, json, misa, refused, said, text};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

/// Recordings made of the kit of `misa-recordings`.
pub struct Recordings {
    folder: TempDir,
}

fn kit(name: &str) -> PathBuf {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../misa-recordings/tests/kit");
    kit.join(name)
}

impl Recordings {
    /// `count` recordings `v1`, `v2`, …, all of them the clip of the kit.
    pub fn new(count: usize) -> Self {
        let folder = tempdir().unwrap();
        let kinds = [
            ("words", "json", "whisperx.json"),
            ("faces", "csv", "openface_714.csv"),
            ("voice", "csv", "opensmile_python.csv"),
        ];
        for (kind, extension, file) in kinds {
            fs::create_dir(folder.path().join(kind)).unwrap();
            for number in 1..=count {
                let name = format!("{kind}/v{number}.{extension}");
                fs::copy(kit(file), folder.path().join(name)).unwrap();
            }
        }
        let labels = (1..=count).map(|number| format!("v{number},{}\n", number as f64 % 7.0 - 3.0));
        let table = format!("id,label\n{}", labels.collect::<String>());
        fs::write(folder.path().join("table.csv"), table).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_string()
    }

    /// The arguments that assemble `table` into `out`.
    pub fn arguments(&self, table: &str, out: &str) -> Vec<String> {
        let fixed = [
            "data",
            "assemble",
            &self.path(table),
            "--out",
            &self.path(out),
        ]
        .map(str::to_string);
        let files = ["words", "faces", "voice"].map(|kind| [format!("--{kind}"), self.path(kind)]);
        fixed
            .into_iter()
            .chain(files.into_iter().flatten())
            .collect()
    }

    fn assemble(&self, table: &str, out: &str, more: &[&str]) -> String {
        let arguments = self.arguments(table, out);
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        said(&arguments)
    }

    fn refused(&self, table: &str, more: &[&str]) -> String {
        let arguments = self.arguments(table, "refused.safetensors");
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        let (status, message) = refused(&arguments);
        assert_ne!(status, 0);
        assert!(
            !Path::new(&self.path("refused.safetensors")).exists(),
            "{message}"
        );
        message
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }
}

#[test]
fn recordings_become_a_data_set() {
    let own = Recordings::new(12);
    let page = own.path("mine.html");
    let told = own.assemble("table.csv", "mine.safetensors", &["--report", &page]);
    assert!(
        told.contains("8 train, 2 valid, 2 test utterances of 12 recordings"),
        "{told}"
    );
    assert!(
        told.contains("faces  openface-au (40 columns): 48 steps measured"),
        "{told}"
    );
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("How v") && page.contains("became steps"));

    let data = own.path("mine.safetensors");
    let doctor = misa(&["data", "doctor", &data, "--json"]);
    let doctor = json(&String::from_utf8(doctor.stdout).unwrap());
    assert_eq!(
        doctor["content"]["features"][1]["recipe"]["name"],
        "openface-au"
    );
}

/// A small model of the recordings.
fn trained(own: &Recordings) -> String {
    let (data, run) = (own.path("mine.safetensors"), own.path("run"));
    own.assemble("table.csv", "mine.safetensors", &[]);
    let train = ["train", "--plain", "--data", &data, "--out", &run];
    said(&[&train, ["--normalise", "recipe"].as_slice(), SMALL].concat());
    own.write("new.csv", "id\nv1\nv2\n");
    run
}

#[test]
fn new_recordings_are_predicted() {
    let own = Recordings::new(12);
    let run = trained(&own);
    // They have no labels.
    let told = own.assemble("new.csv", "new.safetensors", &[]);
    assert!(told.contains("2 unlabelled utterances"), "{told}");
    let output = misa(&[
        "predict",
        &run,
        "--data",
        &own.path("new.safetensors"),
        "--json",
    ]);
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && !notes.contains("recipe"),
        "{notes}"
    );
    let answers = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        answers["predictions"].as_array().map(Vec::len),
        Some(2),
        "{answers}"
    );
}

#[test]
fn recordings_that_a_model_cannot_read_are_refused_by_name() {
    let own = Recordings::new(12);
    let run = trained(&own);
    // Features of another recipe are refused by name.
    own.assemble(
        "new.csv",
        "other.safetensors",
        &["--face-recipe", "openface-177"],
    );
    let (_, message) = refused(&["predict", &run, "--data", &own.path("other.safetensors")]);
    assert!(message.contains("visual: recipe: expected openface-au version 1 as in training, found openface-177 version 1"), "{message}");

    // Clips cannot be trained on.
    own.assemble("new.csv", "new.safetensors", &[]);
    let (_, message) = refused(&[
        "train",
        "--data",
        &own.path("new.safetensors"),
        "--out",
        &own.path("no"),
    ]);
    assert!(message.contains("new.safetensors"), "{message}");
}

#[test]
fn equal_recordings_give_equal_files() {
    let own = Recordings::new(12);
    own.assemble("table.csv", "a.safetensors", &[]);
    own.assemble("table.csv", "b.safetensors", &[]);
    let [a, b] = ["a", "b"].map(|name| fs::read(own.path(&format!("{name}.safetensors"))).unwrap());
    assert!(a == b);
}

#[test]
fn words_of_another_cut_are_refused_with_their_offset() {
    let own = Recordings::new(6);
    for number in 1..=6 {
        let words = fs::read_to_string(kit("clip.ctm")).unwrap();
        // Half a minute later, as in the video that the clips were cut from.
        let words = words
            .replace("clip 1 0.", "clip 1 30.")
            .replace("clip", &format!("v{number}"));
        own.write(&format!("words/v{number}.json"), "{}");
        fs::remove_file(own.path(&format!("words/v{number}.json"))).unwrap();
        own.write(&format!("words/v{number}.ctm"), &words);
    }
    let message = own.refused("table.csv", &[]);
    let expected = ": expected words and faces of one cut, found 100 % of the time of the words beyond \
                    the faces, which are from 0.00 to 2.00 s; give words and features of the same cut, or accept this \
                    with --allow-offset";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_written() {
    let own = Recordings::new(3);
    own.write(
        "faces/v2.csv",
        &fs::read_to_string(kit("openface_fdir_times_zero.csv")).unwrap(),
    );
    let message = own.refused("table.csv", &["--face-recipe", "openface-au"]);
    assert!(
        message.contains("recording \"v2\": ") && message.contains("--skip-faulty"),
        "{message}"
    );

    own.write("twice.csv", "id,label\nv1,1\nv1,2\n");
    assert!(own.refused("twice.csv", &[]).contains("twice.csv: line 3"));
    own.write("others.csv", "id,label\nx,1\ny,2\nz,3\n");
    let message = own.refused("others.csv", &[]);
    assert!(
        message.contains(
            "expected words of recordings such as \"x\", \"y\", \"z\", found those named \"v1\""
        ),
        "{message}"
    );
    let page = own.path("page.html");
    let message = own.refused("table.csv", &["--report", &page, "--picture", "v9"]);
    assert!(
        message
            .contains("expected the utterance \"v9\" of --picture, found others, such as \"v1\""),
        "{message}"
    );
    let message = own.refused("table.csv", &["--splits", "0.5,0.5"]);
    assert!(message.contains("three numbers above 0"), "{message}");
    let message = own.refused("table.csv", &["--face-recipe", "nothing.toml"]);
    assert!(
        message.contains("nothing.toml: no such file or folder"),
        "{message}"
    );
}

#[test]
fn numbers_that_no_data_set_may_have_are_refused() {
    let own = Recordings::new(3);
    for (option, value, expected) in [
        ("--most-steps", "0", "a whole number from 1 to 1048576"),
        (
            "--most-steps",
            "99999999999",
            "a whole number from 1 to 1048576",
        ),
        ("--voice-rate", "1e9", "a number above 0, at most 1000"),
        ("--face-rate", "0", "a number above 0, at most 1000"),
        ("--reach", "1e9", "seconds from 0 to 1000"),
    ] {
        let message = own.refused("table.csv", &["--mode", "unaligned", option, value]);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn options_without_effect_in_a_mode_are_refused() {
    let own = Recordings::new(3);
    for (mode, option, value, expected) in [
        ("sdk", "--pauses", "extend", "words"),
        ("utterance", "--untimed", "drop", "words or sdk"),
        ("sdk", "--untimed", "spread", "words"),
        ("utterance", "--reach", "1", "words or unaligned"),
        ("words", "--face-rate", "5", "unaligned"),
        ("words", "--voice-rate", "5", "unaligned"),
        ("utterance", "--most-steps", "5", "unaligned"),
        (
            "sdk",
            "--confidence",
            "0.5",
            "words, unaligned or utterance",
        ),
    ] {
        let message = own.refused("table.csv", &["--mode", mode, option, value]);
        let expected =
            format!(" has no effect with --mode {mode}; it works with --mode {expected}");
        assert!(
            message.contains(option) && message.ends_with(&expected),
            "{message}"
        );
    }
    // Their own modes take them.
    let unaligned = ["--mode", "unaligned", "--face-rate", "5", "--reach", "1"];
    own.assemble("table.csv", "mine.safetensors", &unaligned);
    let sdk = ["--mode", "sdk", "--untimed", "refuse", "--force"];
    own.assemble("table.csv", "mine.safetensors", &sdk);
}

#[test]
fn options_without_effect_on_the_files_are_refused() {
    let own = Recordings::new(3);
    own.write("new.csv", "id\nv1\n");
    own.write("split.csv", "id,label,split\nv1,1,train\nv2,2,valid\n");
    for (table, option, expected) in [
        (
            "table.csv",
            "--speech=x",
            "--speech has no effect without --sound",
        ),
        (
            "table.csv",
            "--cut",
            "table.csv: --cut has no effect, as there are no times",
        ),
        (
            "new.csv",
            "--classes=a,b",
            "new.csv: --classes has no effect, as there are no labels that are names",
        ),
        (
            "split.csv",
            "--seed=2",
            "split.csv: --splits and --seed have no effect, as there are splits",
        ),
        (
            "new.csv",
            "--splits=0.5,0.25,0.25",
            "new.csv: --splits and --seed have no effect, as there are no labels",
        ),
    ] {
        let message = own.refused(table, &[option]);
        assert!(message.contains(expected), "{message}");
    }
    // There is no table where segments are those of speech.
    let out = own.path("refused.safetensors");
    let segment = ["data", "assemble", "--segment", "speech", "--sound", "x"];
    for option in [
        "--label-column=a",
        "--text-column=a",
        "--classes=a",
        "--cut",
        "--seed=2",
        "--trim",
    ] {
        let arguments = [&segment[..], &["--out", &out, option]].concat();
        let (_, message) = refused(&arguments);
        assert!(message.contains("cannot be used with"), "{message}");
    }
    let without = [&segment[..], &["--out", &out, "--confidence", "0.5"]].concat();
    let (_, message) = refused(&without);
    assert!(message.contains("--faces <PATH>"), "{message}");
}

#[test]
fn segments_without_words_are_named_with_their_file() {
    let own = Recordings::new(3);
    // Nothing is said in v1, and in v2 nothing after a minute.
    fs::remove_file(own.path("words/v1.json")).unwrap();
    own.write("words/v1.srt", "");
    let header = "id,video,start,end,label,split\n";
    let without = "a,v1,0,2,1,train\nb,v2,60,70,2,valid\n";
    own.write("none.csv", &format!("{header}{without}"));
    let message = own.refused("none.csv", &[]);
    let expected = format!(
        "none.csv: expected an utterance, found none: segment \"a\" has no words in {}; segment \"b\" has no words in {}",
        own.path("words/v1.srt"),
        own.path("words/v2.json")
    );
    assert!(message.contains(&expected), "{message}");
    // Among others, they are told.
    own.write("some.csv", &format!("{header}{without}c,v3,0,2,3,train\n"));
    let told = own.assemble("some.csv", "mine.safetensors", &[]);
    assert!(
        told.contains("note: 2 segments without words left out: a, b\n"),
        "{told}"
    );
}

#[test]
fn one_label_and_one_segment_are_singular() {
    let own = Recordings::new(3);
    let header = "id,video,start,end,label,split,label_text\n";
    let rows = "a,v1,0,2,1,train,0.5\nb,v2,0,2,-1,train,1\nc,v3,0,2,3,train,\n";
    own.write("one.csv", &format!("{header}{rows}"));
    let told = own.assemble("one.csv", "one.safetensors", &[]);
    let expected = "note: 2 labels of text left out: 1 segment has none\n";
    assert!(told.contains(expected), "{told}");
    own.write(
        "two.csv",
        &format!("{header}{rows}").replace("train,1", "train,"),
    );
    let told = own.assemble("two.csv", "two.safetensors", &[]);
    let expected = "note: 1 label of text left out: 2 segments have none\n";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn faulty_recordings_are_left_out_if_asked_for() {
    let own = Recordings::new(9);
    own.write("faces/v2.csv", "frame, timestamp\n");
    let arguments = own.arguments("table.csv", "mine.safetensors");
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.extend(["--skip-faulty", "--json"]);
    let told = json(&said(&arguments));
    assert_eq!(told["faults"][0]["name"], "v2");
    assert_eq!(told["recordings"].as_array().map(Vec::len), Some(8));
    assert!(
        told["notes"]
            .to_string()
            .contains("1 recording at fault left out"),
        "{told}"
    );
}

#[test]
fn files_are_not_overwritten_unasked() {
    let own = Recordings::new(9);
    own.write("mine.safetensors", "precious");
    let arguments = own.arguments("table.csv", "mine.safetensors");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (_, message) = refused(&arguments);
    assert!(
        message.contains("exists already, --force overwrites it"),
        "{message}"
    );
    assert_eq!(
        fs::read_to_string(own.path("mine.safetensors")).unwrap(),
        "precious"
    );
    own.assemble("table.csv", "mine.safetensors", &["--force"]);
    assert!(text(Path::new(&own.path("mine.safetensors"))).ends_with("mine.safetensors"));
    assert_ne!(fs::read(own.path("mine.safetensors")).unwrap(), b"precious");
}

#[test]
fn files_replace_neither_each_other_nor_what_is_read() {
    let own = Recordings::new(3);
    let names = ["refused.safetensors", "table.csv", "words/v1.json"];
    let [out, table, word] = names.map(|name| own.path(name));
    let before = [&table, &word].map(|path| fs::read(path).unwrap());
    let read = "which is read, expected a path elsewhere";
    let cases: [(&str, &str); 3] = [
        (&out, "stands for two results, expected a path for each"),
        (&table, read),
        (&word, read),
    ];
    for (report, expected) in cases {
        let message = own.refused("table.csv", &["--report", report, "--force"]);
        assert!(message.ends_with(expected), "{message}");
    }
    let arguments = own.arguments("table.csv", "table.csv");
    let arguments = arguments.iter().map(String::as_str).chain(["--force"]);
    let (_, message) = refused(&arguments.collect::<Vec<_>>());
    assert!(message.ends_with(read), "{message}");
    assert_eq!([&table, &word].map(|path| fs::read(path).unwrap()), before);
}

#[test]
fn a_folder_without_a_bert_is_refused_before_anything_is_written() {
    let own = Recordings::new(3);
    let [mmsa, bert] = ["mmsa.pkl", "words"].map(|name| own.path(name));
    let message = own.refused("table.csv", &["--mmsa", &mmsa, "--bert", &bert]);
    assert!(message.contains("config.json"), "{message}");
}
