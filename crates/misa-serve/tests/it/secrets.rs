//! What must stay out of logs, errors and metrics.

use crate::common::models::{self, Gate};
use crate::common::{JSON, config, start};
use misa_serve::{LogFormat, predictors};
use serde_json::{Value, json};
use std::fs;

const USER: &str = "user-key-0123456789abcdef";
const ADMIN: &str = "admin-key-0123456789abcdef";

#[test]
fn keys_and_texts_are_in_no_log_error_or_metric() {
    let folder = models::folder(1);
    let paths = ["users", "administrators"].map(|name| folder.path().join(name));
    fs::write(&paths[0], USER).unwrap();
    fs::write(&paths[1], ADMIN).unwrap();
    for format in [LogFormat::Text, LogFormat::Json] {
        let mut config = config(&folder);
        config.log = format;
        config.api_key_file = Some(paths[0].clone());
        config.admin_key_file = Some(paths[1].clone());
        let server = start(config, models::gated(&Gate::default()));
        let mut answers = Vec::new();
        for key in [USER, ADMIN, "wrong-key-0123456789abcdef", "short"] {
            let key = format!("authorization: Bearer {key}");
            for body in [
                json!({ "id": "secretname", "text": "secretword" }),
                json!({ "id": "secretname", "text": "secretword", "visual": [[1]] }),
                json!({ "secretkey": "secretword" }),
                json!({ "id": "panic", "text": "secretword" }),
            ] {
                for route in ["/v1/predict", "/v1/explain", "/predict"] {
                    let line = format!("POST {route}?model=a");
                    answers.push(server.ask(&line, &[JSON, &key], body.to_string().as_bytes()));
                }
            }
            answers.push(server.ask("POST /admin/reload", &[&key], b""));
            answers.push(server.ask(&format!("GET /{USER}"), &[&key], b""));
        }
        for path in ["/metrics", "/info", "/openapi.json"] {
            answers.push(server.get(path));
        }
        let log = server.log.clone();
        server.control.stop();
        server.ended().unwrap();
        let lines = log.text();
        let requests = lines.lines().filter(|line| line.contains("request"));
        assert!(requests.count() > 50, "{lines}");
        for key in [USER, ADMIN, "wrong-key"] {
            assert!(!lines.contains(key), "{lines}");
            for answer in &answers {
                let body = String::from_utf8_lossy(&answer.body);
                let headers = format!("{:?}", answer.headers);
                assert!(!body.contains(key) && !headers.contains(key), "{body}");
            }
        }
        assert!(!lines.contains("secret"), "{lines}");
    }
}

#[test]
fn each_request_is_one_line_of_the_log() {
    let folder = models::folder(1);
    let mut config = config(&folder);
    config.log = LogFormat::Json;
    let server = start(config, predictors(models::device()));
    let body = json!({ "clips": [{ "text": "what" }, { "text": "fun" }] }).to_string();
    let answer = server.ask(
        "POST /v1/predict",
        &[JSON, "x-request-id: one"],
        body.as_bytes(),
    );
    assert_eq!(answer.status, 200);
    server.ask("POST /v1/predict", &[JSON, "x-request-id: two"], b"{");
    let log = server.log.clone();
    server.control.stop();
    server.ended().unwrap();
    let lines: Vec<Value> = log
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |id: &str| {
        let found: Vec<_> = lines.iter().filter(|line| line["id"] == id).collect();
        assert_eq!(found.len(), 1);
        found[0].clone()
    };
    let (good, bad) = (of("one"), of("two"));
    assert_eq!(
        (&good["event"], &good["route"]),
        (&"request".into(), &"/v1/predict".into())
    );
    assert_eq!((&good["status"], &good["clips"]), (&200.into(), &2.into()));
    assert!(good["ms"].as_f64().unwrap() > 0.0 && good["time"].as_f64().unwrap() > 0.0);
    assert_eq!(
        (&bad["status"], &bad["error_type"]),
        (&400.into(), &"malformed".into())
    );
}
