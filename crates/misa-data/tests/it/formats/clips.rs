//! Clips of every layout: without labels, without splits, without a modality.

use super::features::{npy, npz};
use super::*;
use crate::support::clips_of;
use misa_data::{Clip, ClipText, Clips, Sequence};

/// The clips of a folder of these files; the folder's own path is cut from the error.
fn clips(files: &[(&str, Py)]) -> Result<Clips, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in files {
        save(folder.path(), name, value);
    }
    Clips::open(folder.path()).map_err(|error| without(&error, folder.path()))
}

/// The same clips without one modality.
fn lacking(clips: &[Clip], modality: Modality) -> Vec<Clip> {
    let others: Vec<Modality> = Modality::ALL
        .into_iter()
        .filter(|&m| m != modality)
        .collect();
    let others = misa_terms::Modalities::new(&others).unwrap();
    clips.iter().map(|clip| clip.clone().only(others)).collect()
}

/// The entries of a dictionary, without some and with others.
fn with(dict: &Py, gone: &[&str], more: &[(&'static str, Py)]) -> Py {
    let Py::Dict(entries) = dict else {
        panic!("a dict");
    };
    let mut entries = entries.clone();
    entries.retain(|(key, _)| !gone.contains(key));
    entries.extend(more.iter().cloned());
    Py::Dict(entries)
}

#[test]
fn clips_of_a_labelled_file_are_its_utterances_with_its_checksum() {
    let file = splits(
        platform(&["so it", "goes"], vec![]),
        platform(&["it is"], vec![]),
    );
    let files = [("a.pkl", file)];
    let (data, read) = (open(&files).unwrap(), clips(&files).unwrap());
    assert_eq!(read.clips, clips_of(&data));
    assert_eq!(read.checksum.as_deref(), Some(data.checksum()));
    assert_eq!(
        read.splits,
        [Some(Split::Train), Some(Split::Train), Some(Split::Test)]
    );
    assert_eq!(read.format, Format::Mmsa);
}

#[test]
fn platform_files_need_no_labels_no_splits_and_one_modality() {
    let whole = platform(&["so it", "goes"], vec![]);
    let expected = clips_of(&open(&[("a.pkl", Py::Dict(vec![("train", whole.clone())]))]).unwrap());
    let read = |table: Py| clips(&[("a.pkl", Py::Dict(vec![("train", table)]))]);

    let damaged = ("regression_labels", texts(&["good", "bad", "odd"]));
    for (gone, more) in [(vec![], vec![]), (vec!["regression_labels"], vec![damaged])] {
        let table = with(&whole, &["regression_labels"], &more);
        let found = read(with(&table, &gone[..0], &[])).unwrap();
        assert_eq!((&found.clips, found.checksum), (&expected, None));
    }
    for (key, modality) in [
        ("raw_text", Modality::Text),
        ("vision", Modality::Visual),
        ("audio", Modality::Acoustic),
    ] {
        let found = read(with(&whole, &[key], &[])).unwrap();
        assert_eq!(found.clips, lacking(&expected, modality), "{key}");
    }
    let flat = clips(&[("a.pkl", with(&whole, &["regression_labels"], &[]))]).unwrap();
    assert_eq!(flat.splits, [None, None]);
    assert_eq!(flat.clips[1].id, "1");
    assert_eq!(flat.clips[1].visual, expected[1].visual);
    let only = with(&whole, &["raw_text", "vision", "audio"], &[]);
    let error = read(only).unwrap_err();
    assert!(
        error.starts_with("a.pkl: train: expected a dict with"),
        "{error}"
    );
}

/// An array of no elements may claim any number of rows, for which no memory is to be allocated.
#[test]
fn rows_without_elements_are_no_clips() {
    let vision = Py::Array(vec![1 << 30, 0, 1], Vec::new());
    let table = Py::Dict(vec![("vision", vision)]);
    let error = clips(&[("a.pkl", Py::Dict(vec![("test", table)]))]).unwrap_err();
    assert!(
        error.contains("expected at most 4194304 clips, found 1073741824"),
        "{error}"
    );
}

/// Padding is found in the modalities that are there.
#[test]
fn padding_of_clips_is_cut_without_a_modality() {
    let rows = column(&[&[1.0, 2.0, 0.0], &[3.0, 0.0, 0.0]]);
    let table = Py::Dict(vec![("text", rows.clone()), ("audio", rows)]);
    let read = clips(&[("a.pkl", Py::Dict(vec![("test", table)]))]).unwrap();
    let steps = |clip: &Clip| clip.acoustic.as_ref().map(Sequence::steps);
    assert_eq!(
        [steps(&read.clips[0]), steps(&read.clips[1])],
        [Some(2), Some(1)]
    );
    let text = "test: 2 utterances end with rows of zeros in all modalities: padding, removed";
    assert_eq!(read.notes[0].to_string(), text);
}

#[test]
fn official_pickles_need_no_labels_and_one_modality() {
    let item = |label: Py, visual: Py, words: Py, ids: Py| {
        let features = vec![ids, visual, Py::zeros(2, 3), words];
        Py::List(vec![Py::Tuple(vec![
            Py::Tuple(features),
            label,
            Py::Text("v[1]"),
        ])])
    };
    let (words, ids, visual) = (texts(&["so", "it"]), ints(&[2, 3]), Py::zeros(2, 2));
    let file = |label: Py| item(label, visual.clone(), words.clone(), ids.clone());
    let whole = open(&[("train.pkl", file(Py::Float(1.0)))]).unwrap();
    for label in [Py::None, Py::Text("good"), Py::Float(f64::NAN)] {
        let read = clips(&[("train.pkl", file(label))]).unwrap();
        assert_eq!((read.clips, read.checksum), (clips_of(&whole), None));
    }
    let unseen = item(Py::None, Py::None, words.clone(), Py::None);
    let read = clips(&[("test.pkl", unseen)]).unwrap();
    assert_eq!(read.clips, lacking(&clips_of(&whole), Modality::Visual));
    let read = clips(&[(
        "test.pkl",
        item(Py::None, visual.clone(), Py::None, Py::None),
    )])
    .unwrap();
    assert_eq!(read.clips, lacking(&clips_of(&whole), Modality::Text));
    // Two splits, neither of which is the train split.
    let files = [("dev.pkl", file(Py::None)), ("test.pkl", file(Py::None))];
    let read = clips(&files).unwrap();
    assert_eq!(read.splits, [Some(Split::Valid), Some(Split::Test)]);
}

#[test]
fn lists_of_words_and_features_need_no_labels_no_splits_and_one_modality() {
    let item = |visual: Py| {
        let features = vec![texts(&["so", "it"]), visual, Py::zeros(2, 3)];
        Py::Tuple(vec![Py::Tuple(features), Py::Float(1.0), Py::Text("v[1]")])
    };
    let train = Py::List(vec![item(Py::zeros(2, 2))]);
    let whole = open(&[("a.pkl", Py::Dict(vec![("train", train.clone())]))]).unwrap();
    assert_eq!(clips(&[("a.pkl", train)]).unwrap().clips, clips_of(&whole));
    let Py::Tuple(parts) = item(Py::None) else {
        panic!("a tuple");
    };
    let bare = Py::List(vec![Py::Tuple(parts[..1].to_vec())]);
    let read = clips(&[("a.pkl", bare)]).unwrap();
    assert_eq!((read.format, read.splits), (Format::Mag, vec![None]));
    assert_eq!(read.clips[0].visual, None);
    assert_eq!(
        read.clips[0].text,
        lacking(&clips_of(&whole), Modality::Visual)[0].text
    );
}

#[test]
fn a_table_alone_is_clips_of_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.csv");
    fs::write(&path, "id;text\na;so it goes\nb;it is\n").unwrap();
    let read = Clips::open(&path).unwrap();
    let sentence = ClipText::Sentence("so it goes".to_string());
    assert_eq!(read.clips[0].text, Some(sentence));
    assert_eq!(
        (read.clips[1].id.as_str(), &read.clips[1].acoustic),
        ("b", &None)
    );
    assert_eq!((read.format, read.splits), (Format::Own, vec![None, None]));
    // The same in its folder.
    assert_eq!(Clips::open(folder.path()).unwrap().clips, read.clips);
    let error = UtteranceDataset::open(&path).unwrap_err().to_string();
    assert!(error.contains("found a table of text (.csv)"), "{error}");
    fs::write(&path, "id,label\na,1\n").unwrap();
    let error = without(&Clips::open(&path).unwrap_err(), folder.path());
    assert!(
        error.contains("expected a column `text`, an array"),
        "{error}"
    );
}

#[test]
fn own_features_need_no_labels_no_splits_and_one_modality() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("labels.csv");
    fs::write(
        &table,
        "id,split,label,text\nx,train,1.5,so it goes\ny,train,-2,it is\n",
    )
    .unwrap();
    let visual = ("visual", npy(&[2, 2, 1], &[1.0, 2.0, 3.0, 4.0]));
    let acoustic = ("acoustic", npy(&[2, 1, 1], &[5.0, 6.0]));
    let archive = folder.path().join("features.npz");
    npz(&archive, &[visual.clone(), acoustic.clone()]);
    let whole = UtteranceDataset::open(folder.path()).unwrap();
    let mut expected = clips_of(&whole);
    for (clip, sentence) in expected.iter_mut().zip(["so it goes", "it is"]) {
        clip.text = Some(ClipText::Sentence(sentence.to_string()));
    }
    let read = || Clips::open(folder.path()).unwrap();
    assert_eq!(read().checksum.as_deref(), Some(whole.checksum()));
    for content in [
        "id,text\nx,so it goes\ny,it is\n",
        "id,split,label,text\nx,all,good,so it goes\ny,,,it is\n",
        "id,label,label,text\nx,1,2,so it goes\ny,1,2,it is\n",
    ] {
        fs::write(&table, content).unwrap();
        let found = read();
        assert_eq!(found.clips, expected, "{content}");
        assert_eq!((found.splits, found.checksum), (vec![None, None], None));
    }
    npz(&archive, &[acoustic]);
    assert_eq!(read().clips, lacking(&expected, Modality::Visual));
    // Archives without a table.
    fs::remove_file(&table).unwrap();
    npz(&archive, &[visual]);
    let found = read();
    assert_eq!(found.clips[1].visual, expected[1].visual);
    assert_eq!(
        (found.clips[1].id.as_str(), &found.clips[1].text),
        ("1", &None)
    );
}

