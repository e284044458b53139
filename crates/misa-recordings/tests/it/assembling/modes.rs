//! Modes without words as steps.

use super::{folder, one, options, run};
use crate::array_tracks::{f4, npy};
use crate::tables::table;
use misa_recordings::align::{PauseRule, StepKind};
use misa_recordings::assemble::Mode;
use std::fs;
use tempfile::TempDir;

#[test]
fn other_modes_need_no_times_of_words() {
    let folder = folder(&[
        ("faces/clip.csv", "openface_au_only.csv"),
        ("voice/clip.csv", "smile_lld.csv"),
    ]);
    let table = table("id,text,label\nclip,\"I love this movie.\",1.5\n");
    let done = run(&folder, &table, options(Mode::Utterance, PauseRule::Extend));
    let (_, utterance) = one(&done);
    assert_eq!(utterance.words, ["i", "love", "this", "movie"]);
    let faces = utterance.faces.as_ref().unwrap();
    assert_eq!((faces.kinds.len(), faces.values.len()), (1, 4 * 35));
    let done = run(&folder, &table, options(Mode::Unaligned, PauseRule::Extend));
    let (_, utterance) = one(&done);
    let steps =
        [&utterance.faces, &utterance.voice].map(|steps| steps.as_ref().unwrap().kinds.len());
    // Two seconds of faces at ten steps a second and 1.96 of voice at twenty lie in one stretch of 2 s.
    assert_eq!(steps, [20, 40]);
}

#[test]
fn a_row_without_times_says_nothing_of_the_length() {
    let row = |folder: &TempDir, name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, npy("<f4", false, "(2,)", &f4(&[3.0, 4.0]))).unwrap();
    };
    let text = table("id,text,label\nclip,\"I love this movie.\",1.5\n");
    let alone = folder(&[]);
    row(&alone, "faces/clip.npy");
    row(&alone, "voice/clip.npy");
    for mode in [Mode::Unaligned, Mode::Utterance] {
        let done = run(&alone, &text, options(mode, PauseRule::Extend));
        let (report, utterance) = one(&done);
        for steps in [&utterance.faces, &utterance.voice] {
            let steps = steps.as_ref().unwrap();
            assert_eq!(steps.kinds, [StepKind::Measured], "{mode}");
            assert_eq!(steps.values[0], 3.0, "{mode}");
        }
        // The shorter of both steps is that of voices, at twenty a second.
        assert_eq!(
            (utterance.stretch.start, utterance.stretch.end),
            (0.0, 0.05)
        );
        assert_eq!(report.faces.as_ref().unwrap().seconds, 0.0);
    }
    let beside = folder(&[("words/clip.json", "whisperx.json")]);
    row(&beside, "faces/clip.npy");
    let done = run(&beside, &text, options(Mode::Unaligned, PauseRule::Extend));
    let (report, utterance) = one(&done);
    // The last word ends at 1.5 s, and there are ten steps of faces a second.
    assert_eq!(utterance.stretch.end, 1.5_f64.next_up());
    assert_eq!(
        utterance.faces.as_ref().unwrap().kinds,
        [StepKind::Measured; 15]
    );
    assert_eq!(report.faces.as_ref().unwrap().survey.span, None);
}
