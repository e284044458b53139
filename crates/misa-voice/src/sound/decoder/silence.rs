//! Silence in the place of damaged packets.

use super::{Decoder, Step};
use crate::VoiceError;
use crate::sound::opening::Spec;

/// The first whole packet behind damaged ones. Only it tells how long they are: each is silence of its length, and
/// comes before it.
pub(super) struct Lead {
    /// Rate and channels of the packet.
    spec: Spec,
    /// Its frames.
    frames: usize,
    /// Its samples of each channel.
    planes: Vec<Vec<f32>>,
    /// Packets of silence that are still to come.
    silent: usize,
}

impl Decoder<'_> {
    /// A packet that is damaged.
    pub(super) fn undecoded(&mut self, found: &str) -> Step {
        if self.decoded == 0 {
            self.damaged_before += 1;
        }
        Step::Damaged(self.damaged(self.codec, found))
    }

    /// Takes a packet that was decoded; silence comes first if those before it are damaged.
    pub(super) fn whole(&mut self, spec: Spec, frames: usize) -> Result<Step, VoiceError> {
        self.longest = self.longest.max(frames);
        if self.damaged_before == 0 {
            return self.take(spec, frames);
        }
        let lead = Lead {
            spec,
            frames,
            planes: std::mem::take(&mut self.planes),
            silent: std::mem::take(&mut self.damaged_before),
        };
        self.follow(lead)
    }

    /// The next packet of silence, or the whole one at their end.
    pub(super) fn follow(&mut self, mut lead: Lead) -> Result<Step, VoiceError> {
        let (spec, frames) = (lead.spec, lead.frames);
        if lead.silent == 0 {
            self.planes = lead.planes;
            return self.take(spec, frames);
        }
        lead.silent -= 1;
        self.lead = Some(lead);
        self.fill(spec, frames)
    }

    /// Makes silence the block, in the place of a damaged packet. Before the first whole packet the block is empty:
    /// that packet brings the silence with it.
    pub fn silence(&mut self) -> Result<(), VoiceError> {
        let Some(spec) = self.spec.filter(|_| self.decoded > 0) else {
            self.planes.iter_mut().for_each(Vec::clear);
            return Ok(());
        };
        self.fill(spec, self.longest).map(|_| ())
    }

    /// Makes `frames` of silence the block.
    fn fill(&mut self, spec: Spec, frames: usize) -> Result<Step, VoiceError> {
        self.planes = vec![vec![0.0; frames]; spec.channels];
        self.take(spec, frames)
    }
}
