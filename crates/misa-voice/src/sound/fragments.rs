//! Fragments of an MP4 file that would take longer to read than their bytes justify.
//!
//! A run of samples states how many there are, and may say nothing about each, so that a few bytes can ask for
//! billions of steps. Symphonia takes them all. It also finds runs where boxes overlap or have wrong sizes, so that
//! they are looked for byte by byte: in all of a small file, and in a large one in all but the sound and the picture
//! themselves, whose bytes may be anything.
//!
//! - Source: ISO/IEC 14496-12, the boxes `moof`, `traf` and `trun`.

use crate::sound::boxes::{number, parts};
use crate::sound::source::Source;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use symphonia::core::io::MediaSource;

/// Most samples of a run: 20 minutes of AAC.
const MOST_SAMPLES: u64 = 1 << 16;
/// Most boxes of a file that are told apart.
const MOST_BOXES: usize = 1 << 20;
/// Bytes of a small file. That other bytes of it look like a run is one chance in four thousand.
const SMALL: u64 = 16 << 20;
/// The type of a run, and the bytes from there to the end of its number of samples.
const RUN: &[u8; 4] = b"trun";
const RUN_BYTES: usize = 12;
/// Flags of runs that say something about each sample, and so are as long as they say.
const SAYS_EACH: u64 = 0xf00;
/// Bytes that are read at a time.
const BLOCK: usize = 1 << 16;

/// What is wrong with the fragments of an MP4 file, if anything is.
pub(crate) fn fault(source: &mut Source<'_>) -> io::Result<Option<String>> {
    let mut longest = 0;
    let length = source.byte_len().unwrap_or(u64::MAX);
    if length <= SMALL {
        longest = longest_run(source, 0..length)?;
    } else {
        for part in parts(source, 0..u64::MAX, MOST_BOXES)? {
            if &part.kind != b"mdat" {
                longest = longest.max(longest_run(source, part.content)?);
            }
        }
    }
    source.seek(SeekFrom::Start(0))?;
    Ok((longest > MOST_SAMPLES)
        .then(|| format!("a run of {longest} samples, more than {MOST_SAMPLES}")))
}

/// Samples of the longest run in a part of the file that says nothing about each; 0 without such a run.
fn longest_run(source: &mut Source<'_>, range: Range<u64>) -> io::Result<u64> {
    source.seek(SeekFrom::Start(range.start))?;
    let mut rest = source.by_ref().take(range.end.saturating_sub(range.start));
    let (mut block, mut longest) = (Vec::with_capacity(2 * BLOCK), 0);
    loop {
        let read = rest.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        if read == 0 {
            return Ok(longest);
        }
        for run in block.windows(RUN_BYTES).filter(|run| run.starts_with(RUN)) {
            if number(&run[4..8]) & SAYS_EACH == 0 {
                longest = longest.max(number(&run[8..]));
            }
        }
        // A run may begin in this block and end in the next one.
        block.drain(..block.len().saturating_sub(RUN_BYTES - 1));
    }
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
    fn runs_are_found_wherever_they_lie() {
        for before in [0, 7, BLOCK - 9, BLOCK - 3, BLOCK, 3 * BLOCK + 1] {
            let run = [&RUN[..], &[0; 4], &[0xff; 4]].concat();
            let file = [vec![b't'; before], run].concat();
            let mut source = Source::of_bytes(&file, "a", &SoundLimits::default()).unwrap();
            assert!(fault(&mut source).unwrap().is_some(), "{before}");
            // One that says something about each sample ends with its box.
            let run = [&RUN[..], &[0, 0, 2, 0], &[0xff; 4]].concat();
            let file = [vec![b't'; before], run].concat();
            let mut source = Source::of_bytes(&file, "a", &SoundLimits::default()).unwrap();
            assert_eq!(fault(&mut source).unwrap(), None);
        }
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
