//! Tables of segments, whole.

use crate::kit::kit;
use misa_recordings::Interval;
use misa_recordings::segments::{
    Segment, SegmentFormat, SegmentNoteKind, SegmentTable, SegmentsOptions, SplitGroups,
    assign_splits, parse, speech,
};
use misa_terms::Split;
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

pub fn table(text: &str) -> SegmentTable {
    let table = parse("table.csv", text.as_bytes(), &SegmentsOptions::default());
    table.expect("the table of the test can be read")
}

fn notes(table: &SegmentTable) -> Vec<(SegmentNoteKind, usize)> {
    table
        .notes
        .iter()
        .map(|note| (note.kind, note.count))
        .collect()
}

#[test]
fn ch_sims_is_read_without_a_header() {
    let path = kit("ch_sims_label_without_header.csv");
    let table = misa_recordings::segments::read(path, &SegmentsOptions::default()).unwrap();
    assert_eq!(table.format, SegmentFormat::MmsaWithoutHeader);
    let [first, second] = &table.segments[..] else {
        panic!("{table:?}");
    };
    assert_eq!(
        (&*first.id, &*first.video),
        ("video_0001[0001]", "video_0001")
    );
    assert_eq!(first.clip.as_deref(), Some("0001"));
    assert_eq!(first.text.as_deref(), Some("我爱这部电影"));
    let labels = |segment: &Segment| {
        [
            segment.label,
            segment.label_text,
            segment.label_acoustic,
            segment.label_visual,
        ]
    };
    // The order of the file is all, text, acoustic, visual.
    assert_eq!(labels(first), [Some(1.0), Some(1.0), Some(0.8), Some(1.0)]);
    assert_eq!(
        labels(second),
        [Some(-1.0), Some(0.0), Some(-0.6), Some(-1.0)]
    );
    assert_eq!(
        (first.split, second.split),
        (Some(Split::Train), Some(Split::Valid))
    );
    assert_eq!((first.line, second.line, first.interval), (1, 2, None));
    assert_eq!(notes(&table), [(SegmentNoteKind::OtherColumn, 1)]);
}

#[test]
fn mmsa_is_read_with_empty_labels() {
    let path = kit("mmsa_fet_label.csv");
    let table = misa_recordings::segments::read(path, &SegmentsOptions::default()).unwrap();
    assert_eq!(table.format, SegmentFormat::Mmsa);
    let segment = &table.segments[0];
    assert_eq!(
        (&*segment.id, segment.label, segment.label_text),
        ("v1[1]", Some(2.4), None)
    );
    assert_eq!((segment.split, segment.line), (Some(Split::Train), 2));
}

#[test]
fn spreadsheets_of_any_country_give_the_same_segments() {
    let comma =
        "id,start,end,text,label,split,speaker\na[0],0.5,1.5,\"so, it goes\",-1.5,train,anna\n";
    let semicolon = "id;start;end;text;label;split;speaker\r\na[0];0,5;1,5;so, it goes;\u{2212}1,5;TRAIN;anna\r\n\r\n";
    let tab = "\u{feff}sep=\t\nID\tStart\tEnd\tText\tLabel\tMode\tSpeaker\na[0]\t00:00:00,5\t0:01.5\tso, it goes\t-1.5\ttrain\tanna\n";
    let expected = table(comma);
    let segment = &expected.segments[0];
    assert_eq!(segment.interval, Some(Interval::new(0.5, 1.5)));
    assert_eq!((&*segment.video, segment.clip.as_deref()), ("a", Some("0")));
    assert_eq!(
        (segment.label, segment.speaker.as_deref()),
        (Some(-1.5), Some("anna"))
    );
    let wide: Vec<u8> = semicolon
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let wide = parse("wide.csv", &wide, &SegmentsOptions::default()).unwrap();
    for other in [table(semicolon), wide] {
        assert_eq!(other.segments, expected.segments);
        assert_eq!(notes(&other), [(SegmentNoteKind::EmptyRow, 1)]);
    }
    let mut other = table(tab);
    other.segments[0].line -= 1;
    assert_eq!(other.segments, expected.segments);
}

