//! One candidate for each frame.

use super::candidates::{Candidate, Candidates, MOST};

/// States of a frame: no voice, then its candidates.
const STATES: usize = MOST + 1;
/// Cost of a jump by one octave between frames 0.01 seconds apart.
const OCTAVE_JUMP_COST: f32 = 0.35;
/// Cost of a voice's beginning or end between frames 0.01 seconds apart.
const VOICING_COST: f32 = 0.14;
/// Distance of frames that the costs are made for, in seconds.
const USUAL_STEP: f64 = 0.01;

/// Chooses the candidates that are strong and follow each other smoothly.
#[derive(Debug)]
pub(super) struct Path {
    octave_jump_cost: f32,
    voicing_cost: f32,
    /// Best sum of each state of the last frame.
    totals: [f32; STATES],
    last: Candidates,
    /// Per frame and state, the state of the frame before.
    origins: Vec<[u8; STATES]>,
}

impl Path {
    /// An empty path through frames `step` seconds apart.
    pub fn new(step: f64, frames: usize) -> Self {
        let scale = (USUAL_STEP / step) as f32;
        Self {
            octave_jump_cost: OCTAVE_JUMP_COST * scale,
            voicing_cost: VOICING_COST * scale,
            totals: [0.0; STATES],
            last: Candidates::default(),
            origins: Vec::with_capacity(frames),
        }
    }

    /// Adds a frame that has `unvoiced` strength without a voice.
    pub fn add(&mut self, candidates: &Candidates, unvoiced: f32) {
        let mut totals = [f32::NEG_INFINITY; STATES];
        let mut origins = [0; STATES];
        (totals[0], origins[0]) = self.best(None);
        totals[0] += unvoiced;
        for (state, candidate) in candidates.as_slice().iter().enumerate() {
            let (total, origin) = self.best(Some(candidate));
            totals[state + 1] = total + candidate.merit();
            origins[state + 1] = origin;
        }
        // Only differences count, and sums of long sounds would lose them.
        let top = totals.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.totals = totals.map(|total| total - top);
        self.last = *candidates;
        self.origins.push(origins);
    }

    /// Per frame, the number of its candidate. `None` where there is no voice.
    pub fn choose(&self) -> Vec<Option<usize>> {
        let best = (0..STATES).max_by(|a, b| self.totals[*a].total_cmp(&self.totals[*b]));
        let mut state = best.unwrap_or(0);
        let mut chosen: Vec<_> = self
            .origins
            .iter()
            .rev()
            .map(|origins| {
                let chosen = state.checked_sub(1);
                state = usize::from(origins[state]);
                chosen
            })
            .collect();
        chosen.reverse();
        chosen
    }

    /// Best sum up to a state of the next frame, and the state before it.
    fn best(&self, next: Option<&Candidate>) -> (f32, u8) {
        if self.origins.is_empty() {
            return (0.0, 0);
        }
        let start = match next {
            None => self.totals[0],
            Some(_) => self.totals[0] - self.voicing_cost,
        };
        let mut best = (start, 0);
        let last = self.last.as_slice();
        for (state, (candidate, total)) in last.iter().zip(&self.totals[1..]).enumerate() {
            let cost = match next {
                None => self.voicing_cost,
                Some(next) => self.octave_jump_cost * (next.octaves - candidate.octaves).abs(),
            };
            if total - cost > best.0 {
                best = (total - cost, state as u8 + 1);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pitch::interpolation::Interpolation;
    use std::f64::consts::PI;

    /// Candidates of a tone with `period` samples at 16,000 a second.
    fn tone(period: f64, strength: f64) -> Candidates {
        let lags: Vec<f32> = (0..230)
            .map(|k| (strength * (2.0 * PI * f64::from(k) / period).cos()) as f32)
            .collect();
        Candidates::find(&lags, 16_000.0, &Interpolation::new())
    }

    #[test]
    fn short_breaks_are_bridged() {
        let mut path = Path::new(0.01, 5);
        for strength in [0.9, 0.9, 0.4, 0.9, 0.9] {
            path.add(&tone(80.0, strength), 0.45);
        }
        assert!(path.choose().iter().all(Option::is_some));
    }

    #[test]
    fn weak_tones_are_no_voice() {
        let mut path = Path::new(0.01, 5);
        for strength in [0.9, 0.9, 0.2, 0.2, 0.2] {
            path.add(&tone(80.0, strength), 0.45);
        }
        let voiced = path
            .choose()
            .iter()
            .map(Option::is_some)
            .collect::<Vec<_>>();
        assert_eq!(voiced, [true, true, false, false, false]);
    }

    #[test]
    fn a_path_without_frames_is_empty() {
        assert!(Path::new(0.01, 0).choose().is_empty());
        assert!(Path::new(0.0, 0).choose().is_empty());
    }
}
