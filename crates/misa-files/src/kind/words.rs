//! Names of kinds for people, and what to do with such a file.

use super::FileKind;

const UNPACK: &str = "unpack it first, and give what was in it";
const DOWNLOAD: &str = "the file itself was not downloaded: download it again, in a browser or with a \
                        tool for that site";
const COPY: &str = "the copy is not complete: copy or download it again, and compare the size";
const MEDIA: &str = "misa reads features, not recordings: extract features first \
                     (docs/data-format.md, your own features)";
const TABLE: &str = "only tables of labels are read as text: put features into .npz files beside a \
                     labels.csv (docs/data-format.md, your own features)";
const FEATURES: &str = "one such file holds the features of one recording: collect all of them in a \
                        .npz file beside a labels.csv (docs/data-format.md, your own features)";
const WORDS: &str = "words with times are not a data set: put the words into the column `text` of a \
                     labels.csv (docs/data-format.md, your own features)";
const ARRAYS: &str = "save its arrays with numpy.savez, and put a labels.csv beside them \
                      (docs/data-format.md, your own features)";
const SHEET: &str = "save the sheet as CSV UTF-8 first";
const FOLDER: &str = "such a file is one of several: give the folder that holds them all";
const OTHER: &str = "give the data itself: docs/data-format.md lists what is read";

impl FileKind {
    /// The name for people, with an article where English has one.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What to do with such a file where features or labels are expected.
    pub fn advice(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("an empty file", COPY),
            Self::Zeros => ("nothing but zeros", COPY),
            Self::GoogleDrive => (
                "a web page of Google Drive, which asks before it sends a large file",
                DOWNLOAD,
            ),
            Self::WebPage => ("a web page (HTML)", DOWNLOAD),
            Self::LfsPointer => (
                "a pointer of Git LFS",
                "the content is still on the server: run `git lfs pull` in its folder",
            ),
            Self::AnnexPointer => (
                "a pointer of git-annex",
                "the content is still on the server: run `git annex get` (or `datalad get`) on it",
            ),
            Self::PickleWithCrlf => (
                "a pickle whose line ends were converted to CRLF",
                "it was copied as text, which damages it: copy the original again as binary \
                 (git: `*.pkl binary` in .gitattributes)",
            ),
            _ => self.of_data().unwrap_or_else(|| self.of_others()),
        }
    }

    /// Arrays, tables and archives.
    fn of_data(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Pickle => ("a pickle", "give it where a pickle is expected"),
            Self::OldTorch => ("a file of PyTorch (before 1.6)", ARRAYS),
            Self::Torch => ("a file of PyTorch (.pt)", ARRAYS),
            Self::Safetensors => (
                "a safetensors file",
                "data sets of ours are read with --format safetensors, or without --format",
            ),
            Self::Hdf5 => ("an HDF5 file (.csd, .h5)", FOLDER),
            Self::Matlab => ("a MATLAB file (.mat, version 5 to 7)", ARRAYS),
            Self::Matlab73 => ("a MATLAB file (.mat, version 7.3)", ARRAYS),
            Self::Npy => ("a NumPy array (.npy)", ARRAYS),
            Self::Npz => (
                "an archive of NumPy arrays (.npz)",
                "give the folder that holds it and a labels.csv",
            ),
            Self::Excel => ("an Excel workbook (.xlsx)", SHEET),
            Self::Office => ("an Office file (.xlsx, .docx, .pptx)", SHEET),
            Self::OldOffice => ("an old Office file (.xls, .doc)", SHEET),
            Self::OpenDocument => ("a LibreOffice file (.ods, .odt)", SHEET),
            Self::Zip => ("a zip archive", UNPACK),
            Self::Gzip => ("a gzip file", "unpack it first: gunzip or tar -xf"),
            Self::Bzip2 => ("a bzip2 file", "unpack it first: bunzip2 or tar -xf"),
            Self::Xz => ("an xz file", "unpack it first: unxz or tar -xf"),
            Self::Zlib => (
                "zlib-compressed bytes (as joblib writes)",
                "load it in Python and save it again without compression",
            ),
            Self::Lz4 => ("an lz4 file", "unpack it first: unlz4"),
            Self::Zstd => ("a Zstandard file", "unpack it first: unzstd or tar -xf"),
            Self::SevenZip => ("a 7-Zip archive", UNPACK),
            Self::Rar => ("a RAR archive", UNPACK),
            Self::Tar => ("a tar archive", "unpack it first: tar -xf"),
            Self::Sqlite => ("an SQLite database", ARRAYS),
            Self::Parquet => ("a Parquet file", ARRAYS),
            Self::Arrow => ("an Arrow or Feather file", ARRAYS),
            _ => return None,
        })
    }

    /// Recordings, documents and texts.
    fn of_others(self) -> (&'static str, &'static str) {
        match self {
            Self::Wav => ("a WAV recording", MEDIA),
            Self::Flac => ("a FLAC recording", MEDIA),
            Self::Mp3 => ("an MP3 recording", MEDIA),
            Self::Ogg => ("an Ogg recording", MEDIA),
            Self::Mp4 => ("an MP4 or QuickTime video", MEDIA),
            Self::Matroska => ("a Matroska or WebM video", MEDIA),
            Self::Avi => ("an AVI video", MEDIA),
            Self::Png => ("a PNG image", MEDIA),
            Self::Jpeg => ("a JPEG image", MEDIA),
            Self::Gif => ("a GIF image", MEDIA),
            Self::Word => ("a Word document (.docx)", OTHER),
            Self::Pdf => ("a PDF document", OTHER),
            Self::Xml => ("an XML file", OTHER),
            Self::Notebook => ("a Jupyter notebook", OTHER),
            Self::Python => ("a Python program", OTHER),
            Self::WhisperX => ("a transcript of WhisperX", WORDS),
            Self::Whisper => ("a transcript of Whisper", WORDS),
            Self::TextGrid => ("a TextGrid of Praat", WORDS),
            Self::Subtitles => ("subtitles", WORDS),
            Self::Json => ("a JSON file", OTHER),
            Self::OpenFace => ("a table of OpenFace", FEATURES),
            Self::OpenSmileCsv => ("a table of openSMILE", FEATURES),
            Self::Arff => ("an ARFF file (openSMILE, Weka)", FEATURES),
            Self::Csv => ("a table of text (.csv)", TABLE),
            _ => ("plain text", OTHER),
        }
    }
}