#[test]
fn label_intervals_become_segments_of_a_video() {
    let table = table("video,start,end,label\nv,0.5,2,1\nv,2,3.25,-1\nv,3,4,0\nw,3,4,\n");
    let ids: Vec<&str> = table.segments.iter().map(|segment| &*segment.id).collect();
    assert_eq!(ids, ["v[0.5,2]", "v[2,3.25]", "v[3,4]", "w[3,4]"]);
    let expected = [(SegmentNoteKind::NoLabel, 1), (SegmentNoteKind::Overlap, 1)];
    assert_eq!(notes(&table), expected);
}

#[test]
fn meld_has_clocks_classes_and_characters_of_windows() {
    let text = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n\
        1,It\u{b4}s so,Joey,joy,positive,0,3,8,21,\"00:16:16,059\",\"00:16:21,731\"\n";
    // The apostrophe of Windows.
    let bytes: Vec<u8> = text
        .chars()
        .map(|letter| {
            if letter == '\u{b4}' {
                0x92
            } else {
                letter as u8
            }
        })
        .collect();
    let mut options = SegmentsOptions::default();
    options.split = Some(Split::Test);
    let table = parse("test_sent_emo.csv", &bytes, &options).unwrap();
    assert_eq!(
        (table.format, &table.classes[..]),
        (
            SegmentFormat::Meld,
            &["negative", "neutral", "positive"].map(str::to_string)[..]
        )
    );
    let segment = &table.segments[0];
    assert_eq!(
        (&*segment.id, &*segment.video, segment.label),
        ("dia0[3]", "dia0", Some(2.0))
    );
    assert_eq!(segment.text.as_deref(), Some("It\u{2019}s so"));
    assert_eq!(
        (segment.speaker.as_deref(), segment.split),
        (Some("Joey"), Some(Split::Test))
    );
    let interval = segment.interval.unwrap();
    assert!((interval.start - 976.059).abs() < 1e-9 && (interval.end - 981.731).abs() < 1e-9);
    let expected = [
        (SegmentNoteKind::OtherColumn, 4),
        (SegmentNoteKind::OtherEncoding, 1),
    ];
    assert_eq!(notes(&table), expected);
    options.label_column = Some("Emotion".to_string());
    options.is_cut = true;
    let table = parse("test_sent_emo.csv", &bytes, &options).unwrap();
    assert_eq!(
        (table.segments[0].label, table.classes.len()),
        (Some(4.0), 7)
    );
    assert_eq!(table.segments[0].interval, None);
    assert!(notes(&table).contains(&(SegmentNoteKind::TimeLeftOut, 1)));
}

#[test]
fn iemocap_has_turns_and_evaluators() {
    let text = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n\
        [6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]\n\
        C-E2:\tNeutral;\t()\nA-E3:\tval 3; act 2; dom  2;\t()\n\n\
        [10.0100 - 11.3925]\tSes01F_impro01_M001\txxx\t[2.5000, 3.0000, 2.0000]\n";
    let read =
        |options: &SegmentsOptions| parse("Ses01F_impro01.txt", text.as_bytes(), options).unwrap();
    let mut options = SegmentsOptions::default();
    let table = read(&options);
    assert_eq!(table.format, SegmentFormat::Iemocap);
    let names: Vec<_> = table
        .segments
        .iter()
        .map(|segment| (&*segment.id, segment.speaker.as_deref(), segment.label))
        .collect();
    let expected = [
        ("Ses01F_impro01[F000]", Some("Ses01F"), Some(0.0)),
        ("Ses01F_impro01[M001]", Some("Ses01M"), None),
    ];
    assert_eq!(names, expected);
    assert_eq!(
        table.segments[0].interval,
        Some(Interval::new(6.2901, 8.2357))
    );
    let expected = [
        (SegmentNoteKind::OtherLine, 2),
        (SegmentNoteKind::NoAgreement, 1),
    ];
    assert_eq!(notes(&table), expected);
    options.label_column = Some("activation".to_string());
    let labels: Vec<_> = read(&options)
        .segments
        .iter()
        .map(|segment| segment.label)
        .collect();
    assert_eq!(labels, [Some(2.5), Some(3.0)]);
}

