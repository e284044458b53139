//! Sounds as bodies.

use crate::common::models::Gate;
use crate::common::{Running, config, models, refusal, start, wait_for};
use misa_serve::predictors;
use misa_testing::{HttpClient, request};
use std::fs;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A server with a model of `misa-voice-1`, whose steps are words, or else windows.
fn listening(mode: &str) -> (Running, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    models::write_of_sounds(folder.path(), mode);
    let running = start(config(&folder), predictors(models::device()));
    (running, folder)
}

fn sound(name: &str) -> Vec<u8> {
    fs::read(misa_testing::golden("voice").join(name)).unwrap()
}

const WAV: &str = "content-type: audio/wav";

#[test]
fn a_sound_and_its_words_are_predicted() {
    let (server, _folder) = listening("words");
    let ask = |query: &str| {
        server.ask(
            &format!("POST /v1/predict?{query}"),
            &[WAV],
            &sound("say_en_us.flac"),
        )
    };
    let answer = ask("text=what+fun");
    assert_eq!(
        answer.status,
        200,
        "{:?}",
        String::from_utf8_lossy(&answer.body)
    );
    let body = answer.json();
    let prediction = &body["predictions"][0];
    assert_eq!(
        prediction["modalities"],
        serde_json::json!(["text", "acoustic"])
    );
    let note = body["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with("2 words without times, spread over 2."),
        "{note}"
    );
    // The voice counts.
    let alone = ask("text=what+fun&modalities=text").json();
    assert_ne!(alone["predictions"][0]["value"], prediction["value"]);
    let explained = server.ask(
        "POST /v1/explain?text=what+fun",
        &[WAV],
        &sound("say_en_us.flac"),
    );
    assert_eq!(
        explained.json()["explanations"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_sound_alone_is_enough_for_windows() {
    let (server, _folder) = listening("unaligned");
    let answer = server.ask(
        "POST /v1/predict",
        &["content-type: audio/flac"],
        &sound("say_de.flac"),
    );
    assert_eq!(
        answer.status,
        200,
        "{:?}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(
        answer.json()["predictions"][0]["modalities"],
        serde_json::json!(["acoustic"])
    );
    assert!(answer.json().get("notes").is_none());
}

#[test]
fn what_is_no_sound_for_the_model_is_refused() {
    let (server, _folder) = listening("words");
    let ask = |query: &str, body: &[u8]| {
        refusal(&server.ask(&format!("POST /v1/predict?{query}"), &[WAV], body))
    };
    let whole = sound("say_en_us.flac");
    let (status, kind, message) = ask("", &whole);
    assert_eq!((status, kind.as_str()), (422, "invalid"));
    assert!(
        message.starts_with("text: expected what is said in the sound"),
        "{message}"
    );
    let (status, kind, message) = ask("text=fun", b"hello, what is this");
    assert_eq!((status, kind.as_str()), (415, "media_type"), "{message}");
    let (status, _, message) = ask("text=fun", &whole[..whole.len() / 2]);
    assert_eq!(status, 400, "{message}");
    assert!(message.starts_with("body, second "), "{message}");
    let (status, _, message) = ask("text=fun&modalities=smell", &whole);
    assert_eq!(status, 422, "{message}");
    // A model of other features.
    let (server, _folder) = crate::common::small();
    let (status, _, message) = refusal(&server.ask("POST /v1/predict?text=fun", &[WAV], &whole));
    assert_eq!(status, 422);
    assert!(
        message.starts_with("acoustic: expected a model that knows the recipe"),
        "{message}"
    );
    let (status, _, message) = refusal(&server.ask(
        "POST /v1/predict?text=fun",
        &["content-type: application/json"],
        b"{\"text\": \"fun\"}",
    ));
    assert_eq!(status, 422);
    assert!(
        message.starts_with("query: expected `text` and `modalities` beside a sound alone"),
        "{message}"
    );
}

#[test]
fn sounds_that_wait_to_be_read_have_the_room_of_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    models::write_of_sounds(folder.path(), "unaligned");
    let mut config = config(&folder);
    config.queue = 1;
    let gate = Gate::default();
    let server = start(config, models::gated_at_checks(&gate));
    let body = sound("say_de.flac");
    let send = || {
        let mut client = server.client();
        let sound = request("POST /v1/predict", &[WAV], &body);
        client.send(&sound).unwrap();
        client
    };
    let waiting = || server.metric("misa_queue_requests{kind=\"sound\"}");
    gate.shut();
    let turns = thread::available_parallelism().map_or(1, usize::from);
    let mut clients: Vec<HttpClient> = (0..turns).map(|_| send()).collect();
    wait_for("every turn to be taken", || gate.waiting() == turns);
    assert_eq!(waiting(), 0.0);
    clients.push(send());
    wait_for("a sound to wait", || waiting() == 1.0);
    let answer = server.ask("POST /v1/predict", &[WAV], &body);
    let (status, kind, error) = refusal(&answer);
    assert_eq!((status, kind.as_str()), (429, "overloaded"));
    assert_eq!(error, "as many sounds wait as the server has room for");
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    gate.open();
    for client in &mut clients {
        // Once read, they may be too many for the queue of predictions.
        assert!([200, 429].contains(&client.answer().unwrap().status));
    }
    assert_eq!(waiting(), 0.0);
    assert_eq!(server.ask("POST /v1/predict", &[WAV], &body).status, 200);
}

#[test]
fn reading_a_sound_counts_to_the_time_of_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    models::write_of_sounds(folder.path(), "unaligned");
    let mut config = config(&folder);
    config.answer_seconds = 2.0;
    let gate = Gate::default();
    let server = start(config, models::gated_at_checks(&gate));
    let whole = request("POST /v1/predict", &[WAV], &sound("say_de.flac"));
    gate.shut();
    let mut client = server.client();
    client.send(&whole).unwrap();
    wait_for("the sound to be read", || gate.waiting() == 1);
    thread::sleep(Duration::from_secs(2));
    gate.open();
    let (status, kind, error) = refusal(&client.answer().unwrap());
    assert_eq!((status, kind.as_str()), (429, "overloaded"));
    assert_eq!(error, "not computed in 2 seconds");
}
