//! Processes that do a sweep together.

use crate::Requests;
use misa_train::Stop;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{io, thread};

/// Time between two checks of the workers.
const PAUSE: Duration = Duration::from_millis(100);

/// How a worker ended for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerEnd {
    /// Its exit status; nothing if a signal ended it.
    pub code: Option<i32>,
    /// How often it was started again after a signal had ended it.
    pub restarts: usize,
}

/// Starts `count` workers and waits for all of them.
///
/// A worker that is killed by a signal is started again, up to `restarts` times: its run is no
/// longer locked then, and is resumed. A request to stop closes the standard input of the workers,
/// see [`stop_when_alone`]; a request to end at once kills them. `watch` is called repeatedly, to
/// show progress.
///
/// On Unix, Ctrl-C in the terminal reaches only this process. On Windows it also reaches the
/// workers, with the same effect, and no worker counts as killed by a signal.
///
/// # Errors
///
/// If a worker cannot be started.
pub fn work(
    count: usize,
    restarts: usize,
    Requests { stop, now }: &Requests,
    mut command: impl FnMut() -> Command,
    mut watch: impl FnMut(),
) -> io::Result<Vec<WorkerEnd>> {
    let mut workers: Vec<Worker> = Vec::new();
    for _ in 0..count {
        workers.push(Worker {
            child: spawn(command())?,
            restarts: 0,
            end: None,
        });
    }
    let mut is_told = false;
    while workers.iter().any(|worker| worker.end.is_none()) {
        if stop.is_requested() && !is_told {
            is_told = true;
            workers.iter_mut().for_each(Worker::ask_to_stop);
        }
        if now.is_requested() {
            workers.iter_mut().for_each(Worker::kill);
        }
        for worker in &mut workers {
            let may_restart = !stop.is_requested() && worker.restarts < restarts;
            worker.look(may_restart, &mut command)?;
        }
        watch();
        thread::sleep(PAUSE);
    }
    Ok(workers
        .into_iter()
        .filter_map(|worker| worker.end.clone())
        .collect())
}

/// Requests `stop` when standard input ends: the process that started this one asks for it, or is
/// gone, whatever ended it.
///
/// # Errors
///
/// If the thread cannot be started.
pub fn stop_when_alone(stop: Stop) -> io::Result<()> {
    let wait = move || {
        // The other process holds the other end, and never writes.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        stop.request();
    };
    let thread = thread::Builder::new().name("supervisor".to_string());
    thread.spawn(wait).map(drop)
}

/// Starts a worker, on Unix in its own process group. Otherwise Ctrl-C would reach it in addition to
/// the request, and a second signal ends a run at once.
fn spawn(mut command: Command) -> io::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).spawn()
}

struct Worker {
    child: Child,
    restarts: usize,
    end: Option<WorkerEnd>,
}

impl Worker {
    fn look(&mut self, may_restart: bool, command: &mut impl FnMut() -> Command) -> io::Result<()> {
        if self.end.is_some() {
            return Ok(());
        }
        let Some(status) = self.child.try_wait()? else {
            return Ok(());
        };
        let was_killed = status.code().is_none();
        if was_killed && may_restart {
            self.child = spawn(command())?;
            self.restarts += 1;
            return Ok(());
        }
        self.end = Some(WorkerEnd {
            code: ExitStatus::code(&status),
            restarts: self.restarts,
        });
        Ok(())
    }

    /// Closes its standard input; a worker that is gone already does not mind.
    fn ask_to_stop(&mut self) {
        drop(self.child.stdin.take());
    }

    fn kill(&mut self) {
        if self.end.is_none() {
            let _ = self.child.kill();
        }
    }
}

impl Drop for Worker {
    /// Stops the worker if waiting for it failed.
    fn drop(&mut self) {
        if self.end.is_none() {
            self.ask_to_stop();
            let _ = self.child.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> impl FnMut() -> Command {
        move || {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        }
    }

    #[test]
    fn a_killed_worker_is_started_again_and_a_failed_one_is_not() {
        let killed = work(2, 3, &Requests::default(), shell("kill -9 $$"), || {}).unwrap();
        let end = |code, restarts| WorkerEnd { code, restarts };
        assert_eq!(killed, [end(None, 3), end(None, 3)]);
        let failed = work(1, 3, &Requests::default(), shell("exit 7"), || {}).unwrap();
        assert_eq!(failed, [end(Some(7), 0)]);
    }

    #[test]
    fn a_request_to_stop_reaches_every_worker() {
        let requests = Requests::default();
        requests.stop.request();
        let script = "cat >/dev/null; exit 75";
        let ends = work(2, 3, &requests, shell(script), || {}).unwrap();
        let stopped = WorkerEnd {
            code: Some(75),
            restarts: 0,
        };
        assert_eq!(ends, [stopped.clone(), stopped]);
    }

    #[test]
    fn a_request_to_end_at_once_reaches_who_does_not_listen() {
        let requests = Requests::default();
        requests.stop.request();
        requests.now.request();
        let script = "while :; do sleep 0.05; done";
        let ends = work(2, 3, &requests, shell(script), || {}).unwrap();
        let killed = WorkerEnd {
            code: None,
            restarts: 0,
        };
        assert_eq!(ends, [killed.clone(), killed]);
    }

    /// The group of a process is the fifth field of its `stat`, counted behind its name.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_worker_has_a_group_of_its_own() {
        let script = "set -- $(cat /proc/$$/stat); test \"$5\" = $$ && exit 7";
        let ends = work(1, 0, &Requests::default(), shell(script), || {}).unwrap();
        assert_eq!(ends[0].code, Some(7));
    }
}
