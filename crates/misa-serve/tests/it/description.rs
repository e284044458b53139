//! Whether `/openapi.json` tells the truth.

use crate::common::{JSON, Running, clip, clips, config, models, small, start};
use misa_serve::predictors;
use serde_json::{Map, Value, json};
use std::fs;

fn description(server: &Running) -> Value {
    server.get("/openapi.json").json()
}

/// The faults of a value under a schema: types, properties, and what is required. Properties that the
/// schema does not have are faults, too.
fn faults(root: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.strip_prefix('#').unwrap();
        let target = root
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{name} is nowhere"));
        return faults(root, target, value, place);
    }
    if let Some(choices) = schema
        .get("oneOf")
        .or(schema.get("anyOf"))
        .and_then(Value::as_array)
    {
        let fits = |choice| faults(root, choice, value, place).is_empty();
        let none = format!("{place}: {value} is none of {choices:?}");
        return if choices.iter().any(fits) {
            Vec::new()
        } else {
            vec![none]
        };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let has = |name: &Value| name == kind || (name == "number" && kind == "integer");
    let is_of_type = match &schema["type"] {
        Value::Null => true,
        Value::Array(names) => names.iter().any(has),
        name => has(name),
    };
    if !is_of_type {
        return vec![format!(
            "{place}: expected {}, found {value}",
            schema["type"]
        )];
    }
    if let Some(names) = schema["enum"].as_array()
        && !names.contains(value)
    {
        return vec![format!("{place}: expected one of {names:?}, found {value}")];
    }
    match value {
        Value::Array(items) if !schema["items"].is_null() => items
            .iter()
            .flat_map(|item| faults(root, &schema["items"], item, &format!("{place}[]")))
            .collect(),
        Value::Object(object) if schema["properties"].is_object() => {
            let properties = schema["properties"].as_object().unwrap();
            object_faults(root, schema, properties, object, place)
        }
        _ => Vec::new(),
    }
}

fn object_faults(
    root: &Value,
    schema: &Value,
    properties: &Map<String, Value>,
    object: &Map<String, Value>,
    place: &str,
) -> Vec<String> {
    let required = schema["required"].as_array().into_iter().flatten();
    let mut found: Vec<String> = required
        .filter(|name| !object.contains_key(name.as_str().unwrap()))
        .map(|name| format!("{place}: {name} is missing"))
        .collect();
    for (name, value) in object {
        match properties.get(name) {
            None => found.push(format!("{place}: {name} is not described")),
            Some(schema) => found.extend(faults(root, schema, value, &format!("{place}.{name}"))),
        }
    }
    found
}

/// The schema of an answer.
fn answer_schema(root: &Value, path: &str, method: &str, status: &str) -> Value {
    let responses = &root["paths"][path][method]["responses"];
    let response = responses.get(status).unwrap_or(&responses["default"]);
    response["content"]["application/json"]["schema"].clone()
}

#[test]
fn every_described_route_exists_and_every_route_is_described() {
    let (server, _folder) = small();
    let root = description(&server);
    let paths = root["paths"].as_object().unwrap();
    for (path, methods) in paths {
        let path = path.replace("{file}", "none");
        for (method, other) in [("get", "POST"), ("post", "GET")] {
            if methods.get(method).is_none() {
                continue;
            }
            let known = server.ask(&format!("{} {path}", method.to_uppercase()), &[], b"");
            assert_ne!(known.status, 405, "{path}");
            assert_eq!(
                server.ask(&format!("{other} {path}"), &[], b"").status,
                405,
                "{path}"
            );
        }
    }
    let mut described: Vec<&str> = paths.keys().map(String::as_str).collect();
    described.sort_unstable();
    let mut routes = misa_serve::routes();
    routes.sort_unstable();
    assert_eq!(described, routes);
}

#[test]
fn answers_have_the_form_that_is_described() {
    let folder = models::folder(1);
    let keys = folder.path().join("admin");
    fs::write(&keys, "administrator-0123456789").unwrap();
    let mut config = config(&folder);
    config.admin_key_file = Some(keys);
    let server = start(config, predictors(models::device()));
    let root = description(&server);
    let admin = "authorization: Bearer administrator-0123456789";
    let whole = clips(&[clip("c", 0.5), json!({ "text": ["unheard", "Fun"] })]).to_string();
    let bad = json!({ "text": 7 }).to_string();
    let asked = [
        ("POST", "/v1/predict", whole.as_str()),
        ("POST", "/predict", &whole),
        ("POST", "/v1/explain", &whole),
        ("POST", "/v1/predict", &bad),
        ("POST", "/v1/explain", &bad),
        ("POST", "/admin/reload", ""),
        ("GET", "/info", ""),
        ("GET", "/v1/models", ""),
        ("GET", "/livez", ""),
        ("GET", "/readyz", ""),
        ("GET", "/health", ""),
        ("GET", "/page/none", ""),
    ];
    for (method, path, body) in asked {
        let line = format!("{method} {path}");
        let answer = server.ask(&line, &[JSON, admin], body.as_bytes());
        let (path, status) = (path.replace("none", "{file}"), answer.status.to_string());
        let schema = answer_schema(&root, &path, &method.to_lowercase(), &status);
        assert!(schema.is_object(), "{line}: {status} is not described");
        let faults = faults(&root, &schema, &answer.json(), &line);
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn requests_of_the_described_form_are_read_and_no_other_key_is() {
    let (server, _folder) = small();
    let root = description(&server);
    let schemas = &root["components"]["schemas"];
    let names = |schema: &str| {
        let properties = schemas[schema]["properties"].as_object().unwrap();
        properties.keys().cloned().collect::<Vec<_>>()
    };
    let rows = json!([[0.1, 0.2]]);
    let clip =
        json!({ "id": "c", "text": "what fun", "visual": rows, "acoustic": [[0.1, 0.2, 0.3]] });
    let bytes = json!({ "shape": [1, 2], "base64": "AACAPwAAAAA=" });
    let samples = [
        ("text", json!(["what"])),
        ("text_ids", json!([2, 3])),
        ("text_vectors", rows.clone()),
        ("visual", bytes),
    ];
    let request = json!({ "model": "a", "modalities": ["text"], "clips": [clip] });
    let fit = |schema: &str, value: &Value| faults(&root, &schemas[schema], value, schema);
    assert_eq!(fit("RequestBody", &request), [""; 0]);
    assert_eq!(server.predict(&request).status, 200);
    for (name, value) in samples {
        let clip = json!({ name: value });
        assert_eq!(fit("ClipBody", &clip), [""; 0]);
        let answer = server.predict(&clip);
        // This model reads no text vectors, which is no unknown key.
        let error = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            answer.status == 200 || error.contains("text: "),
            "{name}: {error}"
        );
    }
    let known = [names("RequestBody"), names("ClipBody")].concat();
    let answer = server.predict(&json!({ "unheard": 1 })).json();
    let error = answer["error"].as_str().unwrap();
    for name in known.iter().filter(|name| name.as_str() != "clips") {
        assert!(
            error.contains(&format!("`{name}`")),
            "{name} is not in: {error}"
        );
    }
}
