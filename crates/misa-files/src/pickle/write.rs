//! Writing Python pickles: dicts, lists, texts, numbers and NumPy arrays, in protocol 5.

use std::io::{self, Write};

/// Bytes after which a frame ends, and from which a value is written outside of frames.
///
/// Source: CPython's `pickle.py`, whose frames are as long.
const FRAME: usize = 64 << 10;

/// Shortest frame that is announced. Source: as above.
const SHORTEST_FRAME: usize = 4;

/// Writes one Python pickle of protocol 5, value by value. Arrays are written row by row, so memory never
/// holds a second copy.
///
/// Python 3.8 and newer read it, with any version of NumPy. [`dict`](Self::dict) and [`list`](Self::list)
/// write what is inside them; exactly one value is written in each place.
///
/// ```
/// use misa_files::pickle::{Pickle, PickleWriter};
///
/// let mut writer = PickleWriter::new(Vec::new())?;
/// writer.dict(|writer| {
///     writer.entry("name", |writer| writer.text("a"))?;
///     writer.entry("rows", |writer| writer.floats(&[2, 1], [&[0.5_f32][..], &[1.5]]))
/// })?;
/// let bytes = writer.finish()?;
/// let pickle = Pickle::parse(bytes, &Default::default())?;
/// assert_eq!(pickle.root().get("rows").and_then(|rows| rows.to_floats().ok()), Some(vec![0.5, 1.5]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PickleWriter<W> {
    out: W,
    /// What the next frame holds. An opcode and its argument are never divided.
    frame: Vec<u8>,
}

