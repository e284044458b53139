//! Words in formats with a word or a phrase in each line.

use super::{file, notes, table};
use misa_recordings::WordOrigin;
use misa_recordings::words::{WordsFormat, WordsNoteKind, WordsOptions, parse};

#[test]
fn ctm_and_stm_have_several_recordings() {
    let text = ";; x\na 1 0 1 b\nc A 1.5 0.5 d 0.5 lex e\na 2 2 1 f\n\nc A 3 1 <eps>\n";
    let file = file("x.ctm", text);
    let names: Vec<_> = file
        .recordings
        .iter()
        .map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, [Some("a"), Some("c")]);
    assert_eq!(
        table(&file.recordings[0]),
        [("b", 0, 1000), ("f", 2000, 3000)]
    );
    assert_eq!(table(&file.recordings[1]), [("d", 1500, 2000)]);
    let words = file.recordings.iter().flat_map(|one| &one.words);
    let speakers: Vec<_> = words.map(|word| word.speaker.as_deref()).collect();
    assert_eq!(speakers, [Some("1"), Some("2"), Some("e")]);

    let text = "a 1 bob 0 2 <o,f0,male> b ccc\na 1 bob 2 3 <o> ignore_time_segment_in_scoring\n";
    let file = parse("x.stm", text.as_bytes(), &WordsOptions::default()).unwrap();
    assert_eq!(file.format, WordsFormat::Stm);
    assert_eq!(
        table(&file.recordings[0]),
        [("b", 0, 500), ("ccc", 500, 2000)]
    );
    assert_eq!(file.recordings[0].words[0].speaker.as_deref(), Some("bob"));
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::Interpolated, 2),
            (WordsNoteKind::IgnoredStretch, 1)
        ]
    );
}

#[test]
fn words_of_a_label_file_last_until_the_next() {
    let text = "#!MLF!#\n\"*/a.b.rec\"\n0 1000000 sil -1 sil\n1000000 2000000 l -1 love\n\
        2000000 3000000 v -1\n3000000 4000000 sp -1\n4000000 5000000 dh -1 this\n.\n\
        \"x/c.lab\"\n0 10000000 ay -1 I\n.\n";
    let file = file("x.mlf", text);
    let names: Vec<_> = file
        .recordings
        .iter()
        .map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, [Some("*/a.b.rec"), Some("x/c.lab")]);
    assert_eq!(
        table(&file.recordings[0]),
        [("love", 100, 300), ("this", 400, 500)]
    );
    assert_eq!(table(&file.recordings[1]), [("I", 0, 1000)]);
}

#[test]
fn the_unit_of_labels_is_told_by_their_size() {
    let in_units = file("a.lab", "0 5000000 a\n5000000 9000000 sil\n");
    assert_eq!(table(&in_units.recordings[0]), [("a", 0, 500)]);
    let in_seconds = file("a.lab", "0\t5\ta\n5\t9\tb\n");
    assert_eq!(in_seconds.format, WordsFormat::Lab);
    assert_eq!(
        table(&in_seconds.recordings[0]),
        [("a", 0, 5000), ("b", 5000, 9000)]
    );
    let alone = file("a.lab", "it is so\n");
    assert_eq!(table(&alone.recordings[0]).len(), 3);
    assert_eq!(alone.recordings[0].words[0].origin, WordOrigin::Missing);
}

#[test]
fn phrases_share_their_time() {
    let table_of = file("a.tsv", "start\tend\ttext\n0\t2000\ta bcd [x]\n");
    assert_eq!(table_of.format, WordsFormat::WhisperTsv);
    assert_eq!(
        table(&table_of.recordings[0]),
        [("a", 0, 500), ("bcd", 500, 2000)]
    );
    let labels = file(
        "a.aud",
        "0.0\t2.0\t[[SPEAKER_00]]a bcd\n\\\t100\t200\n3\t4\te\n",
    );
    assert_eq!(labels.format, WordsFormat::Audacity);
    assert_eq!(
        table(&labels.recordings[0]),
        [("a", 0, 500), ("bcd", 500, 2000), ("e", 3000, 4000)]
    );
    assert_eq!(
        labels.recordings[0].words[0].speaker.as_deref(),
        Some("SPEAKER_00")
    );
}
