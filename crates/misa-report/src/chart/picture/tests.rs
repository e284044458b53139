//! The figure of an utterance as a whole.

use super::*;
use crate::assembly::record::{PictureRow, PictureStep, PictureTrack, PictureWord, StepKind};

fn word(text: &str, start: f64, end: f64, kind: WordKind) -> PictureWord {
    PictureWord {
        text: text.into(),
        start,
        end,
        kind,
    }
}

fn row(start: f64, end: f64, value: Option<f64>, valid: bool) -> PictureRow {
    PictureRow {
        start,
        end,
        value,
        valid,
    }
}

fn step(start: f64, end: f64, value: f64, kind: StepKind) -> PictureStep {
    PictureStep {
        start,
        end,
        value,
        kind,
    }
}

/// 10 s are 1400 units, from 56 to 1456.
fn given() -> UtterancePicture {
    UtterancePicture {
        utterance: "one<2>".into(),
        from: 0.0,
        to: 10.0,
        words: vec![
            word("I", 0.0, 2.0, WordKind::Measured),
            word("<b>love</b>", 2.0, 5.0, WordKind::Placed),
        ],
        tracks: vec![PictureTrack {
            modality: "faces".into(),
            column: "AU12_r".into(),
            rows: vec![
                row(1.0, 2.0, Some(1.0), true),
                row(0.0, 1.0, Some(0.0), true),
                row(2.0, 3.0, Some(9.0), false),
                row(5.0, 6.0, Some(1.0), true),
                row(6.0, 7.0, None, true),
            ],
            steps: vec![
                step(0.0, 2.0, 0.5, StepKind::Measured),
                step(2.0, 5.0, 0.0, StepKind::Absent),
            ],
        }],
    }
}

#[test]
fn words_have_boxes_and_texts() {
    let figure = picture(&given());
    let svg = figure.svg();
    assert!(svg.contains("<rect class=\"c0\" x=\"56\""), "{svg}");
    assert!(svg.contains(">&lt;b&gt;love&lt;/b&gt;</text>"));
    assert!(svg.contains("<title>I: 0.00 s to 2.00 s, measured</title>"));
    assert!(svg.contains(">word that was placed</text>") && !svg.contains(">borrowed"));
    assert!(!svg.contains("<b>") && figure.title == "How one<2> became steps");
}

/// Values from 0 to 1 are drawn from 0.08 above the bottom to 0.08 below the top.
#[test]
fn the_line_has_gaps_and_leaves_out_what_failed() {
    let given = given();
    let track = Track::new(&given.tracks[0]);
    let across = Across::new((0.0, 10.0), (0.0, 100.0));
    let scale = crate::draw::scale::Scale::new((0.0, 1.0), (10.0, 0.0));
    assert_eq!(track.line(&across, &scale), "M0 10H10V0H20M50 0H60");
    assert_eq!(track.failed(&across), [(20.0, 10.0)]);
}

/// However many rows fail, there are as many hatched stretches as can be told apart.
#[test]
fn the_drawing_of_many_failed_rows_is_small() {
    let mut given = given();
    let failed = |k: u32| {
        let start = f64::from(k) / 10_000.0;
        row(start, start + 0.000_05, None, k.is_multiple_of(2))
    };
    given.tracks[0].rows = (0..100_000).map(failed).collect();
    let figure = picture(&given);
    assert!(figure.svg().len() < 100_000, "{}", figure.svg().len());
    assert!(figure.caption.contains("of which 50000 failed"));
}

#[test]
fn what_is_not_seen_does_not_change_the_scale() {
    let plain = picture(&given()).svg();
    let mut far = given();
    let unseen = row(50.0, 60.0, Some(1e9), true);
    far.tracks[0].rows.push(unseen);
    assert_eq!(
        picture(&far).svg().replace("6 rows", "5 rows"),
        plain,
        "a row after the end"
    );
}

#[test]
fn steps_have_their_means_and_absent_ones_say_so() {
    let svg = picture(&given()).svg();
    assert!(svg.contains(">0.50</text>") && svg.contains(">absent</text>"));
    assert!(svg.contains("<title>2.00 s to 5.00 s: absent</title>"));
    assert!(svg.contains(">faces: AU12_r</text>"));
}

#[test]
fn every_number_is_in_the_data() {
    let data = picture(&given()).data;
    let lines: Vec<&str> = data.lines().collect();
    assert_eq!(lines[0], "what,modality,column,start,end,value,kind");
    assert_eq!(lines[2], "word,,,2,5,<b>love</b>,placed");
    assert_eq!(lines[5], "row,faces,AU12_r,2,3,9,failed");
    assert_eq!(lines[7], "row,faces,AU12_r,6,7,,usable");
    assert_eq!(lines[9], "step,faces,AU12_r,2,5,0,absent");
}

#[test]
fn one_word_and_none_are_drawn() {
    let mut one = given();
    one.words.truncate(1);
    one.tracks.clear();
    let figure = picture(&one);
    assert_eq!(
        figure.caption,
        "10.0 s of one<2>: 1 word, of which 0 interpolated and 0 placed."
    );
    one.words.clear();
    assert!(picture(&one).svg().contains("seconds of the recording"));
}

#[test]
fn texts_of_five_hundred_words_are_dropped_where_they_do_not_fit() {
    let mut many = given();
    many.words = (0..500)
        .map(|k| {
            let start = f64::from(k) / 50.0;
            word("wonderful", start, start + 0.02, WordKind::Measured)
        })
        .collect();
    let figure = picture(&many);
    let texts = figure.svg().matches(">wonderful</text>").count();
    assert!((20..200).contains(&texts), "{texts}");
    let expected = format!("{} words are drawn without text", 500 - texts);
    assert!(figure.caption.contains(&expected), "{}", figure.caption);
}

#[test]
fn the_width_follows_the_time_within_bounds() {
    let width = |seconds: f64| {
        let mut given = given();
        given.to = seconds;
        picture(&given).drawing.width
    };
    assert_eq!([0.5, 10.0, 600.0].map(width), [1100.0, 1470.0, 4200.0]);
}

#[test]
fn a_wide_drawing_scrolls_in_its_own_box() {
    let inline = picture(&given()).inline();
    assert!(inline.starts_with("<div class=\"across\" tabindex=\"0\" role=\"group\""));
    assert!(inline.contains("<div style=\"min-width:1470px\"><svg"));
}
