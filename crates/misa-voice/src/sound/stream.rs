//! A sound that is read block after block, in little memory.

use crate::VoiceError;
use crate::sound::decoder::{Decoder, Step};
use crate::sound::limits::RATES;
use crate::sound::meter::Meter;
use crate::sound::mono::{mean, valid_frames};
use crate::sound::opening::Spec;
use crate::sound::resampler::{Resampler, frames_at};
use crate::sound::source::Source;
use crate::sound::wait::Wait;
use crate::sound::{SoundFacts, SoundOptions};
use std::path::Path;
use std::time::Duration;

/// Damaged packets in a row after which a sound ends.
const MOST_DAMAGED: usize = 4096;

/// A sound that is read block after block: the mean of its channels, at the asked rate.
///
/// Memory does not grow with the length of the sound; an hour takes a few MB.
pub struct SoundStream<'a> {
    name: String,
    decoder: Decoder<'a>,
    options: SoundOptions,
    /// What is needed once rate and channels are known.
    work: Option<Work>,
    /// The block that was given last.
    block: Vec<f32>,
    mean: Vec<f32>,
    damaged_packets: u64,
    damaged_in_a_row: usize,
    fault: Option<VoiceError>,
    has_ended: bool,
    wait: Wait,
}

/// What is made for a rate and a number of channels.
struct Work {
    meter: Meter,
    resampler: Option<Resampler>,
    rate: u32,
}

impl SoundStream<'static> {
    /// The sound of the file at `path`. Its format is told by its content.
    ///
    /// # Errors
    ///
    /// [`VoiceError`] for files that cannot be read, of formats or codecs that are not read, and beyond the limits.
    pub fn open(path: &Path, options: &SoundOptions) -> Result<Self, VoiceError> {
        let name = path.display().to_string();
        let source = Source::of_file(path, &name, &options.limits)?;
        Self::new(source, name, options)
    }
}

impl<'a> SoundStream<'a> {
    /// The sound of a file in memory. `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// Those of [`SoundStream::open`].
    pub fn of_bytes(
        bytes: &'a [u8],
        name: &str,
        options: &SoundOptions,
    ) -> Result<Self, VoiceError> {
        let source = Source::of_bytes(bytes, name, &options.limits)?;
        Self::new(source, name.to_string(), options)
    }

    fn new(source: Source<'a>, name: String, options: &SoundOptions) -> Result<Self, VoiceError> {
        if let Some(found) = options.rate.filter(|rate| !RATES.contains(rate)) {
            return Err(VoiceError::AskedRate { found });
        }
        let wait = Wait::begin(options.limits.patience);
        let decoder = Decoder::new(source, &name, options.limits).map_err(|error| {
            let too_long = wait.too_long();
            too_long.map_or(error, |most| slow(&name, 0.0, most))
        })?;
        Ok(Self {
            name,
            decoder,
            options: *options,
            work: None,
            block: Vec::new(),
            mean: Vec::new(),
            damaged_packets: 0,
            damaged_in_a_row: 0,
            fault: None,
            has_ended: false,
            wait,
        })
    }

    /// The next samples, at least one, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`VoiceError`] where the sound breaks, unless
    /// [`keep_before_fault`](SoundOptions::keep_before_fault) is set; and beyond the limits. After an error the
    /// stream has ended.
    pub fn next_block(&mut self) -> Result<Option<&[f32]>, VoiceError> {
        self.block.clear();
        while self.block.is_empty() && !self.has_ended {
            if let Err(error) = self.advance() {
                self.has_ended = true;
                return Err(error);
            }
        }
        Ok(Some(self.block.as_slice()).filter(|block| !block.is_empty()))
    }

    /// Samples a second of what is given, once the first block was.
    pub fn rate(&self) -> Option<u32> {
        self.work.as_ref().map(|work| work.rate)
    }

    /// Samples that the sound will have, where its file states its length.
    pub fn stated_samples(&self) -> Option<u64> {
        let own = self.decoder.spec?.rate;
        let to = self.options.rate.unwrap_or(own);
        Some(frames_at(self.decoder.stated?, own, to))
    }

    /// What is known of the sound so far; of all of it once [`next_block`](Self::next_block) gave `None`. Nothing is
    /// known before the first block.
    pub fn facts(&self) -> Option<SoundFacts> {
        let work = self.work.as_ref()?;
        let mut facts = work.meter.facts(&self.decoder);
        facts.damaged_packets = self.damaged_packets;
        facts.fault = self.fault.as_ref().map(ToString::to_string);
        Some(facts)
    }

