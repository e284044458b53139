//! CSV text of the numbers behind a figure.

/// Rows under a header.
#[derive(Debug)]
pub(crate) struct Table {
    writer: csv::Writer<Vec<u8>>,
}

const MEMORY: &str = "writing to memory cannot fail, and rows have as many fields as the header";

impl Table {
    pub(crate) fn new<S: AsRef<str>>(header: &[S]) -> Self {
        let mut table = Self {
            writer: csv::Writer::from_writer(Vec::new()),
        };
        table.row(header);
        table
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// Panics if `fields` does not have as many entries as the header.
    pub(crate) fn row<S: AsRef<str>>(&mut self, fields: &[S]) {
        self.writer
            .write_record(fields.iter().map(AsRef::as_ref))
            .expect(MEMORY);
    }

    pub(crate) fn text(self) -> String {
        let bytes = self.writer.into_inner().expect(MEMORY);
        String::from_utf8(bytes).expect("fields are text")
    }
}

/// A number in CSV; empty for `None`.
pub(crate) fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_would_break_a_row() {
        let mut table = Table::new(&["id", "value"]);
        table.row(&["a,\"b\"\nc", &number(Some(0.1))]);
        table.row(&["d", &number(None)]);
        assert_eq!(table.text(), "id,value\n\"a,\"\"b\"\"\nc\",0.1\nd,\n");
    }
}
