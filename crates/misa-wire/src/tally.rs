//! The limits, and how much of them a request has used.

use crate::error::Fault;
use crate::limits::Limits;
use std::cell::Cell;

/// Counts the numbers of a request.
#[derive(Debug)]
pub(crate) struct Tally<'l> {
    limits: &'l Limits,
    values: Cell<usize>,
}

impl<'l> Tally<'l> {
    pub fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            values: Cell::new(0),
        }
    }

    pub fn limits(&self) -> &'l Limits {
        self.limits
    }

    /// Counts `count` more numbers, before there is memory for them.
    pub fn add_values(&self, count: usize) -> Result<(), Fault> {
        let values = self.values.get().saturating_add(count);
        if values > self.limits.values {
            return Err(Fault::more_than(
                self.limits.values,
                "numbers in all of a request",
            ));
        }
        self.values.set(values);
        Ok(())
    }

    /// Checks a number of steps that is known before they are read.
    pub fn check_steps(&self, steps: usize) -> Result<(), Fault> {
        if steps > self.limits.steps {
            return Err(Fault::too_many(self.limits.steps, "steps", steps));
        }
        Ok(())
    }
}
