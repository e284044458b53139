//! Dates of runs.

/// Seconds of a day.
const DAY: u64 = 86_400;

/// The date and time of `seconds` since 1970 in UTC, as in `2026-11-28 20:41 UTC`.
pub(super) fn utc(seconds: u64) -> String {
    let (year, month, day) = date(seconds / DAY);
    let minutes = seconds % DAY / 60;
    let (hour, minute) = (minutes / 60, minutes % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// Year, month and day of the month of a day since 1970.
fn date(mut day: u64) -> (u64, u64, u64) {
    // A cycle of the calendar: every 400 years have as many days. It bounds the loop.
    const CYCLE: u64 = 146_097;
    let mut year = 1970 + 400 * (day / CYCLE);
    day %= CYCLE;
    while day >= days_of(year) {
        day -= days_of(year);
        year += 1;
    }
    let february = if days_of(year) == 366 { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= months[month] {
        day -= months[month];
        month += 1;
    }
    (year, month as u64 + 1, day + 1)
}

fn days_of(year: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    365 + u64::from(is_leap)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `date --utc --date=@N`.
    #[test]
    fn dates_are_those_of_the_system() {
        assert_eq!(utc(0), "1970-01-01 00:00 UTC");
        assert_eq!(utc(951_782_399), "2000-02-28 23:59 UTC");
        assert_eq!(utc(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(utc(1_709_251_199), "2024-02-29 23:59 UTC");
        assert_eq!(utc(1_798_761_599), "2026-12-31 23:59 UTC");
        assert_eq!(utc(4_107_542_400), "2100-03-01 00:00 UTC");
    }

    #[test]
    fn no_date_is_too_late() {
        assert!(utc(u64::MAX).ends_with(" UTC"));
    }
}
