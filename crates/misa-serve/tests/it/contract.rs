//! Statuses and bodies, as the contract has them.

use crate::common::models::{self, Gate};
use crate::common::{JSON, begin, clip, clips, config, refusal, small, start, wait_for};
use misa_serve::{ModelSource, predictors};
use misa_terms::{Clip, ClipText, Sequence};
use misa_wire::Request;
use serde_json::json;
use std::fs;

#[test]
fn predictions_come_in_the_order_of_the_clips() {
    let (server, _folder) = small();
    let numbers = [0.1, -2.0, 3.0, 0.7];
    let named: Vec<_> = (0..4).map(|i| clip(&format!("c{i}"), numbers[i])).collect();
    let answer = server.predict(&clips(&named));
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(
        (&body["schema"], &body["model"]["name"]),
        (&1.into(), &"a".into())
    );
    assert_eq!(body["model"]["id"].as_str().unwrap().len(), 64);
    let predictions = body["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 4);
    for (index, prediction) in predictions.iter().enumerate() {
        assert_eq!(prediction["id"], format!("c{index}"));
        assert_eq!(
            prediction["modalities"],
            json!(["text", "visual", "acoustic"])
        );
        assert_eq!(prediction["model"], body["model"]["id"]);
        // The same alone, to the last bit.
        let alone = server.predict(&named[index]).json();
        assert_eq!(alone["predictions"][0], *prediction);
    }
    let alias = server.ask(
        "POST /predict",
        &[JSON],
        clips(&named).to_string().as_bytes(),
    );
    assert_eq!(alias.json(), body);
}

#[test]
fn safetensors_are_answered_as_json_is() {
    let (server, _folder) = small();
    let request = Request {
        clips: vec![Clip {
            id: "c".to_string(),
            text: Some(ClipText::Sentence("what fun".to_string())),
            visual: Sequence::new(2, vec![0.25, 0.5]),
            acoustic: None,
        }],
        ..Request::default()
    };
    let as_json = server.ask("POST /v1/predict", &[JSON], &request.to_json().unwrap());
    assert_eq!(as_json.status, 200);
    for media_type in ["application/x-safetensors", "application/octet-stream"] {
        let header = format!("content-type: {media_type}");
        let body = request.to_safetensors().unwrap();
        let answer = server.ask("POST /v1/predict", &[&header], &body);
        assert_eq!(answer.json(), as_json.json());
    }
}

#[test]
fn a_body_has_one_type_and_one_encoding() {
    let (server, _folder) = small();
    let encodings = ["content-encoding: identity", "content-encoding: gzip"];
    for (headers, expected) in [
        (
            [JSON, JSON, encodings[0]],
            "content-type: expected one, found 2",
        ),
        (
            [JSON, encodings[0], encodings[1]],
            "content-encoding: expected one, found 2",
        ),
    ] {
        let (status, kind, error) = refusal(&server.ask("POST /v1/predict", &headers, b"{}"));
        assert_eq!((status, kind.as_str()), (415, "media_type"));
        assert_eq!(error, expected);
    }
}

#[test]
fn an_explanation_holds_the_prediction_that_it_explains() {
    let (server, _folder) = small();
    let body = clips(&[clip("c", 0.5)]).to_string();
    let explained = server.ask("POST /v1/explain", &[JSON], body.as_bytes());
    assert_eq!(explained.status, 200);
    let explained = explained.json();
    let explanation = &explained["explanations"][0];
    let predicted = server.predict(&clip("c", 0.5)).json();
    assert_eq!(explanation["prediction"], predicted["predictions"][0]);
    assert_eq!(explanation["words"].as_array().unwrap().len(), 2);
    assert_eq!(explanation["subsets"].as_array().unwrap().len(), 7);
    let many: Vec<_> = (0..9).map(|i| clip(&i.to_string(), 0.5)).collect();
    let body = clips(&many).to_string();
    let answer = server.ask("POST /v1/explain", &[JSON], body.as_bytes());
    let (status, kind, error) = refusal(&answer);
    assert_eq!((status, kind.as_str()), (413, "too_large"));
    assert!(error.contains("at most 8"), "{error}");
}

#[test]
fn modalities_that_are_not_asked_for_are_not_read() {
    let (server, _folder) = small();
    let answer = server.predict(&json!({ "modalities": ["text"], "clips": [clip("c", 0.5)] }));
    let prediction = &answer.json()["predictions"][0];
    assert_eq!(prediction["modalities"], json!(["text"]));
    let said = server
        .predict(&json!({ "id": "c", "text": "what fun" }))
        .json();
    assert_eq!(said["predictions"][0], *prediction);
}

#[test]
fn each_refusal_has_its_status_and_says_why() {
    let (server, _folder) = small();
    let post = |headers: &[&str], body: &str| {
        let answer = server.ask("POST /v1/predict", headers, body.as_bytes());
        let (status, kind, error) = refusal(&answer);
        format!("{status} {kind}: {error}")
    };
    let starts = |answer: String, expected: &str| assert!(answer.starts_with(expected), "{answer}");
    starts(
        post(&[JSON], ""),
        "400 empty: body: expected a request, found nothing",
    );
    starts(post(&[JSON], "{\"clips\": []}"), "400 empty: ");
    starts(post(&[JSON], "{\"clips\": "), "400 malformed: ");
    starts(
        post(&["content-type: application/octet-stream"], "{}"),
        "400 malformed: ",
    );
    starts(
        post(&[], "{}"),
        "415 media_type: content-type: expected application/json",
    );
    starts(
        post(&["content-type: text/plain"], "{}"),
        "415 media_type: content-type: expected application/json, application/x-safetensors, \
         application/octet-stream or a sound such as audio/wav, found `text/plain`",
    );
    starts(
        post(&[JSON, "content-encoding: gzip"], "{}"),
        "415 media_type: content-encoding",
    );
    starts(
        post(
            &[JSON],
            "{\"model\": \"b\", \"clips\": [{\"text\": \"fun\"}]}",
        ),
        "404 unknown_model: model: expected `a`, found another name",
    );
    starts(post(&[JSON], "{\"texts\": \"fun\"}"), "422 invalid: ");
    starts(
        post(
            &[JSON],
            "{\"clips\": [{\"text\": \"fun\"}, {\"acoustic\": [[1, 2]]}]}",
        ),
        "422 invalid: clips[1].acoustic: expected 3 features per step, found 2 features",
    );
    let many = clips(&vec![json!({ "text": "fun" }); 33]).to_string();
    starts(post(&[JSON], &many), "413 too_large: ");
    let long = json!({ "visual": vec![[0.0, 0.0]; 10_001] }).to_string();
    starts(post(&[JSON], &long), "413 too_large: ");
}

#[test]
fn a_query_may_name_the_model_and_nothing_else() {
    let (server, _folder) = small();
    let post = |query: &str, body: &str| {
        server.ask(
            &format!("POST /v1/predict?{query}"),
            &[JSON],
            body.as_bytes(),
        )
    };
    let clip = "{\"text\": \"fun\"}";
    assert_eq!(post("model=a", clip).status, 200);
    assert_eq!(refusal(&post("model=b", clip)).1, "unknown_model");
    assert_eq!(refusal(&post("modell=a", clip)).0, 422);
    let named = "{\"model\": \"a\", \"clips\": [{\"text\": \"fun\"}]}";
    assert_eq!(post("model=a", named).status, 200);
    assert_eq!(refusal(&post("model=b", named)).0, 422);
}

#[test]
fn unknown_routes_and_methods_are_refused() {
    let (server, _folder) = small();
    assert_eq!(refusal(&server.get("/v2/predict")).1, "not_found");
    assert_eq!(
        refusal(&server.get("/page/../../etc/passwd")).1,
        "not_found"
    );
    assert_eq!(
        refusal(&server.get("/page/%2e%2e%2fCargo.toml")).1,
        "not_found"
    );
    let answer = server.get("/v1/predict");
    assert_eq!(refusal(&answer).1, "method_not_allowed");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    let answer = server.ask("DELETE /info", &[], b"");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET,HEAD"))
    );
    // Without administrators there is nothing to administrate.
    assert_eq!(refusal(&server.ask("POST /admin/reload", &[], b"")).0, 404);
}

