//! Pickles that are refused.

use super::*;

/// What the message of each known file says after its path; of others, that they are refused is
/// enough.
const EXPECTED: [(&str, &str); 16] = [
    (
        "deep_nesting.pkl",
        "values on the stack, expected at most 100000",
    ),
    ("empty.pkl", ": no bytes, expected a pickle"),
    ("empty_list.pkl", ": no utterances, expected at least 1"),
    ("eval_p4.pkl", "global `builtins.eval` is not allowed"),
    (
        "huge_len.pkl",
        "byte 11: the file ends, expected 1152921504606846976 more bytes, found 4",
    ),
    ("nested_in_misa.pkl", "global `posix.system` is not allowed"),
    (
        "not_a_pickle.pkl",
        ": byte 0: expected the start of a pickle, found 0x68",
    ),
    (
        "numpy_huge_shape.pkl",
        "array of shape [1099511627776, 3] and element size 4, found 24 bytes",
    ),
    ("os_system_p2.pkl", "global `posix.system` is not allowed"),
    ("os_system_p4.pkl", "global `posix.system` is not allowed"),
    ("truncated_10.pkl", "the file ends, expected"),
    ("truncated_50.pkl", "the file ends, expected"),
    ("truncated_99.pkl", "the file ends, expected"),
    (
        "wrong_rows.pkl",
        ": utterance \"v[0]\": visual has 4 steps, text has 3",
    ),
    (
        "wrong_type.pkl",
        ": expected a dict of splits or a list of utterances, found dict of 1",
    ),
    (
        "wrong_width.pkl",
        "visual has 6 features, expected 4 features",
    ),
];

pub fn hostile_case(path: &Path) {
    let cases = json(&path.with_file_name("hostile.json"));
    let file = name(path);
    let start = cpu_time();
    let error = UtteranceDataset::open(path).unwrap_err();
    let took = cpu_time() - start;
    assert!(took < Duration::from_millis(100), "{file} took {took:?}");
    let message = error.to_string();
    assert!(
        message.starts_with(&path.display().to_string()),
        "{message}"
    );
    let known = EXPECTED.iter().find(|(case, _)| *case == file);
    let part = known.map_or("", |(_, part)| part);
    assert!(message.contains(part), "{file}: {message}");
    let marker = cases[&file]["marker"].as_str().unwrap();
    assert!(!Path::new(marker).exists(), "{file} ran code");
}
