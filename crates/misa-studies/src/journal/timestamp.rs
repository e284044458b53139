//! Times in a journal.

use std::fmt::{Display, Formatter, Result};
use std::time::{SystemTime, UNIX_EPOCH};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Days from the first day of the year 1 to that of 1970.
const DAYS_TO_1970: i64 = 719_162;
/// The last microsecond of the year 9999, behind which Python has no dates.
const LAST: i64 = 253_402_300_800 * SECOND - 1;

/// A moment in microseconds since 1970 in UTC, of the years 1 to 9999.
///
/// Shown as in `2026-11-28T12:00:00.000000+00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment of the call.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Microseconds since 1970; negative before.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// A date and time of ISO 8601, with up to six digits of a second and an offset; without one it is UTC.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let mut date = date.split('-');
        let (year, month, day) = (
            digits(date.next()?, 4)?,
            digits(date.next()?, 2)?,
            digits(date.next()?, 2)?,
        );
        let days = days_of(year, month)?;
        if date.next().is_some() || !(1..=days).contains(&day) {
            return None;
        }
        let time = time.strip_prefix(['T', ' '])?;
        let sign = time.find(['+', '-', 'Z']).unwrap_or(time.len());
        let (time, offset) = time.split_at(sign);
        let before: i64 = (1..month).filter_map(|month| days_of(year, month)).sum();
        let days = days_before(year) + before + day - 1 - DAYS_TO_1970;
        let micros = days * DAY + time_of_day(time)? - offset_of(offset)?;
        (Self::first()..=LAST)
            .contains(&micros)
            .then_some(Self(micros))
    }

    fn first() -> i64 {
        -DAYS_TO_1970 * DAY
    }
}

/// Clocks before the year 1 or behind 9999 count as its first or last moment.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let micros = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or(LAST),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |it| -it),
        };
        Self(micros.clamp(Self::first(), LAST))
    }
}

impl Display for Timestamp {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut day = self.0.div_euclid(DAY) + DAYS_TO_1970;
        let micros = self.0.rem_euclid(DAY);
        // A year is at most 366 days, so this is not too late, and at most some years too early.
        let mut year = day / 366 + 1;
        while days_before(year + 1) <= day {
            year += 1;
        }
        day -= days_before(year);
        let mut month = 1;
        while let Some(days) = days_of(year, month).filter(|&days| days <= day) {
            day -= days;
            month += 1;
        }
        let (seconds, micros) = (micros / SECOND, micros % SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            formatter,
            "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+00:00",
            day + 1
        )
    }
}

/// Days of the years before.
fn days_before(year: i64) -> i64 {
    let years = year - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

/// Days of a month from 1 to 12 of a year from 1.
fn days_of(year: i64, month: i64) -> Option<i64> {
    let february = days_before(year + 1) - days_before(year) - 337;
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month = usize::try_from(month).ok()?.checked_sub(1)?;
    months.get(month).copied().filter(|_| year > 0)
}

/// Microseconds of `12:34:56` or `12:34:56.789`.
fn time_of_day(text: &str) -> Option<i64> {
    let (time, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = time.split(':');
    let (hour, minute, second) = (
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    let is_time = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    if !is_time || !(1..=6).contains(&fraction.len()) {
        return None;
    }
    let micros = digits(&format!("{fraction:0<6}"), 6)?;
    Some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
}

/// Microseconds of `+01:30` or `Z`.
fn offset_of(text: &str) -> Option<i64> {
    if matches!(text, "" | "Z") {
        return Some(0);
    }
    let (sign, time) = text.split_at_checked(1)?;
    let (hour, minute) = time.split_once(':')?;
    let minutes = digits(hour, 2)? * 60 + digits(minute, 2)?;
    let sign = if sign == "-" { -1 } else { 1 };
    (minutes < 24 * 60).then_some(sign * minutes * 60 * SECOND)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let are_digits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From `datetime.fromtimestamp(N, timezone.utc).isoformat(timespec="microseconds")` of Python 3.11.
    #[test]
    fn times_are_those_of_python() {
        let cases = [
            (0, "1970-01-01T00:00:00.000000+00:00"),
            (-1, "1969-12-31T23:59:59.999999+00:00"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000+00:00"),
            (951_868_800_000_000, "2000-03-01T00:00:00.000000+00:00"),
            (1_796_083_199_123_456, "2026-11-30T23:59:59.123456+00:00"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000+00:00"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000+00:00"),
            (LAST, "9999-12-31T23:59:59.999999+00:00"),
        ];
        for (micros, text) in cases {
            assert_eq!(Timestamp(micros).to_string(), text);
            assert_eq!(Timestamp::parse(text), Some(Timestamp(micros)), "{text}");
        }
    }

    #[test]
    fn offsets_and_fractions_are_read() {
        let cases = [
            ("1970-01-01T00:00:00", 0),
            ("1970-01-01 00:00:00Z", 0),
            ("1970-01-01T01:30:00.5+01:30", 500_000),
            ("1969-12-31T23:00:00-01:00", 0),
        ];
        for (text, micros) in cases {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(micros)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "1970-01-01",
            "1970-02-29T00:00:00",
            "1970-13-01T00:00:00",
            "1970-00-01T00:00:00",
            "0000-01-01T00:00:00",
            "0001-01-01T00:00:00+01:00",
            "1970-01-00T00:00:00",
            "1970-01-01T24:00:00",
            "1970-01-01T00:00:60",
            "1970-01-01T00:00:00.1234567",
            "1970-01-01T00:00:00.",
            "1970-01-01T00:00:00+25:00",
            "1970-01-01T00:00:00é",
            "197é-01-01T00:00:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn clocks_far_off_are_times() {
        let late = UNIX_EPOCH + std::time::Duration::from_secs(1 << 40);
        assert_eq!(Timestamp::from(late), Timestamp(LAST));
        let early = UNIX_EPOCH - std::time::Duration::from_millis(1);
        assert_eq!(Timestamp::from(early), Timestamp(-1000));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read(micros in Timestamp::first()..=LAST) {
            let time = Timestamp(micros);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn no_text_panics(text in "[0-9T:.+Z é-]{0,32}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
