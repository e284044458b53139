//! The message of every fault of a table.

use misa_recordings::segments::{SegmentsOptions, assign_splits, parse, speech};

fn message(text: &str, options: &SegmentsOptions) -> String {
    let found = parse("table.csv", text.as_bytes(), options);
    found.map_or_else(|fault| fault.to_string(), |table| panic!("{table:?}"))
}

/// Tables and their faults.
const CASES: &[(&str, &str)] = &[
    ("", "expected a table, found an empty file"),
    (" \n\n", "expected a table, found an empty file"),
    (
        "name,text\na,b\n",
        "line 1: expected a header with `id`, or with `video` and `clip`, found name, text",
    ),
    (
        "id,label\n",
        "expected a segment, found no row below the header",
    ),
    (
        "id,label\na,1\na,2\n",
        "line 3, column id: expected a name that no other row has, found \"a\", also in line 2",
    ),
    (
        "id,start,end\na,0,1\na,1,2\n",
        "line 3, column id: expected a name that no other row has, found \"a\", also in line 2; if these are stretches of one recording, call the column `video`",
    ),
    (
        "video,label\na,1\n",
        "line 1: expected a column `clip`, found video, label; a row needs `id`, or `video` and `clip`, or `video`, `start` and `end`",
    ),
    (
        "id,start\na,1\n",
        "line 1: expected a column `end`, found id, start",
    ),
    (
        "id,label,Label\na,1,2\n",
        "line 1, column Label: expected one column `label`, found a second one",
    ),
    (
        "id,split,mode\na,train,train\n",
        "line 1, column mode: expected one column `split` or `mode`, found a second one",
    ),
    (
        "id,label\na,big\n",
        "line 2, column label: expected a number, found \"big\"",
    ),
    (
        "id,label\na,nan\n",
        "line 2, column label: expected a number, found \"nan\"",
    ),
    (
        "id;label_text\na;1.234,5\n",
        "line 2, column label_text: expected a number, found \"1.234,5\"",
    ),
    (
        "id,split\na,all\n",
        "line 2, column split: expected train, valid (dev, val, validation) or test, found \"all\"",
    ),
    (
        "id,split\na,train\nb,\n",
        "line 3, column split: expected a split as in line 2, found none; state the split of every row or of none",
    ),
    (
        "id,split\na,\nb,test\n",
        "line 3, column split: expected no split as in line 2, found one; state the split of every row or of none",
    ),
    (
        "id,speaker\na,anna\nb,\n",
        "line 3, column speaker: expected a speaker as in line 2, found none; state the speaker of every row or of none",
    ),
    (
        "id,start,end\na,0,1\nb,,\n",
        "line 3, column start: expected a start as in line 2, found none; state the start of every row or of none",
    ),
    (
        "id,start,end\na,2,1\n",
        "line 2, column end: expected an end after the start, 2 s, found 1 s",
    ),
    (
        "id,start,end\na,1,1\n",
        "line 2, column end: expected an end after the start, 1 s, found 1 s",
    ),
    (
        "id,start,end\na,1,\n",
        "line 2, column end: expected an end, found an empty cell",
    ),
    (
        "id,start,end\na,,1\n",
        "line 2, column start: expected a start, found an empty cell",
    ),
    (
        "id,start,end\na,soon,1\n",
        "line 2, column start: expected seconds or HH:MM:SS.mmm, found \"soon\"",
    ),
    (
        "id,start,end\na,-1,1\n",
        "line 2, column start: expected seconds from 0 to 360000, found \"-1\"",
    ),
    (
        "id,start,end\na,0,inf\n",
        "line 2, column end: expected seconds from 0 to 360000, found \"inf\"",
    ),
    (
        "id,label\n,1\n",
        "line 2, column id: expected a name, found an empty cell",
    ),
    (
        "video,clip\nv,\n",
        "line 2, column clip: expected a name, found an empty cell",
    ),
    (
        "video,clip\ntest,1\n",
        "line 2, column video: expected a video other than train, dev, valid and test, without `$_$`, found \"test\"; rename the video, or add a column `id`",
    ),
    (
        "id,label\na,1,x\n",
        "line 2: expected 2 cells as in the header, found one more, \"x\"",
    ),
    (
        "id,label,text\na,1\n",
        "line 2: expected 3 cells as in the header, found 2",
    ),
    (
        "v,1,t,1,,,,Positive,train\nv,2,t,1\n",
        "line 2: expected 9 cells as in the first row, found 4",
    ),
    (
        "id,label\na,\"1\n",
        "line 2, column 3: expected the end of a cell in quotes, found the end of the file",
    ),
    (
        "name,chinese,english\na,b,c\n",
        "line 1: expected one column of text, found name, chinese, english; state its column: `chinese` or `english`",
    ),
    (
        "Dialogue_ID,Utterance_ID,Sentiment\n0,1,glad\n",
        "line 2, column Sentiment: expected one of the classes negative, neutral, positive, found \"glad\"",
    ),
    (
        "[1 - 2]\tSes01F_F1\tneu\t[1, 2, 3]\n[2 - 3] Ses01F_F2\n",
        "line 2: expected `[start - end] name emotion [valence, activation, dominance]`, found \"[2 - 3] Ses01F_F2\"",
    ),
    (
        "[2 - 1]\tSes01F_F1\tneu\t[1, 2, 3]\n",
        "line 1, column end: expected an end after the start, 2 s, found \"1\"",
    ),
    (
        "[1 - 2]\tSes01F\tneu\t[1, 2, 3]\n",
        "line 1, column name: expected a dialogue and a turn as in Ses01F_impro01_F000, found \"Ses01F\"",
    ),
    (
        "[1 - 2]\tSes01F_F1\tbored\t[1, 2, 3]\n",
        "line 1, column emotion: expected one of the classes neu, hap, sad, ang, exc, fru, fea, sur, dis, oth, found \"bored\"",
    ),
    (
        "PAR1",
        "expected a table in text, found a Parquet file; write it with pandas: frame.to_csv(path, index=False)",
    ),
];