/// The first clip has two words; the second, of one word, tells nothing.
#[test]
fn the_text_of_a_table_is_sentences_unless_its_words_are_steps() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "id,text\nx,What  fun!\ny,So\n").unwrap();
    let read = |steps: usize| {
        let first = npy(&[steps, 1], &vec![1.0; steps]);
        let arrays = [("x", first), ("y", npy(&[1, 1], &[2.0]))];
        npz(&folder.path().join("acoustic.npz"), &arrays);
        let clips = Clips::open(folder.path()).unwrap().clips.into_iter();
        clips.map(|clip| clip.text.unwrap()).collect::<Vec<_>>()
    };
    let words = [&["What", "fun!"][..], &["So"]]
        .map(|words| ClipText::Words(words.iter().map(|word| word.to_string()).collect()));
    assert_eq!(read(2), words);
    let sentences = ["What fun!", "So"].map(|text| ClipText::Sentence(text.to_string()));
    assert_eq!(read(3), sentences);
}

#[test]
fn an_unknown_split_of_a_table_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("a.csv");
    let content = "id,split,text\na,tset,so\nb,test,so\nc,foo,so\nd,tset,so\ne,,so\n";
    fs::write(&table, content).unwrap();
    let read = Clips::open(&table).unwrap();
    assert_eq!(read.splits, [Some(Split::Test), None, None, None, None]);
    let found: Vec<String> = read.notes.iter().map(Note::to_string).collect();
    let expected = "no split: 3 utterances with a split that is none of train, valid and test: \
                    `foo`, `tset`";
    assert_eq!(found, [expected]);
}

