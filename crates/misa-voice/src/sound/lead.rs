//! Silence for damaged packets before the first whole one.

use crate::sound::opening::Spec;

/// The first whole packet behind damaged ones. Only it tells how long they are: each is silence of its length, and
/// comes before it.
pub(super) struct Lead {
    /// Rate and channels of the packet.
    pub spec: Spec,
    /// Its frames.
    pub frames: usize,
    /// Its samples of each channel.
    pub planes: Vec<Vec<f32>>,
    /// Packets of silence that are still to come.
    pub silent: usize,
}
