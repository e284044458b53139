//! One table of labels in the spellings of spreadsheets and editors, which all give the same labels.

use misa_data::{LabelRow, Split, read_labels};
use std::fs;

/// The rows of the table.
const ROWS: [[&str; 4]; 3] = [
    ["a[0]", "train", "-1.5", "So, it goes; well"],
    ["b", "valid", "0.25", "Sch\u{f6}n"],
    ["c", "test", "2", "She said \"no\""],
];

/// Name, split, label and text of a row.
type Fields<'a> = (&'a str, Option<Split>, f32, Option<&'a str>);

fn expected() -> Vec<Fields<'static>> {
    let labels = [-1.5, 0.25, 2.0];
    let rows = ROWS.iter().zip(Split::ALL).zip(labels);
    rows.map(|(([id, _, _, text], split), label)| (*id, Some(split), label, Some(*text)))
        .collect()
}

fn fields(row: &LabelRow) -> Fields<'_> {
    (&row.id, row.split, row.label, row.text.as_deref())
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
struct Spelling {
    separator: char,
    comma: bool,
    end: &'static str,
    header: [&'static str; 4],
    valid: &'static str,
    quote_all: bool,
    first_line: &'static str,
    extra_columns: usize,
    extra_rows: usize,
    last_end: bool,
}

const PLAIN: Spelling = Spelling {
    separator: ',',
    comma: false,
    end: "\n",
    header: ["id", "split", "label", "text"],
    valid: "valid",
    quote_all: false,
    first_line: "",
    extra_columns: 0,
    extra_rows: 0,
    last_end: true,
};

impl Spelling {
    fn cell(self, text: &str) -> String {
        let needs = [self.separator, '"', ',', ';'];
        if self.quote_all || text.contains(needs) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    }

    fn line(self, cells: &[String]) -> String {
        let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
        let extra = self.separator.to_string().repeat(self.extra_columns);
        cells.join(&self.separator.to_string()) + &extra
    }

