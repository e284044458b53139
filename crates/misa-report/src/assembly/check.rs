//! Checks that a data set can be shown.

use crate::assembly::record::{
    AssemblyRecord, PictureTrack, PictureWord, RecordingRecord, UtterancePicture,
};
use crate::check::count;
use crate::draw::scale::is_drawable;
use crate::draw::text::shortened;
use crate::error::RecordError;

/// Most recordings, words, tracks, and rows or steps of a track; more would make the page large.
const RECORDINGS: usize = 100_000;
const WORDS: usize = 10_000;
const TRACKS: usize = 8;
const ROWS: usize = 100_000;
const STEPS: usize = 10_000;
/// Largest moment and length, about 30 years: beyond it, seconds cannot be told apart.
const LATEST: f64 = 1e9;
/// What rounding may add to a correlation.
const ROUNDING: f64 = 1e-6;
/// Most characters of a name in an error.
const NAME: usize = 60;

/// Checks counts and numbers.
///
/// # Errors
///
/// Returns the first fault found.
pub(crate) fn check_assembly(record: &AssemblyRecord) -> Result<(), RecordError> {
    let recordings = &record.recordings;
    count(
        "recordings",
        "recordings",
        recordings.len(),
        (1, RECORDINGS),
    )?;
    recordings
        .iter()
        .enumerate()
        .try_for_each(check_recording)?;
    record.picture.as_ref().map_or(Ok(()), check_picture)
}

fn check_recording((index, given): (usize, &RecordingRecord)) -> Result<(), RecordError> {
    let place = || format!("recording {index} `{}`", shortened(&given.name, NAME));
    let lengths = [
        ("seconds", Some(given.seconds)),
        ("face_seconds", given.face_seconds),
        ("voice_seconds", given.voice_seconds),
    ];
    for (what, seconds) in lengths {
        if let Some(seconds) = seconds {
            let is_right = (0.0..=LATEST).contains(&seconds);
            require(is_right, place, what, seconds, "0 to 1000000000")?;
        }
    }
    let Some(offset) = given.offset else {
        return Ok(());
    };
    moment(place, "offset.seconds", offset.seconds)?;
    let is_right = offset.correlation.abs() <= 1.0 + ROUNDING;
    let what = "offset.correlation";
    require(is_right, place, what, offset.correlation, "-1 to 1")
}

fn check_picture(given: &UtterancePicture) -> Result<(), RecordError> {
    let place = || "picture".to_string();
    moment(place, "from", given.from)?;
    moment(place, "to", given.to)?;
    require(
        given.to > given.from,
        place,
        "to",
        given.to,
        "more than `from`",
    )?;
    count("picture", "words", given.words.len(), (0, WORDS))?;
    count("picture", "tracks", given.tracks.len(), (0, TRACKS))?;
    let mut words = given.words.iter().enumerate();
    words.try_for_each(|(index, word)| check_word(index, word))?;
    given.tracks.iter().try_for_each(check_track)
}

fn check_word(index: usize, word: &PictureWord) -> Result<(), RecordError> {
    let text = || format!("picture: word {index} `{}`", shortened(&word.text, NAME));
    stretch(text, word.start, word.end)
}

fn check_track(track: &PictureTrack) -> Result<(), RecordError> {
    count("picture", "rows", track.rows.len(), (0, ROWS))?;
    count("picture", "steps", track.steps.len(), (0, STEPS))?;
    let column = || shortened(&track.column, NAME);
    for (index, row) in track.rows.iter().enumerate() {
        let place = || format!("picture: row {index} of `{}`", column());
        stretch(place, row.start, row.end)?;
        row.value.map_or(Ok(()), |value| number(place, value))?;
    }
    for (index, step) in track.steps.iter().enumerate() {
        let place = || format!("picture: step {index} of `{}`", column());
        stretch(place, step.start, step.end)?;
        number(place, step.value)?;
    }
    Ok(())
}

fn stretch(place: impl Fn() -> String, start: f64, end: f64) -> Result<(), RecordError> {
    moment(&place, "start", start)?;
    moment(&place, "end", end)?;
    require(end >= start, place, "end", end, "at least `start`")
}

fn moment(place: impl Fn() -> String, what: &'static str, found: f64) -> Result<(), RecordError> {
    let is_right = found.abs() <= LATEST;
    require(is_right, place, what, found, "-1000000000 to 1000000000")
}

fn number(place: impl Fn() -> String, found: f64) -> Result<(), RecordError> {
    require(is_drawable(found), place, "value", found, "-1e100 to 1e100")
}

