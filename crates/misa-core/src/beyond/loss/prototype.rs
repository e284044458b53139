//! Contrast by prototypes: each utterance near the mean of its level, far from other levels.

use super::unit::unit_rows;
use crate::{ConfigError, Task};
use burn::prelude::*;
use burn::tensor::activation::log_softmax;

/// Replaces the logit of a level that no utterance of the batch has.
const ABSENT: f64 = -1e9;

misa_terms::settings! {
    /// Configuration of [`PrototypeLoss`].
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `weight` | 0.1 | `[0, inf)` |
    /// | `temperature` | 0.1 | `(0, inf)` |
    /// | `hardness` | 0.5 | `[0, inf)` |
    /// | `levels` | 7 | `[2, 1024]` |
    /// | `bound` | 3.0 | `(0, inf)` |
    #[derive(PartialEq)]
    pub struct PrototypeLossConfig {
        /// Weight in the objective. Range: `[0, inf)`.
        pub weight: f64 = 0.1, with_weight;
        /// Divisor of the cosines; with small values only the nearest prototypes count.
        /// Range: `(0, inf)`.
        pub temperature: f64 = 0.1, with_temperature;
        /// Added to the logit of the level farthest away, less to nearer ones. Range: `[0, inf)`.
        pub hardness: f64 = 0.5, with_hardness;
        /// Number of levels that sentiment is rounded to; classes are levels by themselves.
        /// Range: `[2, 1024]`.
        pub levels: usize = 7, with_levels;
        /// Sentiment is clamped to this value and its negative first. Range: `(0, inf)`.
        pub bound: f64 = 3.0, with_bound;
        /// Whether a prototype is the mean over all modalities instead of over one.
        pub pooled: bool = false, with_pooled;
    }
}

/// Ordinal prototype contrastive loss.
///
/// With z the rows at unit length, `c_k` the mean of the rows of level k at unit length, and
/// `logit_ik = <z_i, c_k> / temperature + hardness |k_i - k| / (levels - 1)`: the mean over i of
/// `-log softmax(logit_i)[k_i]`, summed over the modalities. Levels that the batch lacks are
/// excluded. `hardness` makes distant levels count more, as negatives.
///
/// - Source: MAESTRO, ordinal prototype contrastive loss.
/// - Differs: prototypes can be pooled over the modalities, so that invariance and levels are
///   learned together.
#[derive(Module, Debug)]
pub struct PrototypeLoss {
    #[module(skip)]
    config: PrototypeLossConfig,
    #[module(skip)]
    task: Task,
}

impl PrototypeLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        ConfigError::check_weight("prototype.weight", self.weight)?;
        ConfigError::check_positive("prototype.temperature", self.temperature)?;
        ConfigError::check_weight("prototype.hardness", self.hardness)?;
        let levels = self.levels as f64;
        let holds = (2..=1024).contains(&self.levels);
        ConfigError::check("prototype.levels", levels, "[2, 1024]", holds)?;
        ConfigError::check_positive("prototype.bound", self.bound)
    }

    /// Creates the loss for targets of `task`.
    pub fn init(&self, task: Task) -> PrototypeLoss {
        PrototypeLoss {
            config: self.clone(),
            task,
        }
    }
}

impl PrototypeLoss {
    /// Loss over the representations of each modality, given with their targets.
    ///
    /// # Shapes
    ///
    /// - views: `[rows, d_hidden]` and `[rows, 1]` each; the rows may differ in number
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if there is no view, or not one target per row.
    pub fn forward(&self, views: Vec<(Tensor<2>, Tensor<2>)>) -> Tensor<1> {
        let members: Vec<_> = views
            .into_iter()
            .map(|(x, targets)| (unit_rows(x), self.memberships(targets)))
            .collect();
        let pooled = self.config.pooled.then(|| {
            let (rows, memberships) = members.iter().cloned().unzip();
            Prototypes::new(Tensor::cat(rows, 0), Tensor::cat(memberships, 0))
        });
        let losses = members.into_iter().map(|(rows, memberships)| {
            let of_view = || Prototypes::new(rows.clone(), memberships.clone());
            let prototypes = pooled.clone().unwrap_or_else(of_view);
            self.view(rows, memberships, prototypes)
        });
        let sum = losses.reduce(|sum, loss| sum + loss);
        sum.expect("prototypes need a modality")
    }

    fn view(&self, rows: Tensor<2>, memberships: Tensor<2>, prototypes: Prototypes) -> Tensor<1> {
        let cosines = rows.matmul(prototypes.directions.transpose());
        let logits = cosines / self.config.temperature
            + memberships.clone().matmul(self.hardness(&memberships))
            + prototypes.absent * ABSENT;
        let chosen = (log_softmax(logits, 1) * memberships).sum_dim(1);
        -chosen.mean()
    }

