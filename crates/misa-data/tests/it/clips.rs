//! Clips of layouts with containers of their own: HDF5 and safetensors.

use crate::csd::{fixtures, without};
use crate::support::clips_of;
use misa_data::{
    Clip, ClipText, Clips, Format, OpenOptions, Sequence, Split, SyntheticConfig, Utterance,
    UtteranceDataset, UtteranceWriter,
};
use misa_terms::{Modalities, Modality};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

fn found<'c>(read: &'c Clips, id: &str) -> &'c Clip {
    read.clips.iter().find(|clip| clip.id == id).unwrap()
}

/// One of the three videos is in no split, and lacks a sequence.
#[test]
fn sequences_with_labels_give_the_same_clips_and_more() {
    let data = UtteranceDataset::open(fixtures()).unwrap();
    let read = Clips::open(fixtures()).unwrap();
    assert_eq!(read.format, Format::Csd);
    for clip in clips_of(&data) {
        assert_eq!(found(&read, &clip.id), &clip);
    }
    assert!(read.clips.len() > clips_of(&data).len());
}

#[test]
fn sequences_without_labels_are_one_clip_per_video() {
    let folder = without(&["labels.csd"]);
    let read = Clips::open(folder.path()).unwrap();
    let clip = found(&read, "one");
    assert_eq!(Modality::ALL.map(|m| clip.has(m)), [true; 3]);
    assert!(UtteranceDataset::open(folder.path()).is_err());
}

#[test]
fn sequences_may_lack_a_modality() {
    let whole = Clips::open(fixtures()).unwrap();
    for (name, modality) in [
        ("visual.csd", Modality::Visual),
        ("acoustic.csd", Modality::Acoustic),
    ] {
        let read = Clips::open(without(&[name]).path()).unwrap();
        let clip = found(&read, "one[0]");
        assert!(!clip.has(modality), "{name}");
        assert_eq!(clip.text, found(&whole, "one[0]").text);
    }
    // Without words, features keep their own rows.
    let read = Clips::open(without(&["words.csd"]).path()).unwrap();
    let (clip, aligned) = (found(&read, "one[0]"), found(&whole, "one[0]"));
    assert_eq!(clip.text, None);
    let steps = |clip: &Clip| clip.visual.as_ref().map(Sequence::steps);
    assert!(steps(clip) > steps(aligned));
    let error = Clips::open(without(&["words.csd", "visual.csd", "acoustic.csd"]).path());
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("expected a sequence named like word")
    );
}

/// A safetensors file of ours without some tensors, and with others renamed.
fn rewrite(path: &Path, keep: impl Fn(&str) -> Option<String>) {
    let bytes = fs::read(path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let entries: HashMap<String, String> = header.metadata().clone().unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let tensors: BTreeMap<String, TensorView<'_>> = tensors
        .iter()
        .filter_map(|(name, tensor)| Some((keep(name)?, tensor)))
        .collect();
    let written = safetensors::serialize(tensors, Some(entries)).unwrap();
    fs::write(path, written).unwrap();
}

fn saved() -> (UtteranceDataset, tempfile::TempDir) {
    let config = SyntheticConfig::new()
        .with_train(3)
        .with_valid(0)
        .with_test(2);
    let data = config.generate().dataset;
    let folder = tempfile::tempdir().unwrap();
    data.save(folder.path().join("x.safetensors")).unwrap();
    (data, folder)
}

#[test]
fn our_own_file_needs_no_labels_and_one_modality() {
    let (data, folder) = saved();
    let path = folder.path().join("x.safetensors");
    let whole = Clips::open(&path).unwrap();
    assert_eq!(
        (&whole.clips, whole.checksum.as_deref()),
        (&clips_of(&data), Some(data.checksum()))
    );
    let kept = |name: &str| Some(name.to_string());
    rewrite(&path, |name| {
        kept(name).filter(|name| !name.ends_with(".label"))
    });
    let read = Clips::open(&path).unwrap();
    assert_eq!((&read.clips, &read.splits), (&whole.clips, &whole.splits));
    let error = UtteranceDataset::open(&path).unwrap_err().to_string();
    assert!(error.ends_with(WITHOUT_LABELS), "{error}");
    rewrite(&path, |name| {
        kept(name).filter(|name| !name.contains(".visual"))
    });
    let others: Modalities = "text,acoustic".parse().unwrap();
    let expected = whole.clips.iter().map(|clip| clip.clone().only(others));
    assert_eq!(
        Clips::open(&path).unwrap().clips,
        expected.collect::<Vec<_>>()
    );
}

/// What is said where labels are wanted.
const WITHOUT_LABELS: &str = "x.safetensors: expected utterances with labels in train, valid or test, found \
                              clips without labels: predict them with `misa predict`; training needs labels";

#[test]
fn clips_without_labels_are_called_that_and_not_damaged() {
    let (data, folder) = saved();
    let [labelled, path] = ["y", "x"].map(|name| folder.path().join(format!("{name}.safetensors")));
    data.save(&labelled).unwrap();
    let mut writer = UtteranceWriter::create(&path).unwrap().without_labels();
    let push = |_, utterance: Utterance| writer.push(Split::Train, &utterance);
    let overview = OpenOptions::new().stream(&labelled, push).unwrap();
    writer.finish(&overview).unwrap();
    assert_eq!(Clips::open(&path).unwrap().clips, clips_of(&data));
    let error = UtteranceDataset::open(&path).unwrap_err().to_string();
    assert!(error.ends_with(WITHOUT_LABELS), "{error}");
}

#[test]
fn our_own_file_needs_no_splits_and_no_names() {
    let (data, folder) = saved();
    let path = folder.path().join("x.safetensors");
    rewrite(&path, |name| {
        let parts = ["vocabulary", "test.text", "test.words", "test.acoustic"];
        let is_kept = parts.iter().any(|part| name.starts_with(part));
        is_kept.then(|| name.trim_start_matches("test.").to_string())
    });
    let read = Clips::open(&path).unwrap();
    assert_eq!(read.splits, [None, None]);
    let (clip, utterance) = (&read.clips[1], &data.split(Split::Test)[1]);
    assert_eq!((clip.id.as_str(), &clip.visual), ("1", &None));
    assert_eq!(clip.text, Some(ClipText::Words(utterance.words.clone())));
    assert_eq!(clip.acoustic.as_ref(), Some(&utterance.acoustic));
}

#[test]
fn a_changed_value_is_noticed_in_clips_as_well() {
    let (_, folder) = saved();
    let path = folder.path().join("x.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = Clips::open(&path).unwrap_err().to_string();
    assert!(error.contains("checksum"), "{error}");
}
