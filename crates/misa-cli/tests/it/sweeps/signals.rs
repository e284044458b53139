//! Signals to a sweep and to its workers.

use super::*;

/// Two runs that last, by two workers, in a group of their own as a shell would start them.
fn long(folder: &Path, more: &[&str]) -> (Child, PathBuf) {
    let base = BASE.replace("epochs = 2\n", "epochs = 5000\npatience = 5000\n");
    fs::write(folder.join("base.toml"), base).unwrap();
    let (path, out) = (folder.join("sweep.toml"), folder.join("out"));
    fs::write(&path, "base = \"base.toml\"\nseeds = [1, 2]\n").unwrap();
    let supervisor = Command::new(env!("CARGO_BIN_EXE_misa"))
        .args([
            "sweep",
            text(&path),
            "--out",
            text(&out),
            "--processes",
            "2",
        ])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    until(|| statuses(&out) == ["running", "running"]);
    (supervisor, out)
}

/// The status of every run that has begun.
fn statuses(out: &Path) -> Vec<String> {
    let runs = fs::read_dir(out).into_iter().flatten();
    let status = |run: PathBuf| {
        let manifest = fs::read(run.join("manifest.json")).ok()?;
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        manifest["status"].as_str().map(str::to_string)
    };
    runs.filter_map(|run| status(run.unwrap().path())).collect()
}

fn kill(signal: &str, target: &str) {
    let status = Command::new("kill")
        .args(["-s", signal, "--", target])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn ctrl_c_stops_a_sweep_once() {
    let dir = tempdir().unwrap();
    let (supervisor, out) = long(dir.path(), &[]);
    // As a terminal does it.
    kill("INT", &format!("-{}", supervisor.id()));
    let output = supervisor.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(75));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "0 of 2 runs done, 0 failed, 2 not finished\n");
    // Written by runs that had the time for it.
    assert_eq!(statuses(&out), ["stopped", "stopped"]);
}

#[test]
fn workers_do_not_outlive_who_waits_for_them() {
    let dir = tempdir().unwrap();
    let (mut supervisor, out) = long(dir.path(), &[]);
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();
    until(|| statuses(&out) == ["stopped", "stopped"]);
}

#[cfg(target_os = "linux")]
#[test]
fn runs_that_killed_workers_leave_are_not_done() {
    let dir = tempdir().unwrap();
    let (supervisor, _) = long(dir.path(), &["--restarts", "0", "--json"]);
    let children = format!("/proc/{0}/task/{0}/children", supervisor.id());
    let children = fs::read_to_string(children).unwrap();
    let workers: Vec<&str> = children.split_whitespace().collect();
    assert_eq!(workers.len(), 2);
    for worker in workers {
        kill("KILL", worker);
    }
    let output = supervisor.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    assert_eq!(found["count"]["unfinished"], 2);
    assert_eq!(found["runs"][0]["state"], "unfinished");
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(printed.matches("a worker was killed 1 times").count(), 2);
}
