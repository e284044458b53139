//! Processes that do a sweep together.

use crate::Requests;
use misa_train::Stop;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io,
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

/// Time between two looks at the workers.
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
/// A worker that a signal kills is started again, up to `restarts` times: the run it had is free
/// then, and is taken up where it was. A request to stop is handed on as SIGTERM, one to end at once
/// as SIGKILL; a Ctrl-C in the terminal reaches this process alone. `watch` is called again and
/// again, to show progress.
///
/// # Errors
///
/// Whatever keeps a worker from being started.
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
            workers.iter().for_each(Worker::terminate);
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

/// A request to stop that is made when the process that started this one is gone, whatever ended
/// it: nobody else would hand a signal on.
///
/// # Errors
///
/// Whatever keeps a thread from being started.
pub fn stop_when_alone(stop: Stop) -> io::Result<()> {
    let wait = move || {
        // It holds the other end, and writes nothing.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        stop.request();
    };
    let thread = thread::Builder::new().name("supervisor".to_string());
    thread.spawn(wait).map(drop)
}

/// Starts a worker in a group of its own: a Ctrl-C would reach it besides what is handed on, and
/// the second signal ends a run at once.
fn spawn(mut command: Command) -> io::Result<Child> {
    command.process_group(0).stdin(Stdio::piped()).spawn()
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

    /// Asks politely; a worker that is gone already does not mind.
    fn terminate(&self) {
        if self.end.is_none()
            && let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    fn kill(&mut self) {
        if self.end.is_none() {
            let _ = self.child.kill();
        }
    }
}

impl Drop for Worker {
    /// Workers do not outlive who waits for them, should that fail.
    fn drop(&mut self) {
        if self.end.is_none() {
            self.terminate();
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
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
        let script = "trap 'exit 75' TERM; while :; do sleep 0.05; done";
        let ends = work(2, 3, &requests, shell(script), || {}).unwrap();
        // A shell that has no trap yet is ended by the signal itself.
        assert!(
            ends.iter()
                .all(|end| matches!(end.code, Some(75) | None) && end.restarts == 0)
        );
    }

    #[test]
    fn a_request_to_end_at_once_reaches_who_does_not_listen() {
        let requests = Requests::default();
        requests.stop.request();
        requests.now.request();
        let script = "trap '' TERM; while :; do sleep 0.05; done";
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
