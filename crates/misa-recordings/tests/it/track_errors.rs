//! What is said about tables that cannot be used.

use crate::track_tables::options;
use misa_files::Source;
use misa_recordings::Fault;
use misa_recordings::tracks::{TrackOptions, parse};

fn fault(name: &str, bytes: &[u8], options: &TrackOptions) -> Fault {
    let file = parse(name, &Source::from(bytes), options);
    file.expect_err(&String::from_utf8_lossy(bytes))
}

const HTK: &[u8] = b"\0\0\0\x02\0\x01\x86\xa0\0\x04\0\x09\0\0\0\0\0\0\0\0";

/// Tables of any tool, and of the tools of voices.
const TABLES: [(&str, &str); 33] = [
    ("time,x\n", ""),
    ("time;x\n\n\n", ""),
    ("a,b\n1,2\n", ""),
    ("a,b,c,d\n1,2,3,4\n", ""),
    ("time,x,x\n0,1,2\n", ""),
    ("time, x, y, x \n0,1,2,3\n", ""),
    ("time,x\n0,1\n1,2,3\n", ""),
    ("time;x\n0;1\n1;2;3\n", ""),
    ("time,x\n0,1\n1\n", ""),
    ("time,x,y\n0,1,2\n1,2", ""),
    ("time;x\n0;0,5\n1;1\n", ""),
    ("time;x\n0,5;0\n1;1\n", ""),
    ("time,x\n0,1\n1,one\n", ""),
    ("time,x\nzero,1\n1,2\n", ""),
    ("time,x\n,1\n1,2\n", ""),
    ("time,x\n0,1\ninf,2\n", ""),
    ("time,x\n1764374400,1\n1764374401,2\n", ""),
    ("time,x\n0,1\n1,2\n0,3\n", ""),
    ("time,x\n0,\"1\n", ""),
    ("\"time,x\n0,1\n", ""),
    ("time,x\n0,1\n", ""),
    ("time,t,x\n0,0,1\n", ""),
    ("frame,x\n1,2\n2,3\n", ""),
    ("start,end,x\n0,1,2\n1,1,3\n", ""),
    ("start,end,x\n2,1,2\n", ""),
    ("start,end,x\n0,1,2\n0,1,3\n", ""),
    (
        "file,start,end,x\na,0 days 00:00:00,0 days 00:00:01,1\na,0 days 00:00:01,NaT,1\n",
        "",
    ),
    ("name;frameTime;x\n'a';0;1\n'a';0.01;1\n'a';0;1\n", ""),
    ("frameTime;x\n0;1\n", ""),
    ("frame_time_in_ms,pitch\n-1e12,2\n", ""),
    ("FaceScore,frame,x\n1,0,1\n", ""),
    ("text without anything that separates\n1\n", ""),
    (" \n", ""),
];

const OPENFACE: [(&str, &str); 7] = [
    ("1,0,0,1,1,1\n2,0,0,1,1,1\n", ""),
    ("1,0,0,1,1,1\n1,0,0,1,1,1\n", ""),
    ("1.5,0,0,1,1,1\n", ""),
    ("-1,0,0,1,1,1\n", ""),
    ("1,0,0,1,1,1\n", ""),
    ("1,0,0,1,yes,1\n", ""),
    ("1,0,0,1,1,one\n", ""),
];
const ARFF: [(&str, &str); 7] = [
    ("@relation x\n", ""),
    ("% x\n@relation x\n@attribute a\n@data\n", ""),
    ("@relation x\n@attribute a numeric\n@data\n1\n", ""),
    (
        "@relation x\n@attribute time numeric\n@attribute time numeric\n@data\n1,1\n",
        "",
    ),
    (
        "@relation x\n@attribute time numeric\n@attribute a numeric\n@data\n",
        "",
    ),
    (
        "@relation x\n@attribute time numeric\n@attribute a numeric\n@data\n1,x\n",
        "",
    ),
    (
        "@relation x\n@attribute time numeric\n@attribute a numeric\n@data\n{0 1, 1 2}\n3,4\n{0 1}\n",
        "",
    ),
];

#[test]
fn x() {
    let d = TrackOptions::default();
    for (table, _) in TABLES {
        println!(
            "    ({table:?}, {:?}),",
            fault("table.csv", table.as_bytes(), &d).to_string()
        );
    }
    println!();
    for (table, _) in OPENFACE {
        let table2 = format!("frame, face_id, timestamp, confidence, success, a\n{table}");
        println!(
            "    ({table:?}, {:?}),",
            fault("table.csv", table2.as_bytes(), &d).to_string()
        );
    }
    println!();
    for (table, _) in ARFF {
        println!(
            "    ({table:?}, {:?}),",
            fault("table.csv", table.as_bytes(), &d).to_string()
        );
    }
    println!();
    for b in [
        &b"PAR1"[..],
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        b"PK\x03\x04....xl/workbook.xml",
        b"\xff\xfea\0",
        b"time,caf\xe9\n",
        b"time,x\n0,1\n1,\xe9\n",
        b"",
        b"\0\x01",
        b"{\"a\": 1, \"b\": 2}",
    ] {
        println!("    ({b:?}, {:?}),", fault("table.csv", b, &d).to_string());
    }
    println!();
    let mut b = HTK.to_vec();
    for n in 0..12 {
        println!("{}", fault("a.htk", &b[..n], &d));
    }
    println!("{}", fault("a.htk", &b[..19], &d));
    b[6] = 0;
    b[5] = 0;
    b[7] = 0;
    println!("{}", fault("a.htk", &b[..], &d));
    b[10] = 4;
    println!("{}", fault("a.htk", &b[..], &d));
    let c = options(|o| o.columns = Some(vec!["a".to_string(), "b".to_string()]));
    println!("{}", fault("a.htk", HTK, &c));
    println!("{}", fault("a", b"time,x\n1,2\n", &c));
}
