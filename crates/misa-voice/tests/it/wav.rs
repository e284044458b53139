//! WAV files that tests make.

/// A WAV file whose header is told and may be wrong.
#[derive(Clone)]
pub struct Wav {
    /// 1 for integers, 3 for floats.
    pub format: u16,
    pub rate: u32,
    pub channels: u16,
    pub bits: u16,
    pub data: Vec<u8>,
    /// Bytes of data that the header states, if not those that follow.
    pub stated: Option<u32>,
}

impl Wav {
    /// Samples of 16 bits, channel after channel in each frame.
    pub fn of_shorts(rate: u32, channels: u16, samples: &[i16]) -> Self {
        Self {
            format: 1,
            rate,
            channels,
            bits: 16,
            data: samples
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect(),
            stated: None,
        }
    }

    /// Samples as floats.
    pub fn of_floats(rate: u32, samples: &[f32]) -> Self {
        Self {
            format: 3,
            rate,
            channels: 1,
            bits: 32,
            data: samples
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect(),
            stated: None,
        }
    }

    /// The bytes of the file, whose header states this length of all that follows it, and which has `chunk` before its
    /// data.
    pub fn of_length(&self, length: u32, chunk: &[u8]) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        bytes.splice(36..36, chunk.iter().copied());
        bytes
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let stated = self.stated.unwrap_or(self.data.len() as u32);
        let frame = self.channels.wrapping_mul(self.bits / 8);
        let mut bytes = b"RIFF".to_vec();
        bytes.extend(stated.saturating_add(36).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0");
        bytes.extend(self.format.to_le_bytes());
        bytes.extend(self.channels.to_le_bytes());
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend(self.rate.wrapping_mul(u32::from(frame)).to_le_bytes());
        bytes.extend(frame.to_le_bytes());
        bytes.extend(self.bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend(stated.to_le_bytes());
        bytes.extend(&self.data);
        bytes
    }
}