#[test]
fn faults_say_line_and_column() {
    for &(text, expected) in CASES {
        assert_eq!(
            message(text, &SegmentsOptions::default()),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn faults_of_what_is_told_name_it() {
    let mut options = SegmentsOptions::default();
    options.label_column = Some("valence".to_string());
    assert_eq!(
        message("id,label\na,1\n", &options),
        "line 1: expected a column `valence`, found id, label"
    );
    options.label_column = Some("anger".to_string());
    assert_eq!(
        message("[1 - 2]\tSes01F_F1\tneu\t[1, 2, 3]\n", &options),
        "expected a label out of emotion, valence, activation and dominance, found \"anger\""
    );
    let mut options = SegmentsOptions::default();
    options.classes = ["no", "yes"].map(str::to_string).to_vec();
    assert_eq!(
        message("id,label\na,maybe\n", &options),
        "line 2, column label: expected one of the classes no, yes, found \"maybe\""
    );
    options.limits.text_bytes = 3;
    assert_eq!(
        message("id,label\n", &options),
        "expected at most 3 bytes, found more"
    );
}

#[test]
fn bytes_of_another_encoding_are_placed() {
    let message = |name, bytes: &[u8]| {
        parse(name, bytes, &SegmentsOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message("table.csv", b"id,text\na,caf\xe9\n"),
        "line 2: expected UTF-8, found a character of another encoding (save as CSV UTF-8)"
    );
    assert_eq!(
        message("table.csv", b"\xff\xfei\0d"),
        "line 1: expected UTF-16, found half a character"
    );
    assert_eq!(
        message("table.xlsx", b"PK\x03\x04"),
        "expected a table in text, found a workbook; save the sheet as CSV UTF-8"
    );
    assert_eq!(
        message("labels.csd", b"\x89HDF\r\n"),
        "expected a table in text, found an HDF5 file; write its label intervals as columns video, start, end and label"
    );
}

#[test]
fn splits_are_refused_with_advice() {
    let message = |text: &str, shares| {
        let mut table = parse("t.csv", text.as_bytes(), &SegmentsOptions::default()).unwrap();
        assign_splits(&mut table, shares, 1)
            .unwrap_err()
            .to_string()
    };
    let shares = [0.6, 0.2, 0.2];
    assert_eq!(
        message("video,clip\na,1\nb,1\n", shares),
        "expected at least 3 videos, found 2; collect more videos, or state the split of every row: clips of one video in several splits make scores too good"
    );
    assert_eq!(
        message("id,speaker\na,x\nb,x\nc,x\n", shares),
        "expected at least 3 speakers, found 1; collect more speakers, or leave the column `speaker` out to divide by video, which lets a speaker be in several splits"
    );
    assert_eq!(
        message("id,split\na,train\n", shares),
        "line 2, column split: expected a table without splits, found a split"
    );
    assert_eq!(
        message("id\na\nb\nc\n", [0.9, 0.2, 0.2]),
        "expected three shares above 0 with the sum 1, found 0.9, 0.2 and 0.2"
    );
}

#[test]
fn faults_of_speech_are_placed() {
    let cases = [
        ("", "expected RTTM, or a list in JSON, found an empty file"),
        (
            "hello\n",
            "line 1: expected RTTM, or a list in JSON, found \"hello\"",
        ),
        (
            "SPEAKER a 1 0 1\n",
            "line 1: expected 9 or 10 fields, found 5",
        ),
        (
            "SPEAKER a 1 x 1 <NA> <NA> b <NA> <NA>\n",
            "line 1, column start: expected a number, found \"x\"",
        ),
        (
            "SPEAKER a 1 1 0 <NA> <NA> b <NA> <NA>\n",
            "line 1, column duration: expected an end after the start, 1 s, found 1 s",
        ),
        (
            "SPKR-INFO a 1 <NA> <NA> <NA> unknown b <NA> <NA>\n",
            "expected a line SPEAKER, found none",
        ),
        (
            "[{\"start\": 1.5}]",
            "[0].end: expected a number, found none",
        ),
        (
            "[{\"start\": 2.5, \"end\": 1.0}]",
            "[0].end: expected an end after the start, 2.5 s, found 1 s",
        ),
        (
            "[{\"start\": -0.5, \"end\": 1.0}]",
            "[0].start: expected seconds from 0 to 360000, found -0.5",
        ),
        (
            "[{\"start\": 8000, \"end\": 16000}]",
            "expected seconds, found whole numbers alone, as of samples; state the samples a second, or let the tool write seconds (Silero: return_seconds=True)",
        ),
        (
            "[1.5, 2.5]",
            "line 1: expected a list of {\"start\": seconds, \"end\": seconds}, found the number 1.5 instead of an object with start and end",
        ),
        (
            "[{\"start\": 1.5,\n\"end\": \"2\"}]",
            "line 2: expected a list of {\"start\": seconds, \"end\": seconds}, found the text \"2\" instead of a number",
        ),
        (
            "[{\"start\": 1.5, \"start\": 2.5}]",
            "line 1: expected a list of {\"start\": seconds, \"end\": seconds}, found a second \"start\"",
        ),
    ];
    for (text, expected) in cases {
        let found = speech::parse(text.as_bytes(), &speech::SpeechOptions::default());
        assert_eq!(found.unwrap_err().to_string(), expected, "{text:?}");
    }
}
