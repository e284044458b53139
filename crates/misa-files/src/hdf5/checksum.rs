//! The two checksums of the format.
//!
//! Source: HDF5 specification, I.A (lookup3) and IV.A.2.l (the filter fletcher32).

/// Whether a checksum matches. While fuzzing, every checksum does: otherwise damaged bytes would be
/// rejected here and never reach the parsers.
pub(super) fn agree(found: u32, stored: u32) -> bool {
    found == stored || cfg!(fuzzing)
}

/// Bob Jenkins' `lookup3` with seed 0, the checksum of metadata in newer files.
pub(super) fn lookup3(bytes: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let [mut a, mut b, mut c] = [start; 3];
    // The last block is mixed differently, even if it is full.
    let last = bytes.len().saturating_sub(1) / 12 * 12;
    let (blocks, tail) = bytes.split_at(last);
    for block in blocks.chunks_exact(12) {
        a = a.wrapping_add(word(block, 0));
        b = b.wrapping_add(word(block, 4));
        c = c.wrapping_add(word(block, 8));
        [a, b, c] = mix(a, b, c);
    }
    if tail.is_empty() {
        return c;
    }
    a = a.wrapping_add(word(tail, 0));
    b = b.wrapping_add(word(tail, 4));
    c = c.wrapping_add(word(tail, 8));
    finish(a, b, c)
}

/// The little-endian word at `start`; missing bytes are 0.
fn word(bytes: &[u8], start: usize) -> u32 {
    let mut word = [0; 4];
    for (target, &byte) in word.iter_mut().zip(bytes.iter().skip(start)) {
        *target = byte;
    }
    u32::from_le_bytes(word)
}

fn mix(mut a: u32, mut b: u32, mut c: u32) -> [u32; 3] {
    // After each round the three words rotate.
    for bits in [4, 6, 8, 16, 19, 4] {
        a = a.wrapping_sub(c) ^ c.rotate_left(bits);
        c = c.wrapping_add(b);
        [a, b, c] = [b, c, a];
    }
    [a, b, c]
}

fn finish(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    for bits in [14, 11, 25, 16, 4, 14, 24] {
        c = (c ^ b).wrapping_sub(b.rotate_left(bits));
        [a, b, c] = [b, c, a];
    }
    // After seven rotations, the last result is in `b`.
    b
}

/// The checksum of the filter fletcher32, over big-endian words of 16 bits.
pub(super) fn fletcher32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (0_u32, 0_u32);
    // 360 words are the most whose sums cannot overflow.
    for block in bytes.chunks(720) {
        for pair in block.chunks(2) {
            let second = pair.get(1).copied().unwrap_or(0);
            low += u32::from(u16::from_be_bytes([pair[0], second]));
            high += low;
        }
        low = (low & 0xffff) + (low >> 16);
        high = (high & 0xffff) + (high >> 16);
    }
    low = (low & 0xffff) + (low >> 16);
    high = (high & 0xffff) + (high >> 16);
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup3_matches_the_reference_implementation() {
        // From the self test of lookup3.c.
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
    }

    #[test]
    fn fletcher32_sums_words() {
        // Words 0x0102, 0x0300: sums 0x0402 and 0x0102 + 0x0402.
        assert_eq!(fletcher32(&[1, 2, 3]), 0x0504_0402);
        // 0xffff is 0 modulo 65535, and stays 0xffff where the sum is not 0.
        assert_eq!(fletcher32(&[0xff; 1000]), 0xffff_ffff);
        assert_eq!(fletcher32(&[]), 0);
    }
}
