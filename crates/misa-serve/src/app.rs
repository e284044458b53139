//! What all requests share.

use crate::api_error::ApiError;
use crate::auth::Keys;
use crate::budget::Budget;
use crate::log::{Log, Sink};
use crate::metrics::{Counted, Gauges, Metrics};
use crate::model::Loader;
use crate::models::Models;
use crate::queue::{BatchLimits, Queue};
use crate::reload::Reload;
use crate::request_id::RequestIds;
use crate::stage::{Stage, Stages};
use crate::turns::Turns;
use crate::{ServeConfig, ServeError, compute};
use axum::http::HeaderMap;
use misa_answer::ErrorType;
use misa_infer::{Explanation, Prediction};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// What all requests share.
pub(crate) struct App {
    pub config: ServeConfig,
    pub models: Models,
    pub predictions: Arc<Queue<Prediction>>,
    pub explanations: Arc<Queue<Explanation>>,
    pub metrics: Arc<Metrics>,
    pub log: Log,
    pub ids: RequestIds,
    pub bodies: Budget,
    /// As many turns as there are processors, each for the sound of one request.
    pub sounds: Arc<Turns>,
    pub stages: Stages,
    pub reload: Reload,
    keys: RwLock<Access>,
}

/// Who may do what; `None` is everyone for predictions, and no one for administration.
#[derive(Clone, Default)]
struct Access {
    users: Option<Keys>,
    administrators: Option<Keys>,
}

impl Access {
    fn read(config: &ServeConfig) -> Result<Self, ServeError> {
        let read = |path: &Option<_>| path.as_deref().map(Keys::read).transpose();
        Ok(Self {
            users: read(&config.api_key_file)?,
            administrators: read(&config.admin_key_file)?,
        })
    }
}

impl App {
    /// The parts of a server, with its threads started and no model loaded.
    pub fn new(config: ServeConfig, load: Loader, sink: Sink) -> Result<Arc<Self>, ServeError> {
        config.validate()?;
        let limits = BatchLimits {
            clips: config.batch_clips,
            steps: config.batch_tokens,
            window: config.window(),
        };
        // An explanation is a batch by itself.
        let alone = BatchLimits {
            clips: 1,
            window: Duration::ZERO,
            ..limits
        };
        let app = Self {
            keys: RwLock::new(Access::read(&config)?),
            models: Models::new(&config.models, load)?,
            predictions: Arc::new(Queue::new(config.queue, limits)),
            explanations: Arc::new(Queue::new(config.queue, alone)),
            metrics: Arc::new(Metrics::new()),
            log: Log::start(config.log, sink)?,
            ids: RequestIds::default(),
            bodies: Budget::new(config.all_body_bytes),
            sounds: Arc::new(Turns::new(
                std::thread::available_parallelism().map_or(1, usize::from),
                config.queue,
            )),
            stages: Stages::new(),
            reload: Reload::default(),
            config,
        };
        let (workers, metrics) = (app.config.workers, &app.metrics);
        compute::start(workers, "predict", &app.predictions, metrics)?;
        // A thread of its own, so that no prediction waits for an explanation.
        compute::start(1, "explain", &app.explanations, metrics)?;
        Ok(Arc::new(app))
    }

    /// Reads the files of keys again.
    pub fn read_keys(&self) -> Result<(), ServeError> {
        let access = Access::read(&self.config)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = access;
        Ok(())
    }

    /// Refuses who has no key for predictions.
    pub fn admit_user(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let access = self.access();
        match &access.users {
            Some(keys) if !keys.allow(headers) => Err(unauthorized("an API key")),
            _ => Ok(()),
        }
    }

    /// Refuses who has no key for administration; there is none without a file of such keys.
    pub fn admit_administrator(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let access = self.access();
        match &access.administrators {
            None => Err(ApiError::new(
                ErrorType::NotFound,
                "no such route: the server has no --admin-key-file",
            )),
            Some(keys) if !keys.allow(headers) => Err(unauthorized("a key of an administrator")),
            Some(_) => Ok(()),
        }
    }

    fn access(&self) -> Access {
        let access = self.keys.read();
        access.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Accepts work, which counts as such until the guard is dropped. Refuses it before the models are
    /// loaded, and once the server drains.
    pub fn admit_work(&self) -> Result<Counted<'_>, ApiError> {
        // Counted before the look at the stage, so that whoever drains sees it.
        let accepted = Counted::up(&self.metrics.accepted);
        match self.stages.now() {
            Stage::Starting => Err(ApiError::for_now(
                ErrorType::NotReady,
                "the models are being loaded",
                1,
            )),
            Stage::Ready | Stage::Leaving => Ok(accepted),
            Stage::Draining | Stage::Closing => Err(ApiError::for_now(
                ErrorType::Draining,
                "the server is stopping and takes no new requests",
                1,
            )),
        }
    }

    /// Values of the moment.
    pub fn gauges(&self) -> Gauges {
        Gauges {
            is_ready: self.stages.now() == Stage::Ready,
            queued_predictions: self.predictions.len(),
            queued_explanations: self.explanations.len(),
            queued_sounds: self.sounds.waiting(),
            skipped: self.predictions.skipped() + self.explanations.skipped(),
            body_bytes: self.bodies.used(),
            log_lines_dropped: self.log.dropped(),
            models: self.models.all(),
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.predictions.close();
        self.explanations.close();
    }
}

fn unauthorized(what: &str) -> ApiError {
    ApiError::new(
        ErrorType::Unauthorized,
        format!("authorization: expected `Bearer` and {what}, found none or another"),
    )
}
