//! What is said about formats with a word or a phrase in each line.

use super::compare;

const LINES: &[(&str, &str, &str)] = &[
    (
        "a.ctm",
        "a 1 0 1 b\na 1 0\n",
        "line 2: expected file, channel, start, duration and word, found 3 fields",
    ),
    (
        "a.ctm",
        "a 1 0 1 b 1 lex c d\n",
        "line 1: expected at most 8 fields, found 9 fields",
    ),
    (
        "a.ctm",
        "a 1 0 1 b\na 1 x 1 b\n",
        "line 2, column start: expected a number, found \"x\"",
    ),
    (
        "a.ctm",
        "a 1 0 1 b\na 1 0 -1 b\n",
        "line 2: expected a time from 0 to 360000 seconds, found -1",
    ),
    (
        "a.ctm",
        "a 1 0 1 b high\n",
        "line 1, column confidence: expected a number, found \"high\"",
    ),
    (
        "a.ctm",
        "a 1 * * <ALT_BEGIN>\n",
        "line 1: expected one word at a time, found alternatives",
    ),
    (
        "a.stm",
        "a 1 b 0 1 { um / uh } c\n",
        "line 1: expected a text without alternatives in `{ / }`, found \"{ um / uh } c\"",
    ),
    (
        "a.stm",
        "a 1 b 0 1 c\na 1 b\n",
        "line 2: expected file, channel, speaker, start, end and text, found 3 fields",
    ),
    (
        "a.mlf",
        "#!MLF!#\nclip\n",
        "line 2: expected the path of a recording in quotes, found \"clip\"",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"a/x.lab\"\n0 1 a\n.\n\"a/x.lab\"\n0 1 b\n.\n",
        "line 6: expected another recording than before, found \"a/x.lab\" again; leave out one of the two, or name \
         each by its folder",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"\"\n0 1 a\n.\n",
        "line 2: expected the path of a recording in quotes, found \"\\\"\\\"\"",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"clip.rec\"\n0 1 a\n",
        "expected `.` behind the labels of a recording, found the end of the file",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"clip.rec\"\n0 a\n.\n",
        "line 3: expected start, end and label, found 2 fields",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"clip.rec\"\n0 1 a\n///\n.\n",
        "line 4: expected at most start, end, label, score and word, found \"///\"",
    ),
    (
        "a.lab",
        "0 1 AH0\n1 2 sil\n2 3 b\n3 4 t\n4 5 ah1\n",
        "expected words, found phones only; write the words too, such as with `HVite -o` and a network of words",
    ),
    (
        "a.lab",
        "0 1 a\nb\n",
        "line 2: expected start, end and label, found 1 field",
    ),
    (
        "a.csv",
        "Begin,End,Label\n0,1,a\n",
        "line 1: expected one column `Type`, found none",
    ),
    (
        "a.csv",
        "Begin,End,Label,Type,Type\n",
        "line 1: expected one column `Type`, found two",
    ),
    (
        "a.csv",
        "Begin,End,Label,Type\n0,1,a\n",
        "line 2: expected 4 fields, found 3",
    ),
    (
        "a.csv",
        "Begin,End,Label,Type\n0,one,a,words\n",
        "line 2, column End: expected a number, found \"one\"",
    ),
    (
        "a.csv",
        "a,a,0,1\nb,b,,2\n",
        "line 2, column start: expected a number, found \"\"",
    ),
    (
        "a.csv",
        "a,b,c,0,1\n",
        "line 1: expected word, aligned word, start and end, found 5 fields",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t1\n",
        "line 2: expected 3 fields with tabs between, found 2",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t100\ta\n0.10\t0.50\tb\n",
        "line 3, column start: expected whole milliseconds, found \"0.10\"; write them as Whisper does, such as 1250 for \
         1.25 seconds",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t1e3\ta\n",
        "line 2, column end: expected whole milliseconds, found \"1e3\"; write them as Whisper does, such as 1250 for \
         1.25 seconds",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t\ta\n",
        "line 2, column end: expected a number, found \"\"",
    ),
    (
        "a.tsv",
        "start\tend\ttext\tend\n",
        "line 1: expected one column `end`, found two",
    ),
    (
        "a.txt",
        "0\t1\ta\n2\n",
        "line 2: expected start, end and label with tabs between, found 1 field",
    ),
];

#[test]
fn lines_are_refused_with_their_number() {
    compare(LINES);
}
