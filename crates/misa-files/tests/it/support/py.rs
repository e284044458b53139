//! Python values, and an assembler that writes them as pickles of every protocol.

/// A value, or the opcodes that would make one.
#[derive(Clone, Debug)]
pub enum Py {
    None,
    Bool(bool),
    Int(i32),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Py>),
    Tuple(Vec<Py>),
    Dict(Vec<(Py, Py)>),
    /// A frozen set in protocol 4 and later, else a call of `set`.
    Set(Vec<Py>),
    Global(&'static str, &'static str),
    /// A function and its arguments.
    Call(Box<Py>, Box<Py>),
    /// An object and its state.
    Build(Box<Py>, Box<Py>),
    /// Opcodes that leave one value.
    Raw(Vec<u8>),
}

impl Py {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// `module.name(arguments…)`.
    pub fn call(module: &'static str, name: &'static str, arguments: Vec<Py>) -> Self {
        Self::Call(
            Box::new(Self::Global(module, name)),
            Box::new(Self::Tuple(arguments)),
        )
    }

    /// An element type such as `f4`, with `<` or `>`.
    pub fn dtype(name: &str, order: &str) -> Self {
        let arguments = vec![Self::text(name), Self::Bool(false), Self::Bool(true)];
        let state = vec![
            Self::Int(3),
            Self::text(order),
            Self::None,
            Self::None,
            Self::None,
            Self::Int(-1),
            Self::Int(-1),
            Self::Int(0),
        ];
        Self::Build(
            Box::new(Self::call("numpy", "dtype", arguments)),
            Box::new(Self::Tuple(state)),
        )
    }

    /// An array of any parts, right or wrong.
    pub fn array(dtype: Py, shape: Py, fortran: Py, data: Py) -> Self {
        let empty = Self::call(
            "numpy.core.multiarray",
            "_reconstruct",
            vec![
                Self::Global("numpy", "ndarray"),
                Self::Tuple(vec![Self::Int(0)]),
                Self::Bytes(b"b".to_vec()),
            ],
        );
        let state = vec![Self::Int(1), shape, dtype, fortran, data];
        Self::Build(Box::new(empty), Box::new(Self::Tuple(state)))
    }

    /// A shape or another tuple of whole numbers.
    pub fn ints(values: &[i32]) -> Self {
        Self::Tuple(values.iter().map(|&value| Self::Int(value)).collect())
    }

    /// A right array of `f4`.
    pub fn floats(shape: &[i32], values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        Self::array(
            Self::dtype("f4", "<"),
            Self::ints(shape),
            Self::Bool(false),
            Self::Bytes(bytes.collect()),
        )
    }

    /// The whole file.
    pub fn pickle(&self, protocol: u8) -> Vec<u8> {
        let mut writer = Writer::new(protocol);
        writer.write(self);
        writer.bytes.push(b'.');
        writer.bytes
    }
}

struct Writer {
    protocol: u8,
    bytes: Vec<u8>,
}

impl Writer {
    fn new(protocol: u8) -> Self {
        let bytes = match protocol {
            0 | 1 => vec![],
            _ => vec![0x80, protocol],
        };
        Self { protocol, bytes }
    }

    fn op(&mut self, opcode: u8, argument: &[u8]) {
        self.bytes.push(opcode);
        self.bytes.extend(argument);
    }

    fn write(&mut self, value: &Py) {
        match value {
            Py::None => self.op(b'N', b""),
            Py::Bool(value) => match self.protocol {
                0 | 1 => self.line(b'I', if *value { "01" } else { "00" }),
                _ => self.op(if *value { 0x88 } else { 0x89 }, b""),
            },
            Py::Int(value) => match self.protocol {
                0 => self.line(b'I', &value.to_string()),
                _ => self.op(b'J', &value.to_le_bytes()),
            },
            Py::Float(value) => match self.protocol {
                0 => self.line(b'F', &value.to_string()),
                _ => self.op(b'G', &value.to_be_bytes()),
            },
            Py::Text(text) => self.text(text),
            Py::Bytes(bytes) => self.byte_string(bytes),
            Py::List(items) => self.between_marks(items, b'l'),
            Py::Tuple(items) => self.between_marks(items, b't'),
            Py::Dict(entries) => {
                let flat: Vec<Py> = entries
                    .iter()
                    .flat_map(|(key, value)| [key.clone(), value.clone()])
                    .collect();
                self.between_marks(&flat, b'd');
            }
            Py::Set(items) if self.protocol >= 4 => self.between_marks(items, 0x91),
            Py::Set(items) => {
                let items = Py::List(items.clone());
                self.write(&Py::call("__builtin__", "set", vec![items]));
            }
            Py::Global(module, name) if self.protocol >= 4 => {
                self.text(module);
                self.text(name);
                self.op(0x93, b"");
            }
            Py::Global(module, name) => {
                self.line(b'c', module);
                self.bytes.extend(name.as_bytes());
                self.bytes.push(b'\n');
            }
            Py::Call(function, arguments) => self.two(function, arguments, b'R'),
            Py::Build(object, state) => self.two(object, state, b'b'),
            Py::Raw(bytes) => self.bytes.extend(bytes),
        }
    }

    fn two(&mut self, first: &Py, second: &Py, opcode: u8) {
        self.write(first);
        self.write(second);
        self.op(opcode, b"");
    }

    fn between_marks(&mut self, items: &[Py], end: u8) {
        self.op(b'(', b"");
        for item in items {
            self.write(item);
        }
        self.op(end, b"");
    }

    fn line(&mut self, opcode: u8, text: &str) {
        self.op(opcode, text.as_bytes());
        self.bytes.push(b'\n');
    }

    fn text(&mut self, text: &str) {
        let length = text.len() as u32;
        match self.protocol {
            0 => self.line(b'V', text),
            4.. if length < 256 => {
                self.op(0x8c, &[length as u8]);
                self.bytes.extend(text.as_bytes());
            }
            _ => {
                self.op(b'X', &length.to_le_bytes());
                self.bytes.extend(text.as_bytes());
            }
        }
    }

    /// As Python 2 writes strings, or Python 3 bytes.
    fn byte_string(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u32).to_le_bytes();
        match self.protocol {
            0 => {
                let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                self.line(b'S', &format!("'{escaped}'"));
            }
            1 | 2 => {
                self.op(b'T', &length);
                self.bytes.extend(bytes);
            }
            _ => {
                self.op(b'B', &length);
                self.bytes.extend(bytes);
            }
        }
    }
}
