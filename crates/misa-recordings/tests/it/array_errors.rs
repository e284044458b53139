//! What is said about arrays that cannot be used.

use crate::array_tracks::{at_rate, f4, kit, npy, options, parsed};
use misa_files::npy::NpzWriter;
use misa_recordings::FaultKind::{Empty, Invalid, Malformed, TooLarge, Unclear, Unsupported};
use misa_recordings::tracks::{TrackOptions, read};
use misa_recordings::{ContainerError, FaultKind, RecordingError};
use std::fs;

/// Changes the options of a test.
type Change = fn(&mut TrackOptions);

fn check(name: &str, bytes: &[u8], options: &TrackOptions, kind: FaultKind, expected: &str) {
    let fault = parsed(name, bytes, options).unwrap_err();
    assert_eq!((fault.kind, fault.to_string().as_str()), (kind, expected));
}

/// An element of a MATLAB file with its padding.
fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn matrix(class: u32, shape: [u32; 2], name: &str, content: &[u8]) -> Vec<u8> {
    let numbers = |numbers: [u32; 2]| numbers.map(u32::to_le_bytes).concat();
    let flags = element(6, &numbers([class, 0]));
    let heading = [
        flags,
        element(5, &numbers(shape)),
        element(1, name.as_bytes()),
    ]
    .concat();
    element(14, &[&heading, content].concat())
}

/// Doubles of 0.
fn doubles(shape: [u32; 2], name: &str) -> Vec<u8> {
    let count = (shape[0] * shape[1]) as usize;
    matrix(6, shape, name, &element(9, &vec![0; 8 * count]))
}

/// A cell of texts.
fn texts(name: &str, texts: &[&str]) -> Vec<u8> {
    let text = |text: &&str| matrix(4, [1, text.len() as u32], "", &element(16, text.as_bytes()));
    let cells: Vec<u8> = texts.iter().flat_map(text).collect();
    matrix(1, [1, texts.len() as u32], name, &cells)
}

fn mat(variables: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(variables.concat());
    bytes
}

/// Limits that small files exceed.
fn limits() -> TrackOptions {
    options(|options| {
        options.limits.rows = 4;
        options.limits.columns = 3;
        options.limits.values = 8;
        options.limits.word_bytes = 3;
    })
}

fn features() -> Vec<u8> {
    doubles([2, 2], "features")
}

