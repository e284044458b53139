//! Sounds. What is read keeps the promises of a sound, and keeping what comes before a fault refuses nothing more.

use misa_voice::VoiceError;
use misa_voice::sound::{Sound, SoundOptions};
use std::collections::BTreeSet;
use std::panic;
use std::sync::{Mutex, Once};

/// Where symphonia has panicked so far. The reader contains its panics, so that they are told once each, and only
/// others end the run.
static PLACES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn allow_contained_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let end = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            let place = about.location().map(ToString::to_string).unwrap_or_default();
            if !place.contains("symphonia") {
                return end(about);
            }
            let mut places = PLACES.lock().expect("no panic while it is held");
            if places.insert(place) {
                eprintln!("contained: {about}");
            }
        }));
    });
}

/// Bytes with which a file of one format begins, and where.
pub type Magic = &'static [(usize, &'static [u8])];

/// `data` as a file that begins with `magic`.
pub fn read(data: &[u8], magic: Magic) {
    allow_contained_panics();
    let mut bytes = data.to_vec();
    for (at, part) in magic {
        let Some(place) = bytes.get_mut(*at..at + part.len()) else {
            return;
        };
        place.copy_from_slice(part);
    }
    let mut options = SoundOptions::own_rate();
    // Little enough for the limit to be met by short inputs.
    options.limits.seconds = 20.0;
    let whole = Sound::read_bytes(&bytes, "a", &options);
    options.keep_before_fault = true;
    let kept = Sound::read_bytes(&bytes, "a", &options);
    check(&whole);
    check(&kept);
    if let Ok(whole) = whole {
        assert_eq!(whole, kept.expect("a whole sound has no fault"));
    }
}

fn check(sound: &Result<Sound, VoiceError>) {
    match sound {
        Err(error) => assert!(error.to_string().len() < 600, "{error}"),
        Ok(sound) => {
            assert!(!sound.samples.is_empty());
            assert!(sound.samples.iter().all(|sample| sample.is_finite()));
            let about = &sound.about;
            assert!(about.peak.is_finite() && about.offset.is_finite());
            assert!((0.0..=1.0).contains(&about.clipped));
            assert!(about.silent_seconds <= about.seconds);
            assert!(about.findings().iter().all(|finding| !finding.to_string().is_empty()));
        }
    }
}
