//! Requests that are slow, too large, cut off or too many.

use crate::common::models::{self, Gate};
use crate::common::{JSON, Running, clip, config, predict, refusal, start, wait_for};
use misa_serve::{ServeConfig, predictors};
use misa_testing::{HttpClient, request};
use std::io::{ErrorKind, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

fn limited(edit: fn(&mut ServeConfig)) -> (Running, TempDir) {
    let folder = models::folder(1);
    let mut config = config(&folder);
    edit(&mut config);
    let server = start(config, predictors(models::device()));
    (server, folder)
}

/// Sends bytes one by one, with a pause before each, until the server answers.
fn drip(client: &mut HttpClient, bytes: &[u8]) {
    let mut stream = client.stream().try_clone().unwrap();
    let bytes = bytes.to_vec();
    thread::spawn(move || {
        for byte in bytes {
            thread::sleep(Duration::from_millis(20));
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    });
}

#[test]
fn a_slow_head_is_refused() {
    let (server, _folder) = limited(|config| config.header_seconds = 0.2);
    let mut client = server.client();
    drip(
        &mut client,
        &request("GET /livez", &[&format!("a: {}", "b".repeat(1000))], b""),
    );
    let answer = client.answer().unwrap();
    let (status, kind, error) = refusal(&answer);
    assert_eq!((status, kind.as_str()), (408, "too_slow"));
    assert_eq!(error, "head: expected all of it in 0.2 seconds, found less");
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(
        client.answer().unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    assert_eq!(
        server.metric("misa_requests_total{route=\"other\",status=\"408\"}"),
        1.0
    );
}

#[test]
fn a_slow_body_is_refused() {
    let (server, _folder) = limited(|config| config.body_seconds = 0.2);
    let mut client = server.client();
    client.send(b"POST /v1/predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n").unwrap();
    drip(&mut client, &[b' '; 1000]);
    let (status, kind, error) = refusal(&client.answer().unwrap());
    assert_eq!((status, kind.as_str()), (408, "too_slow"));
    assert_eq!(error, "body: expected all of it in 0.2 seconds, found less");
}

#[test]
fn a_connection_without_a_request_is_closed_without_an_answer() {
    let (server, _folder) = limited(|config| config.idle_seconds = 0.2);
    let mut client = server.client();
    assert_eq!(
        client.answer().unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    let mut client = server.client();
    assert_eq!(client.ask("GET /livez", &[], b"").unwrap().status, 200);
    assert_eq!(
        client.answer().unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
}

#[test]
fn a_connection_is_closed_after_an_answered_prediction() {
    let (server, _folder) = limited(|config| config.idle_seconds = 0.2);
    let mut client = server.client();
    assert_eq!(predict(&mut client, &clip("c", 0.5)).status, 200);
    assert_eq!(
        client.answer().unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
}

#[test]
fn a_head_that_began_before_the_last_answer_has_its_limit() {
    let (server, _folder) = limited(|config| config.header_seconds = 0.2);
    let body = clip("c", 0.5).to_string();
    let whole = request("POST /v1/predict", &[JSON], body.as_bytes());
    let headers = [JSON, "transfer-encoding: chunked"];
    let mut chunked = request("POST /v1/predict", &headers, b"");
    chunked.extend(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).bytes());
    for first in [whole, chunked] {
        let mut client = server.client();
        client
            .send(&[first.as_slice(), b"GET /livez HT"].concat())
            .unwrap();
        assert_eq!(client.answer().unwrap().status, 200);
        let (status, kind, error) = refusal(&client.answer().unwrap());
        assert_eq!((status, kind.as_str()), (408, "too_slow"));
        assert_eq!(error, "head: expected all of it in 0.2 seconds, found less");
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_whole() {
    let (server, _folder) = limited(|config| config.body_bytes = 10_000);
    // It says so beforehand, and sends everything nevertheless.
    let body = vec![b' '; 3_000_000];
    let (status, kind, error) = refusal(&server.ask("POST /v1/predict", &[JSON], &body));
    assert_eq!((status, kind.as_str()), (413, "too_large"));
    assert_eq!(error, "body: expected at most 10000 bytes, found 3000000");
    // It does not say.
    let mut client = server.client();
    client
        .send(&request(
            "POST /v1/predict",
            &[JSON, "transfer-encoding: chunked"],
            b"",
        ))
        .unwrap();
    let chunk = [b"1000\r\n".as_slice(), &[b' '; 0x1000], b"\r\n"].concat();
    for _ in 0..100 {
        client.send(&chunk).unwrap();
    }
    let (status, kind, error) = refusal(&client.answer().unwrap());
    assert_eq!((status, kind.as_str()), (413, "too_large"));
    assert_eq!(error, "body: expected at most 10000 bytes, found more");
    assert_eq!(server.metric("misa_body_bytes"), 0.0);
}

#[test]
fn a_body_in_chunks_is_read_like_another() {
    let (server, _folder) = limited(|_| {});
    let body = clip("c", 0.5).to_string();
    let mut client = server.client();
    client
        .send(&request(
            "POST /v1/predict",
            &[JSON, "transfer-encoding: chunked"],
            b"",
        ))
        .unwrap();
    for byte in body.bytes() {
        client
            .send(format!("1\r\n{}\r\n", byte as char).as_bytes())
            .unwrap();
    }
    client.send(b"0\r\n\r\n").unwrap();
    let answer = client.answer().unwrap();
    assert_eq!(answer.json(), server.predict(&clip("c", 0.5)).json());
}

#[test]
fn a_body_that_is_cut_off_is_not_computed() {
    let (server, _folder) = limited(|_| {});
    let mut client = server.client();
    let whole = request(
        "POST /v1/predict",
        &[JSON],
        clip("c", 0.5).to_string().as_bytes(),
    );
    client.send(&whole[..whole.len() - 10]).unwrap();
    client.stream().shutdown(Shutdown::Write).unwrap();
    // Nobody waits for the answer of what was never whole, but it is counted.
    wait_for("the end of the request", || {
        let of = |status: &str| {
            server.metric(&format!(
                "misa_requests_total{{route=\"/v1/predict\",status=\"{status}\"}}"
            ))
        };
        of("400") + of("499") == 1.0
    });
    assert_eq!(server.metric("misa_clips_total"), 0.0);
}

#[test]
fn a_head_that_is_too_large_or_none_is_refused() {
    let (server, _folder) = limited(|config| config.header_bytes = 8192);
    let long = format!("a: {}", "b".repeat(20_000));
    assert_eq!(server.ask("GET /livez", &[&long], b"").status, 431);
    let many: Vec<String> = (0..200).map(|i| format!("a{i}: b")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(server.ask("GET /livez", &many, b"").status, 431);
    let mut client = server.client();
    client
        .send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
        .unwrap();
    assert_eq!(client.answer().unwrap().status, 400);
    let mut client = server.client();
    let both = ["content-length: 5", "transfer-encoding: chunked"];
    client
        .send(&request(
            "POST /v1/predict",
            &[&[JSON], both.as_slice()].concat(),
            b"",
        ))
        .unwrap();
    client
        .send(b"0\r\n\r\nGET /livez HTTP/1.1\r\n\r\n")
        .unwrap();
    // A second request hidden in the first one's body is never answered as one.
    let first = client.answer().unwrap();
    assert!([400, 413].contains(&first.status) || client.answer().is_err());
}

#[test]
fn bodies_take_no_more_memory_than_they_may_together() {
    let (server, _folder) = limited(|config| {
        config.body_bytes = 100_000;
        config.all_body_bytes = 150_000;
    });
    let head = b"POST /v1/predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
    let mut first = server.client();
    first.send(head).unwrap();
    first.send(&[b' '; 90_000]).unwrap();
    wait_for("the first body", || {
        server.metric("misa_body_bytes") == 90_000.0
    });
    let mut second = server.client();
    second.send(head).unwrap();
    second.send(&[b' '; 90_000]).unwrap();
    let answer = second.answer().unwrap();
    assert_eq!(refusal(&answer).1, "overloaded");
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("1"))
    );
    drop((first, second));
    wait_for("the end of both", || {
        server.metric("misa_body_bytes") == 0.0
    });
}

#[test]
fn a_connection_too_many_waits_until_another_ends() {
    let (server, _folder) = limited(|config| config.connections = 2);
    let mut first = server.client();
    let mut second = server.client();
    for client in [&mut first, &mut second] {
        assert_eq!(client.ask("GET /livez", &[], b"").unwrap().status, 200);
    }
    let mut third = server.client();
    third.send(&request("GET /livez", &[], b"")).unwrap();
    third
        .stream()
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    assert!(third.answer().is_err());
    drop(first);
    third
        .stream()
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    assert_eq!(third.answer().unwrap().status, 200);
}

#[test]
fn what_is_not_computed_in_time_is_answered() {
    let folder = models::folder(1);
    let mut config = config(&folder);
    config.answer_seconds = 0.1;
    let gate = Gate::default();
    let server = start(config, models::gated(&gate));
    gate.shut();
    let answer = server.predict(&clip("c", 0.5));
    gate.open();
    let (status, kind, error) = refusal(&answer);
    assert_eq!((status, kind.as_str()), (429, "overloaded"));
    assert_eq!(error, "not computed in 0.1 seconds");
    assert!(answer.header("retry-after").is_some());
}
