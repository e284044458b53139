//! What is answered.

use crate::models::{folder, folder_of_sounds, loaded};
use misa_infer::burn::tensor::Device;
use misa_infer::{Clip, Predictor, Sequence};
use misa_web::SoundQuery;
use serde_json::{Value, json};
use std::fs;

fn parsed(answer: Result<String, misa_answer::Refusal>) -> Value {
    serde_json::from_str(&answer.unwrap()).unwrap()
}

#[test]
fn answers_are_those_of_the_model_in_its_folder() {
    let folder = folder(1);
    let model = loaded(&folder);
    let predictor = Predictor::load(folder.path(), &Device::flex()).unwrap();
    let clip = Clip {
        visual: Sequence::new(2, vec![0.5, -1.0, 0.25, 2.0]),
        ..Clip::said("what fun")
    };
    let expected = predictor.predict(std::slice::from_ref(&clip)).unwrap();
    // As text: a number of 32 bits as a value has more digits.
    let written = |value: String| serde_json::from_str::<Value>(&value).unwrap();
    let request = json!({"text": "what fun", "visual": [[0.5, -1.0], [0.25, 2.0]]}).to_string();
    let answer = parsed(model.predict(request.as_bytes()));
    assert_eq!(
        answer,
        json!({
            "schema": 1,
            "model": {"name": "small", "id": predictor.id()},
            "predictions": written(serde_json::to_string(&expected).unwrap()),
        })
    );
    let explained = parsed(model.explain(request.as_bytes()));
    let expected = predictor.explain(&clip).unwrap();
    let expected = written(serde_json::to_string(&expected).unwrap());
    assert_eq!(explained["explanations"], json!([expected]));
}

#[test]
fn a_request_chooses_modalities_and_may_name_the_model() {
    let model = loaded(&folder(1));
    let request = json!({
        "model": "small", "modalities": ["text"],
        "clips": [{"text": "what fun", "visual": [[0.5, -1.0]]}, {"id": "b", "text": "fun"}],
    });
    let answer = parsed(model.predict(request.to_string().as_bytes()));
    let predictions = answer["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 2);
    assert_eq!(predictions[0]["modalities"], json!(["text"]));
    assert_eq!(predictions[1]["id"], "b");
}

#[test]
fn the_page_is_told_what_it_is_told_by_a_server() {
    let folder = folder(1);
    let info = parsed(loaded(&folder).info());
    assert_eq!(info["version"], misa_web::version());
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    let model = &info["models"][0];
    assert_eq!(model["name"], "small");
    assert_eq!(model["sizes"]["acoustic"], 3);
    assert_eq!(info["limits"]["explain_clips"], misa_web::EXPLAIN_CLIPS);
}

#[test]
fn a_sound_and_its_words_are_predicted() {
    let model = loaded(&folder_of_sounds());
    let sound = fs::read(misa_testing::golden("voice").join("say_en_us.flac")).unwrap();
    let ask = |modalities| {
        let text = Some("what fun");
        parsed(model.predict_sound(&sound, SoundQuery { text, modalities }))
    };
    let both = ask(None);
    let prediction = &both["predictions"][0];
    assert_eq!(prediction["modalities"], json!(["text", "acoustic"]));
    assert!(both["notes"][0].as_str().unwrap().starts_with("2 words"));
    // The voice counts.
    let alone = ask(Some("text"));
    assert_ne!(alone["predictions"][0]["value"], prediction["value"]);
    let query = SoundQuery {
        text: Some("what fun"),
        modalities: None,
    };
    let explained = parsed(model.explain_sound(&sound, query));
    assert_eq!(explained["explanations"][0]["prediction"], *prediction);
}
