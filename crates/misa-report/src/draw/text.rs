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
