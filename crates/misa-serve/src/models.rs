//! The models that answer, by name.

use crate::model::{Loaded, Loader};
use crate::{ModelSource, ServeError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

/// The models that answer, by name, each of which another one may replace.
pub(crate) struct Models {
    sources: Vec<(Arc<str>, PathBuf)>,
    load: Loader,
    /// Empty until the first models are loaded, then one per source.
    current: RwLock<Vec<Arc<Loaded>>>,
}

impl Models {
    pub fn new(sources: &[ModelSource], load: Loader) -> Result<Self, ServeError> {
        let named = |source: &ModelSource| Ok((source.name()?.into(), source.path.clone()));
        Ok(Self {
            sources: sources
                .iter()
                .map(named)
                .collect::<Result<_, ServeError>>()?,
            load,
            current: RwLock::default(),
        })
    }

    /// The models at this moment.
    pub fn all(&self) -> Vec<Arc<Loaded>> {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The model of this name, or the first one; the names there are if there is none of this name.
    pub fn find(&self, name: Option<&str>) -> Result<Arc<Loaded>, String> {
        let all = self.all();
        let found = match name {
            None => all.first(),
            Some(name) => all.iter().find(|loaded| &*loaded.name == name),
        };
        found.cloned().ok_or_else(|| {
            let names: Vec<String> = all
                .iter()
                .map(|model| format!("`{}`", model.name))
                .collect();
            names.join(", ")
        })
    }

    /// Reads all models again, and lets each compute once. Those that are the same stay.
    ///
    /// The names of the models that are new are returned.
    ///
    /// # Errors
    ///
    /// [`ServeError::Model`] if one cannot be loaded or does not compute; then none is replaced.
    pub fn load(&self) -> Result<Vec<Arc<str>>, ServeError> {
        let before = self.all();
        let mut after = Vec::new();
        let mut fresh = Vec::new();
        for (name, path) in &self.sources {
            let loaded = self.load_one(name, path)?;
            let same = before
                .iter()
                .find(|old| old.name == loaded.name && old.facts.id == loaded.facts.id);
            after.push(match same {
                Some(old) => Arc::clone(old),
                None => {
                    fresh.push(Arc::clone(name));
                    Arc::new(loaded)
                }
            });
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = after;
        Ok(fresh)
    }

    fn load_one(&self, name: &Arc<str>, path: &std::path::Path) -> Result<Loaded, ServeError> {
        let refused = |message: String| ServeError::Model {
            name: name.to_string(),
            message,
        };
        // Burn panics where a device fails; the model in use must outlive a faulty one.
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            let model = (self.load)(path).map_err(|error| error.to_string())?;
            model.warm_up().map_err(|error| error.to_string())?;
            Ok(model)
        }));
        let panicked = || Err("loading it panicked, which is a bug of misa".to_string());
        let model = attempt.unwrap_or_else(|_| panicked()).map_err(refused)?;
        Ok(Loaded {
            name: Arc::clone(name),
            facts: model.facts(),
            model,
        })
    }
}
