//! What is computed together, in which order, and what is not computed.

use crate::common::models::{self, Gate};
use crate::common::{JSON, Running, clip, clips, config, predict, refusal, start, wait_for};
use misa_serve::{ModelSource, ServeConfig};
use misa_testing::{HttpAnswer, HttpClient, request};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server whose model waits at the gate, which a first request has reached.
fn held(
    gate: &Gate,
    edit: impl Fn(&mut ServeConfig),
    reads_videos: bool,
) -> (Running, TempDir, HttpClient) {
    let folder = models::folder(1);
    let mut config = config(&folder);
    edit(&mut config);
    let server = start(config, models::gated_with(gate, reads_videos));
    gate.shut();
    let first = sent(&server, &clip("first", 0.5));
    wait_for("the first batch", || gate.batches().len() == 1);
    (server, folder, first)
}

/// A connection on which a request is sent and not answered.
fn sent(server: &Running, body: &Value) -> HttpClient {
    let mut client = server.client();
    let body = body.to_string();
    client
        .send(&request("POST /v1/predict", &[JSON], body.as_bytes()))
        .unwrap();
    client
}

fn queued(server: &Running) -> f64 {
    server.metric("misa_queue_requests{kind=\"predict\"}")
}

/// Sends requests one after the other, each of which waits before the next is sent.
fn queue_up(server: &Running, bodies: &[Value]) -> Vec<HttpClient> {
    let before = queued(server);
    let send = |(index, body)| {
        let client = sent(server, body);
        let expected = before + index as f64 + 1.0;
        wait_for("a place in the queue", || queued(server) == expected);
        client
    };
    bodies.iter().enumerate().map(send).collect()
}

fn answers(clients: Vec<HttpClient>) -> Vec<HttpAnswer> {
    clients
        .into_iter()
        .map(|mut client| client.answer().unwrap())
        .collect()
}

