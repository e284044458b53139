//! A request from its body to its answer.

use crate::api_error::ApiError;
use crate::app::App;
use crate::body;
use crate::model::Loaded;
use crate::query::Chosen;
use crate::queue::{Job, Queue};
use crate::turns::{NoTurn, Turn};
use axum::body::Body;
use axum::http::HeaderMap;
use misa_answer::{BodyFormat, Compute, ErrorType, Refusal, SoundRequest};
use misa_terms::Clip;
use misa_wire::Limits;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Bytes from which a body is parsed on a thread that no connection waits for. Parsing takes about a
/// hundred microseconds for as many.
const LARGE: usize = 16_384;

/// A request that can be computed.
struct Checked {
    loaded: Arc<Loaded>,
    clips: Vec<Clip>,
    steps: usize,
    /// What became of a sound, a sentence each.
    notes: Vec<String>,
}

/// The answers to a request.
pub(crate) struct Answered<T> {
    /// The model that gave them.
    pub loaded: Arc<Loaded>,
    /// One per clip.
    pub answers: Vec<T>,
    /// What a user should know about them, a sentence each.
    pub notes: Vec<String>,
}

/// Reads a request, waits for its turn, and returns its answers with the model that gave them.
pub(crate) async fn submit<T: Compute>(
    app: &Arc<App>,
    queue: &Queue<T>,
    most_clips: usize,
    chosen: Chosen,
    headers: &HeaderMap,
    body: Body,
) -> Result<Answered<T>, ApiError> {
    let _accepted = app.admit_work()?;
    app.admit_user(headers)?;
    let format = body::format_of(headers)?;
    // Sooner than after megabytes were read.
    if queue.is_full() {
        return Err(overloaded(queue));
    }
    let is_sound = format == BodyFormat::Sound;
    if is_sound && app.sounds.is_full() {
        return Err(no_turn(app, NoTurn::Full));
    }
    let held = body::read(app, headers, body).await?;
    let begin = Instant::now();
    let shared = Arc::clone(app);
    let is_large = is_sound || held.bytes.len() > LARGE;
    let turn = if is_sound {
        Some(turn_of_sound(app, begin).await?)
    } else {
        None
    };
    let check = move || {
        let _turn = turn;
        check(&shared, &held.bytes, format, most_clips, &chosen)
    };
    let checked = if is_large {
        let panicked = |_| {
            let message = "reading the request panicked, which is a bug of misa";
            ApiError::new(ErrorType::InferenceFailed, message)
        };
        tokio::task::spawn_blocking(check)
            .await
            .map_err(panicked)??
    } else {
        check()?
    };
    compute(app, queue, checked, begin).await
}

fn check(
    app: &App,
    bytes: &[u8],
    format: BodyFormat,
    most_clips: usize,
    chosen: &Chosen,
) -> Result<Checked, ApiError> {
    let limits = Limits {
        clips: most_clips,
        steps: app.config.steps,
        ..Limits::default()
    };
    let request = match format {
        BodyFormat::Json => misa_answer::read(bytes, &limits)?,
        BodyFormat::Safetensors => misa_answer::read_safetensors(bytes, &limits)?,
        BodyFormat::Sound => return heard(app, bytes, chosen),
    };
    if chosen.text.is_some() || chosen.modalities.is_some() {
        let message =
            "query: expected `text` and `modalities` beside a sound alone; this body has its own";
        return Err(ApiError::new(ErrorType::Invalid, message));
    }
    let query = chosen.model.as_deref();
    if let (Some(named), Some(query)) = (request.model.as_deref(), query)
        && named != query
    {
        let message = "model: expected the same name in the query and in the body, found two";
        return Err(ApiError::new(ErrorType::Invalid, message));
    }
    let loaded = find(app, request.model.as_deref().or(query))?;
    let clips = misa_answer::clips(request);
    checked(app, loaded, clips, Vec::new())
}

/// The clip of a sound.
fn heard(app: &App, bytes: &[u8], chosen: &Chosen) -> Result<Checked, ApiError> {
    let modalities = misa_answer::modalities(chosen.modalities.as_deref())?;
    let loaded = find(app, chosen.model.as_deref())?;
    let request = SoundRequest {
        name: "body",
        text: chosen.text.as_deref(),
        modalities,
        steps: app.config.steps,
        patience: Some(Duration::from_secs_f64(app.config.answer_seconds)),
    };
    let heard = misa_answer::hear(bytes, &request, &loaded.facts.recipes)?;
    checked(app, loaded, vec![heard.clip], heard.notes)
}

fn find(app: &App, name: Option<&str>) -> Result<Arc<Loaded>, ApiError> {
    app.models.find(name).map_err(|names| {
        let message = format!("model: expected {names}, found another name");
        ApiError::new(ErrorType::UnknownModel, message)
    })
}

fn checked(
    app: &App,
    loaded: Arc<Loaded>,
    clips: Vec<Clip>,
    notes: Vec<String>,
) -> Result<Checked, ApiError> {
    let steps = misa_answer::check(loaded.model.as_ref(), &clips)?;
    app.metrics.taken(&clips);
    Ok(Checked {
        loaded,
        clips,
        steps,
        notes,
    })
}

async fn compute<T: Compute>(
    app: &App,
    queue: &Queue<T>,
    checked: Checked,
    begin: Instant,
) -> Result<Answered<T>, ApiError> {
    // A sound may have taken all of it.
    let left = time_left(app, begin);
    if left.is_zero() {
        return Err(late(app, queue));
    }
    let Checked {
        loaded,
        clips,
        steps,
        notes,
    } = checked;
    let (answer, answered) = oneshot::channel();
    let job = Job {
        loaded: Arc::clone(&loaded),
        clips,
        steps,
        queued: Instant::now(),
        answer,
    };
    queue.push(job).map_err(|_| overloaded(queue))?;
    let Ok(answered) = timeout(left, answered).await else {
        return Err(late(app, queue));
    };
    match answered {
        Ok(Ok(answers)) => Ok(Answered {
            loaded,
            answers,
            notes,
        }),
        Ok(Err(failure)) => Err(Refusal::from(failure).into()),
        Err(_) => {
            let message = "the thread that computes has ended, which is a bug of misa";
            Err(ApiError::new(ErrorType::InferenceFailed, message))
        }
    }
}

/// What is left of the time for an answer to a request whose body was there at `begin`.
fn time_left(app: &App, begin: Instant) -> Duration {
    let whole = Duration::from_secs_f64(app.config.answer_seconds);
    whole.saturating_sub(begin.elapsed())
}

/// A sound keeps a processor busy: as many at a time as there are processors.
async fn turn_of_sound(app: &App, begin: Instant) -> Result<Turn, ApiError> {
    let taken = app.sounds.take(time_left(app, begin)).await;
    taken.map_err(|why| no_turn(app, why))
}

fn no_turn(app: &App, why: NoTurn) -> ApiError {
    let message = match why {
        NoTurn::Full => "as many sounds wait as the server has room for".to_string(),
        NoTurn::Late => format!("not read in {} seconds", app.config.answer_seconds),
    };
    ApiError::for_now(ErrorType::Overloaded, message, app.sounds.retry_after())
}

fn late<T>(app: &App, queue: &Queue<T>) -> ApiError {
    let message = format!("not computed in {} seconds", app.config.answer_seconds);
    ApiError::for_now(ErrorType::Overloaded, message, queue.retry_after())
}

fn overloaded<T>(queue: &Queue<T>) -> ApiError {
    let message = "as many requests wait as the server has room for";
    ApiError::for_now(ErrorType::Overloaded, message, queue.retry_after())
}
