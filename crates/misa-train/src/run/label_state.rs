//! Generated labels, as tensors of the state of a trainer.

use crate::Misfit;
use crate::run::state::{NamedValues, Snapshot, Values};
use burn::tensor::TensorData;
use misa_core::loss::{FeatureRows, Generated, GeneratedLabels};
use misa_core::{Modality, PerModality};

const FUSED: &str = "fused";

/// The labels of every modality, and the features that they are generated from.
pub(crate) fn label_tensors(labels: &GeneratedLabels) -> Vec<NamedValues<'_>> {
    let (fused, alone) = labels.state();
    let mut tensors = vec![named_rows(FUSED, fused)];
    for modality in Modality::ALL {
        let Generated {
            labels,
            features: rows,
        } = alone.get(modality);
        tensors.push(NamedValues {
            name: labels_name(modality),
            shape: vec![labels.len()],
            values: Values::Double(labels),
        });
        tensors.push(named_rows(modality.name(), rows));
    }
    tensors.retain(|tensor| !tensor.shape.contains(&0));
    tensors
}

fn named_rows<'a>(name: &str, rows: &'a FeatureRows) -> NamedValues<'a> {
    NamedValues {
        name: features_name(name),
        // There are none before the first batch.
        shape: vec![rows.values().len() / rows.width().max(1), rows.width()],
        values: Values::Host(rows.values()),
    }
}

/// Continues from the labels of a state.
///
/// # Errors
///
/// The first [`Misfit`]: a modality without labels or with another number of them.
pub(crate) fn restore_labels(
    labels: &mut GeneratedLabels,
    snapshot: &Snapshot,
) -> Result<(), Misfit> {
    let count = labels.labels(Modality::Text).len();
    let rows = |name: &str| {
        let name = features_name(name);
        features(&name, snapshot.tensor(&name), count)
    };
    let alone = PerModality::from_fn(|modality| {
        let name = labels_name(modality);
        let found = snapshot.doubles(&name);
        match found.filter(|found| found.len() == count) {
            Some(found) => Ok(Generated {
                labels: found.to_vec(),
                features: rows(modality.name())?,
            }),
            None => Err(Misfit {
                parameter: name,
                expected: vec![count],
                found: found.map(|found| vec![found.len()]),
            }),
        }
    });
    let (fused, alone) = (rows(FUSED)?, alone.transpose()?);
    labels.restore(fused, alone);
    Ok(())
}

/// A state before the first batch has no features.
fn features(name: &str, stored: Option<&TensorData>, count: usize) -> Result<FeatureRows, Misfit> {
    let Some(data) = stored else {
        return Ok(FeatureRows::default());
    };
    let shape = data.shape().to_vec();
    match shape[..] {
        [rows, width] if rows == count && width > 0 => {
            Ok(FeatureRows::new(width, data.iter::<f32>().collect()))
        }
        _ => Err(Misfit {
            parameter: name.to_string(),
            expected: vec![count, shape.get(1).copied().unwrap_or(1)],
            found: Some(shape),
        }),
    }
}

fn labels_name(modality: Modality) -> String {
    format!("labels/{modality}")
}

fn features_name(name: &str) -> String {
    format!("features/{name}")
}
