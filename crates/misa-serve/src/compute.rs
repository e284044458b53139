//! The threads that compute what waits.

use crate::ServeError;
use crate::metrics::Metrics;
use crate::queue::{Job, Queue};
use misa_answer::{Compute, Failure, compute, finite};
use misa_terms::Clip;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// Starts `threads` threads that compute what waits in `queue` until it is closed.
pub(crate) fn start<T: Compute>(
    threads: usize,
    name: &str,
    queue: &Arc<Queue<T>>,
    metrics: &Arc<Metrics>,
) -> Result<(), ServeError> {
    for number in 0..threads {
        let (queue, metrics) = (Arc::clone(queue), Arc::clone(metrics));
        let work = move || {
            while let Some(jobs) = queue.next_batch() {
                answer(jobs, &queue, &metrics);
            }
        };
        let thread = thread::Builder::new().name(format!("{name}-{number}"));
        thread.spawn(work).map_err(|source| ServeError::System {
            what: "a thread to compute in",
            source,
        })?;
    }
    Ok(())
}

/// Computes the requests of one batch and answers each.
fn answer<T: Compute>(mut jobs: Vec<Job<T>>, queue: &Queue<T>, metrics: &Metrics) {
    let counts: Vec<usize> = jobs.iter().map(|job| job.clips.len()).collect();
    let clips: Vec<Clip> = jobs
        .iter_mut()
        .flat_map(|job| std::mem::take(&mut job.clips))
        .collect();
    let begin = Instant::now();
    let model = jobs[0].loaded.model.as_ref();
    let computed = compute(model, &clips);
    // One request that fails takes no other with it.
    let answers: Vec<Result<Vec<T>, Failure>> = match computed {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            let mut next = |count: &usize| finite(answers.by_ref().take(*count).collect());
            counts.iter().map(&mut next).collect()
        }
        Err(failure) if counts.len() == 1 => vec![Err(failure)],
        Err(_) => {
            let mut rest = clips.as_slice();
            let mut alone = Vec::new();
            for count in &counts {
                let (own, others) = rest.split_at(*count);
                alone.push(compute(model, own).and_then(finite));
                rest = others;
            }
            alone
        }
    };
    let time = begin.elapsed();
    queue.took(clips.len(), time);
    metrics.computed(clips.len(), time);
    for (job, answer) in jobs.into_iter().zip(answers) {
        // A client that has left meanwhile needs no answer.
        let _ = job.answer.send(answer);
    }
}
