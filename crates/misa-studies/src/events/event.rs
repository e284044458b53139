//! What a record of an event file says.

use super::protobuf::{Field, read, write};

/// The first event of each file.
pub(super) const VERSION: &str = "brain.Event:2";

/// Fields of `Event`, `Summary` and `Summary.Value` by their numbers in TensorBoard's `event.proto` and
/// `summary.proto`.
mod number {
    pub(super) const WALL_TIME: u64 = 1;
    pub(super) const STEP: u64 = 2;
    pub(super) const FILE_VERSION: u64 = 3;
    pub(super) const SUMMARY: u64 = 5;
    pub(super) const VALUE: u64 = 1;
    pub(super) const TAG: u64 = 1;
    pub(super) const SIMPLE_VALUE: u64 = 2;
}

/// An event: values of one step, or the version of the file.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Seconds since 1970.
    pub wall_time: f64,
    /// The step.
    pub step: i64,
    /// Version of the file, in its first event.
    pub file_version: Option<String>,
    /// Scalars by tag; other values, such as images, are not read.
    pub scalars: Vec<(String, f32)>,
}

impl Event {
    pub(super) fn version(wall_time: f64) -> Self {
        Self {
            wall_time,
            file_version: Some(VERSION.to_string()),
            ..Self::default()
        }
    }

    /// In the encoding of Protocol Buffers.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut event = Vec::new();
        let wall_time = Field::Fixed64(self.wall_time.to_le_bytes());
        write(&mut event, number::WALL_TIME, wall_time);
        // Negative steps have the bits of the unsigned number, as there.
        write(&mut event, number::STEP, Field::Varint(self.step as u64));
        if let Some(version) = &self.file_version {
            let version = Field::Bytes(version.as_bytes());
            write(&mut event, number::FILE_VERSION, version);
        }
        if !self.scalars.is_empty() {
            let mut summary = Vec::new();
            for (tag, scalar) in &self.scalars {
                let mut value = Vec::new();
                write(&mut value, number::TAG, Field::Bytes(tag.as_bytes()));
                let scalar = Field::Fixed32(scalar.to_le_bytes());
                write(&mut value, number::SIMPLE_VALUE, scalar);
                write(&mut summary, number::VALUE, Field::Bytes(&value));
            }
            write(&mut event, number::SUMMARY, Field::Bytes(&summary));
        }
        event
    }

    /// What bytes say, without fields of other kinds; or what is wrong with them.
    pub(super) fn decode(mut bytes: &[u8]) -> Result<Self, &'static str> {
        let mut event = Self::default();
        while let Some(field) = read(&mut bytes) {
            match field? {
                (number::WALL_TIME, Field::Fixed64(bytes)) => {
                    event.wall_time = f64::from_le_bytes(bytes);
                }
                (number::STEP, Field::Varint(step)) => event.step = step as i64,
                (number::FILE_VERSION, Field::Bytes(version)) => {
                    event.file_version = Some(text(version)?);
                }
                (number::SUMMARY, Field::Bytes(summary)) => {
                    event.scalars.extend(scalars(summary)?);
                }
                _ => {}
            }
        }
        Ok(event)
    }
}

fn scalars(mut summary: &[u8]) -> Result<Vec<(String, f32)>, &'static str> {
    let mut scalars = Vec::new();
    while let Some(field) = read(&mut summary) {
        if let (number::VALUE, Field::Bytes(value)) = field? {
            scalars.extend(scalar(value)?);
        }
    }
    Ok(scalars)
}

/// The tag and the scalar of a value that has one.
fn scalar(mut value: &[u8]) -> Result<Option<(String, f32)>, &'static str> {
    let (mut tag, mut scalar) = (String::new(), None);
    while let Some(field) = read(&mut value) {
        match field? {
            (number::TAG, Field::Bytes(bytes)) => tag = text(bytes)?,
            (number::SIMPLE_VALUE, Field::Fixed32(bytes)) => {
                scalar = Some(f32::from_le_bytes(bytes));
            }
            _ => {}
        }
    }
    Ok(scalar.map(|scalar| (tag, scalar)))
}

fn text(bytes: &[u8]) -> Result<String, &'static str> {
    let text = str::from_utf8(bytes).map_err(|_| "a text outside UTF-8")?;
    Ok(text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From a file of TensorBoard 2.21: `Event(wall_time=1.5, step=300, summary=…)` of the scalar 0.25.
    #[test]
    fn bytes_are_those_of_tensorboard() {
        let event = Event {
            wall_time: 1.5,
            step: 300,
            file_version: None,
            scalars: vec![("a/b".to_string(), 0.25)],
        };
        let bytes =
            b"\x09\0\0\0\0\0\0\xf8\x3f\x10\xac\x02\x2a\x0c\x0a\x0a\x0a\x03a/b\x15\0\0\x80\x3e";
        assert_eq!(event.encode(), bytes);
        assert_eq!(Event::decode(bytes), Ok(event));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            wall_time in -1e12..1e12,
            step: i64,
            file_version: Option<String>,
            scalars in prop::collection::vec(any::<(String, i16)>(), 0..4),
        ) {
            let scalars = scalars.into_iter().map(|(tag, value)| (tag, f32::from(value) / 8.0));
            let event = Event { wall_time, step, file_version, scalars: scalars.collect() };
            prop_assert_eq!(Event::decode(&event.encode()), Ok(event));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Event::decode(&bytes);
        }
    }
}
