//! The section about findings, and the verdict.

use super::section;
use super::style::{Style, wrap};
use crate::doctor::{Examination, Finding, Severity};
use misa_terms::plural;

/// Columns before the text of a finding.
const INDENT: usize = 11;

pub(super) fn write(out: &mut String, examination: &Examination, style: Style) {
    section(out, "Findings", style);
    for finding in &examination.findings {
        one(out, finding, style);
    }
    let count = |severity| {
        let findings = examination.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let verdict = match examination.status {
        0 => style.green("Fine: nothing stands in the way of training."),
        1 => {
            let text = plural(warnings, "warning", "warnings");
            match errors {
                0 => style.yellow(&format!("{text}: read before you trust a score.")),
                _ => {
                    let errors = plural(errors, "error", "errors");
                    style.red(&format!("{errors}, {text}: training refuses it as it is."))
                }
            }
        }
        _ => style.red("Not readable."),
    };
    out.push_str(&format!("\n{verdict}\n"));
}

fn one(out: &mut String, finding: &Finding, style: Style) {
    let label = format!("  {:<7}", finding.severity);
    let mut text = String::new();
    let place = if finding.place.is_empty() {
        String::new()
    } else {
        format!("{}: ", finding.place)
    };
    wrap(
        &mut text,
        &label,
        INDENT,
        &format!("{place}{}", finding.what),
    );
    let coloured = match finding.severity {
        Severity::Error => style.red(&label),
        Severity::Warning => style.yellow(&label),
        Severity::Note => style.dim(&label),
    };
    out.push_str(&text.replacen(&label, &coloured, 1));
    if !finding.ids.is_empty() {
        let more = match finding.count.saturating_sub(finding.ids.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        wrap(
            out,
            "",
            INDENT,
            &format!("{}{more}", finding.ids.join(", ")),
        );
    }
    wrap(out, "", INDENT, &format!("-> {}", finding.advice));
}
