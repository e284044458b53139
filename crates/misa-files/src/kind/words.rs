//! Names of kinds for people, and what to do with such a file.

use super::FileKind;

const UNPACK: &str = "unpack it first, and give what was in it";
const DOWNLOAD: &str = "the file itself was not downloaded: download it again, in a browser or with a \
                        tool for that site";
const COPY: &str = "the copy is not complete: copy or download it again, and compare the size";
const MEDIA: &str = "misa reads features, not recordings: extract features first \
                     (docs/recordings.md)";
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
        words(self).0
    }

    /// What to do with such a file where features or labels are expected.
    pub fn advice(self) -> &'static str {
        words(self).1
    }
}

/// A function that returns the name and the advice of each kind. It does not compile if a kind
/// is missing.
macro_rules! words {
    ($($kind:ident: $name:expr, $advice:expr;)*) => {
        fn words(kind: FileKind) -> (&'static str, &'static str) {
            match kind {
                $(FileKind::$kind => ($name, $advice),)*
            }
        }
    };
}

words! {
    Empty: "an empty file", COPY;
    Zeros: "nothing but zeros", COPY;
    GoogleDrive:
        "a web page of Google Drive, which asks before it sends a large file",
        DOWNLOAD;
    WebPage: "a web page (HTML)", DOWNLOAD;
    LfsPointer:
        "a pointer of Git LFS",
        "the content is still on the server: run `git lfs pull` in its folder";
    AnnexPointer:
        "a pointer of git-annex",
        "the content is still on the server: run `git annex get` (or `datalad get`) on it";
    PickleWithCrlf:
        "a pickle whose line ends were converted to CRLF",
        "it was copied as text, which damages it: copy the original again as binary \
        (git: `*.pkl binary` in .gitattributes)";
    Pickle: "a pickle", "give it where a pickle is expected";
    OldTorch: "a file of PyTorch (before 1.6)", ARRAYS;
    Torch: "a file of PyTorch (.pt)", ARRAYS;
    Safetensors:
        "a safetensors file",
        "data sets of ours are read with --format safetensors, or without --format";
    Hdf5: "an HDF5 file (.csd, .h5)", FOLDER;
    Matlab: "a MATLAB file (.mat, version 5 to 7)", ARRAYS;
    Matlab73: "a MATLAB file (.mat, version 7.3)", ARRAYS;
    Npy: "a NumPy array (.npy)", ARRAYS;
    Npz:
        "an archive of NumPy arrays (.npz)",
        "give the folder that holds it and a labels.csv";
    Excel: "an Excel workbook (.xlsx)", SHEET;
    Office: "an Office file (.xlsx, .docx, .pptx)", SHEET;
    OldOffice: "an old Office file (.xls, .doc)", SHEET;
    OpenDocument: "a LibreOffice file (.ods, .odt)", SHEET;
    Zip: "a zip archive", UNPACK;
    Gzip: "a gzip file", "unpack it first: gunzip or tar -xf";
    Bzip2: "a bzip2 file", "unpack it first: bunzip2 or tar -xf";
    Xz: "an xz file", "unpack it first: unxz or tar -xf";
    Zlib:
        "zlib-compressed bytes (as joblib writes)",
        "load it in Python and save it again without compression";
    Lz4: "an lz4 file", "unpack it first: unlz4";
    Zstd: "a Zstandard file", "unpack it first: unzstd or tar -xf";
    SevenZip: "a 7-Zip archive", UNPACK;
    Rar: "a RAR archive", UNPACK;
    Tar: "a tar archive", "unpack it first: tar -xf";
    Sqlite: "an SQLite database", ARRAYS;
    Parquet: "a Parquet file", ARRAYS;
    Arrow: "an Arrow or Feather file", ARRAYS;
    Wav: "a WAV recording", MEDIA;
    Flac: "a FLAC recording", MEDIA;
    Mp3: "an MP3 recording", MEDIA;
    Ogg: "an Ogg recording", MEDIA;
    Mp4: "an MP4 or QuickTime video", MEDIA;
    Matroska: "a Matroska or WebM video", MEDIA;
    Avi: "an AVI video", MEDIA;
    Png: "a PNG image", MEDIA;
    Jpeg: "a JPEG image", MEDIA;
    Gif: "a GIF image", MEDIA;
    Word: "a Word document (.docx)", OTHER;
    Pdf: "a PDF document", OTHER;
    Xml: "an XML file", OTHER;
    Notebook: "a Jupyter notebook", OTHER;
    Python: "a Python program", OTHER;
    WhisperX: "a transcript of WhisperX", WORDS;
    Whisper: "a transcript of Whisper", WORDS;
    TextGrid: "a TextGrid of Praat", WORDS;
    Subtitles: "subtitles", WORDS;
    Json: "a JSON file", OTHER;
    OpenFace: "a table of OpenFace", FEATURES;
    OpenSmileCsv: "a table of openSMILE", FEATURES;
    Arff: "an ARFF file (openSMILE, Weka)", FEATURES;
    Csv: "a table of text (.csv)", TABLE;
    Text: "plain text", OTHER;
}
