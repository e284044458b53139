//! Writing the small pickles that tests read.

/// A value to be pickled, in protocol 2 and as NumPy 1 does.
#[derive(Clone)]
pub enum Py {
    None,
    Int(i32),
    Float(f64),
    Text(&'static str),
    List(Vec<Py>),
    Tuple(Vec<Py>),
    Dict(Vec<(&'static str, Py)>),
    /// A dictionary with keys of any kind.
    Map(Vec<(Py, Py)>),
    /// An array of `f4`: shape and elements.
    Array(Vec<usize>, Vec<f32>),
    /// Opcodes that leave one value on the stack.
    Raw(&'static [u8]),
}

pub fn ints(values: &[i32]) -> Py {
    Py::List(values.iter().map(|&value| Py::Int(value)).collect())
}

pub fn texts(values: &[&'static str]) -> Py {
    Py::List(values.iter().map(|&value| Py::Text(value)).collect())
}

impl Py {
    /// A `collections.Counter`.
    pub const COUNTER: Self = Self::Raw(b"ccollections\nCounter\n}U\x01aK\x02s\x85R");
    /// A `pathlib.PurePosixPath`.
    pub const PATH: Self = Self::Raw(b"cpathlib\nPurePosixPath\nU\x01a\x85R");
    /// The two dates 1970-01-01 and 1970-01-02, as `datetime64[D]`.
    pub const DATES: Self = Self::Raw(
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01K\x02\x85\
          cnumpy\ndtype\nU\x02M8K\0K\x01\x87R(K\x04U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0\
          }(U\x01DK\x01K\x01K\x01t\x86tb\x89U\x10\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0tb",
    );

    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self::Array(vec![rows, columns], vec![0.0; rows * columns])
    }

    /// The whole file.
    pub fn pickle(&self) -> Vec<u8> {
        let mut bytes = b"\x80\x02".to_vec();
        self.write(&mut bytes);
        bytes.push(b'.');
        bytes
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::None => bytes.push(b'N'),
            Self::Int(value) => {
                bytes.push(b'J');
                bytes.extend(value.to_le_bytes());
            }
            Self::Float(value) => {
                bytes.push(b'G');
                bytes.extend(value.to_be_bytes());
            }
            Self::Text(text) => {
                bytes.push(b'X');
                bytes.extend((text.len() as u32).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
            Self::List(items) => items_between(bytes, items, b'l'),
            Self::Tuple(items) => items_between(bytes, items, b't'),
            Self::Dict(entries) => {
                let flat = entries
                    .iter()
                    .flat_map(|(key, value)| [Self::Text(key), value.clone()]);
                items_between(bytes, &flat.collect::<Vec<_>>(), b'd');
            }
            Self::Map(entries) => {
                let flat = entries.iter().flat_map(|(key, value)| [key, value]);
                items_between(bytes, &flat.cloned().collect::<Vec<_>>(), b'd');
            }
            Self::Array(shape, values) => array(bytes, shape, values),
            Self::Raw(opcodes) => bytes.extend(*opcodes),
        }
    }
}

fn items_between(bytes: &mut Vec<u8>, items: &[Py], end: u8) {
    bytes.push(b'(');
    for item in items {
        item.write(bytes);
    }
    bytes.push(end);
}

fn array(bytes: &mut Vec<u8>, shape: &[usize], values: &[f32]) {
    bytes.extend(
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01(",
    );
    for &axis in shape {
        Py::Int(axis as i32).write(bytes);
    }
    bytes.extend(b"tcnumpy\ndtype\nU\x02f4K\0K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb");
    bytes.extend(b"\x89T");
    bytes.extend((4 * values.len() as u32).to_le_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes.extend(b"tb");
}
