//! A comparison as tables of text.

use super::{Comparison, Group, Needs, PublishedDifference, RunRow, TableStyle};

/// One table: a heading, its columns, its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub title: String,
    pub columns: Vec<String>,
    /// Leading columns of text; the others hold numbers.
    pub texts: usize,
    pub rows: Vec<Vec<Text>>,
}

/// A piece of text, plain or emphasised.
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

/// Names of the provenance that the tables show, besides data and seeds.
const PROVENANCE: [&str; 2] = ["versions", "device"];

/// A score as text: shares in percent, as is usual.
fn value(is_share: bool, value: Option<f64>) -> String {
    match value {
        None => "–".to_string(),
        Some(value) if is_share => format!("{:.2}", 100.0 * value),
        Some(value) => format!("{value:.3}"),
    }
}

fn signed(is_share: bool, number: Option<f64>) -> String {
    let sign = if number.is_some_and(|number| number >= 0.0) {
        "+"
    } else {
        ""
    };
    format!("{sign}{}", value(is_share, number))
}

/// Both ends of an interval as text.
fn interval(ends: Option<(f64, f64)>, text: impl Fn(Option<f64>) -> String) -> String {
    match ends {
        Some((low, high)) => format!("{} to {}", text(Some(low)), text(Some(high))),
        None => "–".to_string(),
    }
}

fn probability(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 1e-4 => "< 0.0001".to_string(),
        Some(p) => format!("{p:.4}"),
        None => "–".to_string(),
    }
}

impl Comparison {
    /// Every table of the comparison that has rows.
    pub(super) fn grids(&self, style: TableStyle) -> Vec<Grid> {
        let splits = self.splits();
        if style.is_summary {
            let splits = splits.into_iter();
            return splits
                .map(|(data, split)| self.summary(data, split))
                .collect();
        }
        let is_several = splits.len() > 1;
        let mut grids: Vec<Grid> = splits
            .into_iter()
            .map(|(data, split)| self.scores(data, split))
            .collect();
        grids.extend([
            self.differences_grid(is_several),
            self.published_grid(is_several),
            self.provenance_grid(),
        ]);
        grids.retain(|grid| !grid.rows.is_empty());
        grids
    }

    /// Data and splits, in the order of the groups.
    fn splits(&self) -> Vec<(&str, &str)> {
        let mut splits: Vec<(&str, &str)> = self
            .groups
            .iter()
            .map(|group| (group.data.as_str(), group.split.as_str()))
            .collect();
        splits.dedup();
        splits
    }

    fn groups_of(&self, data: &str, split: &str) -> impl Iterator<Item = &Group> {
        let groups = self.groups.iter();
        groups.filter(move |group| (group.data.as_str(), group.split.as_str()) == (data, split))
    }

    /// One row for each model, then one for each source of published figures.
    fn summary(&self, data: &str, split: &str) -> Grid {
        let row = |group: &Group| {
            let runs = || group.runs.iter();
            let marks = marks(
                runs().any(|run| run.was_seen_before),
                runs().any(|run| run.trained_after_opening),
            );
            let head = [
                Text::plain(format!("{}{marks}", group.model)),
                Text::plain(group.runs.len().to_string()),
            ];
            head.into_iter().chain(self.mean_cells(group)).collect()
        };
        let mut rows: Vec<Vec<Text>> = self.groups_of(data, split).map(row).collect();
        let mut sources: Vec<&PublishedDifference> = Vec::new();
        for published in &self.published {
            let is_here = (published.data.as_str(), published.split.as_str()) == (data, split);
            if is_here && !sources.iter().any(|known| known.source == published.source) {
                sources.push(published);
            }
        }
        rows.extend(sources.into_iter().map(|published| {
            let head = [Text::plain(published.label()), Text::plain("–")];
            let figures = self.is_share.iter().zip(&published.figures);
            let figures = figures.map(|(is_share, figure)| Text::plain(value(*is_share, *figure)));
            head.into_iter().chain(figures).collect()
        }));
        let columns = ["model", "seeds"].map(str::to_string).into_iter();
        Grid {
            title: format!("{data}, {split} split"),
            columns: columns.chain(self.metrics.iter().cloned()).collect(),
            texts: 2,
            rows,
        }
    }

    /// Mean and deviation of each score over the seeds of a model, with their number if some lack the score.
    fn mean_cells(&self, group: &Group) -> Vec<Text> {
        let columns = self
            .is_share
            .iter()
            .zip(&group.summaries)
            .zip(&group.is_best);
        let means = columns.map(|((is_share, summary), is_best)| {
            let mean = value(*is_share, summary.mean);
            let text = match summary.deviation {
                Some(deviation) => format!("{mean} ± {}", value(*is_share, Some(deviation))),
                None => mean,
            };
            let text = if summary.is_partial(group.runs.len()) {
                format!("{text} (n = {})", summary.count)
            } else {
                text
            };
            Text {
                text,
                is_stressed: *is_best,
            }
        });
        means.collect()
    }

    fn scores(&self, data: &str, split: &str) -> Grid {
        let groups = self.groups_of(data, split);
        let columns = ["model", "seed"].map(str::to_string).into_iter();
        Grid {
            title: format!("{data}, {split} split"),
            columns: columns.chain(self.metrics.iter().cloned()).collect(),
            texts: 2,
            rows: groups.flat_map(|group| self.group_rows(group)).collect(),
        }
    }