fn ids(answer: &HttpAnswer) -> Vec<String> {
    let body = answer.json();
    let predictions = body["predictions"].as_array().unwrap();
    predictions
        .iter()
        .map(|answer| answer["id"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn requests_that_wait_are_computed_together_and_each_gets_its_own() {
    let gate = Gate::default();
    let (server, _folder, first) = held(&gate, |_| {}, false);
    let bodies = [
        clip("a", 0.1),
        clips(&[clip("b", 0.2), clip("c", 0.3)]),
        clip("d", 0.4),
    ];
    let waiting = queue_up(&server, &bodies);
    gate.open();
    let together = answers(waiting);
    assert_eq!(
        together.iter().map(ids).collect::<Vec<_>>(),
        [vec!["a"], vec!["b", "c"], vec!["d"]]
    );
    assert_eq!(ids(&answers(vec![first])[0]), ["first"]);
    assert_eq!(gate.batches(), [vec!["first"], vec!["a", "b", "c", "d"]]);
    // The same bits as alone.
    for (body, answer) in bodies.iter().zip(&together) {
        assert_eq!(server.predict(body).json(), answer.json());
    }
    assert_eq!(server.metric("misa_batch_clips_bucket{le=\"2\"}"), 4.0);
    assert_eq!(server.metric("misa_batch_clips_count"), 5.0);
}

#[test]
fn a_batch_holds_no_more_clips_and_steps_than_it_may() {
    let gate = Gate::default();
    let (server, _folder, first) = held(
        &gate,
        |config| {
            config.batch_clips = 3;
            config.batch_tokens = 8;
        },
        false,
    );
    // Of two steps each.
    let two = |a: &str, b: &str| clips(&[clip(a, 0.1), clip(b, 0.2)]);
    let long = json!({ "id": "long", "text": vec!["what"; 7] });
    let waiting = queue_up(
        &server,
        &[
            two("a", "b"),
            two("c", "d"),
            clip("e", 0.1),
            long,
            clip("f", 0.1),
        ],
    );
    gate.open();
    answers(waiting);
    answers(vec![first]);
    assert_eq!(
        gate.batches(),
        [
            vec!["first"],
            vec!["a", "b"],
            vec!["c", "d", "e"],
            vec!["long"],
            vec!["f"]
        ]
    );
}

#[test]
fn requests_of_different_models_are_never_computed_together() {
    let other = models::folder(2);
    let gate = Gate::default();
    let path = other.path().to_path_buf();
    let edit = move |config: &mut ServeConfig| {
        config.models.push(ModelSource::named("b", path.clone()));
    };
    let (server, _folder, first) = held(&gate, edit, false);
    let of_b = |id: &str| json!({ "model": "b", "clips": [clip(id, 0.5)] });
    let waiting = queue_up(
        &server,
        &[clip("a1", 0.5), of_b("b1"), clip("a2", 0.5), of_b("b2")],
    );
    gate.open();
    let answers: Vec<Value> = answers(waiting).iter().map(HttpAnswer::json).collect();
    drop(first);
    let names: Vec<_> = answers
        .iter()
        .map(|answer| &answer["model"]["name"])
        .collect();
    assert_eq!(names, ["a", "b", "a", "b"]);
    assert_eq!(
        gate.batches(),
        [vec!["first"], vec!["a1", "a2"], vec!["b1", "b2"]]
    );
    for answer in &answers {
        assert_eq!(answer["predictions"][0]["model"], answer["model"]["id"]);
    }
}

#[test]
fn a_model_that_reads_videos_computes_each_request_by_itself() {
    let gate = Gate::default();
    let (server, _folder, first) = held(&gate, |_| {}, true);
    let waiting = queue_up(&server, &[clip("v[0]", 0.5), clip("v[1]", 0.5)]);
    gate.open();
    answers(waiting);
    drop(first);
    assert_eq!(gate.batches(), [vec!["first"], vec!["v[0]"], vec!["v[1]"]]);
}

#[test]
fn a_request_that_fails_takes_no_other_of_its_batch_with_it() {
    let gate = Gate::default();
    let (server, _folder, first) = held(&gate, |_| {}, false);
    let bodies = ["a", "panic", "b", "error", "nan", "c"].map(|id| clip(id, 0.5));
    let waiting = queue_up(&server, &bodies);
    gate.open();
    let statuses: Vec<u16> = answers(waiting)
        .iter()
        .map(|answer| answer.status)
        .collect();
    assert_eq!(statuses, [200, 424, 200, 424, 424, 200]);
    drop(first);
}

#[test]
fn an_explanation_with_any_number_that_is_not_finite_has_failed() {
    let folder = models::folder(1);
    let server = start(config(&folder), models::gated(&Gate::default()));
    let explain = |id: &str| {
        let body = clip(id, 0.5).to_string();
        server.ask("POST /v1/explain", &[JSON], body.as_bytes())
    };
    assert_eq!(explain("c").status, 200);
    let numbers = ["subset", "modality", "word", "vector", "attention"];
    for id in numbers.map(|number| format!("nan {number}")) {
        let (status, kind, error) = refusal(&explain(&id));
        assert_eq!((status, kind.as_str()), (424, "inference_failed"), "{id}");
        assert_eq!(
            error,
            "clips[0]: expected finite numbers of the model, found NaN or infinity"
        );
    }
}

#[test]
fn a_full_queue_refuses_with_the_time_to_come_again_and_stays_ready() {
    let gate = Gate::default();
    let (server, _folder, first) = held(&gate, |config| config.queue = 2, false);
    let waiting = queue_up(&server, &[clip("a", 0.5), clip("b", 0.5)]);
    let answer = server.predict(&clip("c", 0.5));
    let (status, kind, error) = refusal(&answer);
    assert_eq!((status, kind.as_str()), (429, "overloaded"));
    assert_eq!(error, "as many requests wait as the server has room for");
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(server.get("/readyz").status, 200);
    gate.open();
    assert!(answers(waiting).iter().all(|answer| answer.status == 200));
    assert_eq!(ids(&answers(vec![first])[0]), ["first"]);
    assert_eq!(server.predict(&clip("c", 0.5)).status, 200);
}

#[test]
fn a_client_that_left_costs_nothing() {
    let gate = Gate::default();
    let (server, _folder, first) = held(&gate, |config| config.queue = 2, false);
    let waiting = queue_up(&server, &[clip("gone", 0.5), clip("also gone", 0.5)]);
    drop(waiting);
    // The server sees that they have left, and gives their places to others.
    let left = "misa_requests_total{route=\"/v1/predict\",status=\"499\"}";
    wait_for("both to leave", || server.metric(left) == 2.0);
    let mut client = sent(&server, &clip("here", 0.5));
    wait_for("a place in the queue", || queued(&server) == 1.0);
    gate.open();
    assert_eq!(ids(&client.answer().unwrap()), ["here"]);
    assert_eq!(gate.batches(), [vec!["first"], vec!["here"]]);
    assert_eq!(server.metric("misa_requests_skipped_total"), 2.0);
    drop(first);
}

#[test]
fn an_explanation_does_not_keep_predictions_waiting() {
    let folder = models::folder(1);
    let gate = Gate::default();
    let server = start(config(&folder), models::gated(&gate));
    gate.shut();
    let mut explaining = server.client();
    let body = clip("slow", 0.5).to_string();
    explaining
        .send(&request("POST /v1/explain", &[JSON], body.as_bytes()))
        .unwrap();
    wait_for("the explanation", || gate.batches().len() == 1);
    let mut predicting = sent(&server, &clip("fast", 0.5));
    wait_for("the prediction", || gate.batches().len() == 2);
    gate.open();
    assert_eq!(predicting.answer().unwrap().status, 200);
    assert_eq!(explaining.answer().unwrap().status, 200);
}

#[test]
fn a_connection_serves_many_requests() {
    let folder = models::folder(1);
    let server = start(config(&folder), models::gated(&Gate::default()));
    let mut client = server.client();
    for index in 0..20 {
        let answer = predict(&mut client, &clip(&index.to_string(), 0.5));
        assert_eq!(ids(&answer), [index.to_string()]);
    }
    assert_eq!(server.metric("misa_clips_total"), 20.0);
    assert_eq!(
        server.metric("misa_clips_without_total{modality=\"text\"}"),
        0.0
    );
}
