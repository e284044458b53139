//! A comparison as tables of text.

use super::{Comparison, Group, RunRow, Status, Summary};

/// One table: a heading, its columns, its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Text>>,
}

/// A piece of text, plain or to be stressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub text: String,
    pub is_stressed: bool,
}

impl Text {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_stressed: false,
        }
    }
}

/// Names of scores that are no shares.
const NUMBERS: [&str; 2] = ["MAE", "Corr"];

/// How a score is printed: shares in percent, as the field does.
fn value(metric: &str, value: Option<f64>) -> String {
    match value {
        None => "–".to_string(),
        Some(value) if NUMBERS.contains(&metric) => format!("{value:.3}"),
        Some(value) => format!("{:.2}", 100.0 * value),
    }
}

fn signed(metric: &str, number: Option<f64>) -> String {
    let sign = if number.is_some_and(|number| number >= 0.0) {
        "+"
    } else {
        ""
    };
    format!("{sign}{}", value(metric, number))
}

impl Comparison {
    /// Every table of the comparison that has rows.
    pub(super) fn grids(&self) -> Vec<Grid> {
        let mut places: Vec<(&str, &str)> = self
            .groups
            .iter()
            .map(|group| (group.data.as_str(), group.split.as_str()))
            .collect();
        places.dedup();
        let mut grids: Vec<Grid> = places
            .into_iter()
            .map(|(data, split)| self.scores(data, split))
            .collect();
        grids.extend([self.differences_grid(), self.published_grid()]);
        grids.retain(|grid| !grid.rows.is_empty());
        grids
    }

    fn scores(&self, data: &str, split: &str) -> Grid {
        let groups = self.groups.iter();
        let groups =
            groups.filter(|group| (group.data.as_str(), group.split.as_str()) == (data, split));
        let columns = ["model", "seed"].map(str::to_string).into_iter();
        Grid {
            title: format!("{data}, {split} split"),
            columns: columns.chain(self.metrics.iter().cloned()).collect(),
            rows: groups.flat_map(|group| self.group_rows(group)).collect(),
        }
    }

    fn group_rows(&self, group: &Group) -> Vec<Vec<Text>> {
        let run = |row: &RunRow| {
            let marks = [(row.was_seen_before, "†"), (row.trained_after_opening, "‡")];
            let marks: String = marks
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, mark)| *mark)
                .collect();
            let scores = self.metrics.iter().zip(&row.scores);
            let head = [
                Text::plain(&group.model),
                Text::plain(format!("{}{marks}", row.seed)),
            ];
            let scores = scores.map(|(metric, score)| Text::plain(value(metric, *score)));
            head.into_iter().chain(scores).collect()
        };
        let mut rows: Vec<Vec<Text>> = group.runs.iter().map(run).collect();
        let count = group.runs.len();
        let row = |label: String, cell: &dyn Fn(&str, &Summary, bool) -> Text| -> Vec<Text> {
            let head = [Text::plain(&group.model), Text::plain(label)];
            let columns = self
                .metrics
                .iter()
                .zip(&group.summaries)
                .zip(&group.is_best);
            let cells = columns.map(|((metric, summary), best)| cell(metric, summary, *best));
            head.into_iter().chain(cells).collect()
        };
        rows.push(row(
            format!("mean ± std, n = {count}"),
            &|metric, summary, best| {
                let mean = value(metric, summary.mean);
                let text = match summary.deviation {
                    Some(deviation) => format!("{mean} ± {}", value(metric, Some(deviation))),
                    None => mean,
                };
                Text {
                    text,
                    is_stressed: best,
                }
            },
        ));
        if count > 1 {
            rows.push(row("95 % interval".to_string(), &|metric, summary, _| {
                Text::plain(match summary.interval {
                    Some((low, high)) => {
                        format!(
                            "{} to {}",
                            value(metric, Some(low)),
                            value(metric, Some(high))
                        )
                    }
                    None => "–".to_string(),
                })
            }));
        }
        rows
    }

    fn differences_grid(&self) -> Grid {
        let columns = [
            "score",
            "model",
            "less",
            "difference",
            "95 % interval",
            "p",
            "p (Holm)",
        ];
        let row = |found: &super::Difference| {
            let metric = found.metric.as_str();
            let (low, high) = found.bootstrap.interval;
            let texts = [
                metric.to_string(),
                found.model.clone(),
                found.baseline.clone(),
                signed(metric, Some(found.bootstrap.difference)),
                format!(
                    "{} to {}",
                    signed(metric, Some(low)),
                    signed(metric, Some(high))
                ),
                format!("{:.4}", found.bootstrap.p),
                format!("{:.4}", found.p_holm),
            ];
            texts.map(Text::plain).to_vec()
        };
        Grid {
            title: "Differences between models".to_string(),
            columns: columns.map(str::to_string).to_vec(),
            rows: self.differences.iter().map(row).collect(),
        }
    }

    fn published_grid(&self) -> Grid {
        let columns = ["model", "less the figures of"]
            .map(str::to_string)
            .into_iter();
        let row = |found: &super::PublishedDifference| {
            let status = match found.status {
                Status::Verified => "",
                Status::Quoted => " (as quoted by others)",
            };
            let head = [found.model.clone(), format!("{}{status}", found.source)];
            let cells = self
                .metrics
                .iter()
                .zip(found.differences.iter().zip(&found.figures));
            let cells = cells.map(|(metric, (difference, figure))| match difference {
                None => "–".to_string(),
                _ => format!(
                    "{} ({})",
                    signed(metric, *difference),
                    value(metric, *figure)
                ),
            });
            head.into_iter().chain(cells).map(Text::plain).collect()
        };
        Grid {
            title: "Beside published figures: our mean less theirs (theirs)".to_string(),
            columns: columns.chain(self.metrics.iter().cloned()).collect(),
            rows: self.published.iter().map(row).collect(),
        }
    }
}