fn require(
    is_right: bool,
    place: impl Fn() -> String,
    what: &'static str,
    found: f64,
    expected: &'static str,
) -> Result<(), RecordError> {
    if is_right {
        return Ok(());
    }
    Err(RecordError::Value {
        place: place(),
        what,
        expected,
        found: found.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assembly::record::{OffsetNumbers, PictureRow, PictureStep};

    fn message(change: impl FnOnce(&mut AssemblyRecord)) -> String {
        let mut record = AssemblyRecord {
            recordings: vec![RecordingRecord {
                name: "one".into(),
                offset: Some(OffsetNumbers::default()),
                ..Default::default()
            }],
            picture: Some(UtterancePicture {
                to: 2.0,
                words: vec![PictureWord {
                    text: "love".into(),
                    ..Default::default()
                }],
                tracks: vec![PictureTrack {
                    column: "AU12_r".into(),
                    rows: vec![PictureRow::default()],
                    steps: vec![PictureStep::default()],
                    ..Default::default()
                }],
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(check_assembly(&record), Ok(()));
        change(&mut record);
        check_assembly(&record).unwrap_err().to_string()
    }

    fn picture(record: &mut AssemblyRecord) -> &mut UtterancePicture {
        record.picture.as_mut().unwrap()
    }

    #[test]
    fn no_recording_and_too_many_are_refused() {
        assert_eq!(
            message(|record| record.recordings.clear()),
            "recordings: `recordings` is 0, expected 1 to 100000"
        );
        assert_eq!(
            message(|record| record.recordings = vec![RecordingRecord::default(); 100_001]),
            "recordings: `recordings` is 100001, expected 1 to 100000"
        );
    }

    #[test]
    fn a_recording_whose_numbers_are_not_numbers_is_named() {
        assert_eq!(
            message(|record| record.recordings[0].seconds = f64::NAN),
            "recording 0 `one`: `seconds` is NaN, expected 0 to 1000000000"
        );
        assert_eq!(
            message(|record| record.recordings[0].face_seconds = Some(-1.0)),
            "recording 0 `one`: `face_seconds` is -1, expected 0 to 1000000000"
        );
        assert_eq!(
            message(|record| record.recordings[0].voice_seconds = Some(f64::INFINITY)),
            "recording 0 `one`: `voice_seconds` is inf, expected 0 to 1000000000"
        );
    }

    #[test]
    fn an_offset_is_a_number_of_seconds_and_a_correlation() {
        let offset = |seconds, correlation| {
            message(|record| {
                record.recordings[0].offset = Some(OffsetNumbers {
                    seconds,
                    correlation,
                    is_clear: false,
                });
            })
        };
        assert_eq!(
            offset(f64::NAN, 0.0),
            "recording 0 `one`: `offset.seconds` is NaN, expected -1000000000 to 1000000000"
        );
        assert_eq!(
            offset(0.0, 1.5),
            "recording 0 `one`: `offset.correlation` is 1.5, expected -1 to 1"
        );
    }

    #[test]
    fn a_long_name_is_cut() {
        let message = message(|record| {
            record.recordings[0].name = "n".repeat(10_000);
            record.recordings[0].seconds = f64::NAN;
        });
        let name = format!("{}…", "n".repeat(59));
        assert_eq!(
            message,
            format!("recording 0 `{name}`: `seconds` is NaN, expected 0 to 1000000000")
        );
    }

    #[test]
    fn a_picture_ends_after_it_begins() {
        assert_eq!(
            message(|record| picture(record).to = 0.0),
            "picture: `to` is 0, expected more than `from`"
        );
        assert_eq!(
            message(|record| picture(record).from = f64::NEG_INFINITY),
            "picture: `from` is -inf, expected -1000000000 to 1000000000"
        );
    }

    #[test]
    fn words_rows_and_steps_of_a_picture_are_checked() {
        assert_eq!(
            message(|record| picture(record).words[0].end = -0.5),
            "picture: word 0 `love`: `end` is -0.5, expected at least `start`"
        );
        assert_eq!(
            message(|record| picture(record).tracks[0].rows[0].value = Some(f64::NAN)),
            "picture: row 0 of `AU12_r`: `value` is NaN, expected -1e100 to 1e100"
        );
        assert_eq!(
            message(|record| picture(record).tracks[0].rows[0].start = f64::NAN),
            "picture: row 0 of `AU12_r`: `start` is NaN, expected -1000000000 to 1000000000"
        );
        assert_eq!(
            message(|record| picture(record).tracks[0].steps[0].value = f64::INFINITY),
            "picture: step 0 of `AU12_r`: `value` is inf, expected -1e100 to 1e100"
        );
    }

    #[test]
    fn a_picture_has_as_many_parts_as_can_be_drawn() {
        let track = PictureTrack::default();
        assert_eq!(
            message(|record| picture(record).tracks = vec![track; 9]),
            "picture: `tracks` is 9, expected 0 to 8"
        );
        assert_eq!(
            message(|record| picture(record).words = vec![PictureWord::default(); 10_001]),
            "picture: `words` is 10001, expected 0 to 10000"
        );
        assert_eq!(
            message(|record| picture(record).tracks[0].rows = vec![PictureRow::default(); 100_001]),
            "picture: `rows` is 100001, expected 0 to 100000"
        );
        assert_eq!(
            message(|record| picture(record).tracks[0].steps = vec![PictureStep::default(); 10_001]),
            "picture: `steps` is 10001, expected 0 to 10000"
        );
    }
}
