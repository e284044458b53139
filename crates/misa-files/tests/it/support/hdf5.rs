//! HDF5 files built by hand.

/// Offset of the header of the root group in a file built by hand.
pub const ROOT: u64 = 96;

/// Offset of the header of the dataset in a file built by hand.
pub const DATASET: u64 = 256;

/// Offset of the other parts of a file built by hand.
pub const DATA: u64 = 1024;

/// The undefined address.
pub const NOWHERE: u64 = u64::MAX;

pub fn put(bytes: &mut Vec<u8>, place: u64, part: &[u8]) {
    let place = place as usize;
    bytes.resize(bytes.len().max(place + part.len()), 0);
    bytes[place..place + part.len()].copy_from_slice(part);
}

pub fn numbers(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// An object header of version 1.
pub fn header(messages: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, message) in messages {
        let len = message.len().next_multiple_of(8);
        body.extend([*kind, 0, len as u8, (len >> 8) as u8, 0, 0, 0, 0]);
        body.extend(message);
        body.resize(body.len().next_multiple_of(8), 0);
    }
    let mut header = vec![1, 0, messages.len() as u8, 0, 1, 0, 0, 0];
    header.extend((body.len() as u64).to_le_bytes());
    header.extend(body);
    header
}

/// A file whose root group has the header `root`.
pub fn file_of(root: &[u8], data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0".to_vec();
    put(&mut bytes, 24, &numbers(&[0, NOWHERE, 0, NOWHERE, 0, ROOT]));
    put(&mut bytes, ROOT, root);
    put(&mut bytes, DATA, data);
    let end = bytes.len() as u64;
    put(&mut bytes, 40, &numbers(&[end]));
    bytes
}

/// A link with a name of one letter.
pub fn link(name: u8, target: u64) -> (u8, Vec<u8>) {
    let mut link = vec![1, 0, 1, name];
    link.extend(target.to_le_bytes());
    (6, link)
}

/// A file with the dataset `x`, whose elements are texts of variable length or integers of one byte.
pub fn dataset(shape: &[u64], texts: bool, layout: Vec<u8>, deflate: bool, data: &[u8]) -> Vec<u8> {
    let mut space = vec![1, shape.len() as u8, 0, 0, 0, 0, 0, 0];
    space.extend(numbers(shape));
    let element = if texts {
        vec![
            0x19, 1, 0, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0,
        ]
    } else {
        vec![0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]
    };
    let mut messages = vec![(1, space), (3, element), (8, layout)];
    if deflate {
        messages.push((11, vec![2, 1, 1, 0, 0, 0, 0, 0]));
    }
    let mut bytes = file_of(&header(&[link(b'x', DATASET)]), data);
    put(&mut bytes, DATASET, &header(&messages));
    bytes
}

pub fn contiguous(len: u64) -> Vec<u8> {
    [vec![3, 1], numbers(&[DATA, len])].concat()
}

/// A layout of chunks that are indexed by a tree.
pub fn chunked(address: u64, shape: &[u32]) -> Vec<u8> {
    let mut layout = vec![3, 2, shape.len() as u8 + 1];
    layout.extend(address.to_le_bytes());
    layout.extend(shape.iter().chain(&[1]).flat_map(|n| n.to_le_bytes()));
    layout
}

/// One chunk of any shape, of which `stored` bytes are in the file.
pub fn single(shape: &[u64], stored: u64) -> Vec<u8> {
    let mut layout = vec![4, 2, 2, shape.len() as u8 + 1, 8];
    layout.extend(numbers(shape));
    layout.extend(numbers(&[1]));
    layout.push(1);
    layout.extend(numbers(&[stored]));
    layout.extend([0; 4]);
    layout.extend(numbers(&[DATA]));
    layout
}

/// A node of a tree of chunks with one axis: their sizes, positions and addresses.
pub fn node(level: u8, entries: &[(u32, u64, u64)]) -> Vec<u8> {
    let mut node = b"TREE\x01".to_vec();
    node.extend([level, entries.len() as u8, 0]);
    node.extend(numbers(&[NOWHERE, NOWHERE]));
    for (size, place, address) in entries {
        node.extend(u64::from(*size).to_le_bytes());
        node.extend(numbers(&[*place, 0, *address]));
    }
    node
}
