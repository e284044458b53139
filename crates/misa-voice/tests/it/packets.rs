//! Files whose packets a test changes.

use std::ops::Range;

/// The remainder of `bytes` by a polynomial of `bits` bits, the highest bit first.
fn remainder(bytes: &[u8], polynomial: u32, bits: u32) -> u32 {
    let top = 1_u64 << bits;
    let polynomial = top | u64::from(polynomial);
    let step = |rest: u64, byte: &u8| {
        let rest = rest ^ (u64::from(*byte) << (bits - 8));
        (0..8).fold(rest, |rest, _| {
            let next = rest << 1;
            if next & top == 0 {
                next
            } else {
                next ^ polynomial
            }
        })
    };
    bytes.iter().fold(0, step) as u32
}

/// Where the frames of a FLAC are, which all have the header of the first but for their numbers.
pub fn flac_frames(bytes: &[u8]) -> Vec<Range<usize>> {
    let is_start = |&at: &usize| {
        let number = bytes.get(at + 2..at + 6);
        bytes[at..].starts_with(&[0xff, 0xf8])
            && number.is_some_and(|rest| rest[2] < 0x80 && header_of(&bytes[at..]).is_some())
    };
    let starts = (42..bytes.len()).filter(is_start);
    let ends: Vec<usize> = starts.chain([bytes.len()]).collect();
    ends.windows(2).map(|ends| ends[0]..ends[1]).collect()
}

/// Bytes of the header of a frame before its checksum.
fn header_of(frame: &[u8]) -> Option<usize> {
    let more = match frame[2] >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    let length = 5 + more;
    (remainder(frame.get(..length)?, 0x07, 8) == u32::from(*frame.get(length)?)).then_some(length)
}

/// A frame of FLAC that states another rate, by its number in the format.
pub fn with_rate(frame: &[u8], rate: u8) -> Vec<u8> {
    let length = header_of(frame).unwrap();
    let mut frame = frame[..frame.len() - 2].to_vec();
    frame[2] = frame[2] & 0xf0 | rate;
    frame[length] = remainder(&frame[..length], 0x07, 8) as u8;
    let sum = remainder(&frame, 0x8005, 16) as u16;
    frame.extend(sum.to_be_bytes());
    frame
}

/// Silence in the place of a frame of FLAC that has one channel of 16 bits.
pub fn silent(frame: &[u8]) -> Vec<u8> {
    let length = header_of(frame).unwrap();
    // The kind of samples that are all the same, and their value.
    let mut frame = [&frame[..=length], &[0; 3][..]].concat();
    let sum = remainder(&frame, 0x8005, 16) as u16;
    frame.extend(sum.to_be_bytes());
    frame
}

/// Where the packets of AAC without a container are, without their headers of 7 bytes.
pub fn adts_packets(bytes: &[u8]) -> Vec<Range<usize>> {
    let (mut at, mut packets) = (0, Vec::new());
    while let Some(header) = bytes.get(at..at + 7) {
        let [high, middle, low] = [header[3] & 3, header[4], header[5]].map(usize::from);
        let end = at + (high << 11 | middle << 3 | low >> 5);
        packets.push(at + 7..end);
        at = end;
    }
    packets
}

/// An Ogg file that grows.
pub struct Ogg {
    pub bytes: Vec<u8>,
    pages: u32,
}

impl Ogg {
    /// The pages of a file but for the last one.
    pub fn of(bytes: &[u8]) -> Self {
        let (mut at, mut last, mut pages) = (0, 0, 0);
        while at < bytes.len() {
            last = at;
            let segments = usize::from(bytes[at + 26]);
            let lengths = &bytes[at + 27..at + 27 + segments];
            at += 27
                + segments
                + lengths
                    .iter()
                    .map(|length| usize::from(*length))
                    .sum::<usize>();
            pages += 1;
        }
        Self {
            bytes: bytes[..last].to_vec(),
            pages: pages - 1,
        }
    }

    /// Adds a page of 255 packets of `length` bytes.
    pub fn add(&mut self, serial: u32, length: u8) {
        let mut page = b"OggS\0\0".to_vec();
        page.extend(16_000_u64.to_le_bytes());
        page.extend(serial.to_le_bytes());
        page.extend(self.pages.to_le_bytes());
        page.extend([0; 4]);
        page.push(255);
        page.extend([length; 255]);
        page.extend(vec![0; 255 * usize::from(length)]);
        let sum = remainder(&page, 0x04c1_1db7, 32);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        self.bytes.extend(page);
        self.pages += 1;
    }
}

/// An MKV file with `count` equal blocks at its end.
pub fn mkv_with(bytes: &[u8], block: &[u8], count: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    // The size of the segment is unknown.
    bytes[44..52].copy_from_slice(&[1, 255, 255, 255, 255, 255, 255, 255]);
    // A cluster of unknown size, at the moment 1000.
    bytes.extend(b"\x1f\x43\xb6\x75\xff\xe7\x82\x03\xe8");
    let element = [&[0xa3, 0x80 | block.len() as u8], block].concat();
    bytes.extend(element.repeat(count));
    bytes
}
