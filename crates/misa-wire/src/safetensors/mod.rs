//! Clips in safetensors.
//!
//! | File | Holds |
//! |---|---|
//! | `header.rs` | what a body names: tensors and texts |
//! | `name.rs` | names of tensors and texts |
//! | `tensor.rs` | rows and word ids of a tensor |
//! | `read.rs` | bodies to requests |
//! | `write.rs` | requests to bodies |

mod header;
mod name;
mod read;
mod tensor;
mod write;

pub use header::HEADER_BYTES;
pub(crate) use header::Listing;
pub(crate) use name::{METADATA, check_tensor_name, check_text_name};
pub(crate) use read::read_request;
pub(crate) use write::write_request;