#[test]
fn merbench_has_texts_in_two_languages() {
    let mut options = SegmentsOptions::default();
    options.text_column = Some("english".to_string());
    let text = "name,chinese,english\nsample_1,\u{4f60}\u{597d},hello\n";
    let table = parse("transcription.csv", text.as_bytes(), &options).unwrap();
    let segment = &table.segments[0];
    assert_eq!(
        (&*segment.id, &*segment.video, segment.text.as_deref()),
        ("sample_1", "sample_1", Some("hello"))
    );
}

#[test]
fn classes_are_read_by_name() {
    let mut options = SegmentsOptions::default();
    options.classes = ["serious", "funny"].map(str::to_string).to_vec();
    let table = parse("t.csv", b"id,label\na,funny\nb,Serious\n", &options).unwrap();
    let labels: Vec<_> = table.segments.iter().map(|segment| segment.label).collect();
    assert_eq!(labels, [Some(1.0), Some(0.0)]);
}

#[test]
fn speech_is_read_from_rttm_and_json() {
    let options = speech::SpeechOptions::default();
    let file = speech::read(kit("clip.rttm"), &options).unwrap();
    let [spoken] = &file.speech[..] else {
        panic!("{file:?}");
    };
    assert_eq!(
        (spoken.recording.as_deref(), spoken.speaker.as_deref()),
        (Some("clip"), Some("anna"))
    );
    assert_eq!(spoken.interval, Interval::new(0.1, 1.5));
    let json = br#"[{"start": 0.5, "end": 1, "speaker": "SPEAKER_00", "more": [1]}, {"start": 2, "end": 3.5}]"#;
    let file = speech::parse(json, &options).unwrap();
    assert_eq!(file.speech[1].interval, Interval::new(2.0, 3.5));
    assert_eq!(file.speech[0].speaker.as_deref(), Some("SPEAKER_00"));
    let mut options = options;
    options.rate = Some(16_000.0);
    let file = speech::parse(br#"[{"start": 8000, "end": 16000}]"#, &options).unwrap();
    assert_eq!(file.speech[0].interval, Interval::new(0.5, 1.0));
    assert!(speech::parse(b"[]", &options).unwrap().speech.is_empty());
}

#[test]
fn every_prefix_is_read_or_refused() {
    for name in [
        "ch_sims_label_without_header.csv",
        "mmsa_fet_label.csv",
        "clip.rttm",
    ] {
        let bytes = std::fs::read(kit(name)).unwrap();
        for length in 0..bytes.len() {
            let options = SegmentsOptions::default();
            // Either is fine; neither may panic.
            let _ = parse(name, &bytes[..length], &options);
            let _ = speech::parse(&bytes[..length], &speech::SpeechOptions::default());
        }
    }
}

fn refused_soon(is_refused: &dyn Fn() -> bool) {
    let limit = Duration::from_millis(100);
    assert!(misa_testing::takes_less_than(limit, || assert!(
        is_refused()
    )));
}

/// A row of `a,a,a…`, an open quote, nested lists, and rows without end.
#[test]
fn hostile_files_end_soon() {
    let options = SegmentsOptions::default();
    let wide = "id,".repeat(1 << 18);
    let open = format!("id,label\na,\"{}", "x".repeat(1 << 21));
    let quotes = "\"\"".repeat(1 << 19);
    for text in [wide, open, quotes] {
        refused_soon(&|| parse("hostile.csv", text.as_bytes(), &options).is_err());
    }
    let nested = "[".repeat(1 << 20);
    let deep = format!("[{{\"x\": {nested}");
    let flat = format!("[{}", "{},".repeat(1 << 18));
    let options = speech::SpeechOptions::default();
    for text in [nested, deep, flat] {
        refused_soon(&|| speech::parse(text.as_bytes(), &options).is_err());
    }
    let mut options = SegmentsOptions::default();
    options.limits.words = 100;
    let rows: String = (0..101).map(|row| format!("{row}\n")).collect();
    let fault = parse("t.csv", format!("id\n{rows}").as_bytes(), &options).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "line 102: expected at most 100 segments, found one more"
    );
}

