//! How many times faster than it lasts a sound becomes features of `misa-voice-1`, decoding included, on one processor.
//!
//!     cargo run --release -p misa-voice --example real_time -- SOUND

use misa_voice::features::{VOICE_COLUMNS, VoiceStream};
use misa_voice::sound::{SoundOptions, SoundStream};
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::args_os().nth(1).ok_or("expected a sound")?.into();
    for _ in 0..6 {
        let begun = Instant::now();
        let mut sound = SoundStream::open(&path, &SoundOptions::default())?;
        let mut voice = VoiceStream::new();
        let mut values = 0;
        while let Some(samples) = sound.next_block()? {
            values += voice.push(samples).len();
        }
        values += voice.finish().len();
        let seconds = values as f64 / VOICE_COLUMNS.len() as f64 / 100.0;
        println!(
            "{:.0} times real time",
            seconds / begun.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
