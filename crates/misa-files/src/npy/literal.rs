//! The Python literal that a header is: one dictionary of three entries.

use super::NpyError;

/// NumPy's own limit on the number of axes.
const MOST_AXES: usize = 64;

/// Characters of a header that a message shows.
const SHOWN: usize = 80;

/// The entries of a header.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields<'h> {
    pub dtype: &'h str,
    /// Offset of `dtype` in the file.
    pub dtype_offset: u64,
    pub fortran: bool,
    pub shape: Vec<u64>,
}

/// A position in the text of a header.
#[derive(Debug)]
pub(super) struct Literal<'h> {
    text: &'h [u8],
    position: usize,
    /// Offset of the text in the file.
    start: u64,
}

impl<'h> Literal<'h> {
    pub fn new(text: &'h [u8], start: u64) -> Self {
        Self {
            text,
            position: 0,
            start,
        }
    }

    /// Reads the whole header: each entry exactly once, and nothing after the dictionary.
    pub fn fields(mut self) -> Result<Fields<'h>, NpyError> {
        let (mut dtype, mut fortran, mut shape) = (None, None, None);
        self.expect(b'{', "a dictionary")?;
        while !self.take(b'}') {
            let key = self.quoted("the name of an entry in quotes")?;
            self.expect(b':', "`:`")?;
            match key {
                "descr" if dtype.is_none() => dtype = Some(self.dtype()?),
                "fortran_order" if fortran.is_none() => fortran = Some(self.bool()?),
                "shape" if shape.is_none() => shape = Some(self.shape()?),
                _ => return Err(self.wrong("`descr`, `fortran_order` and `shape`, once each")),
            }
            if !self.take(b',') {
                self.expect(b'}', "`,` or `}`")?;
                break;
            }
        }
        self.skip_space();
        if self.position < self.text.len() {
            return Err(self.wrong("the end of the header"));
        }
        match (dtype, fortran, shape) {
            (Some((dtype, dtype_offset)), Some(fortran), Some(shape)) => Ok(Fields {
                dtype,
                dtype_offset,
                fortran,
                shape,
            }),
            _ => Err(self.wrong("`descr`, `fortran_order` and `shape`, once each")),
        }
    }

    /// The element type and its offset: a name in quotes. Anything else describes a structure.
    fn dtype(&mut self) -> Result<(&'h str, u64), NpyError> {
        self.skip_space();
        let offset = self.offset();
        match self.text.get(self.position) {
            Some(b'\'' | b'"') => Ok((self.quoted("an element type")?, offset)),
            Some(b'[' | b'(' | b'{') => {
                let rest = String::from_utf8_lossy(&self.text[self.position..]);
                let found = rest.chars().take(SHOWN).collect();
                Err(NpyError::Dtype { offset, found })
            }
            _ => Err(self.wrong("an element type")),
        }
    }

    fn bool(&mut self) -> Result<bool, NpyError> {
        self.skip_space();
        for (word, value) in [("True", true), ("False", false)] {
            if self.text[self.position..].starts_with(word.as_bytes()) {
                self.position += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("`True` or `False`"))
    }

    fn shape(&mut self) -> Result<Vec<u64>, NpyError> {
        let mut shape = Vec::new();
        self.expect(b'(', "a tuple")?;
        while !self.take(b')') {
            if shape.len() == MOST_AXES {
                return Err(self.wrong("at most 64 axes"));
            }
            shape.push(self.length()?);
            // A tuple of one needs its comma; without it, Python reads a number.
            if !self.take(b',') {
                if shape.len() == 1 {
                    return Err(self.wrong("`,`"));
                }
                self.expect(b')', "`,` or `)`")?;
                break;
            }
        }
        Ok(shape)
    }

    fn length(&mut self) -> Result<u64, NpyError> {
        self.skip_space();
        let digits = self.text[self.position..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let text = &self.text[self.position..self.position + digits];
        let length = str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.wrong("the length of an axis"))?;
        self.position += digits;
        // Python 2 marks long integers.
        if self.text.get(self.position) == Some(&b'L') {
            self.position += 1;
        }
        Ok(length)
    }

    /// A text in quotes, without escapes.
    fn quoted(&mut self, expected: &'static str) -> Result<&'h str, NpyError> {
        self.skip_space();
        let rest = &self.text[self.position..];
        let Some((quote @ (b'\'' | b'"'), inner)) = rest.split_first() else {
            return Err(self.wrong(expected));
        };
        let plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'\\' && byte != quote;
        let length = inner.iter().take_while(|byte| plain(byte)).count();
        if inner.get(length) != Some(quote) {
            return Err(self.wrong(expected));
        }
        let text = str::from_utf8(&inner[..length]).map_err(|_| self.wrong(expected))?;
        self.position += length + 2;
        Ok(text)
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), NpyError> {
        if self.take(byte) {
            return Ok(());
        }
        Err(self.wrong(expected))
    }

    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.text.get(self.position) == Some(&byte);
        self.position += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.position..];
        self.position += rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\n'))
            .count();
    }

    fn offset(&self) -> u64 {
        self.start + self.position as u64
    }

    fn wrong(&self, expected: &'static str) -> NpyError {
        let offset = self.offset();
        NpyError::Header { offset, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Result<Fields<'_>, String> {
        Literal::new(text.as_bytes(), 10)
            .fields()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn headers_of_every_writer_are_read() {
        let expected = |shape: &[u64]| Fields {
            dtype: "<f4",
            dtype_offset: 20,
            fortran: false,
            shape: shape.to_vec(),
        };
        let cases: [(&str, &[u64]); 5] = [
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  \n",
                &[3, 4],
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L)}",
                &[3, 4],
            ),
            (
                "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": ()}",
                &[],
            ),
            ("{'descr': '<f4','shape':(7,),'fortran_order':False,}", &[7]),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5,)}",
                &[0, 5],
            ),
        ];
        for (text, shape) in cases {
            assert_eq!(fields(text), Ok(expected(shape)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_where_it_stands() {
        let cases = [
            ("", "byte 10: expected a dictionary"),
            (
                "__import__('os').system('true')",
                "byte 10: expected a dictionary",
            ),
            (
                "{'descr': __import__('os'), }",
                "byte 20: expected an element type",
            ),
            (
                "{'descr': '<f4', 'shape': (f(),)}",
                "byte 37: expected the length of an axis",
            ),
            (
                "{'shape': (-1,)}",
                "byte 21: expected the length of an axis",
            ),
            ("{'shape': (1)}", "byte 22: expected `,`"),
            (
                "{'shape': (99999999999999999999,)}",
                "byte 21: expected the length of an axis",
            ),
            (
                "{'shape': (1,), 'shape': (1,)}",
                "byte 34: expected `descr`, `fortran_order` and `shape`, once each",
            ),
            (
                "{'kind': 1}",
                "byte 18: expected `descr`, `fortran_order` and `shape`, once each",
            ),
            (
                "{}",
                "byte 12: expected `descr`, `fortran_order` and `shape`, once each",
            ),
            (
                "{'fortran_order': 1}",
                "byte 28: expected `True` or `False`",
            ),
            ("{'descr': '<f4", "byte 20: expected an element type"),
            ("{'descr': '\\x41'}", "byte 20: expected an element type"),
            (
                "{'descr': '<f4', 'fortran_order': True, 'shape': ()} + 1",
                "byte 63: expected the end of the header",
            ),
            (
                "{'descr': [('a', '<f4')], }",
                "byte 20: element type \"[('a', '<f4')], }\" is not supported",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(fields(text), Err(message.to_string()), "{text}");
        }
        let deep = format!("{{'shape': ({})}}", "1,".repeat(65));
        assert_eq!(
            fields(&deep),
            Err("byte 149: expected at most 64 axes".to_string())
        );
    }
}
