//! Where a body in chunks ends.

/// How far a body in chunks has come, by RFC 9112, section 7.1: what its next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// The first digit of a size.
    Begin,
    /// The line of this size, so far.
    Size(u64),
    /// What stands after a size on its line.
    Extension(u64),
    /// The line feed after a size.
    SizeFeed(u64),
    /// A chunk, of which so many bytes still come.
    Data(u64),
    /// The carriage return after a chunk.
    DataReturn,
    /// The line feed after a chunk.
    DataFeed,
    /// A trailer's first byte, or the end.
    Line,
    /// A trailer.
    Trailer,
    /// The line feed after a trailer.
    TrailerFeed,
    /// The last line feed.
    LastFeed,
    /// Nothing any more.
    End,
}

impl Chunks {
    /// How many of the bytes that have come belong to the body; `None` if they are no chunks.
    pub fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut count = 0;
        while count < bytes.len() && *self != Self::End {
            let (next, read) = match *self {
                Self::Data(size) => {
                    let read = usize::try_from(size).unwrap_or(usize::MAX);
                    let read = read.min(bytes.len() - count);
                    (Self::rest(size - read as u64), read)
                }
                state => (state.after(bytes[count])?, 1),
            };
            *self = next;
            count += read;
        }
        Some(count)
    }

    fn rest(size: u64) -> Self {
        if size == 0 {
            Self::DataReturn
        } else {
            Self::Data(size)
        }
    }

    /// What follows this byte.
    fn after(self, byte: u8) -> Option<Self> {
        let next = match (self, byte) {
            (Self::Begin, _) => Self::Size(digit(byte)?),
            (Self::Size(size) | Self::Extension(size), b'\r') => Self::SizeFeed(size),
            (Self::Size(size), b'\t' | b' ' | b';') => Self::Extension(size),
            (Self::Size(size), _) => Self::Size(size.checked_mul(16)?.checked_add(digit(byte)?)?),
            (Self::Extension(size), _) => Self::Extension(size),
            (Self::SizeFeed(0), b'\n') => Self::Line,
            (Self::SizeFeed(size), b'\n') => Self::Data(size),
            (Self::DataReturn, b'\r') => Self::DataFeed,
            (Self::DataFeed, b'\n') => Self::Begin,
            (Self::Line, b'\r') => Self::LastFeed,
            (Self::Trailer, b'\r') => Self::TrailerFeed,
            (Self::Line | Self::Trailer, _) => Self::Trailer,
            (Self::TrailerFeed, b'\n') => Self::Line,
            (Self::LastFeed, b'\n') => Self::End,
            _ => return None,
        };
        Some(next)
    }
}

fn digit(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_where_the_last_chunk_and_its_trailers_end() {
        for (body, rest) in [
            ("0\r\n\r\n", ""),
            ("3\r\nabc\r\n0\r\n\r\n", "GET /"),
            (
                "1a;b=\"c\"\r\n01234567890123456789012345\r\n00\r\n\r\n",
                "\r\n",
            ),
            ("2 \t\r\n\r\n\r\n0\r\na: b\r\nc: d\r\n\r\n", "0\r\n\r\n"),
        ] {
            let whole = format!("{body}{rest}");
            let mut chunks = Chunks::Begin;
            assert_eq!(chunks.read(whole.as_bytes()), Some(body.len()), "{whole:?}");
            assert_eq!(chunks, Chunks::End);
            // In two parts, wherever the first ends.
            for cut in 0..body.len() {
                let (first, second) = whole.as_bytes().split_at(cut);
                let mut chunks = Chunks::Begin;
                assert_eq!(chunks.read(first), Some(cut), "{whole:?}, cut at {cut}");
                assert_eq!(chunks.read(second), Some(body.len() - cut));
            }
        }
    }

    #[test]
    fn what_are_no_chunks_has_no_end() {
        let overflow = format!("{}\r\n", "f".repeat(17));
        for body in [
            "\r\n",
            "g\r\n",
            "3\nabc",
            "3\r\nabcd\r\n",
            "0\r\n\rx",
            overflow.as_str(),
        ] {
            assert_eq!(Chunks::Begin.read(body.as_bytes()), None, "{body:?}");
        }
    }
}
