//! The reference sounds and what Silero says of them.

use misa_testing::{Tensors, golden, json};
use std::fs::File;
use std::path::Path;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// A reference sound at 16 kHz.
pub struct Sound {
    pub name: String,
    pub samples: Vec<f32>,
    /// The probabilities that Silero computes.
    pub expected: Vec<f64>,
}

/// Every reference sound at 16 kHz.
pub fn sounds() -> Vec<Sound> {
    let folder = golden("voice");
    let index = json(&folder.join("voice.json"));
    let sounds = index["sounds"].as_object().unwrap().iter();
    let sounds = sounds.filter(|(_, about)| about["rate"] == 16_000);
    let read = sounds.map(|(name, about)| Sound {
        name: name.clone(),
        samples: samples(&folder.join(about["file"].as_str().unwrap())),
        expected: Tensors::read(&folder.join(format!("{name}.safetensors"))).floats("silero.prob"),
    });
    read.collect()
}

/// The samples of a sound on one channel.
fn samples(path: &Path) -> Vec<f32> {
    let source = MediaSourceStream::new(Box::new(File::open(path).unwrap()), Default::default());
    let probe = symphonia::default::get_probe();
    let format = probe.probe(
        &Hint::new(),
        source,
        FormatOptions::default(),
        MetadataOptions::default(),
    );
    let mut format = format.unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let codecs = symphonia::default::get_codecs();
    let mut decoder = codecs
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .unwrap();
    let (mut samples, mut block) = (Vec::new(), Vec::new());
    while let Some(packet) = format.next_packet().unwrap() {
        decoder
            .decode(&packet)
            .unwrap()
            .copy_to_vec_interleaved::<f32>(&mut block);
        samples.append(&mut block);
    }
    samples
}