#[test]
fn sizes_and_choices_of_matlab() {
    let cases = [
        (
            mat(&[]),
            Empty,
            "expected a matrix called \"features\", or another one, found none with numbers",
        ),
        (
            mat(&[doubles([0, 74], "features")]),
            Empty,
            "features: expected rows of numbers, found 0 rows of 74 columns",
        ),
        (
            mat(&[doubles([5, 2], "features")]),
            TooLarge,
            "features: expected at most 4 rows, found 5 rows of 2 columns",
        ),
        (
            mat(&[doubles([2, 4], "features")]),
            TooLarge,
            "features: expected at most 3 columns, found 2 rows of 4 columns",
        ),
        (
            mat(&[doubles([3, 3], "features")]),
            TooLarge,
            "features: expected at most 8 values, found 3 rows of 3 columns",
        ),
        (
            mat(&[
                doubles([2, 2], "a"),
                doubles([1, 1], "rate"),
                doubles([2, 1], "b"),
            ]),
            Unclear,
            "expected one matrix, or one called \"features\", found \"a\", \"b\"; save the features alone, or \
             call them features",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.mat", &bytes, &limits(), kind, expected);
    }
}

#[test]
fn values_of_matlab() {
    let cases = [
        (
            mat(&[matrix(4, [1, 2], "features", &element(16, b"ab"))]),
            Unsupported,
            "expected a MATLAB file that can be read, found a fault: \"features\": expected numbers, found char \
             [1, 2]",
        ),
        (
            mat(&[matrix(0x806, [1, 1], "features", &element(9, &[0; 8]))]),
            Unsupported,
            "expected a MATLAB file that can be read, found a fault: \"features\": complex numbers are not \
             supported",
        ),
        (
            mat(&[matrix(5, [1, 1], "features", &element(9, &[0; 8]))]),
            Unsupported,
            "expected a MATLAB file that can be read, found a fault: \"features\": sparse numbers are not \
             supported",
        ),
        (
            mat(&[features()])[..140].to_vec(),
            Malformed,
            "expected a MATLAB file that can be read, found a fault: byte 128: an element of 88 bytes, found 4",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.mat", &bytes, &limits(), kind, expected);
    }
    let fault = parsed("a.mat", &mat(&[features()])[..140], &limits()).unwrap_err();
    assert!(matches!(
        fault.source.as_deref(),
        Some(ContainerError::Mat(_))
    ));
}

#[test]
fn names_of_columns_of_matlab() {
    let cases = [
        (
            mat(&[features(), texts("names", &["a"])]),
            Invalid,
            "features: expected a name for each of 2 columns, found 1 names",
        ),
        (
            mat(&[features(), texts("names", &["a", " a "])]),
            Invalid,
            "features: expected names of columns that differ, found \"a\" twice",
        ),
        (
            mat(&[features(), texts("names", &["a", "long"])]),
            TooLarge,
            "features: expected names of at most 3 bytes, found 4 bytes",
        ),
        (
            mat(&[features(), matrix(1, [1, 1], "names", &doubles([1, 1], ""))]),
            Invalid,
            "names: expected names of columns, found cells that are no texts",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.mat", &bytes, &limits(), kind, expected);
    }
}

#[test]
fn matlab_7_3() {
    let bytes = kit("covarep_v73_like.mat");
    let limits = options(|options| options.limits.rows = 199);
    let expected = "features: expected at most 199 rows, found 200 rows of 74 columns";
    check("a.mat", &bytes, &limits, TooLarge, expected);
    let expected = "expected a MATLAB file that can be read, found a fault: /: no HDF5 signature in a file of \
                    512 bytes";
    check("a.mat", &bytes[..512], &limits, Malformed, expected);
}

#[test]
fn times_and_columns() {
    let bytes = kit("covarep_v7.mat");
    let cases: [(Change, FaultKind, &str); 5] = [
        (
            |options| options.rate = Some(0.0),
            Invalid,
            "features: expected a number of rows a second above 0, found 0",
        ),
        (
            |options| options.rate = Some(f64::NAN),
            Invalid,
            "features: expected a number of rows a second above 0, found NaN",
        ),
        (
            |options| options.rate = Some(1e-4),
            Invalid,
            "features: expected times up to 360000 seconds, found 200 rows from 0 to 2000000 seconds",
        ),
        (
            |options| options.first = f64::INFINITY,
            Invalid,
            "features: expected times up to 360000 seconds, found 200 rows from inf to inf seconds",
        ),
        (
            |options| options.columns = Some(vec!["f0".to_string()]),
            Invalid,
            "features: expected the column \"f0\", found 74 columns: \"F0\", \"VUV\", \"NAQ\", \"QOQ\", \"H1H2\" …",
        ),
    ];
    for (change, kind, expected) in cases {
        check("a.mat", &bytes, &options(change), kind, expected);
    }
}

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
fn headings_of_octave() {
    let head = "# name: features\n# type: matrix\n";
    let cases = [
        (
            "# name: features\n# type: complex matrix\n# rows: 1\n".to_string(),
            Unsupported,
            "line 2: expected a matrix, found \"features\" of type \"complex matrix\"; save the matrix alone: \
             save -text FILE features",
        ),
        (
            "# name: data\n# type: scalar struct\n".to_string(),
            Unsupported,
            "line 2: expected a matrix, found \"data\" of type \"scalar struct\"; save the matrix alone: save \
             -text FILE features",
        ),
        (
            "# name: features\n1 2\n".to_string(),
            Malformed,
            "line 2: expected `# type:`, found \"1 2\"",
        ),
        (
            format!("{head}# rows: many\n"),
            Malformed,
            "line 3: expected `# rows:` and a number, found \"# rows: many\"",
        ),
        (
            format!("{head}# rows: 1\n"),
            Malformed,
            "line 4: expected `# columns:` and a number, found the end",
        ),
        (
            format!("{head}# ndims: 3\n"),
            Unsupported,
            "line 3: expected a matrix of rows and columns, found an array of more axes",
        ),
    ];
    for (text, kind, expected) in cases {
        check(
            "a",
            text.as_bytes(),
            &TrackOptions::default(),
            kind,
            expected,
        );
    }
}

#[test]
fn rows_of_octave() {
    let head = "# name: features\n# type: matrix\n";
    let limits = options(|options| {
        options.limits.values = 7;
        options.limits.word_bytes = 9;
    });
    let matrix = |name: &str| {
        format!("# name: {name}\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3 4\n")
    };
    let cases = [
        (
            format!("{head}# rows: 2\n# columns: 2\n 1 2\n 1 two\n"),
            Malformed,
            "line 6: expected a number, found \"two\"",
        ),
        (
            format!("{head}# rows: 2\n# columns: 2\n 1 2 3\n"),
            Malformed,
            "line 5: expected 2 numbers, found 3",
        ),
        (
            format!("{head}# rows: 2\n# columns: 2\n 1 2\n 1 2"),
            Malformed,
            "line 6: expected a row of numbers, found the end after 1 of 2 rows",
        ),
        (
            [matrix("features"), matrix("other")].concat(),
            TooLarge,
            "line 10: expected at most 7 values of all matrices, found 8",
        ),
        (
            [matrix("features"), matrix("features")].concat(),
            Invalid,
            "line 8: expected names of variables that differ, found \"features\" twice",
        ),
        (
            "# name: features_all\n".to_string(),
            Invalid,
            "line 1: expected a name of 1 to 9 bytes, found \"features_all\"",
        ),
    ];
    for (text, kind, expected) in cases {
        check("a", text.as_bytes(), &limits, kind, expected);
    }
}

#[test]
fn names_say_what_was_meant() {
    let none = TrackOptions::default();
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    let expected = "expected a NumPy array, found a pointer of Git LFS, not the file itself";
    let fault = parsed("a.NPY", pointer, &none).unwrap_err();
    let (start, _) = expected.split_once(" of Git").unwrap();
    assert!(fault.to_string().starts_with(start), "{fault}");
    check(
        "a.npy",
        b"",
        &none,
        Malformed,
        "expected a NumPy array, found an empty file",
    );
    let expected = "expected a MATLAB file of version 5 to 7.3, found something else";
    check("a.mat", &[1, 2, 3, 4, 0, 0xff], &none, Malformed, expected);
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