    /// Reads a packet.
    fn advance(&mut self) -> Result<(), VoiceError> {
        self.check_patience()?;
        match self.decoder.step() {
            Ok(Step::Block) => self.take_block(),
            Ok(Step::Damaged(error)) => self.take_damaged(error),
            Ok(Step::End) => self.finish(),
            Err(fault) => {
                self.check_patience()?;
                self.end_at(fault)
            }
        }
    }

    /// Fails when reading takes too long.
    fn check_patience(&self) -> Result<(), VoiceError> {
        match self.wait.too_long() {
            None => Ok(()),
            Some(most) => Err(slow(&self.name, self.decoder.second(), most)),
        }
    }

    /// Adds the block of the decoder.
    fn take_block(&mut self) -> Result<(), VoiceError> {
        self.damaged_in_a_row = 0;
        let frames = self.decoder.planes[0].len();
        let (valid, found) = valid_frames(&self.decoder.planes);
        let rate = f64::from(self.decoder.spec.map_or(1, |spec| spec.rate));
        let second = self.decoder.second() - (frames - valid) as f64 / rate;
        self.decoder
            .planes
            .iter_mut()
            .for_each(|plane| plane.truncate(valid));
        self.take_planes()?;
        match found {
            None => Ok(()),
            Some(found) => {
                let name = self.name.clone();
                self.end_at(VoiceError::Value {
                    name,
                    second,
                    found,
                })
            }
        }
    }

    /// Adds samples of all channels.
    fn take_planes(&mut self) -> Result<(), VoiceError> {
        if self.decoder.planes.iter().all(Vec::is_empty) {
            return Ok(());
        }
        let Some(spec) = self.decoder.spec else {
            return Ok(());
        };
        if self.work.is_none() {
            self.work = Some(self.work_for(spec)?);
        }
        let Some(work) = &mut self.work else {
            return Ok(());
        };
        mean(&self.decoder.planes, &mut self.mean);
        work.meter.push(&self.decoder.planes, &self.mean);
        match &mut work.resampler {
            None => self.block.extend_from_slice(&self.mean),
            Some(resampler) => {
                let pushed = resampler.push(&self.mean, &mut self.block);
                pushed.map_err(|found| self.convert_error(spec, found))?;
            }
        }
        Ok(())
    }

    /// A packet that could not be decoded: silence, or an error.
    fn take_damaged(&mut self, error: VoiceError) -> Result<(), VoiceError> {
        if !self.options.keep_before_fault {
            return Err(error);
        }
        self.damaged_in_a_row += 1;
        if self.damaged_in_a_row > MOST_DAMAGED {
            return self.end_at(error);
        }
        self.damaged_packets += 1;
        self.decoder.silence()?;
        self.take_planes()
    }

    /// Ends the sound at a fault, or refuses it.
    fn end_at(&mut self, fault: VoiceError) -> Result<(), VoiceError> {
        if !self.options.keep_before_fault || !fault.is_of_the_sound() || self.work.is_none() {
            return Err(fault);
        }
        self.fault = Some(fault);
        self.finish()
    }

    /// Adds what the resampler holds.
    fn finish(&mut self) -> Result<(), VoiceError> {
        self.has_ended = true;
        let (Some(work), Some(spec)) = (&mut self.work, self.decoder.spec) else {
            let (name, container) = (self.name.clone(), self.decoder.container());
            return Err(VoiceError::NoSamples { name, container });
        };
        match &mut work.resampler {
            None => Ok(()),
            Some(resampler) => {
                let finished = resampler.finish(&mut self.block);
                finished.map_err(|found| self.convert_error(spec, found))
            }
        }
    }

    fn work_for(&self, spec: Spec) -> Result<Work, VoiceError> {
        let rate = self.options.rate.unwrap_or(spec.rate);
        let resampler = (rate != spec.rate)
            .then(|| Resampler::new(spec.rate, rate))
            .transpose();
        Ok(Work {
            meter: Meter::new(spec),
            resampler: resampler.map_err(|found| self.convert_error(spec, found))?,
            rate,
        })
    }

    fn convert_error(&self, spec: Spec, found: String) -> VoiceError {
        VoiceError::Convert {
            name: self.name.clone(),
            from: spec.rate,
            to: self.options.rate.unwrap_or(spec.rate),
            found,
        }
    }
}

/// The error of reading that has taken longer than `most`.
fn slow(name: &str, second: f64, most: Duration) -> VoiceError {
    VoiceError::Slow {
        name: name.to_string(),
        second,
        most: most.as_secs_f64(),
    }
}
