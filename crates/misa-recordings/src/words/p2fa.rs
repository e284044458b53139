//! The shift of P2FA.
//!
//! Source: P2FA writes HTK's time and 12.5 ms, the middle of a frame of 25 ms; for sounds of 11,025 Hz it
//! multiplies the sum by 11000/11025. Frames are 10 ms apart, so all times but the ends of the file lie at
//! 2.5 ms behind a hundredth of a second: by that its files are recognised.

use crate::words::gather::{Gather, check_time};
use crate::words::{WordsNoteKind, WordsOptions};
use crate::{Fault, FaultKind, Interval, Place, Word};

/// Its tier of words.
pub(super) const WORDS: &str = "word";
/// Its tier of phones.
pub(super) const PHONES: &str = "phone";

const SHIFT: f64 = 0.0125;
const FRAME: f64 = 0.01;
const FACTOR: f64 = 11000.0 / 11025.0;
/// Distance from the grid that rounding makes, in seconds.
const ROUNDING: f64 = 1e-4;
/// Part of the times that must lie on the grid: a person may have moved others.
const PART: f64 = 0.9;

/// Takes the shift off all words if P2FA wrote them; returns whether it did. `end` is that of the file,
/// which P2FA does not shift.
///
/// # Errors
///
/// [`FaultKind::Unclear`] if the options say that times were multiplied, but they were not.
pub(super) fn correct(
    gather: &mut Gather,
    options: &WordsOptions,
    end: f64,
    has_phones: bool,
) -> Result<bool, Fault> {
    let is_upper = |word: &Word| !word.text.chars().any(char::is_lowercase);
    let is_named = has_phones || gather.has(WordsNoteKind::Silence);
    if !is_named || !gather.current().iter().all(is_upper) {
        return Ok(false);
    }
    let on_grid = |&factor: &f64| is_on_grid(gather.current(), end, factor);
    let Some(factor) = [1.0, FACTOR].into_iter().find(on_grid) else {
        return Ok(false);
    };
    if options.sound_rate_11025 && factor != FACTOR {
        let expected = "times multiplied by 11000/11025";
        let found = "times in steps of 10 ms";
        return Err(Fault::new(FaultKind::Unclear, Place::File, expected, found)
            .advised("read it as of another sound rate than 11,025 Hz"));
    }
    let divisor = if options.sound_rate_11025 {
        factor
    } else {
        1.0
    };
    let moved = |moment: f64| {
        if is_end(moment, end) {
            moment / divisor
        } else {
            ((moment - SHIFT * factor) / divisor).max(0.0)
        }
    };
    let count = gather.current().len();
    for time in gather.all().filter_map(|word| word.time.as_mut()) {
        *time = Interval::new(moved(time.start), moved(time.end));
        check_time(*time, &options.limits, &|| Place::File)?;
    }
    gather.note(WordsNoteKind::ShiftRemoved, count);
    if options.sound_rate_11025 {
        gather.note(WordsNoteKind::FactorRemoved, count);
    }
    Ok(true)
}

/// Whether a moment is the start or end of the file, which is not shifted.
fn is_end(moment: f64, end: f64) -> bool {
    moment == 0.0 || moment >= end
}

/// Whether nearly all times lie on the grid, after they are divided by `factor`.
fn is_on_grid(words: &[Word], end: f64, factor: f64) -> bool {
    let times = words.iter().filter_map(|word| word.time);
    let moments = times.flat_map(|time| [time.start, time.end]);
    let (mut count, mut fitting) = (0_u32, 0_u32);
    for moment in moments.filter(|&moment| !is_end(moment, end)) {
        let frames = (moment / factor - SHIFT) / FRAME;
        count += 1;
        fitting += u32::from((frames - frames.round()).abs() * FRAME <= ROUNDING);
    }
    count > 0 && f64::from(fitting) >= PART * f64::from(count)
}
