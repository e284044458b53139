//! Voices from sounds.

use misa_recordings::assemble::{AssembleOptions, Assembler, ClipMaker, ClipParts, Inputs, Mode};
use misa_recordings::segments::Segment;
use misa_recordings::sounds::{HearSpeech, Hearing, SoundReader, SoundRecipe, sounds_of};
use misa_recordings::{Interval, RecordingError};
use misa_terms::{ClipText, Recipes};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

fn reference(name: &str) -> PathBuf {
    misa_testing::golden("voice").join(name)
}

/// Hears speech in the same second of every sound.
#[derive(Debug)]
struct Second;

impl HearSpeech for Second {
    fn start(&self) -> Box<dyn Hearing + '_> {
        Box::new(Self)
    }
}

impl Hearing for Second {
    fn push(&mut self, samples: &[f32]) {
        assert!(!samples.is_empty());
    }

    fn finish(self: Box<Self>) -> Vec<Interval> {
        vec![Interval::new(1.0, 2.0)]
    }
}

fn reader() -> SoundReader {
    let mut reader = SoundReader::default();
    reader.speech = Some(Arc::new(Second));
    reader
}

#[test]
fn every_recipe_gives_rows_over_the_whole_sound() {
    for recipe in SoundRecipe::ALL {
        let sound = SoundReader::new(recipe)
            .read(&reference("say_en_us.flac"))
            .unwrap();
        let span = sound.track.survey().span.unwrap();
        assert_eq!(span.start, 0.0);
        assert!(
            (span.end - 3.027).abs() < 0.03,
            "{}: {span:?}",
            recipe.name()
        );
        let columns: Vec<String> = recipe
            .recipe()
            .columns
            .into_iter()
            .map(|column| column.name)
            .collect();
        assert_eq!(sound.track.columns, columns);
        assert!(
            (1.5..3.0).contains(&sound.report.speech_seconds),
            "{:?}",
            sound.report
        );
        assert!(!sound.report.is_speech_by_model && sound.report.findings.is_empty());
    }
}

#[test]
fn bytes_are_read_as_their_file_is() {
    let path = reference("vowel_a_120.wav");
    let of_bytes = reader()
        .read_bytes(&fs::read(&path).unwrap(), "body")
        .unwrap();
    let of_file = reader().read(&path).unwrap();
    // Rows without a voice have no pitch, which is not equal to itself.
    let bits = |values: &[f32]| {
        values
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(bits(&of_bytes.track.values), bits(&of_file.track.values));
    assert_eq!(
        (&of_bytes.speech, &of_bytes.report),
        (&of_file.speech, &of_file.report)
    );
    assert!(of_bytes.report.is_speech_by_model);
    let error = reader().read_bytes(b"RIFF", "body").unwrap_err();
    assert!(matches!(error, RecordingError::Sound(_)));
    assert!(error.to_string().starts_with("body: "), "{error}");
}

#[test]
fn silence_at_both_ends_can_be_left_out() {
    let segments = [Segment::whole("say_de")];
    let seconds = |trim: bool| {
        let mut options = AssembleOptions::default();
        (options.mode, options.trim) = (Mode::Utterance, trim);
        let folder = misa_testing::golden("voice");
        let mut inputs = Inputs::default();
        (inputs.sound, inputs.sound_reader) = (Some(folder.as_path()), reader());
        let assembler = Assembler::new(&segments, inputs, options).unwrap();
        let mut stretch = None;
        let done: Result<(), ()> = assembler.run(|outcome| {
            stretch = Some(outcome.result.unwrap().1[0].stretch);
            Ok(())
        });
        done.unwrap();
        let stamp = assembler.recipes().acoustic.unwrap();
        assert_eq!(stamp.steps["trim"], trim.to_string());
        stretch.unwrap()
    };
    assert_eq!(seconds(true), Interval::new(1.0, 2.0));
    assert!((seconds(false).end - 3.09).abs() < 0.01);
}

/// The clip of a model whose steps are words, of a sentence that nobody timed.
#[test]
fn words_without_times_lie_where_somebody_speaks() {
    let recipes = Recipes {
        acoustic: Some(SoundRecipe::MisaVoice1.recipe().stamp("words", None)),
        ..Recipes::default()
    };
    let maker = ClipMaker::new(&recipes).unwrap();
    assert_eq!(maker.sound_recipe(), Ok(SoundRecipe::MisaVoice1));
    let sound = reader().read(&reference("say_de.flac")).unwrap();
    let parts = ClipParts::named("de")
        .with_sound(sound)
        .with_sentence("Das war, gut!");
    let made = maker.clip(parts).unwrap();
    let words = ["das", "war", "gut"].map(str::to_string).to_vec();
    assert_eq!(made.clip.text, Some(ClipText::Words(words)));
    assert_eq!(made.clip.acoustic.unwrap().steps(), 3);
    assert_eq!(made.report.words.placed, 3);
    assert_eq!(made.report.seconds_of_words, 0.0);
    assert_eq!(
        made.report.sentences(),
        ["3 words without times, spread over 1.00 s of speech"]
    );
}

#[test]
fn models_of_other_features_are_told_by_name() {
    let error = ClipMaker::new(&Recipes::default())
        .unwrap()
        .sound_recipe()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acoustic: expected a model that knows the recipe of its features, found one without; train it on data of \
         `misa data assemble`"
    );
    let recipe = misa_recordings::recipe::Recipe::builtin("egemaps-lld").unwrap();
    let mut stamp = recipe.stamp("words", None);
    let maker = |stamp| {
        let recipes = Recipes {
            acoustic: Some(stamp),
            ..Recipes::default()
        };
        ClipMaker::new(&recipes)
    };
    assert_eq!(
        maker(stamp.clone())
            .unwrap()
            .sound_recipe()
            .unwrap_err()
            .to_string(),
        "acoustic: expected a model of misa-voice-1 or librosa-33, found one of egemaps-lld (openSMILE); make its \
         features with its tool, and predict the data of `misa data assemble --voice`"
    );
    stamp.mode = "syllables".to_string();
    let error = maker(stamp).unwrap_err().to_string();
    assert!(
        error.starts_with("acoustic: steps of the model: expected one of words, sdk"),
        "{error}"
    );
}

#[test]
fn sounds_are_found_by_their_names() {
    let folder = misa_testing::golden("voice");
    let names: Vec<String> = sounds_of(&folder)
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names.len(), 13);
    assert!(names.contains(&"say_cmn_22k".to_string()), "{names:?}");
    assert!(matches!(
        sounds_of(&folder.join("none")),
        Err(RecordingError::Missing { .. })
    ));
}
