//! NumPy element types, and how their bytes become numbers and texts.

use std::fmt;

/// What the elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtypeKind {
    /// One byte, 0 or 1.
    Bool,
    /// Signed integers of 1, 2, 4 or 8 bytes.
    Int,
    /// Unsigned integers of 1, 2, 4 or 8 bytes.
    Uint,
    /// IEEE floats of 2, 4 or 8 bytes.
    Float,
    /// `bfloat16`: floats of 2 bytes with the range of 4, the upper half of an IEEE float.
    /// PyTorch has this type, NumPy does not.
    Bfloat,
    /// Byte strings of a fixed size, padded with zeros.
    Bytes,
    /// UTF-32 texts of a fixed size, padded with zeros.
    Unicode,
    /// Python objects.
    Object,
}

/// Element type of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dtype {
    kind: DtypeKind,
    size: usize,
    big_endian: bool,
}

/// One number of an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The value, if it is a whole number that fits.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Self::Int(value) => i64::try_from(value).ok(),
            // The bound is the largest float below 2^63.
            Self::Float(value) if value.fract() == 0.0 && value.abs() < 9.2e18 => {
                Some(value as i64)
            }
            Self::Float(_) => None,
        }
    }
}

impl Dtype {
    /// Little-endian floats of 4 bytes.
    pub(crate) const F4: Self = Self {
        kind: DtypeKind::Float,
        size: 4,
        big_endian: false,
    };

    /// PyTorch's `bfloat16`.
    pub(crate) const BF16: Self = Self {
        kind: DtypeKind::Bfloat,
        size: 2,
        big_endian: false,
    };

    /// The type that NumPy calls `name`, such as `f4`, `U20` or `<i8`.
    ///
    /// `None` if `name` is neither a number, a text nor an object type.
    pub fn parse(name: &str) -> Option<Self> {
        // Longer than every real name.
        if name.len() > 16 {
            return None;
        }
        let (big_endian, code) = match name.strip_prefix(['<', '=', '|']) {
            Some(rest) => (false, rest),
            None => name
                .strip_prefix('>')
                .map_or((false, name), |rest| (true, rest)),
        };
        let mut chars = code.chars();
        let letter = chars.next()?;
        let digits = chars.as_str();
        let count: usize = if digits.is_empty() && letter == 'O' {
            8
        } else {
            digits.parse().ok()?
        };
        let (kind, size) = match (letter, count) {
            ('b', 1) => (DtypeKind::Bool, 1),
            ('i', 1 | 2 | 4 | 8) => (DtypeKind::Int, count),
            ('u', 1 | 2 | 4 | 8) => (DtypeKind::Uint, count),
            ('f', 2 | 4 | 8) => (DtypeKind::Float, count),
            ('S' | 'a', 1..) => (DtypeKind::Bytes, count),
            ('U', 1..) => (DtypeKind::Unicode, count.checked_mul(4)?),
            ('O', _) => (DtypeKind::Object, 1),
            _ => return None,
        };
        Some(Self {
            kind,
            size,
            big_endian,
        })
    }

    /// What the elements are.
    pub fn kind(&self) -> DtypeKind {
        self.kind
    }

    /// Bytes of an element; 1 for objects, which are stored separately.
    pub fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    pub(crate) fn set_big_endian(&mut self, big_endian: bool) {
        self.big_endian = big_endian;
    }

    /// The number in `bytes`, of this type's size; `None` for texts and objects.
    pub(crate) fn number(&self, bytes: &[u8]) -> Option<Number> {
        let mut little = [0; 8];
        let low = little.get_mut(..bytes.len())?;
        low.copy_from_slice(bytes);
        if self.big_endian {
            low.reverse();
        }
        let bits = u64::from_le_bytes(little);
        let unused = 64 - 8 * bytes.len() as u32;
        Some(match (self.kind, bytes.len()) {
            (DtypeKind::Bool | DtypeKind::Uint, _) => Number::Int(i128::from(bits)),
            // Shifting up and back down copies the sign into the unused bits.
            (DtypeKind::Int, 1..) => Number::Int(i128::from((bits << unused) as i64 >> unused)),
            (DtypeKind::Bfloat, 2) => Number::Float(bfloat(bits as u16).into()),
            (DtypeKind::Float, 2) => Number::Float(half(bits as u16).into()),
            (DtypeKind::Float, 4) => Number::Float(f64::from(f32::from_bits(bits as u32))),
            (DtypeKind::Float, 8) => Number::Float(f64::from_bits(bits)),
            _ => return None,
        })
    }

