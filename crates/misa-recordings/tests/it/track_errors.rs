//! What is said about tables that cannot be used.

use crate::kit::kit;
use crate::tracks::options;
use misa_files::Source;
use misa_recordings::tracks::{TrackOptions, parse, read};
use misa_recordings::{Fault, FaultKind};

fn fault(name: &str, bytes: &[u8], options: &TrackOptions) -> Fault {
    let file = parse(name, &Source::from(bytes), options);
    file.expect_err(&String::from_utf8_lossy(bytes))
}

fn check(cases: &[(&str, FaultKind, &str)]) {
    for (table, kind, message) in cases {
        let fault = fault("table.csv", table.as_bytes(), &TrackOptions::default());
        assert_eq!(fault.to_string(), *message, "{table:?}");
        assert_eq!(fault.kind, *kind, "{table:?}");
    }
}

#[test]
fn headers_are_checked() {
    check(&[
        (
            "time,x\n",
            FaultKind::Empty,
            "line 1: expected rows, found a header only",
        ),
        (
            "\n\ntime;x\n\n\n",
            FaultKind::Empty,
            "line 3: expected rows, found a header only",
        ),
        (
            " \n",
            FaultKind::Empty,
            "expected a table, found an empty file",
        ),
        (
            "a,b\n1,2\n",
            FaultKind::Unclear,
            "line 1: expected a column of times, such as \"time\", \"timestamp_ms\", \"start\" and \"end\", or \"frame\", found \"a\", \"b\"",
        ),
        (
            "a,b,c,d\n1,2,3,4\n",
            FaultKind::Unclear,
            "line 1: expected a column of times, such as \"time\", \"timestamp_ms\", \"start\" and \"end\", or \"frame\", found \"a\", \"b\", \"c\", …",
        ),
        (
            "time, x, y, x \n0,1,2,3\n",
            FaultKind::Malformed,
            "line 1: expected each name once, found \"x\" in columns 2 and 4",
        ),
        (
            "time,t,x\n0,0,1\n",
            FaultKind::Unclear,
            "line 1: expected one column of times, found \"time\" and \"t\"; remove the other one, or name it so that it is no time",
        ),
        (
            "frame,x\n1,2\n2,3\n",
            FaultKind::Unclear,
            "line 1: expected the frames a second of the video, found numbers of frames without times; give those of faces, such as `--fps 25`, or a column `time`",
        ),
        (
            "FaceScore,frame,x\n1,0,1\n",
            FaultKind::Unclear,
            "line 1: expected the frames a second of the video, found numbers of frames without times; give those of faces, such as `--fps 25`, or a column `time`",
        ),
        (
            "text without anything that separates\n1\n",
            FaultKind::Unsupported,
            "expected a table with a header, ARFF, HTK or an array, found something else",
        ),
    ]);
}

#[test]
fn rows_have_a_cell_for_each_column() {
    check(&[
        (
            "time,x\n0,1\n1,2,3\n",
            FaultKind::Malformed,
            "line 3: expected 2 cells, found more; write numbers with a full stop, and texts that hold a comma in quotes",
        ),
        (
            "time;x\n0;1\n1;2;3\n",
            FaultKind::Malformed,
            "line 3: expected 2 cells, found more",
        ),
        (
            "time,x\n0,1\n1\n",
            FaultKind::Malformed,
            "line 3: expected 2 cells, found 1",
        ),
        (
            "time,x,y\n0,1,2\n1,2",
            FaultKind::Malformed,
            "line 3: expected 3 cells, found 2; the last row is unfinished: let the tool write the file again",
        ),
        (
            "time,x\n0,\"1\n",
            FaultKind::Malformed,
            "line 2: expected cells of one line, found a quote that is not closed",
        ),
    ]);
}

