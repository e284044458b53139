//! What the terminal can show.

use std::env;
use std::io::{IsTerminal, stdout};

/// Smallest terminal that has room for a display.
const SMALLEST: (usize, usize) = (60, 14);

/// Columns and rows of the terminal; `None` if standard output is none, or its size is unknown.
pub(super) fn size() -> Option<(usize, usize)> {
    #[cfg(all(unix, feature = "tui"))]
    {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
        Some((size.ws_col.into(), size.ws_row.into()))
    }
    #[cfg(not(all(unix, feature = "tui")))]
    None
}

/// Whether a display that is drawn again and again suits standard output.
///
/// It does not suit a file or a pipe, a terminal that cannot move its cursor (`TERM=dumb`) or is too
/// small, an automatic build (`CI`), or a locale whose characters are not UTF-8.
pub(crate) fn suits_display() -> bool {
    let fits = size().is_some_and(|(columns, rows)| columns >= SMALLEST.0 && rows >= SMALLEST.1);
    fits && stdout().is_terminal() && allows(|name| env::var(name).ok())
}

/// Whether to use colours, see <https://no-color.org>.
pub(super) fn has_colours() -> bool {
    env::var("NO_COLOR").map_or(true, |value| value.is_empty())
}

/// What the environment says about a display.
fn allows(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let terminal = variable("TERM").unwrap_or_default();
    let is_automatic = is_set("CI") && variable("CI").as_deref() != Some("false");
    // The first of these that is set counts.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find(|name| is_set(name));
    let locale = locale
        .and_then(&variable)
        .unwrap_or_default()
        .to_lowercase();
    let is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
    !matches!(terminal.as_str(), "" | "dumb") && !is_automatic && is_utf8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(variables: &[(&str, &str)]) -> bool {
        allows(|name| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(found.1.to_string())
        })
    }

    #[test]
    fn a_dumb_terminal_an_automatic_build_and_old_characters_get_lines() {
        let good = [("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8")];
        assert!(allowed(&good));
        assert!(!allowed(&[("TERM", "dumb"), good[1]]));
        assert!(!allowed(&[good[1]]));
        assert!(!allowed(&[good[0], good[1], ("CI", "true")]));
        assert!(!allowed(&[good[0], good[1], ("CI", "1")]));
        assert!(allowed(&[good[0], good[1], ("CI", "false")]));
        assert!(!allowed(&[good[0], ("LANG", "C")]));
        assert!(!allowed(&[good[0], good[1], ("LC_ALL", "C")]));
        assert!(allowed(&[good[0], ("LANG", "C"), ("LC_CTYPE", "C.utf8")]));
    }
}
