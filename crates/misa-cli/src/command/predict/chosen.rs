//! Clips with only the modalities that `--modalities` names.

use misa_core::Modalities;
use misa_data::Clip;

/// The clip without the modalities outside `chosen`.
///
/// # Errors
///
/// If this leaves nothing of it. The model refuses a clip that has nothing anyway.
pub(super) fn only(clip: Clip, chosen: Modalities) -> Result<Clip, String> {
    let has = |set: Modalities| set.iter().any(|modality| clip.has(modality));
    if has(Modalities::ALL) && !has(chosen) {
        return Err(format!(
            "expected at least one of the `--modalities` asked for ({chosen}), found none of them"
        ));
    }
    Ok(clip.only(chosen))
}