    fn group_rows(&self, group: &Group) -> Vec<Vec<Text>> {
        let run = |row: &RunRow| {
            let marks = marks(row.was_seen_before, row.trained_after_opening);
            let scores = self.is_share.iter().zip(&row.scores);
            let head = [
                Text::plain(&group.model),
                Text::plain(format!("{}{marks}", row.seed)),
            ];
            let scores = scores.map(|(is_share, score)| Text::plain(value(*is_share, *score)));
            head.into_iter().chain(scores).collect()
        };
        let mut rows: Vec<Vec<Text>> = group.runs.iter().map(run).collect();
        let label = format!("mean ± std, n = {}", group.runs.len());
        let head = [Text::plain(&group.model), Text::plain(label)];
        rows.push(head.into_iter().chain(self.mean_cells(group)).collect());
        if group
            .summaries
            .iter()
            .any(|summary| summary.interval.is_some())
        {
            let intervals = self.is_share.iter().zip(&group.summaries);
            let intervals = intervals.map(|(is_share, summary)| {
                Text::plain(interval(summary.interval, |end| value(*is_share, end)))
            });
            let head = [Text::plain(&group.model), Text::plain("95 % interval")];
            rows.push(head.into_iter().chain(intervals).collect());
        }
        rows
    }

    /// Whether the score of this name is a share.
    fn is_share(&self, metric: &str) -> bool {
        let mut scores = self.metrics.iter().zip(&self.is_share);
        scores.any(|(name, is_share)| name == metric && *is_share)
    }

    /// The differences, with a column for the data if there are several sets.
    fn differences_grid(&self, is_several: bool) -> Grid {
        let columns = [
            "score",
            "model",
            "minus",
            "difference",
            "95 % interval",
            "p",
            "p (Holm)",
            "seeds for 80 %",
            "smallest",
        ];
        let row = |difference: &super::Difference| {
            let is_share = self.is_share(&difference.metric);
            let texts = [
                difference.metric.clone(),
                difference.model.clone(),
                difference.baseline.clone(),
                signed(is_share, Some(difference.test.difference)),
                interval(difference.test.interval, |end| signed(is_share, end)),
                probability(difference.test.p),
                probability(difference.p_holm),
                difference.needs.map_or("–".to_string(), Needs::seeds_text),
                value(
                    is_share,
                    difference.needs.map(|needs| needs.smallest_difference),
                ),
            ];
            let data = is_several.then(|| format!("{}, {}", difference.data, difference.split));
            data.into_iter().chain(texts).map(Text::plain).collect()
        };
        let data = is_several.then_some("data").into_iter();
        Grid {
            title: "Differences between models".to_string(),
            columns: data.chain(columns).map(str::to_string).collect(),
            texts: 3 + usize::from(is_several),
            rows: self.differences.iter().map(row).collect(),
        }
    }

    /// The differences to published figures, with a column for the data if there are several sets.
    fn published_grid(&self, is_several: bool) -> Grid {
        let row = |published: &PublishedDifference| {
            let data = is_several.then(|| format!("{}, {}", published.data, published.split));
            let head = [published.model.clone(), published.label()];
            let cells = self
                .is_share
                .iter()
                .zip(published.differences.iter().zip(&published.figures));
            let cells = cells.map(|(is_share, (difference, figure))| match difference {
                None => "–".to_string(),
                _ => format!(
                    "{} ({})",
                    signed(*is_share, *difference),
                    value(*is_share, *figure)
                ),
            });
            let texts = data.into_iter().chain(head).chain(cells);
            texts.map(Text::plain).collect()
        };
        let data = is_several.then_some("data").into_iter();
        let columns = data.chain(["model", "minus the figures of"]);
        let scores = self.metrics.iter().map(String::as_str);
        Grid {
            title: "Published figures: our mean minus theirs (theirs in brackets)".to_string(),
            columns: columns.chain(scores).map(str::to_string).collect(),
            texts: 2 + usize::from(is_several),
            rows: self.published.iter().map(row).collect(),
        }
    }

    /// Data, seeds, versions and devices of every model.
    fn provenance_grid(&self) -> Grid {
        let columns = ["model", "data", "split", "seeds"].into_iter();
        let columns: Vec<String> = columns.chain(PROVENANCE).map(str::to_string).collect();
        let row = |group: &Group| {
            let seeds: Vec<String> = group.runs.iter().map(|run| run.seed.to_string()).collect();
            let known = PROVENANCE.map(|name| provenance(group, name));
            [&group.model, &group.data, &group.split, &seeds.join(", ")]
                .into_iter()
                .chain(&known)
                .map(Text::plain)
                .collect()
        };
        Grid {
            title: "Provenance".to_string(),
            texts: columns.len(),
            columns,
            rows: self.groups.iter().map(row).collect(),
        }
    }
}

/// The marks of a run, which notes explain.
fn marks(was_seen_before: bool, trained_after_opening: bool) -> String {
    let marks = [(was_seen_before, "†"), (trained_after_opening, "‡")];
    let marks = marks.iter().filter(|(is, _)| *is);
    marks.map(|(_, mark)| *mark).collect()
}

/// The values that the runs of a group have for one item of provenance, each value once.
fn provenance(group: &Group, name: &str) -> String {
    let mut values: Vec<&str> = Vec::new();
    for (_, value) in group
        .runs
        .iter()
        .flat_map(|run| &run.provenance)
        .filter(|(known, _)| known == name)
    {
        if !values.contains(&value.as_str()) {
            values.push(value);
        }
    }
    if values.is_empty() {
        "–".to_string()
    } else {
        values.join("; ")
    }
}
