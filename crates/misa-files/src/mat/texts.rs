//! Texts: arrays of characters, a line for each row.

use super::error::MatError;
use super::heading::Part;
use super::reader::Reader;
use super::tag::Tag;

/// Characters as they are stored, one for each element of the array.
enum Characters {
    /// Units of UTF-16, which MATLAB counts.
    Units(Vec<u16>),
    Whole(Vec<char>),
    /// One line of UTF-8, where bytes are counted, as Octave does.
    Line(String),
}

impl Reader<'_> {
    /// The lines of an array of characters.
    pub fn lines(&mut self, mut part: Part) -> Result<Vec<String>, MatError> {
        let count = part.heading.count();
        if count == 0 && part.room == 0 {
            return Ok(Vec::new());
        }
        let tag = self.stream.tag(&mut part.room)?;
        tag.check(&[1, 2, 4, 16, 17, 18], "characters")?;
        self.charge_text(&part, tag.len)?;
        let bytes = self.stream.data(&tag, tag.len, "bytes of a text")?;
        part.end(&self.stream)?;
        let characters = self.characters(&part, &tag, &bytes)?;
        // There may be any number of rows without a character.
        let rows = if count == 0 { 0 } else { part.heading.shape[0] };
        self.charge(&part, rows)?;
        match characters {
            _ if rows == 0 => Ok(Vec::new()),
            Characters::Line(line) => Ok(vec![line]),
            Characters::Whole(characters) => Ok((0..rows)
                .map(|row| characters.iter().skip(row).step_by(rows).collect())
                .collect()),
            Characters::Units(units) => (0..rows)
                .map(|row| {
                    let units: Vec<u16> = units.iter().skip(row).step_by(rows).copied().collect();
                    String::from_utf16(&units).map_err(|_| none(&tag))
                })
                .collect(),
        }
    }

    fn characters(&self, part: &Part, tag: &Tag, bytes: &[u8]) -> Result<Characters, MatError> {
        let count = part.heading.count();
        let big_endian = self.stream.big_endian;
        let (found, size, characters) = match tag.kind {
            4 | 17 => {
                let units = bytes.as_chunks::<2>().0.iter().map(|&unit| {
                    if big_endian {
                        u16::from_be_bytes(unit)
                    } else {
                        u16::from_le_bytes(unit)
                    }
                });
                (tag.len, 2, Characters::Units(units.collect()))
            }
            18 => {
                let units = bytes.as_chunks::<4>().0.iter();
                let whole: Option<_> = units
                    .map(|&unit| char::from_u32(self.stream.number(unit)))
                    .collect();
                (tag.len, 4, Characters::Whole(whole.ok_or(none(tag))?))
            }
            16 => {
                let line = str::from_utf8(bytes).map_err(|_| none(tag))?;
                let whole: Vec<char> = line.chars().collect();
                if part.heading.shape[0] == 1 && count == bytes.len() {
                    let line = line.to_string();
                    (tag.len, 1, Characters::Line(line))
                } else {
                    (whole.len() as u64, 1, Characters::Whole(whole))
                }
            }
            // ASCII, or Latin-1 of old versions.
            _ => {
                let whole = bytes.iter().copied().map(char::from).collect();
                (tag.len, 1, Characters::Whole(whole))
            }
        };
        if found == (count * size) as u64 {
            return Ok(characters);
        }
        Err(MatError::Size {
            position: tag.position,
            shape: part.heading.shape.clone(),
            size,
            found: tag.len,
        })
    }
}

fn none(tag: &Tag) -> MatError {
    MatError::Text {
        position: tag.position,
    }
}