fn of_groups(sizes: &[usize], by_speaker: bool) -> SegmentTable {
    let mut text = String::from(if by_speaker {
        "video,clip,speaker\n"
    } else {
        "video,clip\n"
    });
    for (group, &size) in sizes.iter().enumerate() {
        for clip in 0..size {
            if by_speaker {
                text.push_str(&format!("v{},{group}-{clip},s{group}\n", clip % 2));
            } else {
                text.push_str(&format!("v{group},{clip}\n"));
            }
        }
    }
    table(&text)
}

#[test]
fn splits_are_near_the_shares() {
    let mut table = of_groups(&[10; 20], false);
    let summary = assign_splits(&mut table, [0.7, 0.1, 0.2], 1).unwrap();
    assert_eq!(summary.groups, SplitGroups::Video);
    assert_eq!(summary.shares.map(|share| share.groups), [14, 2, 4]);
    assert_eq!(
        summary.to_string(),
        "train 140 segments of 14 videos, 70.0 % (asked for 70.0 %); valid 20 segments of 2 videos, 10.0 % (asked for 10.0 %); test 40 segments of 4 videos, 20.0 % (asked for 20.0 %)"
    );
    // One group has most segments: the others still get one each.
    let mut table = of_groups(&[50, 1, 1], false);
    let summary = assign_splits(&mut table, [0.6, 0.2, 0.2], 5).unwrap();
    assert_eq!(summary.shares.map(|share| share.groups), [1, 1, 1]);
    assert_eq!(summary.shares[0].segments, 50);
    let mut table = of_groups(&[6; 5], true);
    let summary = assign_splits(&mut table, [0.6, 0.2, 0.2], 5).unwrap();
    assert_eq!(
        (summary.groups, summary.divided_videos),
        (SplitGroups::Speaker, 2)
    );
}

#[test]
fn another_seed_gives_other_splits() {
    let of_seed = |seed| {
        let mut table = of_groups(&[3; 30], false);
        assign_splits(&mut table, [0.6, 0.2, 0.2], seed).unwrap();
        table
            .segments
            .iter()
            .map(|segment| segment.split)
            .collect::<Vec<_>>()
    };
    assert_ne!(of_seed(1), of_seed(2));
    assert_eq!(of_seed(1), of_seed(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn groups_stay_whole_and_the_order_of_rows_does_not_matter(
        sizes in prop::collection::vec(1_usize..12, 3..40),
        by_speaker: bool,
        seed: u64,
        turn: usize,
    ) {
        let mut table = of_groups(&sizes, by_speaker);
        let mut other = table.clone();
        let length = other.segments.len();
        other.segments.rotate_left(turn % length);
        other.segments.reverse();
        let summary = assign_splits(&mut table, [0.6, 0.2, 0.2], seed).unwrap();
        let again = assign_splits(&mut other, [0.6, 0.2, 0.2], seed).unwrap();
        prop_assert_eq!(summary, again);
        let splits = |table: &SegmentTable| -> HashMap<String, Option<Split>> {
            let split = |segment: &Segment| (segment.id.clone(), segment.split);
            table.segments.iter().map(split).collect()
        };
        prop_assert_eq!(splits(&table), splits(&other));
        let mut groups: HashMap<&str, Option<Split>> = HashMap::new();
        for segment in &table.segments {
            let group = segment.speaker.as_deref().unwrap_or(&segment.video);
            prop_assert!(segment.split.is_some());
            prop_assert_eq!(*groups.entry(group).or_insert(segment.split), segment.split);
        }
        for share in summary.shares {
            prop_assert!(share.groups > 0);
            let distance = (share.segments as f64 - share.asked * length as f64).abs();
            let largest = sizes.iter().max().copied().unwrap_or(0) as f64;
            // Moving one group brings a split at least as near as that.
            prop_assert!(distance <= 2.0 * largest, "{:?}", summary);
        }
    }
}
