//! Rows side by side, turned into columns.

/// Writes `columns` rows of the same length as steps of `stride` numbers: step `i` of `out` begins with the number `i` of
/// each row. What else a step holds stays.
///
/// # Panics
///
/// Panics if a step has no room for `columns` numbers, or `out` has fewer steps than a row has numbers.
#[inline(always)]
pub(crate) fn turn<'a>(
    columns: usize,
    row: impl Fn(usize) -> &'a [f32],
    stride: usize,
    out: &mut [f32],
) {
    // Otherwise the numbers beyond the last step would be left out without a word.
    let has_room = columns == 0 || row(0).len() * stride <= out.len();
    assert!(has_room, "a step for each number of a row");
    let fours = columns / 4 * 4;
    for first in (0..fours).step_by(4) {
        let rows = std::array::from_fn(|offset| row(first + offset));
        turn_four(rows, first, stride, out);
    }
    for column in fours..columns {
        for (step, &value) in out.chunks_exact_mut(stride).zip(row(column)) {
            step[column] = value;
        }
    }
}

/// Four rows at a time, for four values are written as easily as one, and four steps at a time, whose numbers change
/// places in registers.
#[inline(always)]
fn turn_four(rows: [&[f32]; 4], first: usize, stride: usize, out: &mut [f32]) {
    let [(a, last_a), (b, last_b), (c, last_c), (d, last_d)] = rows.map(|row| row.as_chunks::<4>());
    let (fours, rest) = out.split_at_mut(4 * a.len() * stride);
    let steps = fours.chunks_exact_mut(4 * stride);
    let squares = a.iter().zip(b).zip(c.iter().zip(d));
    for (steps, ((&a, &b), (&c, &d))) in steps.zip(squares) {
        let columns = turned([a, b, c, d]);
        for (step, column) in steps.chunks_exact_mut(stride).zip(&columns) {
            step[first..first + 4].copy_from_slice(column);
        }
    }
    let last = last_a.iter().zip(last_b).zip(last_c.iter().zip(last_d));
    for (step, ((&a, &b), (&c, &d))) in rest.chunks_exact_mut(stride).zip(last) {
        step[first..first + 4].copy_from_slice(&[a, b, c, d]);
    }
}

/// The columns of four rows. The compiler would move number by number.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turned(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    use pulp::bytemuck::cast;
    use std::arch::x86_64::__m128;
    // Every such processor has it; asking costs nothing.
    let Some(sse) = pulp::core_arch::x86::Sse::try_new() else {
        return columns(rows);
    };
    let [a, b, c, d] = cast::<[[f32; 4]; 4], [__m128; 4]>(rows);
    let (ab, cd) = (sse._mm_unpacklo_ps(a, b), sse._mm_unpacklo_ps(c, d));
    let (last_ab, last_cd) = (sse._mm_unpackhi_ps(a, b), sse._mm_unpackhi_ps(c, d));
    cast::<[__m128; 4], [[f32; 4]; 4]>([
        sse._mm_movelh_ps(ab, cd),
        sse._mm_movehl_ps(cd, ab),
        sse._mm_movelh_ps(last_ab, last_cd),
        sse._mm_movehl_ps(last_cd, last_ab),
    ])
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn turned(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    columns(rows)
}

#[inline(always)]
fn columns(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    std::array::from_fn(|column| rows.map(|row| row[column]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_to_its_place() {
        for count in 0..13 {
            for length in 0..19 {
                for stride in count.max(1)..count + 3 {
                    let row = |row: usize| -> Vec<f32> {
                        (0..length).map(|step| (100 * row + step) as f32).collect()
                    };
                    let rows: Vec<Vec<f32>> = (0..count).map(row).collect();
                    // A step more than there is to write.
                    let mut out = vec![-1.0; (length + 1) * stride];
                    turn(count, |row| &rows[row], stride, &mut out);
                    for (step, out) in out.chunks_exact(stride).enumerate() {
                        for (column, &found) in out.iter().enumerate() {
                            let is_written = step < length && column < count;
                            let expected = if is_written { rows[column][step] } else { -1.0 };
                            assert_eq!(found, expected, "{count} rows of {length} by {stride}");
                        }
                    }
                }
            }
        }
    }

    /// Whether the rows are turned four at a time or one by one.
    #[test]
    fn a_number_without_a_step_is_a_panic() {
        for columns in [1, 4] {
            let turned = std::panic::catch_unwind(|| {
                turn(columns, |_| &[1.0, 2.0, 3.0], 4, &mut [0.0; 8]);
            });
            assert!(turned.is_err(), "{columns}");
        }
    }

    #[test]
    fn both_ways_turn_alike() {
        let rows =
            std::array::from_fn(|row| std::array::from_fn(|column| (4 * row + column) as f32));
        assert_eq!(turned(rows), columns(rows));
    }
}
