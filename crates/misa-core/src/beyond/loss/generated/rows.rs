//! Vectors of the utterances of a split, and the centres of those on each side of 0.

/// Added to a distance before it divides.
const EPSILON: f64 = 1e-8;

/// Vectors of one size, one after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureRows {
    width: usize,
    values: Vec<f32>,
}

/// The mean vector of each side; `None` where no utterance is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Centres {
    /// Mean of the utterances whose label is at least 0, or above 0.
    pub positive: Option<Vec<f64>>,
    /// Mean of the utterances whose label is below 0.
    pub negative: Option<Vec<f64>>,
}

impl FeatureRows {
    /// From vectors of `width` numbers each, one after another.
    ///
    /// # Panics
    ///
    /// Panics if the last vector is incomplete.
    pub fn new(width: usize, values: Vec<f32>) -> Self {
        let is_whole = values.len().is_multiple_of(width.max(1));
        assert!(is_whole, "{} numbers in rows of {width}", values.len());
        Self { width, values }
    }

    /// Size of a vector; 0 if there are none yet.
    pub fn width(&self) -> usize {
        self.width
    }

    /// All numbers, vector by vector.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    pub(super) fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.width..][..self.width]
    }

    /// Replaces vector number `place` of `count`, all of which are zeros at first.
    pub(super) fn put(&mut self, place: usize, count: usize, row: &[f32]) {
        if self.width == 0 {
            self.width = row.len();
            self.values = vec![0.0; count * self.width];
        }
        self.values[place * self.width..][..self.width].copy_from_slice(row);
    }

    /// The centres of the two sides of 0, by the label of each vector; a label of 0 is positive, or on
    /// no side. Only vectors at places that count are in them.
    pub(super) fn centres(
        &self,
        labels: &[f64],
        exclude_zero: bool,
        counts: impl Fn(usize) -> bool,
    ) -> Centres {
        let mean = |is_meant: &dyn Fn(f64) -> bool| {
            let mut sum = vec![0.0; self.width];
            let mut count = 0_usize;
            let rows = self.rows().zip(labels).enumerate();
            let meant = rows.filter(|(place, (_, label))| counts(*place) && is_meant(**label));
            for (_, (row, _)) in meant {
                count += 1;
                sum.iter_mut()
                    .zip(row)
                    .for_each(|(sum, &value)| *sum += f64::from(value));
            }
            sum.iter_mut().for_each(|sum| *sum /= count as f64);
            (count > 0 && self.width > 0).then_some(sum)
        };
        Centres {
            positive: mean(&|label| label > 0.0 || label == 0.0 && !exclude_zero),
            negative: mean(&|label| label < 0.0),
        }
    }

    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks(self.width.max(1))
    }
}

impl Centres {
    /// How much nearer `row` is to the positive centre, as a share of the distance to it; `None` if a
    /// side has no centre.
    pub(super) fn lean(&self, row: &[f32]) -> Option<f64> {
        let (positive, negative) = self.positive.as_ref().zip(self.negative.as_ref())?;
        let (near, far) = (distance(row, positive), distance(row, negative));
        Some((far - near) / (near + EPSILON))
    }
}

/// Euclidean, not divided by the size of the vectors.
fn distance(row: &[f32], centre: &[f64]) -> f64 {
    let squares = row.iter().zip(centre);
    squares
        .map(|(&value, centre)| (f64::from(value) - centre).powi(2))
        .sum::<f64>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_the_mean_of_its_rows_and_zero_is_positive_unless_it_is_excluded() {
        let rows = FeatureRows::new(2, vec![1.0, 2.0, 3.0, 6.0, -4.0, 0.0]);
        let labels = [0.0, 1.0, -0.5];
        let centres = rows.centres(&labels, false, |_| true);
        assert_eq!(centres.positive, Some(vec![2.0, 4.0]));
        assert_eq!(centres.negative, Some(vec![-4.0, 0.0]));
        let centres = rows.centres(&labels, true, |_| true);
        assert_eq!(centres.positive, Some(vec![3.0, 6.0]));
        let centres = rows.centres(&[1.0; 3], false, |_| true);
        assert_eq!(centres.negative, None);
        assert_eq!(centres.lean(&[0.0, 0.0]), None);
        let centres = rows.centres(&[1.0; 3], false, |place| place < 2);
        assert_eq!(centres.positive, Some(vec![2.0, 4.0]));
    }

    /// At (3, 4): 5 from (0, 0), 10 from (9, 12).
    #[test]
    fn the_lean_is_a_share_of_the_distance_to_the_positive_centre() {
        let centres = Centres {
            positive: Some(vec![0.0, 0.0]),
            negative: Some(vec![9.0, 12.0]),
        };
        let lean = centres.lean(&[3.0, 4.0]).unwrap();
        assert!((lean - 1.0).abs() < 1e-8, "{lean}");
    }

    #[test]
    #[should_panic(expected = "3 numbers in rows of 2")]
    fn rows_are_whole() {
        let _ = FeatureRows::new(2, vec![1.0, 2.0, 3.0]);
    }
}
