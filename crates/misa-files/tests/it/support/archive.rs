//! Archives with any field as a test wants it.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// A member as it is to be written, true or not.
#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub method: u16,
    pub flags: u16,
    pub packed: Vec<u8>,
    pub len: u32,
    pub checksum: u32,
    /// Place of its header as the directory claims it.
    pub header: Option<u32>,
}

pub fn stored(name: &str, data: &[u8]) -> Member {
    let mut crc = Crc::new();
    crc.update(data);
    Member {
        name: name.to_owned(),
        method: 0,
        flags: 0,
        packed: data.to_vec(),
        len: data.len() as u32,
        checksum: crc.sum(),
        header: None,
    }
}

pub fn deflated(name: &str, data: &[u8]) -> Member {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    Member {
        method: 8,
        packed: encoder.finish().unwrap(),
        ..stored(name, data)
    }
}

pub fn archive(members: &[Member]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let place = member.header.unwrap_or(bytes.len() as u32);
        let mut common = Vec::new();
        for field in [20, member.flags, member.method, 0, 0x21] {
            common.extend(field.to_le_bytes());
        }
        for field in [member.checksum, member.packed.len() as u32, member.len] {
            common.extend(field.to_le_bytes());
        }
        common.extend((member.name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(member.name.as_bytes());
        bytes.extend(&member.packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(place.to_le_bytes());
        directory.extend(member.name.as_bytes());
    }
    let (count, start) = (members.len() as u16, bytes.len() as u32);
    bytes.extend(&directory);
    bytes.extend(end(count, directory.len() as u32, start));
    bytes
}

/// An end record.
pub fn end(count: u16, len: u32, start: u32) -> Vec<u8> {
    let mut bytes = b"PK\x05\x06\0\0\0\0".to_vec();
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(len.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
