//! What is said about texts of Octave.

use super::check;
use crate::tracks::options;
use misa_recordings::FaultKind::{Invalid, Malformed, TooLarge, Unsupported};
use misa_recordings::tracks::TrackOptions;

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
