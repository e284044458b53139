//! The order of elements that are stored with the first axis fastest.

/// Where the elements of such an array are stored, in reading order: last axis fastest.
#[derive(Debug)]
pub(super) struct Places {
    /// Axes from the last to the first.
    axes: Vec<Axis>,
    place: usize,
}

#[derive(Debug)]
struct Axis {
    length: usize,
    stride: usize,
    index: usize,
}

impl Places {
    /// The places from element `start` on; no axis of `shape` may be 0.
    pub fn new(shape: &[usize], start: usize) -> Self {
        let mut stride = shape.iter().product::<usize>();
        let (mut rest, mut place) = (start, 0);
        let axes = shape.iter().rev().map(|&length| {
            stride /= length;
            let index = rest % length;
            rest /= length;
            place += index * stride;
            Axis {
                length,
                stride,
                index,
            }
        });
        let axes = axes.collect();
        Self { axes, place }
    }

    /// The next `count` places.
    pub fn take(&mut self, count: usize) -> impl Iterator<Item = usize> {
        (0..count).map(|_| {
            let place = self.place;
            self.advance();
            place
        })
    }

    fn advance(&mut self) {
        for axis in &mut self.axes {
            axis.index += 1;
            self.place += axis.stride;
            if axis.index < axis.length {
                return;
            }
            axis.index = 0;
            self.place -= axis.stride * axis.length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_axis_is_the_fastest() {
        // [[0, 2, 4], [1, 3, 5]] in memory order.
        let places = |start, count| {
            let mut places = Places::new(&[2, 3], start);
            places.take(count).collect::<Vec<_>>()
        };
        assert_eq!(places(0, 6), [0, 2, 4, 1, 3, 5]);
        assert_eq!(places(2, 3), [4, 1, 3]);
    }

    #[test]
    fn every_place_is_met_once_and_the_order_starts_again() {
        let mut places = Places::new(&[3, 1, 4, 2], 0);
        let mut found: Vec<usize> = places.take(24).collect();
        found.sort_unstable();
        assert_eq!(found, (0..24).collect::<Vec<_>>());
        assert_eq!(places.take(1).next(), Some(0));
    }
}
