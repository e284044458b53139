//! Blocks of samples from the packets of a file.
//!
//! The decoders are symphonia's. All calls of them go through [`guarded`](crate::sound::opening::guarded): bytes that make one panic are a typed
//! error here, after which nothing more is read from it.

mod silence;

use crate::VoiceError;
use crate::sound::SoundLimits;
use crate::sound::codec::{bits_of, name_of};
use crate::sound::container::Container;
use crate::sound::edit::Edit;
use crate::sound::fragments;
use crate::sound::opening::{
    FAILED, Spec, check_spec, decoder_of, first_sound, guarded, header, header_of, is_end, open,
    reason, stated_spec, states_length,
};
use crate::sound::riff;
use crate::sound::source::{Source, io_of};
use crate::sound::tally::{MISSING, Tally};
use silence::Lead;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatReader;
use symphonia::core::packet::Packet;

/// Packets of the sound without samples, one after the other, that are no sound any more.
const MOST_IDLE: usize = 4096;
/// Frames by which the last packet of lossy sound may miss what a file states.
const LAST_PACKET: u64 = 1152;

/// What a packet gave.
pub(crate) enum Step {
    /// Samples are in [`Decoder::planes`].
    Block,
    /// The packet is damaged, and the next one may be read.
    Damaged(VoiceError),
    /// The sound is at its end.
    End,
}

/// The sound of a file, packet after packet.
pub(crate) struct Decoder<'a> {
    name: String,
    container: Container,
    format: Box<dyn FormatReader + 'a>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// The name of the codec.
    pub codec: &'static str,
    /// Bits of a sample, where sound is stored without loss.
    pub bits: Option<u32>,
    /// Frames that the file states.
    pub stated: Option<u64>,
    /// Rate and channels as stated, and after the first block as found.
    pub spec: Option<Spec>,
    /// Which of the decoded frames are given.
    edit: Edit,
    /// Frames that were decoded, also those before the first that is given.
    decoded: u64,
    /// Frames of the longest packet so far, which a damaged one is taken to have.
    longest: usize,
    /// Damaged packets before the first whole one.
    damaged_before: usize,
    /// The first whole packet, while silence comes before it.
    lead: Option<Lead>,
    /// Which bytes of the file are in packets.
    pub tally: Tally,
    /// Samples of each channel.
    pub planes: Vec<Vec<f32>>,
    limits: SoundLimits,
}

impl<'a> Decoder<'a> {
    /// The first track of sound of `source`.
    pub fn new(
        mut source: Source<'a>,
        name: &str,
        limits: SoundLimits,
    ) -> Result<Self, VoiceError> {
        let container = source.container(name)?;
        let edit = match container {
            Container::Mp4 => {
                if let Some(found) = fragments::fault(&mut source).map_err(io_of(name))? {
                    return Err(header_of(name, container, found));
                }
                Edit::of(&mut source).map_err(io_of(name))?
            }
            Container::Wav => {
                let corrections = riff::corrections(&mut source).map_err(io_of(name))?;
                source.correct(corrections);
                Edit::default()
            }
            _ => Edit::default(),
        };
        let mut tally = Tally::of(&mut source, container).map_err(io_of(name))?;
        let format = open(source, container).unwrap_or_else(|| Err(Error::DecodeError(FAILED)));
        let format = format.map_err(|error| header(name, container, error))?;
        let (track, parameters) = first_sound(name, container, format.as_ref())?;
        let spec = stated_spec(&parameters);
        let (id, stated) = (
            track.id,
            track.num_frames.filter(|_| states_length(container)),
        );
        tally.describe(track);
        let decoder = decoder_of(name, container, &parameters, spec, &limits)?;
        let decoder = Self {
            name: name.to_string(),
            container,
            format,
            decoder,
            track: id,
            codec: name_of(parameters.codec),
            bits: bits_of(&parameters),
            stated,
            spec,
            edit: spec
                .and_then(|spec| edit.in_frames(spec.rate))
                .unwrap_or_default(),
            decoded: 0,
            longest: 0,
            damaged_before: 0,
            lead: None,
            tally,
            planes: Vec::new(),
            limits,
        };
        decoder.check_stated()?;
        Ok(decoder)
    }