#[test]
fn cells_hold_numbers() {
    check(&[
        (
            "time;x\n0;0,5\n1;1\n",
            FaultKind::Malformed,
            "line 2, column \"x\": expected a number, found \"0,5\"; write numbers with a full stop instead of a comma",
        ),
        (
            "time;x\n0,5;0\n1;1\n",
            FaultKind::Malformed,
            "line 2, column \"time\": expected a number, found \"0,5\"; write numbers with a full stop instead of a comma",
        ),
        (
            "time,x\n0,1\n1,one\n",
            FaultKind::Malformed,
            "line 3, column \"x\": expected a number, found \"one\"",
        ),
        (
            "time,x\nzero,1\n1,2\n",
            FaultKind::Malformed,
            "line 2, column \"time\": expected a number, found \"zero\"",
        ),
        (
            "frameTime;x\n0;text\n1;2\n",
            FaultKind::Malformed,
            "line 2, column \"x\": expected a number, found \"text\"",
        ),
    ]);
}

#[test]
fn times_are_checked() {
    check(&[
        (
            "time,x\n,1\n1,2\n",
            FaultKind::Invalid,
            "line 2, column \"time\": expected a time up to 360000 seconds, found \"\"",
        ),
        (
            "time,x\n0,1\ninf,2\n",
            FaultKind::Invalid,
            "line 3, column \"time\": expected a time up to 360000 seconds, found \"inf\"",
        ),
        (
            "time,x\n1764374400,1\n1764374401,2\n",
            FaultKind::Invalid,
            "line 2, column \"time\": expected a time up to 360000 seconds, found \"1764374400\"; let times count from the start of the recording",
        ),
        (
            "time,x\n0,1\n1,2\n0,3\n",
            FaultKind::Invalid,
            "line 4: expected a time once in each recording, found the time of line 2 again; write one recording into a file, once",
        ),
        (
            "time,x\n0,1\n",
            FaultKind::Unclear,
            "line 2: expected two rows or more, found one, whose length nothing says; give the rows a second, such as `--face-rows 25` for faces or `--voice-rows 100` for voices",
        ),
        (
            "start,end,x\n0,1,2\n1,1,3\n",
            FaultKind::Invalid,
            "line 3, column \"end\": expected an end after the start \"1\", found \"1\"",
        ),
        (
            "start,end,x\n0,1,2\n0,1,3\n",
            FaultKind::Invalid,
            "line 3: expected a time once in each recording, found the time of line 2 again; write one recording into a file, once",
        ),
        (
            "file,start,end,x\na,0 days 00:00:00,0 days 00:00:01,1\na,0 days 00:00:01,NaT,1\n",
            FaultKind::Malformed,
            "line 3, column \"end\": expected a time such as \"0 days 00:00:00.010000\", found \"NaT\"",
        ),
        (
            "name;frameTime;x\n'a';0;1\n'a';0.01;1\n'a';0;1\n",
            FaultKind::Invalid,
            "line 4: expected a time once in each recording, found the time of line 2 again; openSMILE appends to a file that exists: delete it and run once, with a name for each recording",
        ),
        (
            "frame_time_in_ms,pitch\n-1e12,2\n",
            FaultKind::Invalid,
            "line 2, column \"frame_time_in_ms\": expected a time up to 360000 seconds, found \"-1e12\"; let times count from the start of the recording",
        ),
    ]);
}

#[test]
fn faces_are_checked() {
    let head = "frame, face_id, timestamp, confidence, success, a\n";
    for (rows, message) in [
        (
            "1,0,0,1,1,1\n2,0,0,1,1,1\n",
            "line 1: expected times that differ, found 0 in each of 2 rows; give the frames a second of the images, for example `--fps 25`",
        ),
        (
            "1,0,0,1,1,1\n1,0,0,1,1,1\n",
            "line 3: expected a face once in each frame, found frame 1 and its face again, as in line 2; write one video into a file, once",
        ),
        (
            "1.5,0,0,1,1,1\n",
            "line 2, column \"frame\": expected the number of a frame, found \"1.5\"",
        ),
        (
            "-1,0,0,1,1,1\n",
            "line 2, column \"frame\": expected the number of a frame, found \"-1\"",
        ),
        (
            "1,0,0,1,1,1\n",
            "line 2: expected two rows or more, found one, whose length nothing says; give the rows a second, such as `--face-rows 25` for faces or `--voice-rows 100` for voices",
        ),
        (
            "1,0,0,1,yes,1\n",
            "line 2, column \"success\": expected a number, found \"yes\"",
        ),
        (
            "1,0,0,1,1,one\n",
            "line 2, column \"a\": expected a number, found \"one\"",
        ),
    ] {
        check(&[(&format!("{head}{rows}"), kind_of(message), message)]);
    }
}

