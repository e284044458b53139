//! Voices from sounds.

use misa_recordings::assemble::{AssembleOptions, Assembler, ClipMaker, ClipParts, Inputs, Mode};
use misa_recordings::segments::Segment;
use misa_recordings::sounds::{
    HearSpeech, Hearing, SoundReader, SoundRecipe, sound_files, sounds_of,
};
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

/// A WAV of eight seconds with a tone wherever a word of `SAID` is said.
fn tones() -> Vec<u8> {
    let words = SAID.map(|(start, length)| Interval::new(start, start + length));
    let sample = |number: u32| {
        let moment = f64::from(number) / 16_000.0;
        let is_said = words.iter().any(|word| word.holds(moment));
        let tone = (moment * 200.0 * std::f64::consts::TAU).sin() * 8000.0;
        (if is_said { tone } else { tone / 200.0 }) as i16
    };
    let data: Vec<u8> = (0..128_000)
        .flat_map(|number| sample(number).to_le_bytes())
        .collect();
    let mut bytes = b"RIFF\x24\xe8\x03\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(b"\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\xe8\x03\0");
    bytes.extend(data);
    bytes
}

/// Start and length of words.
const SAID: [(f64, f64); 8] = [
    (0.9, 0.4),
    (1.6, 0.2),
    (2.1, 0.7),
    (3.6, 0.2),
    (4.3, 0.9),
    (5.5, 0.3),
    (6.1, 0.2),
    (6.8, 0.5),
];

/// Words that are late, early, or far beyond the tones, also as a cue of subtitles.
#[test]
fn words_of_another_cut_are_told() {
    let recipes = Recipes {
        acoustic: Some(SoundRecipe::MisaVoice1.recipe().stamp("words", None)),
        ..Recipes::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let told = |name: &str, words: String| {
        let path = folder.path().join(name);
        fs::write(&path, words).unwrap();
        let sound = SoundReader::default().read_bytes(&tones(), "a").unwrap();
        let parts = ClipParts::named("a").with_sound(sound);
        let parts = parts.with_words_of(&path).unwrap();
        let made = ClipMaker::new(&recipes).unwrap().clip(parts).unwrap();
        made.report.sentences()
    };
    let shifted = |late: f64| {
        let line =
            |(start, length): (f64, f64)| format!("a 1 {:.2} {length:.2} so\n", start + late);
        told("a.ctm", SAID.map(line).concat())
    };
    assert_eq!(shifted(0.0), [""; 0]);
    let apart = shifted(-0.6);
    assert!(
        apart[0].starts_with(
            "expected words and voice of one cut, found the voice 0.60 s later than the words (correlation "
        ) && apart[0].ends_with(" without an offset); give words and features of the same cut"),
        "{apart:?}"
    );
    let beyond = "expected words and voice of one cut, found 100 % of the time of the words beyond the voice, which are \
                  from 0.00 to 8.00 s; give words and features of the same cut";
    assert!(
        shifted(60.0).contains(&beyond.to_string()),
        "{:?}",
        shifted(60.0)
    );
    let cue = "1\n00:01:00,000 --> 00:01:02,500\nWhat fun that was\n";
    let cue = told("a.srt", cue.to_string());
    assert!(cue.contains(&beyond.to_string()), "{cue:?}");
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
fn sounds_beside_others_of_their_name_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.wav", "a.flac", "a.mp4", "b.wav", "b.csv"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let files = sound_files(folder.path()).unwrap();
    let found: Vec<_> = files
        .iter()
        .map(|file| (file.name.as_str(), file.others))
        .collect();
    assert_eq!(found, [("a", 2), ("b", 0)]);
    assert!(files[0].path.ends_with("a.wav"));
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
