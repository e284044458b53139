//! The histogram of the labels.

use super::style::Style;
use crate::Split;
use crate::doctor::LabelReport;

/// Characters of the longest bar.
const BAR: usize = 18;
/// Eighths of a character.
const BLOCKS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Adds one row per bin, one bar per split; the fullest bin of each split has the longest bar.
pub(super) fn write(out: &mut String, labels: &LabelReport, style: Style) {
    let splits: Vec<Split> = labels.splits.iter().map(|split| split.split).collect();
    let name = labels.bins.iter().map(|bin| bin.name.chars().count()).max();
    let name = name.unwrap_or(0).max(5);
    let mut head = format!("  {:>name$}", "label");
    for split in &splits {
        head.push_str(&format!("  {:<1$}", split.name(), BAR + 6));
    }
    out.push_str(&style.dim(head.trim_end()));
    out.push('\n');
    for bin in &labels.bins {
        let mut line = format!("  {:>name$}", bin.name);
        for split in &splits {
            let place = split.index();
            let counts = labels.bins.iter().map(|bin| bin.counts[place]);
            let bar = bar(bin.counts[place], counts.max().unwrap_or(0));
            let text = format!("{bar} {}", bin.counts[place]);
            line.push_str(&format!("  {text:<0$}", BAR + 6));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A bar whose length is the share of `count`; even a single utterance is visible.
fn bar(count: usize, longest: usize) -> String {
    if count == 0 {
        return "·".to_owned();
    }
    let eighths = (8 * BAR * count / longest).max(1);
    format!("{}{}", "█".repeat(eighths / 8), BLOCKS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(bar(8, 8), "█".repeat(BAR));
        assert_eq!(bar(4, 8), "█".repeat(BAR / 2));
        assert_eq!(bar(1, 10_000), "▏");
        assert_eq!(bar(0, 8), "·");
    }

    #[test]
    fn splits_stand_side_by_side() {
        let labels = [(Split::Train, 0.0), (Split::Train, 1.0), (Split::Test, 1.0)];
        let mut out = String::new();
        write(&mut out, &LabelReport::of(&labels), Style { colour: false });
        let full = "█".repeat(BAR);
        let expected = format!(
            "  label  train{:21}test\n      0  {full} 1{:4}  · 0\n      1  {full} 1{:4}  {full} 1\n",
            "", "", ""
        );
        assert_eq!(out, expected);
    }
}
