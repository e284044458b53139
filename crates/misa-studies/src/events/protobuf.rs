//! Fields of messages in the encoding of Protocol Buffers.

/// A value of a field, by how it is encoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    Bytes(&'a [u8]),
}

/// Adds a field to a message.
pub(super) fn write(message: &mut Vec<u8>, number: u64, field: Field<'_>) {
    let kind = match field {
        Field::Varint(_) => 0,
        Field::Fixed64(_) => 1,
        Field::Bytes(_) => 2,
        Field::Fixed32(_) => 5,
    };
    write_varint(message, number << 3 | kind);
    match field {
        Field::Varint(value) => write_varint(message, value),
        Field::Fixed64(bytes) => message.extend(bytes),
        Field::Fixed32(bytes) => message.extend(bytes),
        Field::Bytes(bytes) => {
            write_varint(message, bytes.len() as u64);
            message.extend(bytes);
        }
    }
}

/// Takes the first field and its number from a message; `None` at its end, and what is wrong where it is none.
pub(super) fn read<'a>(message: &mut &'a [u8]) -> Option<Result<(u64, Field<'a>), &'static str>> {
    (!message.is_empty()).then(|| field(message).ok_or("a field that is cut or of another kind"))
}

fn field<'a>(message: &mut &'a [u8]) -> Option<(u64, Field<'a>)> {
    let key = read_varint(message)?;
    let field = match key & 7 {
        0 => Field::Varint(read_varint(message)?),
        1 => Field::Fixed64(*take(message, 8)?.as_array()?),
        2 => {
            let length = read_varint(message)?;
            Field::Bytes(take(message, usize::try_from(length).ok()?)?)
        }
        5 => Field::Fixed32(*take(message, 4)?.as_array()?),
        _ => return None,
    };
    Some((key >> 3, field))
}

fn take<'a>(message: &mut &'a [u8], bytes: usize) -> Option<&'a [u8]> {
    let (taken, rest) = message.split_at_checked(bytes)?;
    *message = rest;
    Some(taken)
}

/// Seven bits per byte, the lowest first; all but the last have the highest bit.
fn write_varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

fn read_varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_and_cut_numbers_are_none() {
        assert_eq!(read_varint(&mut &[0x80; 11][..]), None);
        assert_eq!(read_varint(&mut &[0x80][..]), None);
        assert_eq!(read_varint(&mut &[0xac, 0x02][..]), Some(300));
        assert!(read(&mut &[][..]).is_none());
        // A group, which is not used any more, and bytes that are not there.
        assert!(read(&mut &[0x0b][..]).is_some_and(|field| field.is_err()));
        assert!(read(&mut &[0x0a, 2, 0][..]).is_some_and(|field| field.is_err()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in 1..1_000_u64, value: u64, bytes: Vec<u8>) {
            let fields = [
                Field::Varint(value),
                Field::Bytes(&bytes),
                Field::Fixed64(value.to_le_bytes()),
                Field::Fixed32((value as u32).to_le_bytes()),
            ];
            let mut message = Vec::new();
            for field in fields {
                write(&mut message, number, field);
            }
            let mut rest = &message[..];
            for field in fields {
                prop_assert_eq!(read(&mut rest), Some(Ok((number, field))));
            }
            prop_assert_eq!(read(&mut rest), None);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let mut rest = &bytes[..];
            while let Some(Ok(_)) = read(&mut rest) {}
        }
    }
}