impl<W: Write> PickleWriter<W> {
    /// A pickle that is written to `out`, which should be buffered.
    ///
    /// # Errors
    ///
    /// That of `out`.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&[0x80, 5])?;
        Ok(Self {
            out,
            frame: Vec::new(),
        })
    }

    /// Ends the pickle, and returns what it was written to.
    ///
    /// # Errors
    ///
    /// That of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.frame.push(b'.');
        self.end_frame()?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// A dict, whose entries `content` writes.
    ///
    /// # Errors
    ///
    /// That of `content` or of the output.
    pub fn dict(&mut self, content: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.op(b"}")?;
        content(self)
    }

    /// An entry of the dict that is being written, whose value `value` writes.
    ///
    /// # Errors
    ///
    /// That of `value` or of the output.
    pub fn entry(
        &mut self,
        key: &str,
        value: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.text(key)?;
        value(self)?;
        self.op(b"s")
    }

    /// A list, each item of which is written by `write`.
    ///
    /// # Errors
    ///
    /// That of `write` or of the output.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.op(b"]")?;
        for item in items {
            write(self, item)?;
            self.op(b"a")?;
        }
        Ok(())
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// That of the output.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.sized([0x8c, b'X', 0x8d], text.len())?;
        self.payload(text.as_bytes())
    }

    /// A whole number.
    ///
    /// # Errors
    ///
    /// That of the output.
    pub fn int(&mut self, number: i64) -> io::Result<()> {
        match (u8::try_from(number), i32::try_from(number)) {
            (Ok(byte), _) => self.op(&[b'K', byte]),
            (_, Ok(short)) => self.op_with(b'J', &short.to_le_bytes()),
            _ => self.op_with(0x8a, &[&[8], &number.to_le_bytes()[..]].concat()),
        }
    }

    /// A number.
    ///
    /// # Errors
    ///
    /// That of the output.
    pub fn float(&mut self, number: f64) -> io::Result<()> {
        self.op_with(b'G', &number.to_be_bytes())
    }

    /// A NumPy array of `float32` of the given shape, from its rows one after the other.
    ///
    /// # Errors
    ///
    /// That of the output, and `InvalidInput` if the rows have more or fewer numbers than the shape.
    pub fn floats<'r>(
        &mut self,
        shape: &[usize],
        rows: impl IntoIterator<Item = &'r [f32]>,
    ) -> io::Result<()> {
        self.array("f4", 4, shape, rows, |row, bytes| {
            bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
        })
    }

    /// A NumPy array of `int64` of the given shape, from its rows one after the other.
    ///
    /// # Errors
    ///
    /// As [`floats`](Self::floats).
    pub fn ints<'r>(
        &mut self,
        shape: &[usize],
        rows: impl IntoIterator<Item = &'r [i64]>,
    ) -> io::Result<()> {
        self.array("i8", 8, shape, rows, |row, bytes| {
            bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
        })
    }

    /// An array by `_reconstruct`, which every version of NumPy has.
    fn array<'r, T: 'r>(
        &mut self,
        dtype: &str,
        width: usize,
        shape: &[usize],
        rows: impl IntoIterator<Item = &'r [T]>,
        encode: impl Fn(&[T], &mut Vec<u8>),
    ) -> io::Result<()> {
        let axes = shape
            .iter()
            .try_fold(width, |size, &axis| size.checked_mul(axis));
        let size = axes.ok_or_else(|| wrong_size("an array larger than memory"))?;
        self.global("numpy.core.multiarray", "_reconstruct")?;
        self.global("numpy", "ndarray")?;
        self.int(0)?;
        // A tuple of one, and the kind of its elements for now, which are replaced below.
        self.op(b"\x85C\x01b\x87R")?;
        self.op(b"(K\x01(")?;
        for &axis in shape {
            self.int(i64::try_from(axis).map_err(|_| wrong_size("an axis beyond 64 bits"))?)?;
        }
        self.op(b"t")?;
        self.dtype(dtype)?;
        // In the order of C.
        self.op(b"\x89")?;
        self.sized([b'C', b'B', 0x8e], size)?;
        let (mut bytes, mut written) = (Vec::new(), 0_usize);
        for row in rows {
            bytes.clear();
            encode(row, &mut bytes);
            written = written.saturating_add(bytes.len());
            if written > size {
                return Err(wrong_size("more numbers than the shape"));
            }
            self.part(size, &bytes)?;
        }
        if written < size {
            return Err(wrong_size("fewer numbers than the shape"));
        }
        self.op(b"tb")
    }

    /// `dtype(name, False, True)` in the order of bytes of small ends.
    fn dtype(&mut self, name: &str) -> io::Result<()> {
        self.global("numpy", "dtype")?;
        self.text(name)?;
        self.op(b"\x89\x88\x87R")?;
        self.op(b"(K\x03")?;
        self.text("<")?;
        self.op(b"NNN")?;
        self.int(-1)?;
        self.int(-1)?;
        self.op(b"K\x00tb")
    }

    fn global(&mut self, module: &str, name: &str) -> io::Result<()> {
        self.text(module)?;
        self.text(name)?;
        self.op(b"\x93")
    }

    /// The opcode of a text or of bytes, by their length: one byte, four or eight.
    fn sized(&mut self, [short, long, longest]: [u8; 3], length: usize) -> io::Result<()> {
        if length >= FRAME {
            // Large values are outside of frames.
            self.end_frame()?;
        }
        match (u8::try_from(length), u32::try_from(length)) {
            (Ok(length), _) => self.frame.extend([short, length]),
            (_, Ok(length)) => {
                self.frame.push(long);
                self.frame.extend(length.to_le_bytes());
            }
            _ => {
                self.frame.push(longest);
                self.frame.extend((length as u64).to_le_bytes());
            }
        }
        if length >= FRAME {
            self.out.write_all(&self.frame)?;
            self.frame.clear();
        }
        Ok(())
    }

    fn payload(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.part(bytes.len(), bytes)?;
        self.end_long_frame()
    }

    /// A part of a value of `size` bytes.
    fn part(&mut self, size: usize, bytes: &[u8]) -> io::Result<()> {
        if size >= FRAME {
            return self.out.write_all(bytes);
        }
        self.frame.extend(bytes);
        Ok(())
    }

    /// Whole opcodes with their arguments.
    fn op(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.frame.extend(bytes);
        self.end_long_frame()
    }

    fn op_with(&mut self, opcode: u8, argument: &[u8]) -> io::Result<()> {
        self.frame.push(opcode);
        self.op(argument)
    }

    fn end_long_frame(&mut self) -> io::Result<()> {
        if self.frame.len() >= FRAME {
            self.end_frame()?;
        }
        Ok(())
    }

    fn end_frame(&mut self) -> io::Result<()> {
        if self.frame.len() >= SHORTEST_FRAME {
            self.out.write_all(&[0x95])?;
            self.out
                .write_all(&(self.frame.len() as u64).to_le_bytes())?;
        }
        self.out.write_all(&self.frame)?;
        self.frame.clear();
        Ok(())
    }
}

