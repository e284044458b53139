//! Sound at another rate.
//!
//! Spectra of blocks are cut or continued with zeros, times a filter of linear phase. Its delay is cut off, so that
//! a moment keeps its time.

use crate::sound::limits::RATES;
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

/// Frames of a block at the lower of both rates, at least. The longer, the closer the filter comes to the
/// highest frequency that the lower rate can hold.
const BLOCK: usize = 1024;

/// Sound that comes in pieces of any length, at another rate.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    /// Samples that wait for a whole block.
    waiting: [Vec<f32>; 1],
    block: [Vec<f32>; 1],
    from: u32,
    to: u32,
    /// Samples that came in.
    taken: u64,
    /// Samples that went out.
    given: u64,
    /// Samples of the delay that are still to be cut off.
    delay: usize,
}

impl Resampler {
    /// From one rate to another.
    ///
    /// # Errors
    ///
    /// Texts of the library, for rates that it does not convert.
    pub fn new(from: u32, to: u32) -> Result<Self, String> {
        debug_assert!(RATES.contains(&from) && RATES.contains(&to));
        let divisor = common_divisor(from, to);
        let shortest = (from.min(to) / divisor) as usize;
        // An even number of them, for a delay of whole samples.
        let blocks = BLOCK.div_ceil(shortest).next_multiple_of(2);
        let size = blocks * (from / divisor) as usize;
        let window = WindowFunction::BlackmanHarris2;
        let fft = Fft::new_custom(
            from as usize,
            to as usize,
            size,
            1,
            1,
            window,
            FixedSync::Both,
        );
        let fft = fft.map_err(|error| error.to_string())?;
        let block = vec![0.0; fft.output_frames_max()];
        let (delay, waiting) = (
            fft.output_delay(),
            Vec::with_capacity(fft.input_frames_max()),
        );
        Ok(Self {
            fft,
            waiting: [waiting],
            block: [block],
            from,
            to,
            taken: 0,
            given: 0,
            delay,
        })
    }

    /// Takes `samples` and adds what can be given to `converted`.
    pub fn push(&mut self, mut samples: &[f32], converted: &mut Vec<f32>) -> Result<(), String> {
        self.taken += samples.len() as u64;
        let size = self.fft.input_frames_next();
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(size - self.waiting[0].len()));
            self.waiting[0].extend_from_slice(now);
            samples = later;
            if self.waiting[0].len() == size {
                self.convert(converted, u64::MAX)?;
            }
        }
        Ok(())
    }

    /// Adds the rest: in all as many samples as the time of what came in has at the new rate.
    pub fn finish(&mut self, converted: &mut Vec<f32>) -> Result<(), String> {
        let size = self.fft.input_frames_next();
        let all = frames_at(self.taken, self.from, self.to);
        while self.given < all {
            self.waiting[0].resize(size, 0.0);
            self.convert(converted, all)?;
        }
        Ok(())
    }

    /// Converts the block that waits, and gives of it no more than `all` samples in total.
    fn convert(&mut self, converted: &mut Vec<f32>, all: u64) -> Result<(), String> {
        let (size_in, size_out) = (self.fft.input_frames_next(), self.fft.output_frames_next());
        let from = SequentialSliceOfVecs::new(&self.waiting, 1, size_in)
            .map_err(|error| error.to_string())?;
        let mut to = SequentialSliceOfVecs::new_mut(&mut self.block, 1, size_out)
            .map_err(|error| error.to_string())?;
        let done = self.fft.process_into_buffer(&from, &mut to, None);
        done.map_err(|error| error.to_string())?;
        self.waiting[0].clear();
        let cut = self.delay.min(size_out);
        self.delay -= cut;
        let left = (all - self.given).min((size_out - cut) as u64) as usize;
        converted.extend_from_slice(&self.block[0][cut..cut + left]);
        self.given += left as u64;
        Ok(())
    }
}

/// `frames` at the rate `from` as frames at the rate `to`: their time, rounded to whole frames.
pub(crate) fn frames_at(frames: u64, from: u32, to: u32) -> u64 {
    let (frames, from, to) = (u128::from(frames), u128::from(from), u128::from(to));
    ((2 * frames * to + from) / (2 * from)) as u64
}

fn common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a,
        b => common_divisor(b, a % b),
    }
}
