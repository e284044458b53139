//! The end of a server.

use crate::common::models::{self, Gate};
use crate::common::{JSON, Running, clip, config, refusal, start, wait_for};
use misa_serve::ServeConfig;
use misa_testing::{HttpAnswer, HttpClient, request};
use std::net::TcpStream;
use std::thread;
use tempfile::TempDir;

/// A server with one request that is being computed.
fn busy(gate: &Gate, edit: fn(&mut ServeConfig)) -> (Running, TempDir, HttpClient) {
    let folder = models::folder(1);
    let mut config = config(&folder);
    edit(&mut config);
    let server = start(config, models::gated(gate));
    gate.shut();
    let mut client = server.client();
    let body = clip("accepted", 0.5).to_string();
    client
        .send(&request("POST /v1/predict", &[JSON], body.as_bytes()))
        .unwrap();
    wait_for("the batch", || gate.batches().len() == 1);
    (server, folder, client)
}

#[test]
fn what_was_accepted_is_answered_and_what_comes_later_refused() {
    let gate = Gate::default();
    let (server, _folder, mut accepted) = busy(&gate, |_| {});
    let mut idle = server.client();
    assert_eq!(idle.ask("GET /livez", &[], b"").unwrap().status, 200);
    server.control.stop();
    let takes_no_more =
        |answer: &HttpAnswer| answer.status == 503 && refusal(answer).2.contains("takes no new");
    wait_for("the drain", || takes_no_more(&server.get("/readyz")));
    let answer = server.predict(&clip("late", 0.5));
    assert_eq!(refusal(&answer).1, "draining");
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(refusal(&server.get("/readyz")).1, "draining");
    assert_eq!(server.get("/livez").status, 200);
    // Also on a connection that was open before.
    let answer = idle.ask("GET /readyz", &[], b"").unwrap();
    assert_eq!(refusal(&answer).0, 503);
    gate.open();
    let answer = accepted.answer().unwrap();
    assert_eq!(
        (
            answer.status,
            answer.json()["predictions"][0]["id"].as_str()
        ),
        (200, Some("accepted"))
    );
    let (address, log) = (server.address, server.log.clone());
    server.ended().unwrap();
    assert!(TcpStream::connect(address).is_err());
    assert!(log.text().ends_with(" stopped\n"), "{}", log.text());
}

#[test]
fn until_others_have_noticed_requests_are_still_answered() {
    let folder = models::folder(1);
    let mut config = config(&folder);
    config.drain_seconds = 60.0;
    let server = start(config, models::gated(&Gate::default()));
    server.control.stop();
    wait_for("the end of readiness", || {
        server.get("/readyz").status == 503
    });
    let answer = server.predict(&clip("c", 0.5));
    assert_eq!(
        (answer.status, answer.header("connection")),
        (200, Some("close"))
    );
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn without_requests_a_server_ends_although_connections_are_open() {
    let folder = models::folder(1);
    let server = start(config(&folder), models::gated(&Gate::default()));
    let mut open: Vec<_> = (0..20).map(|_| server.client()).collect();
    for client in &mut open[..10] {
        assert_eq!(client.ask("GET /livez", &[], b"").unwrap().status, 200);
    }
    server.control.stop();
    server.ended().unwrap();
    for client in &mut open {
        assert!(client.answer().is_err());
    }
}

#[test]
fn the_second_order_ends_at_once() {
    let gate = Gate::default();
    let (server, _folder, mut accepted) = busy(&gate, |_| {});
    server.control.stop();
    server.control.stop();
    let error = server.ended().unwrap_err();
    assert_eq!(
        error.to_string(),
        "ended at once, 1 requests were not answered"
    );
    assert!(accepted.answer().is_err());
    gate.open();
}

#[test]
fn what_does_not_finish_in_time_is_told() {
    let gate = Gate::default();
    let (server, _folder, accepted) = busy(&gate, |config| config.finish_seconds = 0.1);
    server.control.stop();
    let error = server.ended().unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 requests were not answered in 0.1 seconds, expected 0"
    );
    drop(accepted);
    gate.open();
}

#[test]
fn under_load_every_request_is_answered_or_refused_as_a_whole() {
    let folder = models::folder(1);
    let server = start(config(&folder), models::gated(&Gate::default()));
    let address = server.address;
    let load = move || {
        let mut good = 0;
        loop {
            let Ok(mut client) = HttpClient::connect(address) else {
                return good;
            };
            let body = clip("c", 0.5).to_string();
            while let Ok(answer) = client.ask("POST /v1/predict", &[JSON], body.as_bytes()) {
                match answer.status {
                    200 => good += 1,
                    503 => assert_eq!(refusal(&answer).1, "draining"),
                    other => panic!("{other}"),
                }
                if answer.header("connection") == Some("close") {
                    break;
                }
            }
        }
    };
    let clients: Vec<_> = (0..8).map(|_| thread::spawn(load)).collect();
    wait_for("a hundred answers", || {
        server.metric("misa_requests_total{route=\"/v1/predict\",status=\"200\"}") >= 100.0
    });
    let log = server.log.clone();
    server.control.stop();
    server.ended().unwrap();
    let good: usize = clients
        .into_iter()
        .map(|client| client.join().unwrap())
        .sum();
    let logged = log
        .text()
        .lines()
        .filter(|line| line.contains("route=/v1/predict status=200"))
        .count();
    assert_eq!(good, logged);
}
