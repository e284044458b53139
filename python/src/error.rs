//! The exception of the module, and work that Python does not wait for.

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

create_exception!(
    misa,
    MisaError,
    PyValueError,
    "What misa refuses, in words: where it is, what was expected and what was found.\n\n\
     A subclass of ValueError, and the only exception that misa raises for files, arrays and settings.\n\n\
     >>> import misa\n\
     >>> try:\n\
     ...     misa.load(\"no/such/run\")\n\
     ... except misa.MisaError as error:\n\
     ...     print(error)\n\
     no/such/run/config.json: No such file or directory (os error 2)\n"
);

/// The exception with the message of an error.
pub(crate) fn refused(error: impl Display) -> PyErr {
    MisaError::new_err(error.to_string())
}

/// The exception of a value that is not as it must be.
pub(crate) fn unexpected(
    place: impl Display,
    expected: impl Display,
    found: impl Display,
) -> PyErr {
    refused(format!("{place}: expected {expected}, found {found}"))
}

/// What `work` returns, while other threads of Python run.
///
/// # Errors
///
/// `MisaError` if it panics, which is a fault of misa.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)).map_err(|panic| said(&*panic)));
    done.map_err(|said| refused(format!("fault of misa, please report it: {said}")))
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_string()
}

/// Panics while other threads run: for the test that a panic becomes an exception.
#[pyfunction]
pub(crate) fn _panic(py: Python<'_>) -> PyResult<()> {
    detached(py, || panic!("asked for"))
}
