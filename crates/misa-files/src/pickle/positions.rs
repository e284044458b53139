//! The order of elements that are stored with the first axis fastest.

/// Positions of the elements of such an array, in reading order: last axis fastest.
#[derive(Debug)]
pub(super) struct Positions {
    /// Axes from the last to the first.
    axes: Vec<Axis>,
    position: usize,
}

#[derive(Debug)]
struct Axis {
    length: usize,
    stride: usize,
    index: usize,
}

impl Positions {
    /// The positions from element `start` on; no axis of `shape` may be 0.
    pub fn new(shape: &[usize], start: usize) -> Self {
        let mut stride = shape.iter().product::<usize>();
        let (mut rest, mut position) = (start, 0);
        let axes = shape
            .iter()
            .rev()
            .map(|&length| {
                stride /= length;
                let index = rest % length;
                rest /= length;
                position += index * stride;
                Axis {
                    length,
                    stride,
                    index,
                }
            })
            .collect();
        Self { axes, position }
    }

    /// The next `count` positions.
    pub fn take(&mut self, count: usize) -> impl Iterator<Item = usize> {
        (0..count).map(|_| {
            let position = self.position;
            self.advance();
            position
        })
    }

    fn advance(&mut self) {
        for axis in &mut self.axes {
            axis.index += 1;
            self.position += axis.stride;
            if axis.index < axis.length {
                return;
            }
            axis.index = 0;
            self.position -= axis.stride * axis.length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_axis_is_the_fastest() {
        // [[0, 2, 4], [1, 3, 5]] in memory order.
        let positions = |start, count| {
            let mut positions = Positions::new(&[2, 3], start);
            positions.take(count).collect::<Vec<_>>()
        };
        assert_eq!(positions(0, 6), [0, 2, 4, 1, 3, 5]);
        assert_eq!(positions(2, 3), [4, 1, 3]);
    }

    #[test]
    fn every_position_is_visited_once_and_the_order_starts_again() {
        let mut positions = Positions::new(&[3, 1, 4, 2], 0);
        let mut visited: Vec<usize> = positions.take(24).collect();
        visited.sort_unstable();
        assert_eq!(visited, (0..24).collect::<Vec<_>>());
        assert_eq!(positions.take(1).next(), Some(0));
    }
}
