//! One channel out of several.

/// The largest magnitude of a sample that is still sound: files exist whose floats are scaled as integers of 16 bits.
const LARGEST: f32 = 1e6;

/// Writes the mean of `channels` to `mean`.
pub(crate) fn mean(channels: &[Vec<f32>], mean: &mut Vec<f32>) {
    mean.clear();
    let Some((first, others)) = channels.split_first() else {
        return;
    };
    mean.extend_from_slice(first);
    for other in others {
        mean.iter_mut()
            .zip(other)
            .for_each(|(sum, sample)| *sum += sample);
    }
    if !others.is_empty() {
        let share = 1.0 / channels.len() as f32;
        mean.iter_mut().for_each(|sum| *sum *= share);
    }
}

/// Frames before the first sample that is none, and this sample: not a number, or beyond one million.
pub(crate) fn valid_frames(channels: &[Vec<f32>]) -> (usize, Option<f32>) {
    let frames = channels.first().map_or(0, Vec::len);
    let is_bad = |sample: &f32| sample.is_nan() || sample.abs() > LARGEST;
    let first = channels.iter().filter_map(|channel| {
        let frame = channel.iter().position(is_bad)?;
        Some((frame, channel[frame]))
    });
    match first.min_by_key(|(frame, _)| *frame) {
        Some((frame, sample)) => (frame, Some(sample)),
        None => (frames, None),
    }
}