    /// One column per level, 1 in that of the row.
    fn memberships(&self, targets: Tensor<2>) -> Tensor<2> {
        let [rows, _] = targets.dims();
        let (levels, device) = (self.levels(), targets.device());
        let level = match self.task {
            Task::Regression => {
                let bound = self.config.bound;
                let cut = targets.clamp(-bound, bound) + bound;
                (cut * ((levels - 1) as f64 / (2.0 * bound))).round()
            }
            Task::Classification { .. } => targets,
        };
        let numbers = Tensor::<1, Int>::arange(0..levels as i64, &device).float();
        let columns = numbers.unsqueeze_dim::<2>(0).expand([rows, levels]);
        level.expand([rows, levels]).equal(columns).float()
    }

    /// Added to the logit of each level (column), by the level of the utterance (row),
    /// `[levels, levels]`.
    fn hardness(&self, like: &Tensor<2>) -> Tensor<2> {
        let levels = self.levels();
        let numbers = Tensor::<1, Int>::arange(0..levels as i64, &like.device()).float();
        let column = numbers.clone().unsqueeze_dim::<2>(1);
        let apart = (column - numbers.unsqueeze_dim::<2>(0)).abs();
        apart * (self.config.hardness / (levels - 1).max(1) as f64)
    }

    fn levels(&self) -> usize {
        match self.task {
            Task::Regression => self.config.levels,
            Task::Classification { classes } => classes,
        }
    }
}

/// The mean direction of each level.
#[derive(Clone)]
struct Prototypes {
    /// `[levels, d_hidden]`
    directions: Tensor<2>,
    /// 1 for a level without rows, `[1, levels]`.
    absent: Tensor<2>,
}

impl Prototypes {
    fn new(rows: Tensor<2>, memberships: Tensor<2>) -> Self {
        let counts = memberships.clone().sum_dim(0);
        let sums = memberships.transpose().matmul(rows);
        let means = sums / counts.clone().clamp_min(1.0).transpose();
        Self {
            directions: unit_rows(means),
            absent: counts.equal_scalar(0.0).float(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close, targets};

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn own_prototypes_match_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = {
            let targets = targets(&[1.0, -2.0, 1.4]).autodiff();
            let config = PrototypeLossConfig::new()
                .with_temperature(0.5)
                .with_pooled(false);
            let loss = config.init(Task::Regression);
            let y = vectors::y().autodiff();
            loss.forward(vec![(x.clone(), targets.clone()), (y, targets)])
        };
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.813_207_74]);
        assert_close(
            gradient.into_data(),
            [
                [0.169_743_08, 0.012_678_18, -0.076_934_8, -0.056_949_48],
                [-0.333_873_02, 0.319_194_18, 0.684_058_63, 0.589_118_9],
                [0.167_817_04, 0.024_048_57, -0.052_596_75, -0.026_071_42],
            ],
        );
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn pooled_prototypes_match_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = {
            let targets = targets(&[1.0, -2.0, 1.4]).autodiff();
            let config = PrototypeLossConfig::new()
                .with_temperature(0.5)
                .with_pooled(true);
            let loss = config.init(Task::Regression);
            let y = vectors::y().autodiff();
            loss.forward(vec![(x.clone(), targets.clone()), (y, targets)])
        };
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [1.538_241_86]);
        assert_close(
            gradient.into_data(),
            [
                [0.019_749_89, -0.061_076_74, -0.024_631_29, 0.080_192_92],
                [-0.124_071_28, 0.436_078_98, 0.222_968_96, -0.458_947_26],
                [0.017_509_73, -0.078_424_71, -0.038_214_9, 0.082_658_99],
            ],
        );
    }

    #[test]
    fn sentiment_is_rounded_to_levels_and_clamped_to_its_bounds() {
        let loss = PrototypeLossConfig::new().init(Task::Regression);
        let found = loss.memberships(targets(&[-9.0, -2.6, 0.4, 0.5, 1.5, 3.0]));
        // Halves go to the even neighbour.
        let levels: Vec<i64> = found.argmax(1).into_data().iter().collect();
        assert_eq!(levels, [0, 0, 3, 4, 4, 6]);
        let five = PrototypeLossConfig::new().with_levels(5).with_bound(1.0);
        let found = five
            .init(Task::Regression)
            .memberships(targets(&[-1.0, -0.4, 0.1, 0.8]));
        let levels: Vec<i64> = found.argmax(1).into_data().iter().collect();
        assert_eq!(levels, [0, 1, 2, 4]);
    }

    #[test]
    fn one_level_alone_has_no_loss() {
        let task = Task::Classification { classes: 2 };
        let loss = PrototypeLossConfig::new().init(task);
        let x = vectors::x().autodiff().require_grad();
        let value = loss.forward(vec![(x.clone(), targets(&[1.0, 1.0, 1.0]).autodiff())]);
        let gradient = x.grad(&value.backward()).unwrap();
        assert_close(value.into_data(), [0.0]);
        assert!(gradient.into_data().iter::<f32>().all(|value| value == 0.0));
    }
}
