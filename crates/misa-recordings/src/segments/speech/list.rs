//! A list of stretches in JSON.

use crate::error::quoted;
use crate::segments::speech::line_of;
use crate::{Fault, FaultKind, Limits};
use misa_terms::JsonFault;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A moment as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    pub value: f64,
    /// Whether it has no decimals.
    pub is_whole: bool,
}

/// An entry of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub start: Option<Moment>,
    pub end: Option<Moment>,
    pub speaker: Option<String>,
}

/// The entries of a list in JSON.
pub(super) fn entries(text: &str, limits: &Limits) -> Result<Vec<Entry>, Fault> {
    let mut json = serde_json::Deserializer::from_str(text);
    let list = List { limits }.deserialize(&mut json);
    let list = list.and_then(|list| json.end().map(|()| list));
    list.map_err(|error| {
        let found = JsonFault::new(text.as_bytes(), &error).instead();
        let place = line_of(text, &error);
        let kind = if found.starts_with(TOO_MANY) {
            FaultKind::TooLarge
        } else {
            FaultKind::Malformed
        };
        let expected = "a list of {\"start\": seconds, \"end\": seconds}";
        Fault::new(kind, place, expected, short(&found))
    })
}

/// Begins the message of a list beyond the limits.
const TOO_MANY: &str = "more than ";

/// Characters of a library's message that are shown.
const SHOWN: usize = 120;

fn short(message: &str) -> String {
    message.chars().take(SHOWN).collect()
}

/// Whether the moments are samples in all likelihood: no one of them has decimals.
pub(super) fn counts_samples(entries: &[Entry]) -> bool {
    let mut moments = entries
        .iter()
        .flat_map(|entry| [entry.start, entry.end])
        .flatten();
    moments.all(|moment| moment.is_whole) && !entries.is_empty()
}

/// Reads a list of entries within the limits.
struct List<'l> {
    limits: &'l Limits,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Vec<Entry>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Entry>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<Entry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element_seed(EntrySeed {
            limits: self.limits,
        })? {
            if entries.len() == self.limits.words {
                let message = format!("{TOO_MANY}{} stretches", self.limits.words);
                return Err(serde::de::Error::custom(message));
            }
            entries.push(entry);
        }
        Ok(entries)
    }
}

struct EntrySeed<'l> {
    limits: &'l Limits,
}

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed<'_> {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with start and end")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let mut entry = Entry::default();
        while let Some(key) = map.next_key::<String>()? {
            let is_second = match key.as_str() {
                "start" => entry.start.replace(map.next_value()?).is_some(),
                "end" => entry.end.replace(map.next_value()?).is_some(),
                "speaker" => {
                    let speaker: Option<String> = map.next_value()?;
                    let length = speaker.as_ref().map_or(0, String::len);
                    if length > self.limits.word_bytes {
                        let message = format!("{TOO_MANY}{} bytes", self.limits.word_bytes);
                        return Err(serde::de::Error::custom(message));
                    }
                    let is_second = entry.speaker.is_some();
                    entry.speaker = speaker;
                    is_second
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    false
                }
            };
            if is_second {
                let message = format!("a second {}", quoted(&key));
                return Err(serde::de::Error::custom(message));
            }
        }
        Ok(entry)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MomentVisitor)
    }
}

struct MomentVisitor;

impl Visitor<'_> for MomentVisitor {
    type Value = Moment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Moment, E> {
        Ok(Moment {
            value: value as f64,
            is_whole: true,
        })
    }

    fn visit_i64<E>(self, value: i64) -> Result<Moment, E> {
        Ok(Moment {
            value: value as f64,
            is_whole: true,
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Moment, E> {
        Ok(Moment {
            value,
            is_whole: false,
        })
    }
}
