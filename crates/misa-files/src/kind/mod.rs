//! What a file is, judged by its first bytes.
//!
//! | File | Holds |
//! |---|---|
//! | `signature.rs` | kinds with fixed bytes at a fixed position |
//! | `zip.rs` | kinds of zip archives, by the names of their entries |
//! | `pickle.rs` | pickles, and those that a conversion of line ends damaged |
//! | `text.rs` | kinds of text files |
//! | `words.rs` | names for people, and what to do |

mod pickle;
mod signature;
mod text;
mod words;
mod zip;

use crate::source::Source;
use std::{fmt, io};

/// What a file is, judged by its first bytes and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// No bytes at all.
    Empty,
    /// Nothing but zeros.
    Zeros,
    /// A Python pickle of any protocol.
    Pickle,
    /// A pickle whose line ends were converted from LF to CRLF, which damages it.
    PickleWithCrlf,
    /// PyTorch's format before version 1.6.
    OldTorch,
    /// PyTorch's archive.
    Torch,
    /// Tensors of Hugging Face, or a data set of ours.
    Safetensors,
    /// HDF5, among them `.csd`.
    Hdf5,
    /// MATLAB's `.mat` up to version 7.
    Matlab,
    /// MATLAB's `.mat` of version 7.3, which is HDF5 inside.
    Matlab73,
    /// One NumPy array.
    Npy,
    /// An archive of NumPy arrays.
    Npz,
    /// A workbook of Excel, `.xlsx`.
    Excel,
    /// A document of Word, `.docx`.
    Word,
    /// Another file of Office, such as `.pptx`.
    Office,
    /// A workbook of Excel, or another old Office file, `.xls`.
    OldOffice,
    /// A file of LibreOffice.
    OpenDocument,
    /// Any other zip archive.
    Zip,
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// A zlib stream, as joblib writes.
    Zlib,
    /// lz4.
    Lz4,
    /// Zstandard.
    Zstd,
    /// 7-Zip.
    SevenZip,
    /// RAR.
    Rar,
    /// tar, not compressed.
    Tar,
    /// The page that Google Drive shows instead of a large file.
    GoogleDrive,
    /// Any other web page.
    WebPage,
    /// A pointer of Git LFS instead of the content.
    LfsPointer,
    /// A pointer of git-annex instead of the content.
    AnnexPointer,
    /// XML.
    Xml,
    /// WAV audio.
    Wav,
    /// FLAC audio.
    Flac,
    /// MP3 audio.
    Mp3,
    /// Ogg audio.
    Ogg,
    /// MP4 or QuickTime video.
    Mp4,
    /// Matroska or WebM video.
    Matroska,
    /// AVI video.
    Avi,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// A GIF image.
    Gif,
    /// A PDF document.
    Pdf,
    /// An SQLite database.
    Sqlite,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow or Feather.
    Arrow,
    /// A notebook of Jupyter.
    Notebook,
    /// Words with their times by WhisperX.
    WhisperX,
    /// A transcript of Whisper, without times of words.
    Whisper,
    /// Any other JSON.
    Json,
    /// Rows of OpenFace.
    OpenFace,
    /// Rows of openSMILE, as CSV.
    OpenSmileCsv,
    /// Rows of openSMILE or Weka, as ARFF.
    Arff,
    /// A TextGrid of Praat.
    TextGrid,
    /// Subtitles.
    Subtitles,
    /// A program in Python.
    Python,
    /// A table of text, separated by commas, semicolons or tabs.
    Csv,
    /// Any other text.
    Text,
}

impl FileKind {
    /// The number of first bytes that decide every kind.
    pub const HEAD: usize = 1 << 14;

    /// The kind of a file that starts with `head`, which is the whole file or its first
    /// [`HEAD`](Self::HEAD) bytes. `None` if nothing is known about such bytes.
    pub fn detect(head: &[u8]) -> Option<Self> {
        if head.is_empty() {
            return Some(Self::Empty);
        }
        if head.iter().all(|&byte| byte == 0) {
            return Some(Self::Zeros);
        }
        signature::detect(head)
            .or_else(|| zip::detect(head))
            .or_else(|| pickle::detect_binary(head))
            .or_else(|| text::detect(head))
    }

    /// The kind of `source`.
    ///
    /// # Errors
    ///
    /// The error of the system when the first bytes cannot be read.
    pub fn of(source: &Source<'_>) -> io::Result<Option<Self>> {
        let len = source.len().min(Self::HEAD as u64) as usize;
        Ok(Self::detect(&source.bytes(0, len)?))
    }
}

/// The name for people, with an article.
impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether `part` occurs in `bytes`.
fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
