//! What is refused, and in which words.

use crate::models::{files, folder, folder_of_sounds, loaded};
use misa_answer::ErrorType;
use misa_infer::ModelFiles;
use misa_web::{LocalModel, SoundQuery};

const WEIGHTS: &str = "model.safetensors";

fn refused(files: &ModelFiles) -> String {
    let refusal = LocalModel::load("small", files).unwrap_err();
    assert_eq!(refusal.kind, ErrorType::ModelRefused);
    refusal.message
}

#[test]
fn files_that_are_cut_off_or_of_another_model_are_named() {
    let (one, other) = (files(&folder(1)), files(&folder(2)));
    let with = |name: &str, bytes: &[u8]| {
        let mut files = one.clone();
        files.insert(name, bytes.to_vec());
        refused(&files)
    };
    let whole = one.get(WEIGHTS).unwrap();
    for bytes in [&whole[..whole.len() / 2], &[], other.get(WEIGHTS).unwrap()] {
        let found = with(WEIGHTS, bytes);
        let expected = "model.safetensors: expected the SHA-256 of checksums.json, found another";
        assert!(found.starts_with(expected), "{found}");
    }
    assert!(with("checksums.json", b"{").starts_with("checksums.json: "));
    let newer = with("checksums.json", br#"{"version": 9, "files": {}}"#);
    assert!(newer.contains("written by a newer misa"), "{newer}");
}

#[test]
fn a_file_that_is_missing_is_named() {
    let without = |name: &str| {
        let files = files(&folder(1));
        let rest = files.iter().filter(|(other, _)| *other != name);
        let rest: ModelFiles = rest.map(|(name, bytes)| (name, bytes.to_vec())).collect();
        refused(&rest)
    };
    for name in [WEIGHTS, "config.json", "vocabulary.json"] {
        let found = without(name);
        assert!(
            found.starts_with(name) && found.contains("no such file"),
            "{found}"
        );
    }
    assert!(without("checksums.json").starts_with("checksums.json: expected the checksums"));
    assert!(refused(&ModelFiles::new()).contains("export the model again"));
}

#[test]
fn weights_whose_checksums_fit_and_shapes_do_not_are_refused() {
    // Checksums of a model of other sizes, with the configuration of this one.
    let sounds = files(&folder_of_sounds());
    let mixed = files(&folder(1));
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in mixed.iter().filter(|(name, _)| *name != "checksums.json") {
        let bytes = if name == WEIGHTS {
            sounds.get(WEIGHTS).unwrap()
        } else {
            bytes
        };
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    // A folder without checksums gets those that its files have.
    let found = refused(&files(&folder));
    assert!(found.starts_with("model.safetensors: "), "{found}");
    assert!(
        found.contains("shape") || found.contains("expected"),
        "{found}"
    );
}

#[test]
fn requests_are_refused_as_by_a_server() {
    let model = loaded(&folder(1));
    let cases: [(&[u8], ErrorType, &str); 6] = [
        (b"", ErrorType::Empty, "body: expected a request"),
        (b"{\"text\": ", ErrorType::Malformed, "body"),
        (b"{\"text\": 5}", ErrorType::Invalid, "text"),
        (
            b"{\"visual\": [[1, 2, 3]]}",
            ErrorType::Invalid,
            "clips[0].visual: expected 2",
        ),
        (
            b"{\"model\": \"other\", \"clips\": [{\"text\": \"a\"}]}",
            ErrorType::UnknownModel,
            "model: expected `small`",
        ),
        (b"\xff\xfe", ErrorType::Malformed, ""),
    ];
    for (request, kind, part) in cases {
        for answer in [model.predict(request), model.explain(request)] {
            let refusal = answer.unwrap_err();
            assert_eq!(refusal.kind, kind, "{}", refusal.message);
            assert!(refusal.message.contains(part), "{}", refusal.message);
        }
    }
    let many = [r#"{"text": "fun"}"#; misa_web::EXPLAIN_CLIPS + 1].join(",");
    let many = format!("{{\"clips\": [{many}]}}");
    assert!(model.predict(many.as_bytes()).is_ok());
    assert_eq!(
        model.explain(many.as_bytes()).unwrap_err().kind,
        ErrorType::TooLarge
    );
}

#[test]
fn what_is_no_sound_is_refused() {
    let ask = |model: &LocalModel, bytes: &[u8]| {
        let text = Some("what fun");
        let query = SoundQuery {
            text,
            modalities: None,
        };
        model.predict_sound(bytes, query).unwrap_err()
    };
    let model = loaded(&folder_of_sounds());
    for bytes in [&b""[..], b"this is no sound", b"RIFF\x24\0\0\0WAVEfmt "] {
        let refusal = ask(&model, bytes);
        assert!(refusal.message.starts_with("sound"), "{}", refusal.message);
        assert!(refusal.kind.status() < 424, "{}", refusal.message);
    }
    // A model whose features no recipe makes.
    let refusal = ask(&loaded(&folder(1)), b"RIFF");
    assert_eq!(refusal.kind, ErrorType::Invalid, "{}", refusal.message);
    let query = SoundQuery {
        text: None,
        modalities: Some("smell"),
    };
    assert_eq!(
        model.predict_sound(b"RIFF", query).unwrap_err().kind,
        ErrorType::Invalid
    );
}