    /// The text in `bytes`, of this type's size; `None` for numbers, objects and invalid texts.
    pub(crate) fn text(&self, bytes: &[u8]) -> Option<String> {
        match self.kind {
            DtypeKind::Bytes => {
                let end = bytes
                    .iter()
                    .rposition(|&byte| byte != 0)
                    .map_or(0, |last| last + 1);
                Some(byte_text(&bytes[..end]))
            }
            DtypeKind::Unicode => {
                let text: Option<String> = bytes
                    .chunks_exact(4)
                    .map(|unit| {
                        let unit = [unit[0], unit[1], unit[2], unit[3]];
                        char::from_u32(if self.big_endian {
                            u32::from_be_bytes(unit)
                        } else {
                            u32::from_le_bytes(unit)
                        })
                    })
                    .collect();
                Some(text?.trim_end_matches('\0').to_string())
            }
            _ => None,
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letter, count) = match self.kind {
            DtypeKind::Bool => ('b', self.size),
            DtypeKind::Int => ('i', self.size),
            DtypeKind::Uint => ('u', self.size),
            DtypeKind::Float => ('f', self.size),
            DtypeKind::Bytes => ('S', self.size),
            DtypeKind::Unicode => ('U', self.size / 4),
            DtypeKind::Bfloat => return f.write_str("bf16"),
            DtypeKind::Object => return f.write_str("O"),
        };
        write!(f, "{letter}{count}")
    }
}

/// Text of a Python 2 byte string: UTF-8 if it is valid, otherwise Latin-1.
pub(crate) fn byte_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// The float whose upper half is `bits`.
pub(crate) fn bfloat(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The half-precision float with these bits; every one is exact in single precision.
pub(crate) fn half(bits: u16) -> f32 {
    const INFINITE: u32 = 0x7c00;
    let (sign, rest) = (u32::from(bits & 0x8000) << 16, u32::from(bits & 0x7fff));
    let value = if rest >= INFINITE {
        f32::from_bits(0x7f80_0000 | rest << 13)
    } else {
        // The bits move to their positions in a single; its exponent bias is 127 instead of 15.
        f32::from_bits(rest << 13) * 2.0_f32.powi(112)
    };
    f32::from_bits(value.to_bits() | sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dtype(name: &str) -> Dtype {
        Dtype::parse(name).unwrap()
    }

    #[test]
    fn names_are_read_and_written() {
        for name in ["b1", "i1", "i8", "u2", "f2", "f4", "f8", "S3", "U20", "O"] {
            assert_eq!(dtype(name).to_string(), name);
        }
        assert_eq!(
            dtype(">f4").number(&[0x3f, 0x80, 0, 0]),
            Some(Number::Float(1.0))
        );
        for name in [
            "",
            "f",
            "f16",
            "c8",
            "M8",
            "V4",
            "i3",
            "U0",
            "U99999999999999999999",
        ] {
            assert_eq!(Dtype::parse(name), None, "{name}");
        }
    }

    #[test]
    fn integers_keep_their_sign() {
        assert_eq!(dtype("i1").number(&[0xff]), Some(Number::Int(-1)));
        assert_eq!(dtype("u1").number(&[0xff]), Some(Number::Int(255)));
        assert_eq!(dtype("i2").number(&[0, 0x80]), Some(Number::Int(-32768)));
        assert_eq!(
            dtype("u8").number(&[0xff; 8]),
            Some(Number::Int(u64::MAX.into()))
        );
    }

    #[test]
    fn halves_are_exact() {
        // 1.0, -2.0, 65504 (largest), 2^-24 (smallest), infinity.
        assert_eq!(half(0x3c00), 1.0);
        assert_eq!(half(0xc000), -2.0);
        assert_eq!(half(0x7bff), 65504.0);
        assert_eq!(half(0x0001), 2.0_f32.powi(-24));
        assert_eq!(half(0x8001), -(2.0_f32.powi(-24)));
        assert_eq!(half(0x8000).to_bits(), (-0.0_f32).to_bits());
        assert_eq!(half(0x7c00), f32::INFINITY);
        assert_eq!(half(0xfc00), f32::NEG_INFINITY);
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn upper_halves_are_floats() {
        assert_eq!(bfloat(0x3f80), 1.0);
        assert_eq!(bfloat(0xc049), -3.140_625);
        assert_eq!(
            Dtype::BF16.number(&[0x80, 0xff]),
            Some(Number::Float(f64::NEG_INFINITY))
        );
        let mut floats = Vec::new();
        Dtype::BF16
            .floats(&[0x80, 0x3f, 0x49, 0xc0], &mut floats)
            .unwrap();
        assert_eq!(floats, [1.0, -3.140_625]);
    }

    #[test]
    fn texts_lose_their_padding() {
        assert_eq!(dtype("S4").text(b"ab\0\0").as_deref(), Some("ab"));
        assert_eq!(
            dtype("U2").text(b"\xe5\x65\0\0\0\0\0\0").as_deref(),
            Some("\u{65e5}")
        );
        assert_eq!(dtype("f4").text(b"abcd"), None);
        assert_eq!(byte_text(b"caf\xe9"), "caf\u{e9}");
    }

    #[test]
    fn only_whole_numbers_are_integers() {
        assert_eq!(Number::Float(3.0).as_i64(), Some(3));
        assert_eq!(Number::Float(3.5).as_i64(), None);
        assert_eq!(Number::Float(f64::NAN).as_i64(), None);
        assert_eq!(Number::Int(1 << 80).as_i64(), None);
    }
}