/// What cannot be known from a table can be told; the rest is wrong.
fn kind_of(message: &str) -> FaultKind {
    if message.contains("a number") {
        FaultKind::Malformed
    } else if message.contains("--f") {
        FaultKind::Unclear
    } else {
        FaultKind::Invalid
    }
}

#[test]
fn attributes_of_arff_are_checked() {
    let relation = "@relation x\n@attribute time numeric\n@attribute a numeric\n@data\n";
    check(&[
        (
            "@relation x\n",
            FaultKind::Malformed,
            "line 1: expected @data, found the end of the file",
        ),
        (
            "% x\n@relation x\n@attribute a\n@data\n",
            FaultKind::Malformed,
            "line 3: expected \"@attribute NAME TYPE\" or \"@data\", found \"@attribute a\"",
        ),
        (
            "@relation x\n@attribute time numeric\n@attribute time numeric\n@data\n1,1\n",
            FaultKind::Malformed,
            "line 4: expected each name once, found \"time\" in columns 1 and 2",
        ),
        (
            relation,
            FaultKind::Empty,
            "line 4: expected rows, found a header only",
        ),
        (
            &format!("{relation}1,x\n"),
            FaultKind::Malformed,
            "line 5, column \"a\": expected a number, found \"x\"",
        ),
    ]);
}

