//! What can be wrong with a record, and with drawing one.

use thiserror::Error;

/// A record that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Two lists that must run over the same things do not.
    #[error("{place}: `{list}` has {found} values, expected {expected}")]
    Length {
        /// Part of the record.
        place: &'static str,
        /// List at fault.
        list: String,
        /// Number of values the rest of the record asks for.
        expected: usize,
        /// Number of values found.
        found: usize,
    },
    /// A count is outside what can be drawn.
    #[error("{place}: `{what}` is {found}, expected {low} to {high}")]
    Count {
        /// Part of the record.
        place: &'static str,
        /// Quantity at fault.
        what: &'static str,
        /// Smallest count allowed.
        low: usize,
        /// Largest count allowed.
        high: usize,
        /// Count found.
        found: usize,
    },
    /// A class index that is no index of a class.
    #[error(
        "{place}: `{list}` has {found} at utterance {utterance}, expected a class from 0 to {high}"
    )]
    Class {
        /// Part of the record.
        place: &'static str,
        /// List at fault.
        list: &'static str,
        /// Position in the list, from 0.
        utterance: usize,
        /// Largest class index.
        high: usize,
        /// Value found, as text.
        found: String,
    },
}

/// A figure that could not be turned into pixels.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PngError {
    /// The drawing was not understood.
    #[error("figure `{figure}`: drawing cannot be read")]
    Drawing {
        /// Name of the figure.
        figure: String,
        /// What the reader of drawings said.
        #[source]
        source: Box<resvg::usvg::Error>,
    },
    /// The picture has no pixels, or more than memory holds.
    #[error("figure `{figure}`: {width} x {height} pixels cannot be drawn")]
    Size {
        /// Name of the figure.
        figure: String,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The pixels could not be packed.
    #[error("figure `{figure}`: pixels cannot be packed")]
    Packing {
        /// Name of the figure.
        figure: String,
        /// What the packer said; its own type is not public.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
