//! Text and numbers for drawings and pages.

/// Text safe inside an element or a quoted attribute, in SVG and HTML.
///
/// Characters that XML does not allow become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            c if c.is_control() => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// A number with a fixed number of decimals and a true minus sign; an en dash if it is not finite.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_string();
    }
    if value.abs() >= 1e7 {
        return signed(&format!("{value:.2e}"));
    }
    let plain = format!("{value:.decimals$}");
    let is_zero = plain.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if is_zero {
        plain.replace('-', "")
    } else {
        signed(&plain)
    }
}

/// A share from 0 to 1 as a whole percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", fixed(share * 100.0, 0))
}

/// `1 utterance`, `2 utterances`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// A count with a comma between thousands.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A part of a whole as a percentage that is 0 or 100 only if it is none or all.
pub(crate) fn share(part: usize, whole: usize) -> String {
    let exact = 100.0 * part as f64 / whole.max(1) as f64;
    if part > 0 && exact < 0.5 {
        "<1 %".to_string()
    } else if part < whole && exact >= 99.5 {
        ">99 %".to_string()
    } else {
        percent(exact / 100.0)
    }
}

/// A length of time in the unit that suits it.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        ..99.95 => format!("{} s", fixed(seconds, 1)),
        ..5_970.0 => format!("{} min", fixed(seconds / 60.0, 1)),
        _ => format!("{} h", fixed(seconds / 3600.0, 1)),
    }
}

/// At most `most` characters of a text, the last an ellipsis if it was cut.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_string();
    }
    let kept = text.chars().take(most.saturating_sub(1));
    kept.chain(['…']).collect()
}

/// Sentence for a caption if values were left out, otherwise an empty text.
pub(crate) fn left_out(count: usize, noun: &str) -> String {
    if count == 0 {
        return String::new();
    }
    format!(" Left out as not finite: {}.", counted(count, noun))
}

/// The names in the order in which they first appear, each once.
pub(crate) fn distinct<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if !distinct.contains(&name.as_str()) {
            distinct.push(name);
        }
    }
    distinct
}

/// File stem: lower-case ASCII letters and digits, with one hyphen for each run of other characters.
pub(crate) fn stem(text: &str) -> String {
    let mut stem = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            stem.push(character.to_ascii_lowercase());
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let kept: String = stem.trim_end_matches('-').chars().take(60).collect();
    if kept.is_empty() {
        "figure".to_string()
    } else {
        kept
    }
}

/// Upper estimate of the width of a line of text, in the units of `size`: close enough to lay out
/// legends and margins in any sans-serif font.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' => 0.34,
            'm' | 'w' | 'M' | 'W' | '%' | '−' => 0.9,
            c if c.is_ascii() => 0.61,
            _ => 0.9,
        })
        .sum();
    em * size
}

/// Text cut to `limit` units, with an ellipsis if it was cut.
pub(crate) fn cut(text: &str, size: f64, limit: f64) -> String {
    if width(text, size) <= limit {
        return text.to_string();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if width(&kept, size) + 1.6 * size > limit {
            break;
        }
        kept.push(character);
    }
    format!("{}…", kept.trim_end())
}

fn signed(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_markup_quotes_and_control_characters() {
        assert_eq!(
            escape("<a b='\"'>&\0"),
            "&lt;a b=&#39;&quot;&#39;&gt;&amp;\u{fffd}"
        );
    }

    #[test]
    fn writes_a_true_minus_and_no_negative_zero() {
        assert_eq!(fixed(-1.25, 1), "−1.2");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(f64::NAN, 2), "–");
        assert_eq!(fixed(2.5e9, 2), "2.50e9");
    }

    #[test]
    fn groups_thousands() {
        let counts = [0, 999, 1000, 10_000, 1_234_567].map(grouped);
        assert_eq!(counts, ["0", "999", "1,000", "10,000", "1,234,567"]);
    }

    #[test]
    fn a_share_is_nothing_or_all_only_if_it_is() {
        assert_eq!(share(0, 0), "0 %");
        assert_eq!(share(1, 1000), "<1 %");
        assert_eq!(share(999, 1000), ">99 %");
        assert_eq!(share(1000, 1000), "100 %");
        assert_eq!(share(412, 10_000), "4 %");
    }

    #[test]
    fn durations_have_a_unit_that_suits_them() {
        let units = [0.0, 12.34, 100.0, 9000.0].map(duration);
        assert_eq!(units, ["0.0 s", "12.3 s", "1.7 min", "2.5 h"]);
    }

    #[test]
    fn shortens_by_characters() {
        assert_eq!(shortened("näme", 4), "näme");
        assert_eq!(shortened("nämes", 4), "näm…");
    }

    #[test]
    fn makes_stems_that_are_safe_as_file_names() {
        assert_eq!(stem("../Task loss (β)"), "task-loss");
        assert_eq!(stem("損失"), "figure");
    }

    #[test]
    fn distinct_names_keep_their_order() {
        let names = ["b", "a", "b", "c"].map(String::from);
        assert_eq!(distinct(&names), ["b", "a", "c"]);
    }

    #[test]
    fn cuts_only_what_is_too_long() {
        assert_eq!(cut("short", 10.0, 100.0), "short");
        let long = cut(&"x".repeat(80), 10.0, 100.0);
        assert!(long.ends_with('…') && width(&long, 10.0) <= 100.0, "{long}");
    }
}