#[test]
fn other_files_are_refused_with_advice() {
    let excel = "expected a table in UTF-8, found a workbook of Excel; write it with Python: `pandas.read_excel(\"FILE.xlsx\").to_csv(\"FILE.csv\", index=False)`";
    let cases: [(&[u8], &str); 7] = [
        (
            b"PAR1\x15\x04",
            "expected a table in UTF-8, found a parquet file; write it with Python: `pandas.read_parquet(\"FILE.parquet\").to_csv(\"FILE.csv\", index=False)`",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", excel),
        (b"PK\x03\x04....xl/workbook.xml", excel),
        (
            b"\xff\xfet\0",
            "expected a table in UTF-8, found UTF-16; save the file as UTF-8",
        ),
        (
            b"time,caf\xe9\n",
            "line 1: expected UTF-8, found bytes of another encoding; save the file as UTF-8",
        ),
        (
            b"time,x\n0,1\n1,\xe9\n",
            "line 3: expected UTF-8, found bytes of another encoding; save the file as UTF-8",
        ),
        (
            b"\0\x01",
            "expected a table with a header, ARFF, HTK or an array, found something else",
        ),
    ];
    for (bytes, message) in cases {
        let fault = fault("table", bytes, &TrackOptions::default());
        assert_eq!(fault.to_string(), message);
    }
}

#[test]
fn htk_agrees_with_its_length() {
    /// Two rows of one value, 10 ms each.
    const HTK: [u8; 20] = *b"\0\0\0\x02\0\x01\x86\xa0\0\x04\0\x09\0\0\0\0\0\0\0\0";
    let changed = |i: usize, value: u8| {
        let mut bytes = HTK;
        bytes[i] = value;
        bytes
    };
    let message = |bytes: &[u8]| fault("a.HTK", bytes, &TrackOptions::default()).to_string();
    assert_eq!(
        message(&HTK[..9]),
        "expected a header of 12 bytes, found 9 bytes"
    );
    assert_eq!(
        message(&HTK[..19]),
        "expected 2 rows of equal length after 12 bytes, found 19 bytes, and 4 bytes a row; the file is damaged or unfinished: let the tool write it again"
    );
    assert_eq!(
        message(&changed(9, 8)),
        "expected 2 rows of equal length after 12 bytes, found 20 bytes, and 8 bytes a row; the file is damaged or unfinished: let the tool write it again"
    );
    assert_eq!(
        message(&changed(0, 0x80)),
        "expected -2147483646 rows of equal length after 12 bytes, found 20 bytes, and 4 bytes a row; the file is damaged or unfinished: let the tool write it again"
    );
    assert_eq!(
        message(&changed(4, 0xff)),
        "byte 4: expected a period above 0, found -16677216; give the rows a second, such as `--face-rows 25` for faces or `--voice-rows 100` for voices"
    );
    assert_eq!(
        message(&changed(10, 4)),
        "byte 10: expected rows of 32-bit numbers, found kind 1033; write them without compression and checksum"
    );
}

#[test]
fn what_is_asked_for_must_be_there() {
    let wanted = options(|options| options.columns = Some(vec!["a".to_string(), "b".to_string()]));
    assert_eq!(
        fault("x", b"time,x\n1,2\n", &wanted).to_string(),
        "line 1: expected the column \"a\" and 1 more, found 2 columns without it"
    );
    assert_eq!(
        read(&kit("smile.htk"), &wanted).unwrap_err().to_string(),
        format!(
            "{}: expected the column \"a\", found 3 columns without names; HTK keeps no names: ask for numbers, from \"0\", or let openSMILE write CSV",
            kit("smile.htk").display()
        )
    );
    let texts = fault("x", b"time,a,b\n1,text,2\n", &wanted).to_string();
    assert_eq!(
        texts,
        "line 2, column \"a\": expected a number, found \"text\""
    );
    let face = options(|options| options.face = Some("7".to_string()));
    assert_eq!(
        fault(
            "x",
            b"frame,face_id,timestamp,confidence,success\n1,0,0,1,1\n1,1,0,1,1\n",
            &face
        )
        .to_string(),
        "line 1: expected the face \"7\", found \"0\", \"1\""
    );
    assert_eq!(
        fault("x", b"frame,timestamp,confidence,success\n1,0,1,1\n", &face).to_string(),
        "line 1: expected a column \"face_id\", because a face is chosen, found 4 columns without it"
    );
    assert_eq!(
        fault("x", b"time,x\n0,1\n1,2\n", &face).to_string(),
        "expected a table of OpenFace or py-feat, because a face is chosen, found features without names of faces"
    );
    let fps = options(|options| options.fps = Some(25.0));
    assert_eq!(
        fault(
            "x",
            b"FaceScore,frame,input\n1,0,a\n1,1,a\n1,0,b\n1,1,b\n",
            &fps
        )
        .to_string(),
        "line 4: expected one video, found frame 0 of another one than in line 2; write a file for each video"
    );
    let fps = options(|options| options.fps = Some(f64::NAN));
    assert_eq!(
        fault("x", b"frame,x\n1,0\n", &fps).to_string(),
        "fps: expected a number above 0, as recordings have it, found NaN"
    );
}

#[test]
fn limits_are_met_before_memory_is_taken() {
    let message = |change: fn(&mut misa_recordings::Limits), table: &str| {
        let options = options(|options| change(&mut options.limits));
        let fault = fault("x", table.as_bytes(), &options);
        assert_eq!(fault.kind, FaultKind::TooLarge);
        fault.to_string()
    };
    let table = "time,x\n0,1\n1,2\n2,3\n";
    assert_eq!(
        message(|limits| limits.rows = 2, table),
        "line 4: expected at most 2 rows, found more"
    );
    assert_eq!(
        message(|limits| limits.columns = 1, table),
        "line 1: expected at most 1 columns, found more"
    );
    assert_eq!(
        message(|limits| limits.values = 2, table),
        "line 4: expected at most 2 values, found more"
    );
    assert_eq!(
        message(|limits| limits.line_bytes = 5, table),
        "line 1: expected a line of at most 5 bytes, found a longer one"
    );
    assert_eq!(
        message(
            |limits| limits.word_bytes = 3,
            "name;frameTime;x\nabcd;0;1\n"
        ),
        "line 2: expected at most 3 bytes of a name, found more"
    );
}
