//! Files, matched with recordings by their names.

use super::{folder, options, run};
use crate::kit::kit;
use crate::tables::table;
use misa_recordings::align::PauseRule;
use misa_recordings::assemble::{AssembleOptions, Assembler, Inputs, Mode};
use std::fs;

#[test]
fn one_file_may_hold_all_recordings() {
    let folder = folder(&[]);
    fs::write(
        folder.path().join("words"),
        "a 1 0.0 0.5 so\na 1 0.5 0.5 it\nb.wav 1 0.0 1.0 goes\n",
    )
    .unwrap();
    let table = table("id,label\na,1\nb,2\nc,3\n");
    let done = run(&folder, &table, options(Mode::Words, PauseRule::WordsOnly));
    let words = |place: usize| {
        done[place]
            .1
            .as_ref()
            .unwrap()
            .1
            .iter()
            .map(|utterance| utterance.words.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (words(0), words(1), words(2)),
        (vec!["so it".to_string()], vec!["goes".to_string()], vec![])
    );
}

#[test]
fn the_first_file_that_is_wanted_and_can_be_read_decides() {
    let folder = folder(&[
        ("faces/clip.csv", "openface_au_only.csv"),
        ("words/clip.json", "whisperx.json"),
    ]);
    // In the order of the alphabet: nobody asks for the first two, and the third has no rows.
    fs::write(folder.path().join("faces/a.csv"), "no table").unwrap();
    fs::copy(kit("libreface.csv"), folder.path().join("faces/b.csv")).unwrap();
    fs::write(folder.path().join("faces/c.csv"), "frame,timestamp\n").unwrap();
    let table = table("id,text,label\nc,x,1\nclip,x,1.5\n");
    let faces = folder.path().join("faces");
    let inputs = Inputs {
        faces: Some(&faces),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap();
    let columns = assembler.recipes().visual.unwrap().columns;
    assert!(columns.contains(&"AU12_r".to_string()), "{columns:?}");
    fs::remove_file(folder.path().join("faces/clip.csv")).unwrap();
    let inputs = Inputs {
        faces: Some(&faces),
        ..Inputs::default()
    };
    let error = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap_err();
    assert!(error.to_string().contains("c.csv: "), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_matters_where_it_is_asked_for() {
    let folder = folder(&[("words/clip.json", "whisperx.json")]);
    let words = folder.path().join("words");
    std::os::unix::fs::symlink("nowhere.json", words.join("gone.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", words.join("old")).unwrap();
    let done = run(
        &folder,
        &table("id,label\nclip,1\ngone,2\n"),
        AssembleOptions::default(),
    );
    assert_eq!(super::one(&done).1.words.len(), 4);
    let error = done[1].1.as_ref().unwrap_err();
    assert!(
        error.ends_with("gone.json: no such file or folder"),
        "{error}"
    );
}

#[test]
fn a_file_at_fault_names_itself_and_stops_no_other() {
    let folder = folder(&[
        ("words/a.json", "whisperx.json"),
        ("faces/a.csv", "openface_au_only.csv"),
        ("faces/b.csv", "openface_fdir_times_zero.csv"),
    ]);
    fs::copy(kit("whisperx.json"), folder.path().join("words/b.json")).unwrap();
    let done = run(
        &folder,
        &table("id,label\na,1\nb,2\n"),
        AssembleOptions::default(),
    );
    assert!(done[0].1.is_ok());
    let error = done[1].1.as_ref().unwrap_err();
    assert!(
        error.contains("b.csv: ") && error.contains("--fps"),
        "{error}"
    );
}

#[test]
fn what_has_no_counterpart_is_named() {
    let folder = folder(&[
        ("words/a.json", "whisperx.json"),
        ("words/x.json", "whisperx.json"),
        ("words/a.srt", "clip.srt"),
    ]);
    let table = table("id,label\na,1\nb,2\n");
    let words = folder.path().join("words");
    let inputs = Inputs {
        words: Some(&words),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap();
    let matching = assembler.matching();
    let (kind, found) = matching.iter().next().unwrap();
    assert_eq!((kind, found.recordings, found.others), ("words", 1, 1));
    assert_eq!(
        (&found.without[..], &found.left[..]),
        (&["b".to_string()][..], &["x".to_string()][..])
    );
}