#[test]
fn a_model_is_chosen_by_its_name_and_the_first_one_is_the_default() {
    let folders = [models::folder(1), models::folder(2)];
    let mut config = config(&folders[0]);
    config
        .models
        .push(ModelSource::named("b", folders[1].path()));
    let server = start(config, predictors(models::device()));
    let of = |model: Option<&str>| {
        let body = json!({ "model": model, "clips": [clip("c", 0.5)] });
        let mut body = body;
        if model.is_none() {
            body.as_object_mut().unwrap().remove("model");
        }
        server.predict(&body).json()
    };
    assert_eq!(of(None), of(Some("a")));
    let (a, b) = (of(Some("a")), of(Some("b")));
    assert_eq!(
        (&a["model"]["name"], &b["model"]["name"]),
        (&"a".into(), &"b".into())
    );
    assert_ne!(a["predictions"][0]["value"], b["predictions"][0]["value"]);
    let info = server.get("/info").json();
    assert_eq!(info, server.get("/v1/models").json());
    let names: Vec<_> = info["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| &model["name"])
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(info["models"][1]["id"], b["model"]["id"]);
    assert_eq!(info["models"][0]["sizes"]["acoustic"], 3);
    assert_eq!(info["limits"]["clips"], 32);
}

#[test]
fn a_failed_inference_is_answered_and_the_next_one_computed() {
    let folder = models::folder(1);
    let server = start(config(&folder), models::gated(&Gate::default()));
    for fault in ["panic", "error", "nan"] {
        let answer = server.predict(&clip(fault, 0.5));
        let (status, kind, error) = refusal(&answer);
        assert_eq!(
            (status, kind.as_str()),
            (424, "inference_failed"),
            "{fault}"
        );
        // A panic may quote the request, and nobody else's words are passed on.
        assert!(!error.contains("what fun"), "{error}");
        assert_eq!(server.predict(&clip("good", 0.5)).status, 200);
    }
}

#[test]
fn a_request_keeps_its_id_and_gets_one_otherwise() {
    let (server, _folder) = small();
    let asked = server.ask("GET /livez", &["x-request-id: trace-7"], b"");
    assert_eq!(asked.header("x-request-id"), Some("trace-7"));
    let refused = server.ask("GET /nowhere", &["x-request-id: trace-8"], b"");
    assert_eq!(refused.json()["request_id"], "trace-8");
    let made = server.ask("GET /livez", &["x-request-id: not sane"], b"");
    assert_eq!(made.header("x-request-id").map(str::len), Some(16));
}

#[test]
fn pages_load_nothing_from_elsewhere_and_answers_are_not_stored() {
    let (server, _folder) = small();
    for path in ["/", "/docs"] {
        let page = server.get(path);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        let text = String::from_utf8(page.body).unwrap();
        for part in text
            .split(['"', '\''])
            .filter(|part| part.starts_with("/page/"))
        {
            assert_eq!(server.get(part).status, 200, "{part}");
        }
    }
    for path in ["/livez", "/info", "/nowhere"] {
        let answer = server.get(path);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[test]
fn only_the_allowed_origin_may_read_answers() {
    let folder = models::folder(1);
    let mut config = config(&folder);
    config.allow_origin = Some("https://a.example".to_string());
    let server = start(config, predictors(models::device()));
    let allowed = |line: &str, headers: &[&str]| {
        let answer = server.ask(line, headers, b"");
        let origin = answer
            .header("access-control-allow-origin")
            .map(str::to_string);
        (answer.status, origin)
    };
    let ours = Some("https://a.example".to_string());
    assert_eq!(
        allowed("GET /info", &["origin: https://a.example"]),
        (200, ours.clone())
    );
    assert_eq!(
        allowed("GET /info", &["origin: https://b.example"]),
        (200, None)
    );
    let question = "access-control-request-method: POST";
    assert_eq!(
        allowed(
            "OPTIONS /v1/predict",
            &["origin: https://a.example", question]
        ),
        (204, ours)
    );
    assert_eq!(
        allowed(
            "OPTIONS /v1/predict",
            &["origin: https://b.example", question]
        ),
        (405, None)
    );
}

#[test]
fn before_the_models_are_loaded_the_server_lives_but_is_not_ready() {
    let folder = models::folder(1);
    let gate = Gate::default();
    gate.shut();
    let load = models::gated(&gate);
    let waiting = gate.clone();
    let load: misa_serve::Loader = std::sync::Arc::new(move |path| {
        waiting.wait();
        load(path)
    });
    let server = begin(config(&folder), load);
    assert_eq!(server.get("/livez").json()["status"], "live");
    for answer in [
        server.get("/readyz"),
        server.get("/health"),
        server.predict(&clip("c", 0.5)),
    ] {
        assert_eq!(refusal(&answer).1, "not_ready");
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (503, Some("1"))
        );
    }
    gate.open();
    wait_for("readiness", || server.get("/health").status == 200);
    assert_eq!(server.predict(&clip("c", 0.5)).status, 200);
}

#[test]
fn a_server_without_a_usable_model_ends_with_the_reason() {
    let folder = models::folder(1);
    fs::remove_file(folder.path().join("config.json")).unwrap();
    let server = begin(config(&folder), predictors(models::device()));
    let error = server.ended().unwrap_err().to_string();
    assert!(
        error.starts_with("model `a`: ") && error.contains("config.json"),
        "{error}"
    );
}
