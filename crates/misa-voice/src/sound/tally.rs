//! Which bytes of a file are in packets.

use crate::sound::container::Container;
use crate::sound::flac::FlacFrames;
use crate::sound::mp3::Mp3Frames;
use crate::sound::source::Source;
use std::io;
use symphonia::core::formats::Track;
use symphonia::core::io::MediaSource;
use symphonia::core::packet::Packet;

/// Bytes of the header of a packet of AAC, which symphonia cuts off, unless it has a checksum.
const ADTS_HEADER: u64 = 7;

/// What is wrong with frames of FLAC that do not follow one another.
pub(super) const MISSING: &str = "frames that are missing, repeated or of another rate";

/// Which bytes of a file are in packets, for formats of packets alone.
#[derive(Default)]
pub(super) struct Tally {
    /// Bytes of packets so far, with their headers.
    packets: u64,
    /// Bytes of a header that packets come without.
    header: u64,
    /// Bytes of the file, for MP3 and AAC without a container.
    all: Option<u64>,
    flac: Option<FlacFrames>,
    mp3: Option<Mp3Frames>,
}

impl Tally {
    /// That of a file, from whose first byte reading begins again.
    pub fn of(source: &mut Source<'_>, container: Container) -> io::Result<Self> {
        let all = source.byte_len();
        Ok(match container {
            Container::Flac => Self {
                flac: Some(FlacFrames::of(source)?),
                ..Self::default()
            },
            Container::Mp3 => Self {
                all,
                mp3: Some(Mp3Frames::of(source)?),
                ..Self::default()
            },
            Container::Adts => Self {
                all,
                header: ADTS_HEADER,
                ..Self::default()
            },
            _ => Self::default(),
        })
    }

    /// Leaves out the first frame of MP3 if it is no packet, but states the length.
    pub fn describe(&mut self, track: &Track) {
        if let Some(mp3) = &mut self.mp3
            && (track.num_frames.is_some() || track.delay.is_some())
        {
            mp3.all -= mp3.first;
        }
    }

    /// Adds a packet.
    ///
    /// # Errors
    ///
    /// What is wrong if it does not follow the one before.
    pub fn add(&mut self, packet: &Packet) -> Result<(), &'static str> {
        self.packets += self.header + packet.data.len() as u64;
        let follows = self.flac.as_mut().is_none_or(|flac| flac.follows(packet));
        follows.then_some(()).ok_or(MISSING)
    }

    /// Bytes in no packet, for MP3 and AAC without a container.
    pub fn skipped_bytes(&self) -> Option<u64> {
        Some(self.all?.saturating_sub(self.packets))
    }

    /// Bytes of MP3 in no packet, where packets follow garbage; otherwise 0.
    pub fn garbage_bytes(&self) -> u64 {
        let is_between = self.mp3.is_some_and(|frames| self.packets > frames.all);
        self.skipped_bytes().filter(|_| is_between).unwrap_or(0)
    }

    /// Whether all bytes of FLAC are in frames that were read.
    pub fn is_whole(&self) -> bool {
        let is_whole = |flac: &FlacFrames| flac.bytes <= self.packets && flac.is_last_single();
        self.flac.as_ref().is_none_or(is_whole)
    }
}
