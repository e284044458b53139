//! Bodies that are refused, with all of the message.

use crate::body::{body, single};
use misa_wire::WireErrorKind::{Empty, Invalid, Malformed, TooLarge};
use misa_wire::{HEADER_BYTES, Limits, Request, WireError, WireErrorKind, clip_from_json_line};

/// Small, so that what exceeds them is.
const LIMITS: Limits = Limits {
    clips: 2,
    steps: 3,
    values: 10,
    text_bytes: 12,
    id_bytes: 4,
};

/// The cases of a file, each in `N` lines.
fn cases<const N: usize>(file: &'static str) -> Vec<[&'static str; N]> {
    let lines = file
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<_> = lines.collect();
    let (cases, []) = lines.as_chunks() else {
        panic!("a case without {N} lines");
    };
    cases.to_vec()
}

/// Kind and message as in a file.
fn shown(error: &WireError) -> String {
    let kind = match error.kind() {
        Malformed => "malformed",
        Empty => "empty",
        TooLarge => "too_large",
        Invalid => "invalid",
        other => panic!("{other:?} has no name here"),
    };
    format!("{kind} {error}")
}

fn from_hex(hex: &str) -> Vec<u8> {
    let (digits, []) = hex.as_bytes().as_chunks::<2>() else {
        panic!("{hex}: half a byte");
    };
    let byte = |digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
    digits.iter().map(|digits| byte(digits)).collect()
}

fn assert_json(body: &[u8], kind: WireErrorKind, message: &str) {
    let error = Request::from_json(body, &LIMITS).expect_err(message);
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), kind, "{message}");
}

fn assert_safetensors(body: &[u8], kind: WireErrorKind, message: &str) {
    let error = Request::from_safetensors(body, &LIMITS).expect_err(message);
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), kind, "{message}");
}

#[test]
fn each_fault_of_json_is_told_with_its_place() {
    let cases = cases(include_str!("hostile_json.txt"));
    assert!(cases.len() >= 80);
    for [body, refusal] in cases {
        let error = Request::from_json(body.as_bytes(), &LIMITS).expect_err(body);
        assert_eq!(shown(&error), refusal, "{body}");
    }
}

#[test]
fn each_fault_of_safetensors_is_told_with_its_place() {
    let cases = cases(include_str!("hostile_safetensors.txt"));
    assert!(cases.len() >= 50);
    for [header, data, refusal] in cases {
        let data = from_hex(data.trim_start_matches("data").trim());
        let error = Request::from_safetensors(&body(header, &data), &LIMITS).expect_err(header);
        assert_eq!(shown(&error), refusal, "{header}");
    }
}

#[test]
fn bodies_of_nothing_are_empty() {
    for body in ["", " \n\t"] {
        assert_json(body.as_bytes(), Empty, "body: expected JSON, found none");
    }
    assert_safetensors(b"", Empty, "body: expected safetensors, found none");
    assert_safetensors(&body(" ", b""), Empty, "header: expected JSON, found none");
}

#[test]
fn lines_and_bytes_are_counted() {
    assert_json(
        b"{\n  x}",
        Malformed,
        "body, line 2, column 3: expected a key in double quotes, found `x`",
    );
    assert_json(
        b"{\"text\": \"a\nb\"}",
        Malformed,
        "body, line 2, column 0: expected control characters as escapes, found `\\n`",
    );
    assert_json(
        b"{\"text\": \"a\xff\"}",
        Malformed,
        "body, byte 11: expected UTF-8, found `\\xff`",
    );
    assert_json(
        "\u{feff}{\"text\": \"a\"}".as_bytes(),
        Malformed,
        "body, line 1, column 1: expected JSON, found a byte order mark before it",
    );
    let header = [&[2, 0, 0, 0, 0, 0, 0, 0], &b"\xff\xff"[..]].concat();
    let message = "header, byte 0: expected UTF-8, found `\\xff`";
    assert_safetensors(&header, Malformed, message);
}

#[test]
fn deep_nesting_ends_at_the_first_wrong_list() {
    let message = "visual[0][0]: expected a finite number of 32 bits, found a list";
    let open = format!("{{\"visual\": {}", "[".repeat(100_000));
    assert_json(open.as_bytes(), Invalid, message);
    let closed = format!("{open}1{}}}", "]".repeat(100_000));
    assert_json(closed.as_bytes(), Invalid, message);
    let header = format!(r#"{{"0.visual":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    assert_safetensors(
        &body(&header, b""),
        Malformed,
        "header: expected tensors that fill the body, found invalid JSON in header: recursion limit \
         exceeded at line 1 column 139",
    );
}

#[test]
fn long_texts_are_quoted_in_part() {
    let name = "é".repeat(1000);
    let error = Request::from_json(format!("{{\"{name}\": 1}}").as_bytes(), &LIMITS).unwrap_err();
    assert_eq!(error.found, format!("\"{}\"…", "é".repeat(40)));
    let body = single(&name, "F32", &[1, 1], &[0; 4]);
    let error = Request::from_safetensors(&body, &LIMITS).unwrap_err();
    assert_eq!(error.found, format!("\"{}\"…", "é".repeat(40)));
    let digits = format!("{{\"visual\": [[{}]]}}", "9".repeat(1000));
    let error = Request::from_json(digits.as_bytes(), &LIMITS).unwrap_err();
    assert_eq!(error.place, "visual[0][0]");
    assert_eq!(error.found, format!("{}…", "9".repeat(40)));
}

#[test]
fn headers_of_impossible_length_are_refused() {
    assert_safetensors(
        &[1; 7],
        Malformed,
        "body: expected the header's length in 8 bytes, found 7 bytes",
    );
    assert_safetensors(
        &[0xff; 8],
        Malformed,
        "body, byte 0: expected a header of at most 0 bytes, found 18446744073709551615",
    );
    // JSON that was sent as safetensors: its first eight bytes are no length.
    assert_safetensors(
        br#"{"text": "a"}"#,
        Malformed,
        "body, byte 0: expected a header of at most 5 bytes, found 4189038663854989947",
    );
    assert_safetensors(
        &body(&" ".repeat(HEADER_BYTES + 1), b""),
        TooLarge,
        "header: expected at most 262144 bytes, found 262145",
    );
}

#[test]
fn a_line_names_its_columns() {
    let refused = |line: &[u8]| clip_from_json_line(line, &LIMITS).unwrap_err().to_string();
    assert_eq!(refused(b""), "clip: expected JSON, found none");
    assert_eq!(
        refused(b"{\"text\"}"),
        "clip, column 8: expected `:`, found `}`"
    );
    assert_eq!(
        refused(b"\xff"),
        "clip, byte 0: expected UTF-8, found `\\xff`"
    );
    assert_eq!(
        refused(br#"{"visual": [[1], [true]]}"#),
        "visual[1][0]: expected a finite number of 32 bits, found true"
    );
}
