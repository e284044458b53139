//! The threads that compute what waits.

use crate::ServeError;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::queue::{Job, Queue};
use misa_infer::{Explanation, InferError, Prediction};
use misa_terms::Clip;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// Why a request was not computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The model does not take one of the clips, which its check did not tell.
    Clip(String),
    /// The inference failed, or answered with other than finite numbers.
    Inference(String),
}

/// What is computed of clips.
pub(crate) trait Compute: Send + Sized + 'static {
    /// One answer per clip, in their order.
    fn compute(model: &dyn Model, clips: &[Clip]) -> Result<Vec<Self>, InferError>;
    /// Whether all numbers are finite.
    fn is_finite(&self) -> bool;
}

impl Compute for Prediction {
    fn compute(model: &dyn Model, clips: &[Clip]) -> Result<Vec<Self>, InferError> {
        model.predict(clips)
    }

    fn is_finite(&self) -> bool {
        let probabilities = self.probabilities.iter().flatten();
        let bounds = self
            .intervals
            .iter()
            .flat_map(|interval| [&interval.low, &interval.high]);
        self.value.is_finite() && probabilities.chain(bounds).all(|value| value.is_finite())
    }
}

impl Compute for Explanation {
    fn compute(model: &dyn Model, clips: &[Clip]) -> Result<Vec<Self>, InferError> {
        clips.iter().map(|clip| model.explain(clip)).collect()
    }

    fn is_finite(&self) -> bool {
        self.prediction.is_finite()
    }
}

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

fn compute<T: Compute>(model: &dyn Model, clips: &[Clip]) -> Result<Vec<T>, Failure> {
    // A model is not changed by what it computes, so a panic leaves nothing half done in it.
    let computed = catch_unwind(AssertUnwindSafe(|| T::compute(model, clips)));
    let answers = match computed {
        Ok(Ok(answers)) => answers,
        Ok(Err(error @ InferError::Clip { .. })) => return Err(Failure::Clip(error.to_string())),
        Ok(Err(error)) => return Err(Failure::Inference(error.to_string())),
        // What a panic says may quote the request.
        Err(_) => {
            return Err(Failure::Inference(
                "the inference panicked, which is a bug of misa".to_string(),
            ));
        }
    };
    if answers.len() == clips.len() {
        return Ok(answers);
    }
    let (expected, found) = (clips.len(), answers.len());
    Err(Failure::Inference(format!(
        "expected {expected} answers of the model, found {found}"
    )))
}

fn finite<T: Compute>(answers: Vec<T>) -> Result<Vec<T>, Failure> {
    match answers.iter().position(|answer| !answer.is_finite()) {
        None => Ok(answers),
        Some(index) => Err(Failure::Inference(format!(
            "clips[{index}]: expected finite numbers of the model, found NaN or infinity"
        ))),
    }
}
