//! What a body names, before any of it is read.

use crate::error::{Fault, WireError, shortened};
use crate::json;
use crate::limits::Limits;
use safetensors::SafeTensors;

/// Longest header of a safetensors body. 32 clips have up to six tensors each, of about 100 bytes in the header,
/// beside their texts.
pub const HEADER_BYTES: usize = 256 << 10;

/// Bytes of the header's length.
const LENGTH_BYTES: usize = 8;

/// The names in a header. The crate `safetensors` keeps the last of several tensors or texts with the same
/// name, and gives them out in random order.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Names of tensors in the order of the header.
    pub tensors: Vec<String>,
    /// Names and texts, in the order of the header.
    pub texts: Vec<(String, String)>,
}

/// The header's names, and the tensors of a body.
pub(super) fn open<'b>(
    body: &'b [u8],
    limits: &Limits,
) -> Result<(Listing, SafeTensors<'b>), WireError> {
    let header = header(body)?;
    let listing = json::read_listing(header, limits)?;
    let tensors = SafeTensors::deserialize(body).map_err(|error| {
        let found = shortened(&error.to_string());
        Fault::malformed("tensors that fill the body", found).at("header")
    })?;
    Ok((listing, tensors))
}

/// The bytes of the header.
fn header(body: &[u8]) -> Result<&[u8], WireError> {
    if body.is_empty() {
        return Err(Fault::empty("safetensors").at("body"));
    }
    let Some((length, rest)) = body.split_first_chunk::<LENGTH_BYTES>() else {
        let found = format!("{} bytes", body.len());
        return Err(Fault::malformed("the header's length in 8 bytes", found).at("body"));
    };
    let length = u64::from_le_bytes(*length);
    let header = usize::try_from(length).ok().and_then(|end| rest.get(..end));
    let Some(header) = header else {
        let expected = format!("a header of at most {} bytes", rest.len());
        return Err(Fault::malformed(expected, format!("{length}")).at("body, byte 0"));
    };
    if header.len() > HEADER_BYTES {
        return Err(Fault::too_many(HEADER_BYTES, "bytes", length).at("header"));
    }
    Ok(header)
}
