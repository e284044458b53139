//! Fragments of an MP4 file that would take longer to read than their bytes justify.
//!
//! A run of samples states how many there are, and may say nothing about each, so that a few bytes can ask for
//! billions of steps. Symphonia takes them all.
//!
//! - Source: ISO/IEC 14496-12, the boxes `moof`, `traf` and `trun`.

use crate::sound::boxes::{content, number, parts};
use crate::sound::source::Source;
use std::io::{self, Seek, SeekFrom};

/// Most samples of a run: 20 minutes of AAC.
const MOST_SAMPLES: u64 = 1 << 16;
/// Most boxes of one level.
const MOST_BOXES: usize = 1 << 20;

/// What is wrong with the fragments of an MP4 file, if anything is.
pub(crate) fn fault(source: &mut Source<'_>) -> io::Result<Option<String>> {
    let fault = longest_run(source)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(fault
        .filter(|samples| *samples > MOST_SAMPLES)
        .map(|samples| format!("a run of {samples} samples, more than {MOST_SAMPLES}")))
}

/// Samples of the longest run.
fn longest_run(source: &mut Source<'_>) -> io::Result<Option<u64>> {
    let mut longest = None;
    for fragment in parts(source, 0..u64::MAX, MOST_BOXES)? {
        if &fragment.kind != b"moof" {
            continue;
        }
        for track in parts(source, fragment.content, MOST_BOXES)? {
            if &track.kind != b"traf" {
                continue;
            }
            for run in parts(source, track.content, MOST_BOXES)? {
                if &run.kind == b"trun" {
                    let samples = content(source, &run)?.get(4..8).map(number);
                    longest = longest.max(samples);
                }
            }
        }
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::SoundLimits;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = (content.len() + 8) as u32;
        [&size.to_be_bytes()[..], kind, content].concat()
    }

    fn fault_of(samples: u32) -> Option<String> {
        let run = boxed(b"trun", &[[0; 4], samples.to_be_bytes()].concat());
        let track = boxed(b"traf", &[boxed(b"tfhd", &[0; 8]), run].concat());
        let file = [boxed(b"ftyp", b"M4A "), boxed(b"moof", &track)].concat();
        let mut source = Source::of_bytes(&file, "a", &SoundLimits::default()).unwrap();
        fault(&mut source).unwrap()
    }

    #[test]
    fn runs_that_say_nothing_of_billions_of_samples_are_found() {
        assert_eq!(fault_of(1 << 16), None);
        assert_eq!(
            fault_of(u32::MAX),
            Some("a run of 4294967295 samples, more than 65536".to_string())
        );
    }

    #[test]
    fn boxes_that_end_early_are_no_runs() {
        let file = [
            boxed(b"moof", &boxed(b"traf", &boxed(b"trun", &[0; 3]))),
            vec![0, 0, 0],
        ]
        .concat();
        for end in 0..file.len() {
            let limits = SoundLimits::default();
            if let Ok(mut source) = Source::of_bytes(&file[..end], "a", &limits) {
                assert_eq!(fault(&mut source).unwrap(), None);
            }
        }
    }
}
