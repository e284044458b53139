//! Colours, and lines of bounded width.

/// Longest line.
pub(super) const WIDTH: usize = 100;

/// Whether text has colours, which carry no extra information.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub colour: bool,
}

impl Style {
    pub fn bold(self, text: &str) -> String {
        self.code("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.code("2", text)
    }

    pub fn red(self, text: &str) -> String {
        self.code("31;1", text)
    }

    pub fn green(self, text: &str) -> String {
        self.code("32;1", text)
    }

    pub fn yellow(self, text: &str) -> String {
        self.code("33;1", text)
    }

    fn code(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The text without control characters, because ids come from untrusted files.
pub(super) fn printable(text: &str) -> String {
    let plain = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(plain).collect()
}

/// Adds `text` after `label`, wrapped into lines that are indented by `indent` columns.
pub(super) fn wrap(out: &mut String, label: &str, indent: usize, text: &str) {
    let mut line = format!("{label:<indent$}");
    let mut is_empty = true;
    for word in printable(text).split(' ') {
        let length = line.chars().count() + word.chars().count();
        if !is_empty && length >= WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
        } else if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_words() {
        let mut out = String::new();
        wrap(&mut out, "  label", 10, &"word ".repeat(40));
        assert!(out.lines().count() == 3, "{out}");
        assert!(out.starts_with("  label   word word"), "{out}");
        for line in out.lines() {
            assert!(line.len() <= WIDTH, "{line}");
        }
        assert!(
            out.lines()
                .skip(1)
                .all(|line| line.starts_with("          word")),
            "{out}"
        );
    }

    #[test]
    fn terminals_are_not_steered() {
        assert_eq!(printable("a\x1b[31m\u{9b}"), "a\u{fffd}[31m\u{fffd}");
    }

    #[test]
    fn colour_is_a_choice() {
        assert_eq!(Style { colour: false }.red("x"), "x");
        assert_eq!(Style { colour: true }.red("x"), "\x1b[31;1mx\x1b[0m");
    }
}
