//! Words in TextGrids of Praat.

use super::{notes, table};
use misa_recordings::words::{WordsFormat, WordsNoteKind, WordsOptions, parse};

fn textgrid(tiers: &[(&str, &str)]) -> String {
    let mut text = format!(
        "File type = \"ooTextFile\"\n\"TextGrid\"\n0 9\n<exists>\n{}\n",
        tiers.len()
    );
    for (name, contents) in tiers {
        text += &format!("\"IntervalTier\" \"{name}\" 0 9 {contents}\n");
    }
    text
}

#[test]
fn points_and_other_tiers_are_passed_over() {
    let text = textgrid(&[("phones", "1 0 1 \"AH\""), ("notes", "1 1 2 \"b\"")]).replace(
        "\"IntervalTier\" \"phones\" 0 9 1 0 1",
        "\"TextTier\" \"phones\" 0 9 1 0.5",
    );
    let mut options = WordsOptions::default();
    options.tier = Some("notes".to_string());
    let file = parse("a.TextGrid", text.as_bytes(), &options).unwrap();
    assert_eq!(table(&file.recordings[0]), [("b", 1000, 2000)]);
    assert_eq!(notes(&file), [(WordsNoteKind::OtherTier, 1)]);
}

#[test]
fn p2fa_is_recognised_by_its_grid() {
    let word = |start: f64, end: f64| {
        textgrid(&[("word", &format!("2 0 {start} \"sp\" {start} {end} \"A\""))])
    };
    let times = |text: &str, sound_rate_11025| {
        let mut options = WordsOptions::default();
        options.sound_rate_11025 = sound_rate_11025;
        let file = parse("a.TextGrid", text.as_bytes(), &options).unwrap();
        (
            file.format,
            table(&file.recordings[0])[0].1,
            table(&file.recordings[0])[0].2,
        )
    };
    assert_eq!(
        times(&word(1.0125, 2.0125), false),
        (WordsFormat::P2fa, 1000, 2000)
    );
    // Of another aligner: nothing is taken off.
    assert_eq!(
        times(&word(1.01, 2.01), false),
        (WordsFormat::TextGrid, 1010, 2010)
    );
    let factor = 11000.0 / 11025.0;
    let multiplied = word(4.0125 * factor, 8.0125 * factor);
    assert_eq!(times(&multiplied, true), (WordsFormat::P2fa, 4000, 8000));
    // 4 and 8 times the factor.
    assert_eq!(times(&multiplied, false), (WordsFormat::P2fa, 3991, 7982));
}
