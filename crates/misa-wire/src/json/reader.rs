//! Reading JSON part by part: each part takes one kind of value, and whatever else is there is refused
//! with its place.

use crate::error::{Fault, WireError, quoted};
use crate::limits::Limits;
use crate::tally::Tally;
use crate::values::shown;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::RefCell;
use std::fmt;

/// A part of a body: what it takes, and what becomes of it. What a part does not take is refused.
pub(super) trait Part<'de>: Sized {
    type Output;

    /// What it takes, in words.
    fn expected(&self) -> String;

    fn text(self, text: &str, _: &Reader<'_>) -> Result<Self::Output, Fault> {
        Err(self.wrong(quoted(text)))
    }

    fn number(self, number: f64, _: &Reader<'_>) -> Result<Self::Output, Fault> {
        Err(self.wrong(shown(number)))
    }

    fn whole(self, number: u64, _: &Reader<'_>) -> Result<Self::Output, Fault> {
        Err(self.wrong(number.to_string()))
    }

    fn null(self, _: &Reader<'_>) -> Result<Self::Output, Fault> {
        Err(self.wrong("null"))
    }

    fn list<A: SeqAccess<'de>>(self, _: A, reader: &Reader<'_>) -> Result<Self::Output, A::Error> {
        Err(reader.refuse(self.wrong("a list")))
    }

    fn object<A: MapAccess<'de>>(
        self,
        _: A,
        reader: &Reader<'_>,
    ) -> Result<Self::Output, A::Error> {
        Err(reader.refuse(self.wrong("an object")))
    }

    fn wrong(self, found: impl Into<String>) -> Fault {
        Fault::invalid(self.expected(), found.into())
    }
}

/// A step from a value to one inside it.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

/// What the parts of one body share: the limits, and the first fault with its place. `serde_json` has
/// errors of its own and adds a line to each, so they only carry the news that there is a fault here.
#[derive(Debug)]
pub(super) struct Reader<'l> {
    pub tally: Tally<'l>,
    fault: RefCell<Option<Fault>>,
    /// From the fault outwards.
    steps: RefCell<Vec<Step>>,
}

impl<'l> Reader<'l> {
    pub fn new(limits: &'l Limits) -> Self {
        Self {
            tally: Tally::new(limits),
            fault: RefCell::default(),
            steps: RefCell::default(),
        }
    }

    pub fn limits(&self) -> &'l Limits {
        self.tally.limits()
    }

    /// Keeps `fault` and ends the reading.
    pub fn refuse<E: Error>(&self, fault: Fault) -> E {
        self.note(fault);
        E::custom("refused")
    }

    /// As [`Reader::refuse`], for a fault of what the value at `key` says.
    pub fn refuse_key<E: Error>(&self, key: &str, fault: Fault) -> E {
        let error = self.refuse(fault);
        self.outwards(Step::Key(key.to_string()), error)
    }

    /// As [`Reader::refuse`], for a fault of the number in a row and column.
    pub fn refuse_number<E: Error>(&self, [row, column]: [usize; 2], fault: Fault) -> E {
        let error = self.outwards(Step::Index(column), self.refuse(fault));
        self.outwards(Step::Index(row), error)
    }

    /// Adds a fault to an error that is not ours.
    pub fn note(&self, fault: Fault) {
        *self.fault.borrow_mut() = Some(fault);
    }

    /// Element `index` of a list, if there is one.
    pub fn element<'de, A: SeqAccess<'de>, P: Part<'de>>(
        &self,
        list: &mut A,
        index: usize,
        part: P,
    ) -> Result<Option<P::Output>, A::Error> {
        let seed = Seed { part, reader: self };
        list.next_element_seed(seed)
            .map_err(|error| self.outwards(Step::Index(index), error))
    }

    /// Ends the reading with `fault` if there is another element.
    pub fn no_element<'de, A: SeqAccess<'de>>(
        &self,
        list: &mut A,
        fault: impl FnOnce() -> Fault,
    ) -> Result<(), A::Error> {
        let seed = Refusal {
            fault,
            reader: self,
        };
        list.next_element_seed(seed).map(|_| ())
    }

    /// The value of `key`, which was read before.
    pub fn value<'de, A: MapAccess<'de>, P: Part<'de>>(
        &self,
        object: &mut A,
        key: &str,
        part: P,
    ) -> Result<P::Output, A::Error> {
        let seed = Seed { part, reader: self };
        object
            .next_value_seed(seed)
            .map_err(|error| self.outwards(Step::Key(key.to_string()), error))
    }

    /// The next key of an object, if there is another.
    pub fn key<'de, A: MapAccess<'de>, P: Part<'de>>(
        &self,
        object: &mut A,
        part: P,
    ) -> Result<Option<P::Output>, A::Error> {
        object.next_key_seed(Seed { part, reader: self })
    }

    /// The fault with its place, if one was found. `whole` is the name of what was read.
    pub fn into_error(self, whole: &str) -> Option<WireError> {
        let fault = self.fault.into_inner()?;
        let mut place = String::new();
        for step in self.steps.into_inner().into_iter().rev() {
            match step {
                Step::Key(key) if place.is_empty() => place = key,
                Step::Key(key) => place.extend([".", &key]),
                Step::Index(index) if place.is_empty() => place = format!("{whole}[{index}]"),
                Step::Index(index) => place += &format!("[{index}]"),
            }
        }
        if place.is_empty() {
            place = whole.to_string();
        }
        Some(fault.at(place))
    }

    /// Notes on the way out of a fault what it is inside of.
    fn outwards<E>(&self, step: Step, error: E) -> E {
        self.steps.borrow_mut().push(step);
        error
    }
}

/// Hands what the JSON has to a part.
pub(super) struct Seed<'r, 'l, P> {
    pub part: P,
    pub reader: &'r Reader<'l>,
}

impl<'de, P: Part<'de>> DeserializeSeed<'de> for Seed<'_, '_, P> {
    type Value = P::Output;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<P::Output, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, P: Part<'de>> Visitor<'de> for Seed<'_, '_, P> {
    type Value = P::Output;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part.expected())
    }

    fn visit_bool<E: Error>(self, found: bool) -> Result<P::Output, E> {
        Err(self.reader.refuse(self.part.wrong(found.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<P::Output, E> {
        // Negative ones only come here, and every part that takes them takes fractions too.
        self.visit_f64(number as f64)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<P::Output, E> {
        let output = self.part.whole(number, self.reader);
        output.map_err(|fault| self.reader.refuse(fault))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<P::Output, E> {
        let output = self.part.number(number, self.reader);
        output.map_err(|fault| self.reader.refuse(fault))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<P::Output, E> {
        let output = self.part.text(text, self.reader);
        output.map_err(|fault| self.reader.refuse(fault))
    }

    fn visit_unit<E: Error>(self) -> Result<P::Output, E> {
        let output = self.part.null(self.reader);
        output.map_err(|fault| self.reader.refuse(fault))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<P::Output, A::Error> {
        self.part.list(list, self.reader)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<P::Output, A::Error> {
        self.part.object(object, self.reader)
    }
}

/// Refuses a value before any of it is read.
struct Refusal<'r, 'l, F> {
    fault: F,
    reader: &'r Reader<'l>,
}

impl<'de, F: FnOnce() -> Fault> DeserializeSeed<'de> for Refusal<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(self.reader.refuse((self.fault)()))
    }
}
