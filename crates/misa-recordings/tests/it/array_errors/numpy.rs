//! What is said about arrays of NumPy, archives and folders of them.

use super::check;
use crate::array_tracks::{at_rate, f4, npy};
use crate::tracks::options;
use misa_files::npy::NpzWriter;
use misa_recordings::FaultKind::{Empty, Malformed, TooLarge, Unclear, Unsupported};
use misa_recordings::RecordingError;
use misa_recordings::tracks::{TrackOptions, read};
use std::fs;

#[test]
fn numpy() {
    let none = TrackOptions::default();
    let cases = [
        (
            npy("<f4", false, "(2, 1)", &[0; 8]),
            Unclear,
            "expected the number of rows a second, found 2 rows without times; give the rows a second, such as \
             `--face-rows 25` for faces or `--voice-rows 100` for voices",
        ),
        (
            npy("<f4", false, "(1, 2, 1)", &[0; 8]),
            Unsupported,
            "expected an array [rows, columns] or [columns], found an array f4 [1, 2, 1]; save each recording as \
             an array of its own",
        ),
        (
            npy("<f4", false, "()", &[0; 4]),
            Unsupported,
            "expected an array [rows, columns] or [columns], found an array f4 []; save each recording as an \
             array of its own",
        ),
        (
            npy("|O", false, "(2,)", b"cposix\nsystem\n."),
            Unsupported,
            "expected an array of numbers, found an array O [2]; save numbers: np.save(FILE, np.asarray(array, \
             dtype=np.float32))",
        ),
        (
            npy("<U1", false, "(2,)", &[0; 8]),
            Unsupported,
            "expected an array of numbers, found an array U1 [2]; save numbers: np.save(FILE, np.asarray(array, \
             dtype=np.float32))",
        ),
        (
            npy("<f4", false, "(0, 5)", &[]),
            Empty,
            "expected rows of numbers, found 0 rows of 5 columns",
        ),
        (
            npy("<f4", false, "(2, 2)", &[0; 8]),
            Malformed,
            "expected a NumPy array that can be read, found a fault: byte 128: array of shape [2, 2] and element \
             size 4, found 8 bytes",
        ),
        (
            npy("<c8", false, "(1,)", &[0; 8]),
            Unsupported,
            "expected a NumPy array that can be read, found a fault: byte 20: element type \"<c8\" is not \
             supported",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.npy", &bytes, &none, kind, expected);
    }
}

#[test]
fn archives() {
    let mut writer = NpzWriter::new(Vec::new());
    writer.floats("clip", &[3, 1], &[0.0; 3]).unwrap();
    writer.texts("names", &["a".to_string()]).unwrap();
    let bytes = writer.finish().unwrap();
    let expected = "names: expected an array of numbers, found an array U1 [1]; save numbers: np.save(FILE, \
                    np.asarray(array, dtype=np.float32))";
    check("a.npz", &bytes, &at_rate(1.0), Unsupported, expected);
    let expected = "clip: expected the number of rows a second, found 3 rows without times; give the rows a \
                    second, such as `--face-rows 25` for faces or `--voice-rows 100` for voices";
    check("a.npz", &bytes, &TrackOptions::default(), Unclear, expected);
    let limits = options(|options| options.limits.values = 18);
    let expected = "clip: expected at most 18 values and names of all arrays, found 19";
    check("a.npz", &bytes, &limits, TooLarge, expected);
    let expected = "expected an archive of NumPy arrays, found a zip archive";
    check("a.npz", b"PK\x05\x06", &limits, Malformed, expected);
}

#[test]
fn folders() {
    let folder = tempfile::tempdir().unwrap();
    let message = |options: &TrackOptions| {
        let error = read(folder.path(), options).unwrap_err();
        let path = match &error {
            RecordingError::File { path, .. } => path.clone(),
            other => panic!("{other}"),
        };
        let message = error.to_string();
        let start = format!("{}: ", path.display());
        message.strip_prefix(&start).unwrap().to_string()
    };
    let write = |name: &str, shape: &str, values: &[f32]| {
        let bytes = npy("<f4", false, shape, &f4(values));
        fs::write(folder.path().join(name), bytes).unwrap();
    };
    let rate = at_rate(10.0);
    assert_eq!(
        message(&rate),
        "expected arrays `FRAME.npy`, found none in the folder"
    );
    write("9.npy", "(2,)", &[1.0, 2.0]);
    write("10.npy", "(2,)", &[1.0, 2.0]);
    assert_eq!(
        message(&rate),
        "expected numbers of frames whose order as text is that of numbers, found 10 before 9; fill the numbers \
         with zeros to one length, such as 000009.npy"
    );
    fs::rename(folder.path().join("9.npy"), folder.path().join("09.npy")).unwrap();
    assert_eq!(
        message(&TrackOptions::default()),
        "expected the number of rows a second, found 2 rows without times; give the rows a second, such as \
         `--face-rows 25` for faces or `--voice-rows 100` for voices"
    );
    let limits = options(|options| options.limits.rows = 1);
    assert_eq!(message(&limits), "expected at most 1 arrays, found more");
    write("11.npy", "(3,)", &[1.0, 2.0, 3.0]);
    let expected = "expected 1 rows of 2 columns, as before, found 1 rows of 3 columns";
    assert_eq!(message(&rate), expected);
    write("11.npy", "(2, 2)", &[1.0, 2.0, 3.0, 4.0]);
    assert_eq!(
        message(&rate),
        "expected one row for the frame, found 2 rows of 2 columns"
    );
    let error = read(&folder.path().join("none"), &rate).unwrap_err();
    assert!(matches!(error, RecordingError::Missing { .. }));
}
