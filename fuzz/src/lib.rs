//! Reads bytes with every parser of misa, as far as they can be read. What is looked for are panics,
//! hangs and memory out of proportion; only requests are compared with what they are written as.
//!
//! | File | Reads |
//! |---|---|
//! | `pickle.rs` | Python's files |
//! | `hdf5.rs` | HDF5 files |
//! | `mat.rs` | MATLAB files |
//! | `npz.rs` | NumPy's arrays and archives |
//! | `torch.rs` | files of PyTorch |
//! | `data.rs` | data sets and word vectors |
//! | `tracks.rs` | tables of faces and voices |
//! | `body.rs` | requests for predictions |
//! | `segments.rs` | tables of segments, files of speech, and recipes |
//! | `words.rs` | words with times |
//! | `sound.rs` | sounds |

pub mod body;
pub mod data;
pub mod hdf5;
pub mod mat;
pub mod npz;
pub mod pickle;
pub mod segments;
pub mod sound;
pub mod torch;
pub mod words;
pub mod tracks;