#[test]
fn an_empty_text_is_a_missing_one() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("a.csv");
    fs::write(&table, "id,text\nx,so\ny,\nz,  \n").unwrap();
    let error = without(&Clips::open(&table).unwrap_err(), folder.path());
    let expected =
        "a.csv: utterance \"y\": expected text, visual or acoustic features, found none of them";
    assert_eq!(error, expected);

    let one = || npy(&[1, 1], &[2.0]);
    let by_id = folder.path().join("acoustic.npz");
    npz(&by_id, &[("x", one()), ("y", one()), ("z", one())]);
    let has = |read: &Clips| -> Vec<[bool; 3]> {
        let clips = read.clips.iter();
        clips
            .map(|clip| Modality::ALL.map(|modality| clip.has(modality)))
            .collect()
    };
    let expected = [
        [true, false, true],
        [false, false, true],
        [false, false, true],
    ];
    let read = Clips::open(folder.path()).unwrap();
    assert_eq!(has(&read), expected);
    assert_eq!(
        read.notes[0].to_string(),
        "no split: 2 utterances without words"
    );
    // The same with one array over all utterances.
    fs::remove_file(by_id).unwrap();
    let all = ("acoustic", npy(&[3, 1, 1], &[2.0; 3]));
    npz(&folder.path().join("features.npz"), &[all]);
    assert_eq!(has(&Clips::open(folder.path()).unwrap()), expected);
}