fn wrong_size(found: &'static str) -> io::Error {
    let message = format!("expected as many numbers as the shape of the array says, found {found}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::{Limits, Pickle};
    use std::process::Command;

    fn written(content: impl FnOnce(&mut PickleWriter<Vec<u8>>) -> io::Result<()>) -> Vec<u8> {
        let mut writer = PickleWriter::new(Vec::new()).unwrap();
        content(&mut writer).unwrap();
        writer.finish().unwrap()
    }

    /// Every kind of value, short and long.
    fn everything() -> Vec<u8> {
        written(|writer| {
            writer.dict(|writer| {
                writer.entry("short", |writer| writer.text("so \u{e9}"))?;
                writer.entry("long", |writer| writer.text(&"x".repeat(300)))?;
                writer.entry("longest", |writer| writer.text(&"y".repeat(FRAME + 1)))?;
                writer.entry("ints", |writer| {
                    writer.list([0, 255, 256, -1, i64::MAX, i64::MIN], |writer, number| {
                        writer.int(number)
                    })
                })?;
                writer.entry("float", |writer| writer.float(-1.5))?;
                writer.entry("empty", |writer| writer.floats(&[0, 3], []))?;
                writer.entry("small", |writer| {
                    writer.ints(&[2, 2], [&[1_i64, -2][..], &[3, 4]])
                })?;
                let row = vec![0.25_f32; 1000];
                writer.entry("large", |writer| {
                    writer.floats(&[20, 1000], (0..20).map(|_| &row[..]))
                })?;
                writer.entry("many", |writer| {
                    writer.list(0..30_000, |writer, _| writer.text("ab"))
                })
            })
        })
    }

    #[test]
    fn our_reader_reads_what_is_written() {
        let pickle = Pickle::parse(everything(), &Limits::default()).unwrap();
        let root = pickle.root();
        let text = |key| root.get(key).unwrap().to_text().unwrap();
        assert_eq!(
            (text("short"), text("long").len()),
            ("so \u{e9}".to_string(), 300)
        );
        assert_eq!(text("longest").len(), FRAME + 1);
        let ints = root.get("ints").unwrap().to_ints().unwrap();
        assert_eq!(ints, [0, 255, 256, -1, i64::MAX, i64::MIN]);
        assert_eq!(root.get("float").unwrap().as_float(), Some(-1.5));
        let shape = |key| root.get(key).unwrap().array().unwrap().shape().to_vec();
        assert_eq!(
            (shape("empty"), shape("small"), shape("large")),
            (vec![0, 3], vec![2, 2], vec![20, 1000])
        );
        assert_eq!(root.get("small").unwrap().to_ints().unwrap(), [1, -2, 3, 4]);
        assert_eq!(
            root.get("large").unwrap().to_floats().unwrap(),
            vec![0.25; 20_000]
        );
        assert_eq!(root.get("many").unwrap().items().unwrap().len(), 30_000);
    }

    #[test]
    fn rows_that_do_not_fill_the_shape_are_refused() {
        let message = |rows: &[&[f32]]| {
            let mut writer = PickleWriter::new(Vec::new()).unwrap();
            writer
                .floats(&[2], rows.iter().copied())
                .unwrap_err()
                .to_string()
        };
        let expected = "expected as many numbers as the shape of the array says, found ";
        assert_eq!(
            message(&[&[1.0]]),
            format!("{expected}fewer numbers than the shape")
        );
        assert_eq!(
            message(&[&[1.0, 2.0, 3.0]]),
            format!("{expected}more numbers than the shape")
        );
    }

    /// Python checks that no value is divided among frames. Skipped without Python; the arrays are skipped
    /// without NumPy.
    #[test]
    fn python_reads_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pkl");
        std::fs::write(&path, everything()).unwrap();
        let script = "import pickletools, pickle, sys
data = open(sys.argv[1], 'rb').read()
frames = [(op.name, argument, at) for op, argument, at in pickletools.genops(data)]
assert frames[0][:2] == ('PROTO', 5) and frames[-1][0] == 'STOP'
starts = {at for _, _, at in frames}
for name, argument, at in frames:
    assert name != 'FRAME' or at + 9 + argument in starts | {len(data)}
try:
    import numpy
except ImportError:
    sys.exit(0)
value = pickle.loads(data)
assert value['ints'] == [0, 255, 256, -1, 2**63 - 1, -2**63] and value['float'] == -1.5
assert value['small'].tolist() == [[1, -2], [3, 4]] and value['small'].dtype == numpy.int64
assert value['large'].shape == (20, 1000) and (value['large'] == 0.25).all()
assert value['large'].dtype == numpy.float32 and value['empty'].shape == (0, 3)
assert len(value['many']) == 30000 and len(value['longest']) == 65537
";
        let python = Command::new("python3")
            .args(["-c", script])
            .arg(&path)
            .output();
        if let Ok(output) = python {
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{message}");
        }
    }
}
