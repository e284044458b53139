//! Feature files of MMSA, MulT and MAG.

use super::*;

/// The beginning of its name says what a feature file holds.
pub fn mmsa_case(path: &Path) {
    let folder = path.parent().unwrap();
    let options = OpenOptions::new().with_policy(Policy::Compat);
    let data = options.open(path).unwrap();
    let file = name(path);
    match file.split('_').next() {
        Some("aligned" | "unaligned") => {
            let golden = Tensors::read(&folder.join("expected.safetensors"));
            feature_file(&data, &golden, file.split('.').next().unwrap());
        }
        Some(layout @ ("mult" | "mag")) => {
            let golden = Tensors::read(&folder.join("expected_mult_mag.safetensors"));
            let info = json(&folder.join("expected_strings.json"));
            let check = if layout == "mult" {
                check_mult
            } else {
                check_mag
            };
            for split in Split::ALL {
                check(&data, split, &golden, &info);
            }
        }
        _ => panic!("{file}: no test reads this case"),
    }
}

/// Every split, and the sizes; the acoustic features hold values that are not finite.
fn feature_file(data: &UtteranceDataset, golden: &Tensors, case: &str) {
    for split in Split::ALL {
        check_mmsa(data.split(split), golden, &format!("{case}.{split}"));
    }
    let width = |part: &str| {
        let shape = &golden.get(&format!("{case}.train.{part}")).shape;
        *shape.last().unwrap()
    };
    let sizes = FeatureSizes {
        text: TextSize::Features {
            d_input: width("text"),
        },
        visual: width("vision"),
        acoustic: width("audio"),
    };
    assert_eq!(data.feature_sizes(), sizes);
    let notes: Vec<String> = data.notes().iter().map(ToString::to_string).collect();
    let replaced = notes
        .iter()
        .any(|note| note.contains("non-finite acoustic"));
    assert!(replaced, "{notes:?}");
}

fn check_mmsa(utterances: &[Utterance], golden: &Tensors, case: &str) {
    let column = |part: &str| golden.floats(&format!("{case}.{part}"));
    let labels = column("label_M");
    assert_eq!(utterances.len(), labels.len(), "{case}");
    let bert = column("text_bert");
    let padded = bert.len() / labels.len() / 3;
    for (i, utterance) in utterances.iter().enumerate() {
        assert_eq!(utterance.label, labels[i] as f32, "{case}.{i}");
        for (modality, letter) in [
            (Modality::Text, 'T'),
            (Modality::Visual, 'V'),
            (Modality::Acoustic, 'A'),
        ] {
            let stored = golden.find(&format!("{case}.label_{letter}"));
            let expected = stored.map(|labels| labels.values[i] as f32);
            let found = *utterance.modality_labels.get(modality);
            assert_eq!(found, expected, "{case}.{i}: {modality}");
        }
        let mask = &bert[(3 * i + 1) * padded..(3 * i + 2) * padded];
        let tokens = mask.iter().filter(|&&value| value == 1.0).count();
        // Where no length is stored, all are as long as text: the file is aligned.
        let stated = |key: &str| {
            let lengths = golden.find(&format!("{case}.{key}"));
            lengths.map_or(tokens, |lengths| lengths.values[i] as usize)
        };
        let TextSequence::Features(text) = &utterance.text else {
            panic!("{case}: text features went in");
        };
        for (sequence, part, steps) in [
            (text, "text", tokens),
            (&utterance.visual, "vision", stated("vision_lengths")),
            (&utterance.acoustic, "audio", stated("audio_lengths")),
        ] {
            let all = column(part);
            let start = i * all.len() / labels.len();
            assert_eq!(sequence.steps(), steps, "{case}.{i}.{part}");
            let end = start + steps * sequence.d_input();
            assert_close(
                sequence.values(),
                &all[start..end],
                &format!("{case}.{i}.{part}"),
            );
        }
    }
}

fn check_mult(data: &UtteranceDataset, split: Split, golden: &Tensors, info: &Json) {
    assert_eq!(data.format(), Format::Mult);
    let case = format!("mult.{split}");
    let utterances = data.split(split);
    let values = |part: fn(&Utterance) -> &[f32]| utterances.iter().flat_map(part).copied();
    let text = |utterance: &Utterance| match &utterance.text {
        TextSequence::Features(text) => text.values().to_vec(),
        TextSequence::Words(_) => panic!("text features"),
    };
    let text: Vec<f32> = utterances.iter().flat_map(text).collect();
    // MulT makes -inf 0 and leaves the rest as it is.
    for (part, found) in [
        (
            "vision",
            values(|utterance| utterance.visual.values()).collect(),
        ),
        (
            "audio",
            values(|utterance| utterance.acoustic.values()).collect(),
        ),
        ("text", text),
        (
            "labels",
            utterances
                .iter()
                .map(|utterance| utterance.label)
                .collect::<Vec<f32>>(),
        ),
    ] {
        let place = format!("{case}.{part}");
        let replaced = |value: f64| if value.is_infinite() { 0.0 } else { value };
        let expected: Vec<f64> = golden.floats(&place).into_iter().map(replaced).collect();
        assert_close(&found, &expected, &place);
    }
    let ids = info["mult_ids"][split.name()].as_array().unwrap();
    assert_eq!(utterances.len(), ids.len());
    for (utterance, id) in utterances.iter().zip(ids) {
        let parts = texts(id);
        assert_eq!(
            utterance.id,
            format!("{}[{},{}]", parts[0], parts[1], parts[2])
        );
    }
}

fn check_mag(data: &UtteranceDataset, split: Split, golden: &Tensors, info: &Json) {
    assert_eq!(data.format(), Format::Mag);
    let words = info["mag_words"][foreign(split)].as_array().unwrap();
    let ids = texts(&info["mag_segments"][foreign(split)]);
    assert_eq!(data.split(split).len(), words.len());
    for (index, utterance) in data.split(split).iter().enumerate() {
        let place = format!("mag.{}.{index}", foreign(split));
        assert_eq!(utterance.words, texts(&words[index]));
        assert_eq!(utterance.id, ids[index]);
        let part = |name: &str| golden.floats(&format!("{place}.{name}"));
        assert_close(utterance.visual.values(), &part("visual"), &place);
        assert_close(utterance.acoustic.values(), &part("acoustic"), &place);
        assert_close(&[utterance.label], &part("label"), &place);
    }
}
