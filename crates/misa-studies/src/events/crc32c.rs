//! The checksum of event files.

/// The polynomial of Castagnoli, with its bits in reverse.
const POLYNOMIAL: u32 = 0x82f6_3b78;
const TABLE: [u32; 256] = table();

/// CRC-32C of bytes, as event files hold it: turned and shifted, because a checksum of bytes that contain checksums
/// would be weak.
pub(super) fn masked(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    !bytes.iter().fold(!0, step)
}

/// What each byte does to a checksum.
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            let is_odd = crc & 1;
            crc = (crc >> 1) ^ (is_odd * POLYNOMIAL);
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the catalogue of such checksums, and those of RFC 3720, B.4.
    #[test]
    fn checksums_are_those_of_the_standard() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        assert_eq!(crc32c(b""), 0);
    }

    /// The first length that TensorBoard 2.21 writes, and its checksum.
    #[test]
    fn masked_checksums_are_those_of_tensorboard() {
        assert_eq!(masked(&[0x48, 0, 0, 0, 0, 0, 0, 0]), 0x9d48_92fe);
    }
}
