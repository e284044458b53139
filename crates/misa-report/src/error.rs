//! Errors of records and of drawing them.

use thiserror::Error;

/// A record that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Two lists that belong together differ in length.
    #[error("{part}: `{list}` has {found} values, expected {expected}")]
    Length {
        /// Part of the record.
        part: &'static str,
        /// The list.
        list: String,
        /// Number of values that the rest of the record implies.
        expected: usize,
        /// Number of values found.
        found: usize,
    },
    /// A count is outside the range that can be drawn.
    #[error("{part}: `{what}` is {found}, expected {low} to {high}")]
    Count {
        /// Part of the record.
        part: &'static str,
        /// The quantity.
        what: &'static str,
        /// Smallest count allowed.
        low: usize,
        /// Largest count allowed.
        high: usize,
        /// Count found.
        found: usize,
    },
    /// An index that does not belong to a class.
    #[error(
        "{part}: `{list}` has {found} at utterance {utterance}, expected a class from 0 to {high}"
    )]
    Class {
        /// Part of the record.
        part: &'static str,
        /// The list.
        list: &'static str,
        /// Position in the list, from 0.
        utterance: usize,
        /// Largest class index.
        high: usize,
        /// Value found, as text.
        found: String,
    },
    /// A number outside the range that can be shown.
    #[error("{place}: `{what}` is {found}, expected {expected}")]
    Value {
        /// Part of the record, with its position from 0 and its name where it has them.
        place: String,
        /// The quantity.
        what: &'static str,
        /// What would do.
        expected: &'static str,
        /// Value found, as text.
        found: String,
    },
}

/// A figure that could not be turned into pixels.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PngError {
    /// The drawing cannot be parsed.
    #[error("figure `{figure}`: drawing cannot be parsed")]
    Drawing {
        /// Name of the figure.
        figure: String,
        /// The error of the SVG parser, whose type is private.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The picture has no pixels, or more than fit into memory.
    #[error("figure `{figure}`: {width} x {height} pixels cannot be drawn")]
    Size {
        /// Name of the figure.
        figure: String,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// In a program without pixels.
    #[error(
        "figure `{figure}`: this program was built without PNG: build it with `--features png`, or ask for SVG"
    )]
    Without {
        /// Name of the figure.
        figure: String,
    },
    /// The pixels cannot be encoded.
    #[error("figure `{figure}`: pixels cannot be encoded as PNG")]
    Packing {
        /// Name of the figure.
        figure: String,
        /// The error of the encoder, whose type is private.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
