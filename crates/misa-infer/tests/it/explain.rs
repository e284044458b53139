//! What a prediction rests on.

use crate::support::{Numbers, bert, config, predictor, sizes, words};
use burn::tensor::TensorData;
use misa_core::{ContextConfig, FusionKind, Misa};
use misa_infer::prelude::*;

#[test]
fn effects_are_differences_of_predictions() {
    for text in [words(), bert()] {
        let predictor = predictor(&config(text), |_| {});
        let mut clip = Numbers(8).clip(sizes(text), 5);
        clip.text = Some(ClipText::Sentence("What fun!".into()));
        let value = |clip: Clip| predictor.predict(&[clip]).unwrap()[0].value;
        let whole = value(clip.clone());
        let found = predictor.explain(&clip).unwrap();
        assert_eq!(found.prediction.value, whole);
        assert_eq!(found.subsets.len(), 7);
        for subset in &found.subsets {
            assert_eq!(subset.value, value(clip.clone().only(subset.modalities)));
        }
        for effect in &found.modalities {
            let others = Modality::ALL
                .into_iter()
                .filter(|other| *other != effect.modality);
            let others = Modalities::new(&others.collect::<Vec<_>>()).unwrap();
            assert_eq!(effect.without, Some(value(clip.clone().only(others))));
            assert_eq!(effect.change, effect.without.map(|without| whole - without));
            let alone = Modalities::new(&[effect.modality]).unwrap();
            assert_eq!(effect.alone, value(clip.clone().only(alone)));
        }
        let shown: Vec<_> = found
            .words
            .iter()
            .map(|effect| effect.word.as_str())
            .collect();
        assert_eq!(shown, ["What", "fun!"]);
        let mut without = clip.clone();
        without.text = Some(ClipText::Sentence("fun!".into()));
        assert_eq!(found.words[0].without, value(without));
    }
}

/// The model with a sine in place of every weight.
fn waves(model: Misa) -> Misa {
    let shapes = model.state_dict();
    let weights = shapes.names().map(|name| {
        let shape = shapes.get(name).unwrap().shape().to_vec();
        let count: usize = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|place| (place as f32).sin()).collect();
        (name.to_string(), TensorData::new(values, shape))
    });
    let weights = weights.collect();
    model.load_state_dict(&weights).unwrap().0
}

/// What a clip is explained by are no utterances of its video.
#[test]
fn a_clip_named_like_an_utterance_is_explained_as_any_other() {
    let config = config(words()).with_context(Some(ContextConfig::new()));
    let predictor = predictor(&config, |checkpoint| {
        // The layer that reads a video adds nothing at its start.
        checkpoint.model = waves(checkpoint.model.clone());
    });
    let mut clip = Numbers(8).clip(sizes(words()), 5);
    clip.text = Some(ClipText::Sentence("What fun!".into()));
    let explained = |id: &str| {
        let clip = Clip {
            id: id.to_string(),
            ..clip.clone()
        };
        predictor.explain(&clip).unwrap()
    };
    let (plain, part) = (explained("clip"), explained("v1[0]"));
    assert_eq!(part.subsets, plain.subsets);
    assert_eq!(part.words, plain.words);
    assert_eq!(part.prediction.id, "v1[0]");
    let whole = part
        .subsets
        .iter()
        .find(|set| set.modalities == Modalities::default());
    assert_eq!(whole.unwrap().value, part.prediction.value);
}

#[test]
fn the_six_vectors_and_their_attention_are_shown() {
    let predictor = predictor(&config(words()), |_| {});
    let clip = Numbers(8).clip(sizes(words()), 5);
    let found = predictor.explain(&clip).unwrap();
    let names: Vec<_> = found
        .vectors
        .iter()
        .map(|vector| vector.name.as_str())
        .collect();
    let expected = [
        "text private",
        "visual private",
        "acoustic private",
        "text shared",
        "visual shared",
        "acoustic shared",
    ];
    assert_eq!(names, expected);
    assert!(found.vectors.iter().all(|vector| vector.values.len() == 16));
    let attention = found.attention.unwrap();
    assert_eq!(attention.tokens, expected);
    for row in &attention.weights {
        let sum: f32 = row.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{row:?}");
    }
}

/// The only word cannot be left out when there is nothing else.
#[test]
fn a_clip_of_one_word_has_no_effect_of_words() {
    let predictor = predictor(&config(words()), |_| {});
    let found = predictor.explain(&Clip::said("fun")).unwrap();
    assert_eq!((found.words.len(), found.words_left_out), (0, 1));
    assert_eq!(found.modalities.len(), 1);
    assert_eq!(found.modalities[0].without, None);
    assert_eq!(found.vectors.len(), 2);
    assert_eq!(
        found.attention.unwrap().tokens,
        ["text private", "text shared"]
    );
}

#[test]
fn classes_are_explained_by_their_probability() {
    let task = Task::Classification { classes: 2 };
    let config = config(words())
        .with_task(task)
        .with_fusion(FusionKind::Early);
    let predictor = predictor(&config, |_| {});
    let found = predictor
        .explain(&Numbers(4).clip(sizes(words()), 3))
        .unwrap();
    let class = found.prediction.value as usize;
    let probability = |all: &Option<Vec<f32>>| all.as_ref().unwrap()[class];
    let whole = probability(&found.prediction.probabilities);
    let subset = |wanted: &str| {
        let wanted = wanted.parse().unwrap();
        let mut subsets = found.subsets.iter();
        probability(
            &subsets
                .find(|set| set.modalities == wanted)
                .unwrap()
                .probabilities,
        )
    };
    let text = &found.modalities[0];
    assert_eq!(text.change, Some(whole - subset("visual,acoustic")));
    assert_eq!(text.alone, subset("text"));
    assert!(found.attention.is_none());
}
