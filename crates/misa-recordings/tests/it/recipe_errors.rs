//! The message of every fault of a recipe.

use misa_recordings::Track;
use misa_recordings::recipe::Recipe;
use misa_terms::Modality;

const WHOLE: &str = "name = 'a'\nversion = 1\nmodality = 'visual'\ntool = 'b'\nrate = 25.0\ntime = 'start'\nvalidity = 'c'\nscaling = 'none'\nlicence = 'd'\n[[columns]]\nnames = ['x', 'y']\nunit = 'e'\nmissing = 0\n";

/// What is replaced in the whole recipe, by what, and the fault of it.
const CASES: &[(&str, &str, &str)] = &[
    ("name = 'a'\n", "", "expected a key `name`, found none"),
    ("version = 1\n", "", "expected a key `version`, found none"),
    (
        "scaling = 'none'\n",
        "",
        "expected a key `scaling`, found none",
    ),
    (
        "unit = 'e'\n",
        "",
        "columns[0]: expected a key `unit`, found none",
    ),
    (
        "names = ['x', 'y']\n",
        "",
        "columns[0]: expected a key `names`, found none",
    ),
    (
        "tool = 'b'",
        "tools = 'b'",
        "expected one of the keys name, version, modality, tool, rate, time, validity, scaling, depends_on_cut, licence, remarks, available, columns, found \"tools\"",
    ),
    (
        "unit = 'e'",
        "units = 'e'",
        "columns[0]: expected one of the keys names, unit, missing, needs, found \"units\"",
    ),
    (
        "name = 'a'",
        "name = 3",
        "name: expected a text that is not empty, found 3",
    ),
    (
        "name = 'a'",
        "name = ' '",
        "name: expected a text that is not empty, found \" \"",
    ),
    (
        "name = 'a'",
        "name = 'my voice'",
        "name: expected a name of at most 200 letters, digits and signs, without spaces, found \"my voice\"",
    ),
    (
        "version = 1",
        "version = 0",
        "version: expected a whole number from 1, found 0",
    ),
    (
        "version = 1",
        "version = 1.5",
        "version: expected a whole number from 1, found 1.5",
    ),
    (
        "modality = 'visual'",
        "modality = 'face'",
        "modality: expected one of text, visual, acoustic, found \"face\"",
    ),
    (
        "rate = 25.0",
        "rate = 0",
        "rate: expected a number above 0, found 0",
    ),
    (
        "rate = 25.0",
        "rate = inf",
        "rate: expected a number above 0, found inf",
    ),
    (
        "time = 'start'",
        "time = 'end'",
        "time: expected one of start, centre, interval, found \"end\"",
    ),
    (
        "scaling = 'none'",
        "scaling = true",
        "scaling: expected one of none, standard, robust, found true",
    ),
    (
        "rate = 25.0",
        "available = 'no'",
        "available: expected true or false, found \"no\"",
    ),
    (
        "rate = 25.0",
        "remarks = 'no'",
        "remarks: expected a list of texts, found \"no\"",
    ),
    (
        "['x', 'y']",
        "['x', 1]",
        "columns[0].names: expected a list of texts, found a list of 2",
    ),
    (
        "['x', 'y']",
        "[]",
        "columns: expected at least one column, found none",
    ),
    (
        "['x', 'y']",
        "['x', 'x']",
        "columns: expected different names, found \"x\" twice",
    ),
    (
        "['x', 'y']",
        "['x_{3..1}']",
        "columns[0].names: expected one range such as `{0..67}` in a name, found \"x_{3..1}\"",
    ),
    (
        "['x', 'y']",
        "['x{0..9999}', 'y{0..9999}']",
        "columns[0].names: expected at most 16384 columns, found more",
    ),
    (
        "missing = 0",
        "missing = 'NaN'",
        "columns[0].missing: expected a number, found \"NaN\"",
    ),
    (
        "[[columns]]",
        "[columns]",
        "columns: expected a list of tables `[[columns]]`, found a table",
    ),
    (
        "version = 1",
        "version = 1\nversion = 2",
        "line 3: expected TOML, found duplicate key",
    ),
];

#[test]
fn faults_name_the_key() {
    assert!(Recipe::parse(WHOLE.as_bytes()).is_ok());
    for &(old, new, expected) in CASES {
        let text = WHOLE.replace(old, new);
        let found = Recipe::parse(text.as_bytes());
        assert_eq!(found.unwrap_err().to_string(), expected, "{text}");
    }
    assert_eq!(
        Recipe::parse(b"\xff").unwrap_err().to_string(),
        "line 1: expected UTF-8, found bytes of another encoding; save the file as UTF-8"
    );
}

#[test]
fn missing_columns_are_named() {
    let mut track = Track::default();
    track.columns = ["AU02_r", "AU01_c", "pose_Rx"].map(str::to_string).to_vec();
    let recipe = Recipe::builtin("openface-au").unwrap();
    let select = |recipe: &Recipe, track: &Track| recipe.select(track).unwrap_err().to_string();
    assert_eq!(
        select(&recipe, &track),
        "expected the columns of the recipe openface-au, found none called \"AU01_r\", \"AU04_r\", \"AU05_r\", \"AU06_r\", \"AU07_r\", \"AU09_r\", \"AU10_r\", \"AU12_r\", \"AU14_r\", \"AU15_r\" and 27 more; let OpenFace write them, or choose another recipe"
    );
    let recipe = Recipe::parse(WHOLE.replace("missing = 0", "needs = 'z'").as_bytes()).unwrap();
    track.columns = ["x", "y"].map(str::to_string).to_vec();
    assert_eq!(
        select(&recipe, &track),
        "expected the columns of the recipe a, found none called \"z\"; let b write them, or choose another recipe"
    );
    track.columns = ["x", "y", "z", "x"].map(str::to_string).to_vec();
    assert_eq!(
        select(&recipe, &track),
        "expected one column \"x\", found several"
    );
}

#[test]
fn columns_of_ones_own_are_checked() {
    let mut track = Track::default();
    let of = |name: &str, track: &Track| {
        Recipe::of_columns(name, Modality::Acoustic, track)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        of("own", &track),
        "columns: expected at least one column, found none"
    );
    track.columns = ["x", "x"].map(str::to_string).to_vec();
    assert_eq!(
        of("own", &track),
        "columns: expected different names, found \"x\" twice"
    );
    assert_eq!(
        of("", &track),
        "name: expected a name of at most 200 letters, digits and signs, without spaces, found \"\""
    );
}
