//! What good bodies become.

use crate::body::{body, single, tensor};
use misa_terms::{ClipText, Modality, Sequence};
use misa_wire::{Limits, Request, clip_from_json_line};

fn json(body: &str) -> Request {
    Request::from_json(body.as_bytes(), &Limits::default()).unwrap()
}

fn safetensors(body: &[u8]) -> Request {
    Request::from_safetensors(body, &Limits::default()).unwrap()
}

#[test]
fn a_request_is_read_in_any_order_of_its_keys() {
    let request = json(
        r#"{"clips": [{"acoustic": [[1, -2], [0.5, 1e-3]], "text": ["what", "fun"], "id": "a"},
                      {"visual": {"base64": "AACAPw==", "shape": [1, 1]}, "text": "no"}],
            "modalities": ["acoustic", "text"], "model": "mosei"}"#,
    );
    assert_eq!(request.model.as_deref(), Some("mosei"));
    assert_eq!(request.modalities.unwrap().to_string(), "text,acoustic");
    let [first, second] = request.clips.as_slice() else {
        panic!("two clips")
    };
    assert_eq!(first.id, "a");
    let words = ["what", "fun"].map(str::to_string).to_vec();
    assert_eq!(first.text, Some(ClipText::Words(words)));
    assert_eq!(first.acoustic, Sequence::new(2, vec![1.0, -2.0, 0.5, 1e-3]));
    // Clips keep what is not asked for.
    assert_eq!(second.visual, Sequence::new(1, vec![1.0]));
    assert_eq!(second.id, "");
}

#[test]
fn a_row_of_null_is_an_absent_step() {
    let expected = Sequence::with_absent(2, vec![0.0, 0.0, 1.0, 2.0], vec![true, false]);
    let lists = json(r#"{"visual": [null, [1, 2]]}"#);
    assert_eq!(lists.clips[0].visual, expected);
    let packed = json(
        r#"{"visual": {"absent": [0], "shape": [2, 2], "base64": "AAAAAAAAAAAAAIA/AAAAQA=="}}"#,
    );
    assert_eq!(packed, lists);
    let rows = tensor("0.visual", "F32", &[2, 2], 0, 16);
    let flags = tensor("0.visual.absent", "U8", &[2], 16, 18);
    let data = [0.0_f32, 0.0, 1.0, 2.0].map(f32::to_le_bytes).concat();
    let data = [data, vec![1, 0]].concat();
    assert_eq!(
        safetensors(&body(&format!("{{{rows},{flags}}}"), &data)),
        lists
    );
}

/// It is as good as missing, and is written so that its width is not lost.
#[test]
fn a_modality_of_absent_steps_alone_is_kept() {
    let mut clip = misa_terms::Clip::said("what fun");
    clip.visual = Sequence::with_absent(2, vec![0.0; 4], vec![true; 2]);
    let request = Request {
        clips: vec![clip],
        ..Request::default()
    };
    let written = request.to_json().unwrap();
    assert_eq!(
        Request::from_json(&written, &Limits::default()).unwrap(),
        request
    );
}

#[test]
fn the_keys_of_one_clip_are_a_request() {
    let request = json(r#"{"text": "what fun", "model": "mosi"}"#);
    assert_eq!(request.clips.len(), 1);
    assert_eq!(request.model.as_deref(), Some("mosi"));
    let line = clip_from_json_line(br#"{"text": "what fun"}"#, &Limits::default()).unwrap();
    assert_eq!(request.clips[0], line);
}

/// Python's libraries write it into every file.
#[test]
fn the_mark_of_a_library_means_nothing() {
    let rows = tensor("0.visual", "F32", &[1, 1], 0, 4);
    let header = format!(r#"{{"__metadata__":{{"format":"pt"}},{rows}}}"#);
    let request = safetensors(&body(&header, &1.5_f32.to_le_bytes()));
    assert_eq!(request.clips[0].visual, Sequence::new(1, vec![1.5]));
}

#[test]
fn numbers_become_the_nearest_f32() {
    let request = json("{\"visual\": [[0.1, 16777217, -0.0, 3.4028235e38, 1e-46, -7]]}");
    let rows = request.clips[0].visual.as_ref().unwrap();
    // 16777217 = 2^24 + 1 is a tie, which goes to the even neighbour.
    let expected = [0.1_f32, 16_777_216.0, -0.0, f32::MAX, 0.0, -7.0];
    assert_eq!(rows.values().to_vec(), expected);
    assert!(rows.values()[2].is_sign_negative());
    let doubles = [0.1_f64, -7.0].map(f64::to_le_bytes).concat();
    let request = safetensors(&single("0.acoustic", "F64", &[1, 2], &doubles));
    assert_eq!(
        request.clips[0].acoustic.as_ref().unwrap().values(),
        [0.1, -7.0]
    );
}

#[test]
fn vectors_keep_the_words_beside_them() {
    let vectors = Sequence::new(1, vec![1.0, 2.0]).unwrap();
    let words = ["what", "fun"].map(str::to_string).to_vec();
    let expected = Some(ClipText::Vectors { vectors, words });
    for text in [r#""what  fun""#, r#"["what", "fun"]"#] {
        let request = json(&format!(
            r#"{{"text": {text}, "text_vectors": [[1], [2]]}}"#
        ));
        assert_eq!(request.clips[0].text, expected);
    }
    let rows = [1.0_f32, 2.0].map(f32::to_le_bytes).concat();
    let tensor = tensor("0.text", "F32", &[2, 1], 0, 8);
    let header = format!(r#"{{"__metadata__":{{"0.text":"what fun"}},{tensor}}}"#);
    assert_eq!(safetensors(&body(&header, &rows)).clips[0].text, expected);
}

#[test]
fn word_ids_of_each_dtype_are_the_same() {
    let bodies = [
        single(
            "0.text",
            "I64",
            &[2],
            &[1_i64, 7].map(i64::to_le_bytes).concat(),
        ),
        single(
            "0.text",
            "I32",
            &[2],
            &[1_i32, 7].map(i32::to_le_bytes).concat(),
        ),
        single(
            "0.text",
            "U32",
            &[2],
            &[1_u32, 7].map(u32::to_le_bytes).concat(),
        ),
    ];
    let expected = json(r#"{"text_ids": [1, 7]}"#);
    assert_eq!(expected.clips[0].text, Some(ClipText::Ids(vec![1, 7])));
    for body in bodies {
        assert_eq!(safetensors(&body), expected);
    }
}

#[test]
fn control_characters_and_escapes_are_text() {
    let request = json(r#"{"text": "a\u0000\u001b\n\ud83d\ude00"}"#);
    let sentence = "a\0\u{1b}\n\u{1f600}".to_string();
    assert_eq!(request.clips[0].text, Some(ClipText::Sentence(sentence)));
}

#[test]
fn a_request_at_its_limits_is_read() {
    let limits = Limits {
        clips: 2,
        steps: 2,
        values: 5,
        text_bytes: 3,
        id_bytes: 1,
    };
    let body = br#"{"model": "m", "clips": [
        {"id": "a", "text": "abc", "visual": [[1], [2]]},
        {"text": ["a", "bc"], "acoustic": {"shape": [1, 1], "base64": "AACAPw=="}, "visual": [[1], [2]]}]}"#;
    let request = Request::from_json(body, &limits).unwrap();
    assert!(request.clips[1].has(Modality::Acoustic));
    let tensors = request.to_safetensors().unwrap();
    assert_eq!(
        Request::from_safetensors(&tensors, &limits).unwrap(),
        request
    );
}