    fn write(self) -> String {
        let mut lines = Vec::new();
        if !self.first_line.is_empty() {
            lines.push(self.first_line.to_owned());
        }
        lines.push(self.line(&self.header.map(str::to_owned)));
        for row in ROWS {
            let cells = row.map(|cell| match cell {
                "valid" => self.valid.to_owned(),
                number if self.comma && number.parse::<f32>().is_ok() => number.replace('.', ","),
                cell => cell.to_owned(),
            });
            lines.push(self.line(&cells));
        }
        let empty = self.separator.to_string().repeat(3 + self.extra_columns);
        lines.extend(vec![empty; self.extra_rows]);
        let last = if self.last_end { self.end } else { "" };
        lines.join(self.end) + last
    }
}

/// The text in UTF-8, with and without a mark.
fn of_utf8(text: &str) -> [(&'static str, Vec<u8>); 2] {
    let marked = ["\u{feff}", text].concat().into_bytes();
    [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", marked),
    ]
}

/// The text in UTF-16 of both orders, with and without a mark.
fn of_utf16(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let marked = ["\u{feff}", text].concat();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    vec![
        ("UTF-16 LE", little(text)),
        ("UTF-16 BE", big(text)),
        ("UTF-16 LE with a mark", little(&marked)),
        ("UTF-16 BE with a mark", big(&marked)),
    ]
}

/// What Excel writes in Germany.
const GERMAN: Spelling = Spelling {
    separator: ';',
    comma: true,
    end: "\r\n",
    ..PLAIN
};

fn separators_and_ends() -> Vec<Spelling> {
    let mut spellings = Vec::new();
    for separator in [',', ';', '\t'] {
        for comma in [false, true] {
            for end in ["\n", "\r\n", "\r"] {
                spellings.push(Spelling {
                    separator,
                    comma,
                    end,
                    ..PLAIN
                });
            }
        }
    }
    spellings
}

fn names() -> Vec<Spelling> {
    vec![
        Spelling {
            header: ["ID", "Split", "Label", "Text"],
            ..PLAIN
        },
        Spelling {
            header: ["Id", "MODE", "LABEL", "TEXT"],
            ..GERMAN
        },
        Spelling {
            header: [" id ", " split", "label ", "text"],
            ..PLAIN
        },
        Spelling {
            valid: "val",
            ..PLAIN
        },
        Spelling {
            valid: "dev",
            ..PLAIN
        },
        Spelling {
            valid: "Validation",
            ..GERMAN
        },
    ]
}

fn quotes_and_first_lines() -> Vec<Spelling> {
    vec![
        Spelling {
            quote_all: true,
            ..PLAIN
        },
        Spelling {
            quote_all: true,
            ..GERMAN
        },
        Spelling {
            first_line: "sep=;",
            ..GERMAN
        },
        Spelling {
            first_line: "sep=,",
            ..PLAIN
        },
        Spelling {
            first_line: "\"sep=;\"",
            ..GERMAN
        },
        Spelling {
            separator: '|',
            first_line: "SEP=|",
            ..PLAIN
        },
    ]
}

fn empty_cells_and_last_ends() -> Vec<Spelling> {
    vec![
        Spelling {
            extra_columns: 2,
            ..PLAIN
        },
        Spelling {
            extra_columns: 1,
            extra_rows: 3,
            ..GERMAN
        },
        Spelling {
            extra_rows: 2,
            ..PLAIN
        },
        Spelling {
            last_end: false,
            ..PLAIN
        },
        Spelling {
            last_end: false,
            separator: '\t',
            comma: true,
            ..GERMAN
        },
    ]
}

fn spellings() -> Vec<Spelling> {
    [
        separators_and_ends(),
        names(),
        quotes_and_first_lines(),
        empty_cells_and_last_ends(),
    ]
    .concat()
}

#[test]
fn all_spellings_give_the_same_labels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.csv");
    let mut count = 0;
    for spelling in spellings() {
        let text = spelling.write();
        let files = of_utf8(&text).into_iter().chain(of_utf16(&text));
        for (encoding, bytes) in files {
            fs::write(&path, bytes).unwrap();
            let found = read_labels(&path);
            let found = found.unwrap_or_else(|error| panic!("{encoding} {spelling:?}: {error}"));
            let found: Vec<Fields<'_>> = found.iter().map(fields).collect();
            assert_eq!(found, expected(), "{encoding} {spelling:?}");
            count += 1;
        }
    }
    assert!(count >= 40, "{count} spellings");
}

#[test]
fn other_encodings_and_files_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.csv");
    let cases: [(&[u8], &str); 4] = [
        (
            b"id,label,text\na,1,x\nb,2,Sch\xf6n\n",
            "line 3: expected UTF-8, found a character of another encoding (save as CSV UTF-8)",
        ),
        (
            b"\xff\xfei\0d\0,\0l",
            "line 1: expected UTF-16, found half a character",
        ),
        (
            b"PK\x03\x04....xl/workbook.xml",
            "expected a table of labels, found an Excel workbook (.xlsx); save the sheet as CSV UTF-8 first",
        ),
        (
            b"%PDF-1.7",
            "expected a table of labels, found a PDF document; give the data itself: \
             docs/data-format.md lists what is read",
        ),
    ];
    for (bytes, expected) in cases {
        fs::write(&path, bytes).unwrap();
        let error = read_labels(&path).unwrap_err().to_string();
        assert_eq!(error.split_once(": ").unwrap().1, expected);
    }
}

#[test]
fn leftovers_of_systems_are_no_data() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "train.pkl",
        "._train.pkl",
        "~$dev.pkl",
        ".#test.pkl",
        "._labels.csv",
        "Thumbs.db",
    ] {
        let content: &[u8] = match name {
            "train.pkl" => b"\x80\x02].",
            _ => b"\0\x05\x16\x07",
        };
        fs::write(folder.path().join(name), content).unwrap();
    }
    fs::create_dir(folder.path().join("__MACOSX")).unwrap();
    let error = misa_data::UtteranceDataset::open(folder.path()).unwrap_err();
    let expected = "no utterances, expected at least 1; 6 files that systems left behind ignored";
    assert!(error.to_string().ends_with(expected), "{error}");
    fs::remove_file(folder.path().join("train.pkl")).unwrap();
    fs::write(folder.path().join("._mosi.pkl"), b"\0\x05\x16\x07").unwrap();
    let error = misa_data::UtteranceDataset::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("no data set"), "{error}");
}
