//! Converting the elements of arrays, many at a time.

use crate::dtype::{Dtype, DtypeKind, bfloat, half};

impl Dtype {
    /// Appends the elements in `bytes` as `f32`; `None` for texts and objects.
    ///
    /// A partial element at the end is left out.
    pub(crate) fn floats(&self, bytes: &[u8], values: &mut Vec<f32>) -> Option<()> {
        self.convert(bytes, values, |value| value as f32)
    }

    /// Like [`floats`](Self::floats), as `f64`.
    pub(crate) fn doubles(&self, bytes: &[u8], values: &mut Vec<f64>) -> Option<()> {
        self.convert(bytes, values, |value| value)
    }

    /// One loop per type, most of which the compiler turns into vector code.
    fn convert<T>(
        &self,
        bytes: &[u8],
        values: &mut Vec<T>,
        to: impl Fn(f64) -> T + Copy,
    ) -> Option<()> {
        let big = self.is_big_endian();
        match (self.kind(), self.size()) {
            (DtypeKind::Bool | DtypeKind::Uint, 1) => {
                each(bytes, big, values, |[byte]| to(byte.into()));
            }
            (DtypeKind::Uint, 2) => {
                each(bytes, big, values, |b| to(u16::from_le_bytes(b).into()));
            }
            (DtypeKind::Uint, 4) => {
                each(bytes, big, values, |b| to(u32::from_le_bytes(b).into()));
            }
            (DtypeKind::Uint, 8) => {
                each(bytes, big, values, |b| to(u64::from_le_bytes(b) as f64));
            }
            (DtypeKind::Int, 1) => each(bytes, big, values, |b| to(i8::from_le_bytes(b).into())),
            (DtypeKind::Int, 2) => each(bytes, big, values, |b| to(i16::from_le_bytes(b).into())),
            (DtypeKind::Int, 4) => each(bytes, big, values, |b| to(i32::from_le_bytes(b).into())),
            (DtypeKind::Int, 8) => {
                each(bytes, big, values, |b| to(i64::from_le_bytes(b) as f64));
            }
            (DtypeKind::Float, 2) => {
                each(bytes, big, values, |b| {
                    to(half(u16::from_le_bytes(b)).into())
                });
            }
            (DtypeKind::Bfloat, 2) => {
                each(bytes, big, values, |b| {
                    to(bfloat(u16::from_le_bytes(b)).into())
                });
            }
            (DtypeKind::Float, 4) => {
                each(bytes, big, values, |b| to(f32::from_le_bytes(b).into()));
            }
            (DtypeKind::Float, 8) => each(bytes, big, values, |b| to(f64::from_le_bytes(b))),
            _ => return None,
        }
        Some(())
    }
}

fn each<T, const N: usize>(
    bytes: &[u8],
    big_endian: bool,
    values: &mut Vec<T>,
    value: impl Fn([u8; N]) -> T,
) {
    let (units, _) = bytes.as_chunks::<N>();
    if big_endian {
        values.extend(units.iter().map(|unit| {
            let mut unit = *unit;
            unit.reverse();
            value(unit)
        }));
    } else {
        values.extend(units.iter().map(|unit| value(*unit)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [&str; 12] = [
        "b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8",
    ];

    #[test]
    fn many_are_as_one_by_one() {
        let bytes: Vec<u8> = (0..4096_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        for name in NUMBERS {
            for order in ["<", ">"] {
                let dtype = Dtype::parse(&format!("{order}{name}")).unwrap();
                let (mut floats, mut doubles) = (vec![], vec![]);
                dtype.floats(&bytes, &mut floats).unwrap();
                dtype.doubles(&bytes, &mut doubles).unwrap();
                let one_by_one = bytes.chunks_exact(dtype.size());
                let expected: Vec<f64> = one_by_one
                    .map(|unit| dtype.number(unit).unwrap().as_f64())
                    .collect();
                let narrow = expected.iter().map(|&value| value as f32);
                // NaN differs from itself.
                assert_eq!(format!("{doubles:?}"), format!("{expected:?}"), "{dtype}");
                let narrow: Vec<f32> = narrow.collect();
                assert_eq!(format!("{floats:?}"), format!("{narrow:?}"), "{dtype}");
            }
        }
    }

    #[test]
    fn texts_are_no_numbers() {
        for name in ["S4", "U1", "O"] {
            let dtype = Dtype::parse(name).unwrap();
            assert_eq!(dtype.floats(&[0; 8], &mut vec![]), None, "{name}");
        }
    }
}