#[test]
fn own_features_by_id_need_no_table_and_not_every_modality() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, ids: &[(&str, f32)]| {
        let array = |&(id, value): &(&'_ str, f32)| (id.to_string(), npy(&[1, 1], &[value]));
        let arrays: Vec<(String, Vec<u8>)> = ids.iter().map(array).collect();
        let arrays: Vec<(&str, Vec<u8>)> =
            arrays.iter().map(|(id, a)| (&**id, a.clone())).collect();
        npz(&folder.path().join(name), &arrays);
    };
    of("visual.npz", &[("x", 1.0), ("y", 2.0)]);
    of("acoustic.npz", &[("y", 3.0), ("z", 4.0)]);
    let found = Clips::open(folder.path()).unwrap();
    let facts: Vec<(&str, [bool; 3])> = found
        .clips
        .iter()
        .map(|clip| (clip.id.as_str(), Modality::ALL.map(|m| clip.has(m))))
        .collect();
    let expected = [
        ("x", [false, true, false]),
        ("y", [false, true, true]),
        ("z", [false, false, true]),
    ];
    assert_eq!(facts, expected);
    fs::write(folder.path().join("labels.csv"), "id\nx\nw\n").unwrap();
    let error = without(&Clips::open(folder.path()).unwrap_err(), folder.path());
    let expected = "labels.csv: utterance \"w\": expected text, visual or acoustic features, found none \
                    of them";
    assert_eq!(error, expected);
}

#[test]
fn humour_needs_no_labels_no_folds_and_one_file() {
    let sentences = [Py::Text("so it goes"), Py::Text("ha")];
    let mut files = humour::humour();
    files.push(humour::spoken(
        "language_sdk.pkl",
        "punchline_sentence",
        sentences,
    ));
    let whole = open(&files).unwrap();
    assert_eq!(
        clips(&files).unwrap().checksum.as_deref(),
        Some(whole.checksum())
    );
    let read = |gone: &[&str]| {
        let mut files = files.clone();
        files.retain(|(name, _)| !gone.contains(name));
        clips(&files).unwrap()
    };
    let (labels, folds) = ("humor_label_sdk.pkl", "data_folds.pkl");
    let bare = read(&[labels, folds]);
    assert_eq!(
        (bare.clips, bare.splits),
        (clips_of(&whole), vec![None, None])
    );
    for (name, modality) in [
        ("language_sdk.pkl", Modality::Text),
        ("openface_features_sdk.pkl", Modality::Visual),
        ("covarep_features_sdk.pkl", Modality::Acoustic),
    ] {
        let found = read(&[labels, folds, name]);
        assert_eq!(found.clips, lacking(&clips_of(&whole), modality), "{name}");
    }
    files[0].1 = Py::Text("damaged");
    let damaged = clips(&files).unwrap();
    assert_eq!((damaged.clips, damaged.checksum), (clips_of(&whole), None));
}

#[test]
fn values_of_clips_are_replaced_as_those_of_utterances() {
    let odd = ("audio", column(&[&[f32::NAN, 1.0]]));
    let bare = platform(&["so"], vec![]);
    let table = with(&bare, &["audio", "regression_labels"], &[odd]);
    let files = [("a.pkl", Py::Dict(vec![("test", table)]))];
    let read = clips(&files).unwrap();
    assert_eq!(
        read.clips[0].acoustic.as_ref().unwrap().values(),
        [0.0, 1.0]
    );
    let text = "test: 1 non-finite acoustic value replaced by 0";
    assert!(read.notes.iter().any(|note| note.to_string() == text));

    let infinite = ("audio", column(&[&[f32::INFINITY, 1.0]]));
    let table = with(&bare, &["audio", "regression_labels"], &[infinite]);
    let files = [("a.pkl", Py::Dict(vec![("test", table)]))];
    let error = clips(&files).unwrap_err();
    assert!(
        error.contains("test: 1 utterance with infinite acoustic"),
        "{error}"
    );
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "a.pkl", &files[0].1);
    let options = OpenOptions::new().with_policy(Policy::Compat);
    let read = options.open_clips(folder.path()).unwrap();
    assert_eq!(
        read.clips[0].acoustic.as_ref().unwrap().values(),
        [0.0, 1.0]
    );
}

#[test]
fn a_file_without_labels_gives_no_utterances() {
    let table = with(&platform(&["so"], vec![]), &["regression_labels"], &[]);
    for policy in [Policy::Strict, Policy::Compat] {
        let options = OpenOptions::new().with_policy(policy);
        let files = [("a.pkl", Py::Dict(vec![("train", table.clone())]))];
        let error = open_with(&files, &options).unwrap_err();
        assert!(
            error.contains("expected a dict with \"regression_labels\""),
            "{error}"
        );
    }
}
