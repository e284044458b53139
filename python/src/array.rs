//! Numbers that Python gives: NumPy arrays, and whatever NumPy makes one of.

use crate::error::{refused, unexpected};
use numpy::{Element, PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::IntoPyDict;

/// Kinds of elements that are numbers: floating, signed, unsigned, Boolean.
const NUMBERS: &str = "fiub";

/// An array of numbers of any type, whose values have not been looked at yet.
#[derive(Debug)]
pub(crate) struct Numbers<'py> {
    array: Bound<'py, PyAny>,
    kind: String,
    shape: Vec<usize>,
}

impl<'py> Numbers<'py> {
    /// The array that NumPy makes of `object`. An array of NumPy is not copied.
    ///
    /// # Errors
    ///
    /// `MisaError` if it makes none, or its elements are no numbers.
    pub fn of(object: &Bound<'py, PyAny>, place: &str) -> PyResult<Self> {
        let numpy = object.py().import("numpy")?;
        let masked = numpy.getattr("ma")?.call_method1("is_masked", (object,));
        if masked.is_ok_and(|masked| masked.is_truthy().unwrap_or(true)) {
            return Err(unexpected(place, "numbers", "masked ones"));
        }
        let array = numpy.call_method1("asarray", (object,));
        let array = array.map_err(|error| unexpected(place, "an array of numbers", error))?;
        let dtype = array.getattr("dtype")?;
        let kind: String = dtype.getattr("kind")?.extract()?;
        if !NUMBERS.contains(&kind) {
            return Err(unexpected(place, "numbers", format!("the type {dtype}")));
        }
        let shape = array.getattr("shape")?.extract()?;
        Ok(Self { array, kind, shape })
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Whether the elements are whole numbers.
    pub fn are_whole(&self) -> bool {
        matches!(self.kind.as_str(), "i" | "u")
    }

    /// All values in the order of the axes, each as the nearest `T`.
    pub fn values<T: Element + Copy>(&self, dtype: &str) -> PyResult<Vec<T>> {
        let py = self.array.py();
        let options = [("order", "C")].into_py_dict(py)?;
        options.set_item("copy", false)?;
        // Numbers beyond `T` become infinite, which is refused elsewhere: NumPy neither warns nor raises first.
        let quiet = [("all", "ignore")].into_py_dict(py)?;
        let quiet = py
            .import("numpy")?
            .call_method("errstate", (), Some(&quiet))?;
        quiet.call_method0("__enter__")?;
        let array = self.array.call_method("astype", (dtype,), Some(&options));
        quiet.call_method1("__exit__", (py.None(), py.None(), py.None()))?;
        let array = array?.cast_into::<PyArrayDyn<T>>()?;
        let is_row_by_row = array.is_c_contiguous();
        debug_assert!(is_row_by_row, "NumPy was asked for this order");
        array.readonly().to_vec().map_err(refused)
    }
}

/// Two axes, or what is wrong.
pub(crate) fn two_axes(shape: &[usize], place: &str, names: &str) -> PyResult<[usize; 2]> {
    let axes = <[usize; 2]>::try_from(shape);
    axes.map_err(|_| unexpected(place, format!("an array {names}"), shown(shape)))
}

/// A shape as people write it.
pub(crate) fn shown(shape: &[usize]) -> String {
    format!("shape {shape:?}")
}
