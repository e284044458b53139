//! Models that take the place of others.

use crate::common::models::{self, Gate};
use crate::common::{JSON, Running, clip, config, refusal, start, wait_for};
use misa_serve::{Loader, ModelSource, ServeConfig, predictors};
use misa_testing::{HttpAnswer, HttpClient};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};
use tempfile::TempDir;

const ADMIN: &str = "authorization: Bearer administrator-0123456789";

fn with_admin(folder: &TempDir) -> ServeConfig {
    let path = folder.path().join("admin-keys");
    fs::write(&path, "administrator-0123456789\n").unwrap();
    ServeConfig {
        admin_key_file: Some(path),
        ..config(folder)
    }
}

fn reload(server: &Running) -> HttpAnswer {
    server.ask("POST /admin/reload", &[ADMIN], b"")
}

fn id(server: &Running) -> Value {
    server.predict(&clip("c", 0.5)).json()["model"]["id"].clone()
}

#[test]
fn a_new_model_takes_over_and_an_equal_one_stays() {
    let folder = models::folder(1);
    let server = start(with_admin(&folder), predictors(models::device()));
    let before = id(&server);
    assert_eq!(
        reload(&server).json(),
        json!({ "schema": 1, "reloaded": [] })
    );
    models::write(folder.path(), 2);
    assert_eq!(id(&server), before);
    assert_eq!(
        reload(&server).json(),
        json!({ "schema": 1, "reloaded": ["a"] })
    );
    let after = id(&server);
    assert_ne!(after, before);
    assert_eq!(server.get("/info").json()["models"][0]["id"], after);
}

#[test]
fn a_faulty_model_is_refused_with_the_reason_and_the_old_one_serves_on() {
    let folder = models::folder(1);
    let other = models::folder(2);
    let mut config = with_admin(&folder);
    config.models.push(ModelSource::named("b", other.path()));
    let server = start(config, predictors(models::device()));
    let before = server.get("/info").json();
    // The first one is new, but the second one is faulty.
    models::write(folder.path(), 3);
    fs::write(other.path().join("model.safetensors"), b"half a model").unwrap();
    let (status, kind, error) = refusal(&reload(&server));
    assert_eq!((status, kind.as_str()), (422, "model_refused"));
    assert!(
        error.starts_with("nothing has changed: model `b`: "),
        "{error}"
    );
    assert_eq!(server.get("/info").json(), before);
    assert_eq!(
        server
            .predict(&json!({ "model": "b", "clips": [clip("c", 0.5)] }))
            .status,
        200
    );
    assert_eq!(server.metric("misa_reloads_total{result=\"refused\"}"), 1.0);
    models::write(other.path(), 4);
    assert_eq!(reload(&server).json()["reloaded"], json!(["a", "b"]));
}

#[test]
fn only_one_reload_runs_at_a_time() {
    let folder = models::folder(1);
    let gate = Gate::default();
    let waiting = gate.clone();
    let load = predictors(models::device());
    let slow: Loader = Arc::new(move |path| {
        waiting.wait();
        load(path)
    });
    let server = start(with_admin(&folder), slow);
    gate.shut();
    thread::scope(|scope| {
        let first = scope.spawn(|| reload(&server));
        wait_for("the first reload to load", || gate.waiting() > 0);
        assert_eq!(refusal(&reload(&server)).1, "reloading");
        // Requests do not wait for it.
        assert_eq!(server.predict(&clip("c", 0.5)).status, 200);
        gate.open();
        assert_eq!(first.join().unwrap().status, 200);
    });
}

#[test]
fn a_model_that_panics_while_it_is_loaded_is_refused() {
    let folder = models::folder(1);
    let load = predictors(models::device());
    let is_faulty = Arc::new(AtomicBool::new(false));
    let shared = Arc::clone(&is_faulty);
    let faulty: Loader = Arc::new(move |path| {
        assert!(!shared.load(Ordering::Relaxed), "a fault");
        load(path)
    });
    let server = start(with_admin(&folder), faulty);
    is_faulty.store(true, Ordering::Relaxed);
    assert_eq!(refusal(&reload(&server)).0, 422);
    assert_eq!(server.predict(&clip("c", 0.5)).status, 200);
}

#[test]
fn only_administrators_may_reload() {
    let folder = models::folder(1);
    let keys = folder.path().join("user-keys");
    fs::write(&keys, "user-0123456789abcdef\n").unwrap();
    let mut config = with_admin(&folder);
    config.api_key_file = Some(keys);
    let server = start(config, predictors(models::device()));
    let user = "authorization: Bearer user-0123456789abcdef";
    for headers in [&[][..], &[user]] {
        let answer = server.ask("POST /admin/reload", headers, b"");
        assert_eq!(refusal(&answer).1, "unauthorized");
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, Some("Bearer"))
        );
    }
    assert_eq!(reload(&server).status, 200);
    let body = clip("c", 0.5).to_string();
    let predict = |headers: &[&str]| {
        server
            .ask("POST /v1/predict", headers, body.as_bytes())
            .status
    };
    assert_eq!(predict(&[JSON, user]), 200);
    assert_eq!((predict(&[JSON, ADMIN]), predict(&[JSON])), (401, 401));
    // Keys are read again, too.
    fs::write(
        folder.path().join("user-keys"),
        "another-0123456789abcdef\n",
    )
    .unwrap();
    assert_eq!(reload(&server).status, 200);
    assert_eq!(predict(&[JSON, user]), 401);
    assert_eq!(
        predict(&[JSON, "authorization: Bearer another-0123456789abcdef"]),
        200
    );
}

#[test]
fn under_load_every_request_is_answered_by_one_whole_model() {
    let folders = [models::folder(1), models::folder(2)];
    let mut config = with_admin(&folders[0]);
    config
        .models
        .push(ModelSource::named("b", folders[1].path()));
    let server = start(config, predictors(models::device()));
    // What each model of each name may answer.
    let value = |answer: &Value| {
        (
            answer["model"]["id"].clone(),
            answer["predictions"][0]["value"].clone(),
        )
    };
    let body = |name: &str| json!({ "model": name, "clips": [clip("c", 0.5)] }).to_string();
    let ask = |client: &mut HttpClient, name: &str| {
        let answer = client
            .ask("POST /v1/predict", &[JSON], body(name).as_bytes())
            .unwrap();
        assert_eq!(answer.status, 200);
        value(&answer.json())
    };
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = ["a", "b", "a", "b"]
            .map(|name| {
                let (server, is_over, ask) = (&server, &is_over, &ask);
                scope.spawn(move || {
                    let mut client = server.client();
                    let mut seen = Vec::new();
                    while !is_over.load(Ordering::Relaxed) {
                        seen.push(ask(&mut client, name));
                    }
                    seen
                })
            })
            .into();
        let mut known = vec![
            ask(&mut server.client(), "a"),
            ask(&mut server.client(), "b"),
        ];
        for seed in 10..20 {
            models::write(folders[seed as usize % 2].path(), seed);
            assert_eq!(
                reload(&server).json()["reloaded"].as_array().unwrap().len(),
                1
            );
            known.push(ask(
                &mut server.client(),
                if seed % 2 == 0 { "a" } else { "b" },
            ));
        }
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            for seen in client.join().unwrap() {
                assert!(known.contains(&seen), "{seen:?} is of no model");
            }
        }
    });
    assert_eq!(server.metric("misa_reloads_total{result=\"taken\"}"), 11.0);
}
