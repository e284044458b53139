//! Values of variables.

/// A value of any class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Numbers, and logical values as 1 and 0. Integers beyond 2^53 are rounded.
    Numbers(Array<f64>),
    /// Text: a line for each row.
    Text(Vec<String>),
    /// A cell array.
    Cell(Array<Value>),
    /// A struct.
    Struct(Struct),
}

/// Elements with the first axis fastest, as MATLAB stores them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array<T> {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<T>,
}

/// Values by the names of fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Struct {
    pub(super) shape: Vec<usize>,
    pub(super) fields: Vec<String>,
    /// All fields of the first struct, then those of the next.
    pub(super) values: Vec<Value>,
}

impl<T> Array<T> {
    /// Length of each axis, at least two of them.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements, with the first axis fastest.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The elements, with the first axis fastest.
    pub fn into_values(self) -> Vec<T> {
        self.values
    }
}

impl<T: Copy> Array<T> {
    /// The elements of one row after the other: those with the same index of the first axis, in the order of
    /// the other axes, the second one fastest.
    pub fn to_rows(&self) -> Vec<T> {
        let rows = self.shape.first().copied().unwrap_or(0);
        let columns = self.values.len() / rows.max(1);
        let mut values = Vec::with_capacity(self.values.len());
        for row in 0..rows.min(self.values.len()) {
            values.extend((0..columns).map(|column| self.values[column * rows + row]));
        }
        values
    }
}

impl Struct {
    /// Length of each axis; `[1, 1]` for a single struct.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Names of the fields, in the order of the file.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The field `name` of the struct at `index`, with the first axis fastest.
    pub fn get(&self, index: usize, name: &str) -> Option<&Value> {
        let field = self.fields.iter().position(|field| field == name)?;
        let first = index.checked_mul(self.fields.len())?;
        self.values.get(first.checked_add(field)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_gathered() {
        let array = Array {
            shape: vec![2, 3],
            values: vec![1, 2, 3, 4, 5, 6],
        };
        assert_eq!(array.to_rows(), [1, 3, 5, 2, 4, 6]);
        let empty = Array::<f32> {
            shape: vec![1 << 40, 0],
            values: Vec::new(),
        };
        assert_eq!(empty.to_rows(), []);
    }

    #[test]
    fn fields_are_found_by_name() {
        let text = |text: &str| Value::Text(vec![text.to_string()]);
        let value = Struct {
            shape: vec![1, 2],
            fields: vec!["a".to_string(), "b".to_string()],
            values: ["1", "2", "3", "4"].map(text).to_vec(),
        };
        assert_eq!(value.get(0, "b"), Some(&text("2")));
        assert_eq!(value.get(1, "a"), Some(&text("3")));
        assert_eq!(
            (value.get(2, "a"), value.get(usize::MAX, "b")),
            (None, None)
        );
        assert_eq!(value.get(0, "c"), None);
    }
}
