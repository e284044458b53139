//! `misa serve` as a process: its settings, its first line, its signals.

use crate::common::{json, refused, said, text, train};
use misa_testing::HttpClient;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};
use tempfile::tempdir;

/// The program with variables of its own.
fn serve(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misa"));
    command.arg("serve").args(arguments).env_clear();
    command.envs(variables.iter().copied());
    command
}

/// A server that listens, with its address.
fn begun(arguments: &[&str]) -> (Child, SocketAddr) {
    let mut command = serve(arguments, &[("MISA_PORT", "0"), ("MISA_LOG", "off")]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://");
    (child, address.unwrap().parse().unwrap())
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// Waits until `GET path` is answered with `status`.
fn wait_for(address: SocketAddr, path: &str, status: u16) {
    let begin = Instant::now();
    let found = || {
        let answer = HttpClient::connect(address)?.ask(&format!("GET {path}"), &[], b"")?;
        Ok::<_, std::io::Error>(answer.status)
    };
    while found().ok() != Some(status) {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "{path} is not {status}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

fn predicted(address: SocketAddr) -> serde_json::Value {
    let mut client = HttpClient::connect(address).unwrap();
    let headers = ["content-type: application/json"];
    let answer = client
        .ask("POST /v1/predict", &headers, b"{\"text\": \"what fun\"}")
        .unwrap();
    assert_eq!(answer.status, 200);
    answer.json()
}

#[test]
fn a_run_is_served_until_it_is_told_to_stop() {
    let folder = tempdir().unwrap();
    let run = folder.path().join("run");
    train(&run, &[]);
    let (mut child, address) = begun(&[text(&run), "--drain-seconds", "0"]);
    assert!(address.ip().is_loopback());
    wait_for(address, "/readyz", 200);
    let before = predicted(address);
    assert_eq!(before["model"]["name"], "run");
    // Another model in the same folder is taken over.
    fs::remove_dir_all(&run).unwrap();
    train(&run, &["--seed", "2"]);
    signal(&child, "HUP");
    let begin = Instant::now();
    while predicted(address)["model"]["id"] == before["model"]["id"] {
        assert!(begin.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(5));
    }
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_second_signal_ends_at_once() {
    let folder = tempdir().unwrap();
    let run = folder.path().join("run");
    train(&run, &[]);
    let (mut child, address) = begun(&[text(&run), "--drain-seconds", "600"]);
    wait_for(address, "/readyz", 200);
    signal(&child, "TERM");
    wait_for(address, "/readyz", 503);
    assert!(child.try_wait().unwrap().is_none());
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn an_option_comes_before_a_variable_and_that_before_a_file() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("serve.toml");
    fs::write(
        &file,
        "models = [\"a=runs/a\"]\nport = 1\nclips = 2\nqueue = 3\ndevice = \"cuda:7\"\n",
    )
    .unwrap();
    let variables = [
        ("MISA_CONFIG", text(&file)),
        ("MISA_CLIPS", "20"),
        ("MISA_QUEUE", "30"),
    ];
    let mut command = serve(&["--queue", "300", "--print-config"], &variables);
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    for line in [
        "models = [\"a=runs/a\"]",
        "port = 1",
        "clips = 20",
        "queue = 300",
        "batch-clips = 32",
        "device = \"cuda:7\"",
    ] {
        assert!(
            printed.lines().any(|known| known == line),
            "{line}: {printed}"
        );
    }
    // What is printed is read again.
    let again = folder.path().join("again.toml");
    fs::write(&again, &printed).unwrap();
    assert_eq!(
        said(&["serve", "--config", text(&again), "--print-config"]),
        printed
    );
}

#[test]
fn the_device_is_a_setting_as_any_other() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("serve.toml");
    fs::write(&file, "models = [\"a\"]\ndevice = \"abacus\"\n").unwrap();
    let (status, message) = refused(&["serve", "--config", text(&file)]);
    assert_eq!(status, 1);
    assert!(message.contains("abacus"), "{message}");
    let device = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = serve(&[&["a", "--print-config"], arguments].concat(), variables);
        let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let line = printed.lines().find(|line| line.starts_with("device = "));
        line.unwrap().to_string()
    };
    let default = format!("device = \"{}\"", misa_cli::default_device());
    assert_eq!(device(&[], &[]), default);
    let variable = [("MISA_DEVICE", "cuda:1")];
    assert_eq!(device(&[], &variable), "device = \"cuda:1\"");
    assert_eq!(
        device(&["--device", "cuda:2"], &variable),
        "device = \"cuda:2\""
    );
}

#[test]
fn what_cannot_be_served_is_refused_in_one_line() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("serve.toml");
    fs::write(&file, "prot = 80\n").unwrap();
    let (status, message) = refused(&["serve", "a", "--config", text(&file)]);
    assert_eq!((status, message.lines().count()), (1, 1), "{message}");
    assert!(message.contains("unknown field `prot`"), "{message}");
    assert_eq!(
        refused(&["serve"]),
        (
            1,
            "misa: no model, expected at least one, as PATH or NAME=PATH".to_string()
        )
    );
    let (status, message) = refused(&["serve", "a", "--queue", "0"]);
    assert_eq!(
        (status, message.as_str()),
        (1, "misa: queue: expected from 1 to 1048576, found 0")
    );
    let missing = Path::new("no-such-folder");
    let (status, message) = refused(&["serve", text(missing), "--port", "0", "--log", "off"]);
    assert_eq!(status, 1);
    assert!(
        message.starts_with("misa: model `no-such-folder`: "),
        "{message}"
    );
}

#[test]
fn the_first_line_as_json_has_the_port() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("none");
    let mut command = serve(
        &[text(&missing), "--port", "0", "--json", "--log", "off"],
        &[],
    );
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    // The object of the error follows, because there is no such model.
    let first = json(&printed[..printed.find("}\n").unwrap() + 2]);
    let port = first["port"].as_u64().unwrap();
    assert_eq!(first["listening"], format!("http://127.0.0.1:{port}"));
}