    /// The name of the container.
    pub fn container(&self) -> &'static str {
        self.container.name()
    }

    /// The second of sound that was reached.
    pub fn second(&self) -> f64 {
        let given = self.decoded.saturating_sub(self.edit.skip);
        self.spec
            .map_or(0.0, |spec| given as f64 / f64::from(spec.rate))
    }

    /// Decodes the next packet.
    pub fn step(&mut self) -> Result<Step, VoiceError> {
        for _ in 0..MOST_IDLE {
            let step = match self.lead.take() {
                Some(lead) => self.follow(lead)?,
                None => self.read_packet()?,
            };
            match step {
                Step::Block if self.planes.iter().all(Vec::is_empty) => {}
                step => return Ok(step),
            }
        }
        Err(VoiceError::Idle {
            name: self.name.clone(),
            second: self.second(),
            packets: MOST_IDLE,
        })
    }

    fn read_packet(&mut self) -> Result<Step, VoiceError> {
        let Some(packet) = self.packet()? else {
            self.check_end()?;
            return Ok(Step::End);
        };
        let added = self.tally.add(&packet);
        added.map_err(|found| self.damaged(self.codec, found))?;
        self.decode(&packet)
    }

    /// The next packet of the track.
    fn packet(&mut self) -> Result<Option<Packet>, VoiceError> {
        loop {
            match guarded(|| self.format.next_packet()) {
                None => return Err(self.failed()),
                Some(Ok(Some(packet))) if packet.track_id == self.track => return Ok(Some(packet)),
                Some(Ok(Some(_))) => {}
                Some(Ok(None)) => return Ok(None),
                Some(Err(Error::IoError(error))) if is_end(&error) && self.may_end() => {
                    return Ok(None);
                }
                Some(Err(error)) => return Err(self.broken(error)),
            }
        }
    }

    /// Whether the file states no length, so that its sound ends where the file does.
    fn may_end(&self) -> bool {
        self.container == Container::Wav && self.stated.is_none()
    }

    fn decode(&mut self, packet: &Packet) -> Result<Step, VoiceError> {
        // Decoders of AAC make silence of nothing.
        if packet.data.is_empty() {
            self.planes.iter_mut().for_each(Vec::clear);
            return Ok(Step::Block);
        }
        let (decoder, planes) = (&mut self.decoder, &mut self.planes);
        let outcome = guarded(|| {
            let block = decoder.decode(packet)?;
            let spec = Spec {
                rate: block.spec().rate(),
                channels: block.num_planes(),
            };
            block.copy_to_vecs_planar(planes);
            Ok((spec, block.frames()))
        });
        match outcome {
            None => Err(self.failed()),
            Some(Ok((_, 0))) => {
                self.planes.iter_mut().for_each(Vec::clear);
                Ok(Step::Block)
            }
            Some(Ok((spec, frames))) => self.whole(spec, frames),
            Some(Err(Error::DecodeError(found))) => Ok(self.undecoded(found)),
            Some(Err(Error::IoError(error))) if error.raw_os_error().is_none() => {
                Ok(self.undecoded("a packet that ends too early"))
            }
            Some(Err(error)) => Err(self.broken(error)),
        }
    }

    /// Checks a block, and cuts what the file says is no sound.
    fn take(&mut self, spec: Spec, frames: usize) -> Result<Step, VoiceError> {
        self.planes.truncate(spec.channels);
        match self.spec.filter(|_| self.decoded > 0) {
            Some(first) if first != spec => return Err(self.change(first, spec)),
            Some(_) => {}
            None => check_spec(&self.name, spec, &self.limits)?,
        }
        self.spec = Some(spec);
        let before = self.decoded;
        self.decoded += frames as u64;
        let given = self.edit.of_block(before, frames);
        for plane in &mut self.planes {
            plane.truncate(given.end);
            plane.drain(..given.start.min(plane.len()));
        }
        self.check_seconds(self.second())?;
        Ok(Step::Block)
    }

    /// Whether what the file states is within the limits.
    fn check_stated(&self) -> Result<(), VoiceError> {
        match (self.stated, self.spec) {
            (Some(frames), Some(spec)) => self.check_seconds(frames as f64 / f64::from(spec.rate)),
            _ => Ok(()),
        }
    }

    fn check_seconds(&self, found: f64) -> Result<(), VoiceError> {
        if found <= self.limits.seconds {
            return Ok(());
        }
        Err(VoiceError::Seconds {
            name: self.name.clone(),
            found,
            most: self.limits.seconds,
        })
    }

    /// Whether as many frames came as the file states; without that, whether all bytes of FLAC were read.
    fn check_end(&self) -> Result<(), VoiceError> {
        if self.stated.is_none() && !self.tally.is_whole() {
            return Err(self.damaged(self.codec, MISSING));
        }
        let slack = match self.container {
            Container::Wav | Container::Flac => 0,
            _ => LAST_PACKET,
        };
        let (Some(stated), Some(spec)) = (self.stated, self.spec) else {
            return Ok(());
        };
        if self.decoded + slack >= stated {
            return Ok(());
        }
        let seconds = stated as f64 / f64::from(spec.rate);
        Err(self.truncated(format!("{seconds:.3} seconds as its header states")))
    }

    fn truncated(&self, expected: String) -> VoiceError {
        VoiceError::Truncated {
            name: self.name.clone(),
            second: self.second(),
            expected,
        }
    }

    fn damaged(&self, format: &'static str, found: &str) -> VoiceError {
        VoiceError::Damaged {
            name: self.name.clone(),
            second: self.second(),
            format,
            found: found.to_string(),
        }
    }

    fn failed(&self) -> VoiceError {
        VoiceError::Failed {
            name: self.name.clone(),
            second: self.second(),
            format: self.container.name(),
        }
    }

    fn change(&self, first: Spec, spec: Spec) -> VoiceError {
        let text = |spec: Spec| format!("{} Hz with {} channels", spec.rate, spec.channels);
        VoiceError::Change {
            name: self.name.clone(),
            second: self.second(),
            expected: text(first),
            found: text(spec),
        }
    }

    /// An error of the container after its header.
    fn broken(&self, error: Error) -> VoiceError {
        match error {
            Error::IoError(error) if is_end(&error) => {
                self.truncated("the rest of a packet".to_string())
            }
            Error::IoError(source) if source.raw_os_error().is_some() => VoiceError::Io {
                name: self.name.clone(),
                source,
            },
            Error::ResetRequired => {
                self.damaged(self.container.name(), "another sound after the first")
            }
            error => self.damaged(self.container.name(), &reason(&error)),
        }
    }
}
