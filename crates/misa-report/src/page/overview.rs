//! Several runs as one page: their scores in one table, their curves in the same charts.

use crate::chart::joint_curves;
use crate::check::{check, check_runs};
use crate::compare::Summary;
use crate::draw::text::{counted, distinct, escape};
use crate::error::RecordError;
use crate::figure::{Figure, Part};
use crate::page::distinguish;
use crate::page::document::{BEFORE_SCORES, Block, document};
use crate::page::html::{facts, grid};
use crate::page::score_table::{context, number};
use crate::record::{RunRecord, Section, SplitScores};

/// Several runs, drawn together.
#[derive(Clone, Debug)]
pub struct Overview {
    title: String,
    notes: Vec<String>,
    runs: Vec<Run>,
    figures: Vec<Figure>,
    omitted: Vec<String>,
}

/// What the page says about one run.
#[derive(Clone, Debug)]
struct Run {
    name: String,
    model: String,
    highlights: Vec<(String, String)>,
    scores: Vec<SplitScores>,
    facts: Vec<Section>,
}

/// Draws the scores and curves of `records` together, in their order; their predictions,
/// representations and attention are not shown. Scores have a mean over the runs of each
/// [`model`](RunRecord::model).
///
/// # Errors
///
/// Returns an error if there is no record or more than 16, which is as many lines as can be told
/// apart, or if a record contradicts itself, as in [`page`](crate::page()).
pub fn overview(title: &str, records: &[RunRecord]) -> Result<Overview, RecordError> {
    check_runs(records)?;
    records.iter().try_for_each(check)?;
    let (mut figures, omitted) = joint_curves(records);
    distinguish(&mut figures);
    Ok(Overview {
        title: title.to_string(),
        notes: notes(records),
        runs: records.iter().map(Run::of).collect(),
        figures,
        omitted,
    })
}

impl Overview {
    /// Every figure, in the order of the page.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The parts of the records that could not be drawn, and the reasons, in plain text.
    pub fn omitted(&self) -> &[String] {
        &self.omitted
    }

    /// One self-contained HTML file, without scripts or network access, in light and dark.
    pub fn html(&self) -> String {
        let omitted = self.omitted.iter();
        let omitted = omitted.map(|reason| format!("Not drawn: {reason}."));
        let notes: Vec<String> = self.notes.iter().cloned().chain(omitted).collect();
        document(&self.title, (BEFORE_SCORES, &notes), self.blocks())
    }

    fn blocks(&self) -> Vec<Block> {
        vec![
            Block {
                anchor: "scores",
                heading: "Scores",
                lead: "",
                content: self.scores(),
            },
            Block {
                anchor: "curves",
                heading: "Training",
                lead: "Each chart shows one loss or score of every run after each epoch. The dot \
                       of a line marks the epoch whose model was kept.",
                content: grid(&self.figures, Part::Curves, "grid many"),
            },
            Block {
                anchor: "runs",
                heading: "Runs",
                lead: "",
                content: self.run_table(),
            },
            Block {
                anchor: "facts",
                heading: "Provenance",
                lead: "",
                content: self.facts(),
            },
        ]
    }

    /// One table per split that a run was scored on.
    fn scores(&self) -> String {
        let scores = self.runs.iter().flat_map(|run| &run.scores);
        let splits = distinct(scores.map(|scores| &scores.split));
        splits.iter().map(|split| self.split_table(split)).collect()
    }

    /// Rows are runs, then the means of models; columns are scores.
    fn split_table(&self, split: &str) -> String {
        let scored: Vec<(&Run, &SplitScores)> = self
            .runs
            .iter()
            .filter_map(|run| Some((run, run.scores.iter().find(|s| s.split == split)?)))
            .collect();
        let all = scored.iter().flat_map(|(_, scores)| &scores.scores);
        let names = distinct(all.map(|(name, _)| name));
        let row = |(run, scores): &(&Run, &SplitScores)| {
            let cells = names
                .iter()
                .map(|name| cell(value(scores, name), is_share(scores, name)));
            let name = escape(&run.name);
            format!(
                "<tr><th scope=\"row\">{name}</th>{}</tr>\n",
                cells.collect::<String>()
            )
        };
        let means = means(&scored, &names);
        let head = |name: &&str| format!("<th scope=\"col\" class=\"r\">{}</th>", escape(name));
        format!(
            "<div class=\"box runs\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">{} split</th>{}\
             </tr></thead>\n<tbody>{}{means}</tbody></table></div>\n",
            escape(split),
            names.iter().map(head).collect::<String>(),
            scored.iter().map(row).collect::<String>()
        )
    }

    /// Rows are runs, columns are what tells them apart.
    fn run_table(&self) -> String {
        let highlights = self.runs.iter().flat_map(|run| &run.highlights);
        let names = distinct(highlights.map(|(name, _)| name));
        if names.is_empty() {
            return String::new();
        }
        let head = |name: &&str| format!("<th scope=\"col\">{}</th>", escape(name));
        let row = |run: &Run| {
            let value = |name: &&str| {
                let mut rows = run.highlights.iter();
                let found = rows.find(|row| row.0 == *name);
                let value = found.map_or("–", |row| row.1.as_str());
                format!("<td>{}</td>", escape(value))
            };
            let cells: String = names.iter().map(value).collect();
            format!(
                "<tr><th scope=\"row\">{}</th>{cells}</tr>\n",
                escape(&run.name)
            )
        };
        format!(
            "<div class=\"box\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">run</th>{}</tr></thead>\n\
             <tbody>{}</tbody></table></div>\n",
            names.iter().map(head).collect::<String>(),
            self.runs.iter().map(row).collect::<String>()
        )
    }

    fn facts(&self) -> String {
        let section = |run: &Run, section: &Section| Section {
            name: format!("{}: {}", run.name, section.name),
            rows: section.rows.clone(),
        };
        let sections = self.runs.iter();
        let sections: Vec<Section> = sections
            .flat_map(|run| run.facts.iter().map(move |part| section(run, part)))
            .collect();
        facts(&sections)
    }
}

impl Run {
    fn of(record: &RunRecord) -> Self {
        Self {
            name: record.short_name().to_string(),
            model: record.model.clone(),
            highlights: record.highlights.clone(),
            scores: record.scores.clone(),
            facts: record.facts.clone(),
        }
    }
}

/// Each note once, with the runs that it is about unless it is about all.
fn notes(records: &[RunRecord]) -> Vec<String> {
    let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
    for record in records {
        for note in &record.notes {
            match notes.iter_mut().find(|(known, _)| *known == note.as_str()) {
                Some((_, runs)) => runs.push(record.short_name()),
                None => notes.push((note, vec![record.short_name()])),
            }
        }
    }
    let text = |(note, runs): (&str, Vec<&str>)| {
        if runs.len() == records.len() {
            note.to_string()
        } else {
            format!("{}: {note}", runs.join(", "))
        }
    };
    notes.into_iter().map(text).collect()
}

/// A row for each model of which several runs were scored, with the mean of each score.
fn means(scored: &[(&Run, &SplitScores)], names: &[&str]) -> String {
    let models = distinct(scored.iter().map(|(run, _)| &run.model));
    let row = |model: &&str| {
        let of_model = scored.iter().filter(|(run, _)| run.model == *model);
        let of_model: Vec<&SplitScores> = of_model.map(|(_, scores)| *scores).collect();
        if of_model.len() < 2 {
            return String::new();
        }
        let before = if models.len() > 1 {
            format!("{}: ", escape(model))
        } else {
            String::new()
        };
        let cells: String = names.iter().map(|name| mean(&of_model, name)).collect();
        let count = counted(of_model.len(), "run");
        format!(
            "<tr class=\"mean\"><th scope=\"row\">{before}mean ± std, {count}</th>{cells}</tr>\n"
        )
    };
    models.iter().map(row).collect()
}

/// The score of this name; `None` if it is undefined.
fn value(scores: &SplitScores, name: &str) -> Option<f64> {
    scores.scores.iter().find(|score| score.0 == name)?.1
}

fn is_share(scores: &SplitScores, name: &str) -> bool {
    context(scores, name).is_some_and(|context| context.is_share)
}

fn cell(value: Option<f64>, is_share: bool) -> String {
    format!("<td class=\"r\">{}</td>", number(value, is_share))
}

fn mean(runs: &[&SplitScores], name: &str) -> String {
    let is_share = runs.iter().any(|scores| is_share(scores, name));
    let summary = Summary::of(runs.iter().map(|scores| value(scores, name)));
    let deviation = summary.deviation.map_or_else(String::new, |deviation| {
        let deviation = number(Some(deviation), is_share);
        format!(" <span class=\"small std\">± {deviation}</span>")
    });
    let count = if summary.is_partial(runs.len()) {
        let (some, all) = (summary.count, counted(runs.len(), "run"));
        format!(" <span class=\"small\">({some} of {all})</span>")
    } else {
        String::new()
    };
    let mean = number(summary.mean, is_share);
    format!("<td class=\"r\">{mean}{deviation}{count}</td>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Curve;

    fn run(name: &str, mae: f64, note: &str) -> RunRecord {
        RunRecord {
            title: format!("title of {name}"),
            name: name.into(),
            notes: vec!["Scores are of the valid split.".into(), note.into()],
            highlights: vec![("seed".into(), name.into())],
            scores: vec![SplitScores {
                split: "valid".into(),
                utterances: 40,
                scores: vec![("MAE".into(), Some(mae))],
                ..Default::default()
            }],
            curves: vec![Curve {
                panel: "MAE".into(),
                name: "valid".into(),
                values: vec![Some(mae + 1.0), Some(mae)],
                ..Default::default()
            }],
            best_epoch: Some(2),
            ..Default::default()
        }
    }

    /// 0.5 and 0.75: mean 0.625, sample standard deviation 0.25 / √2 = 0.176777.
    #[test]
    fn runs_share_a_table_with_their_mean_and_a_chart() {
        let runs = [run("seed-1", 0.5, "a"), run("seed-2", 0.75, "b")];
        let overview = overview("two seeds", &runs).unwrap();
        let html = overview.html();
        assert!(html.contains("<title>two seeds</title>"));
        assert!(html.contains("<th scope=\"row\">seed-2</th><td class=\"r\">0.7500</td>"));
        assert!(html.contains("mean ± std, 2 runs</th><td class=\"r\">0.6250 <span class=\"small std\">± 0.1768</span></td>"));
        assert!(html.contains(
            "<li>Scores are of the valid split.</li><li>seed-1: a</li><li>seed-2: b</li>"
        ));
        assert_eq!(overview.figures().len(), 1);
        assert_eq!(
            overview.figures()[0].data,
            "epoch,seed-1,seed-2\n1,1.5,1.75\n2,0.5,0.75\n"
        );
    }

    /// Of one model 0.5 and 0.75, as above; the other has one run, which is no part of that mean.
    #[test]
    fn a_mean_is_over_the_runs_of_one_model() {
        let of = |model: &str, name: &str, mae| RunRecord {
            model: model.into(),
            ..run(name, mae, "a")
        };
        let runs = [
            of("whole", "1", 0.5),
            of("<cut>", "2", 9.0),
            of("whole", "3", 0.75),
        ];
        let html = overview("two models", &runs).unwrap().html();
        assert_eq!(html.matches("mean ± std").count(), 1, "{html}");
        assert!(
            html.contains("whole: mean ± std, 2 runs</th><td class=\"r\">0.6250 "),
            "{html}"
        );
        let both = [of("whole", "1", 0.5), of("<cut>", "2", 9.0)];
        let html = overview("two models", &both).unwrap().html();
        assert!(!html.contains("mean ± std"), "{html}");
    }

    #[test]
    fn a_mean_says_how_many_runs_have_the_score() {
        let mut runs = [0.5, 0.75, 1.0].map(|mae| run(&format!("seed {mae}"), mae, "a"));
        runs[2].scores[0].scores[0].1 = None;
        let html = overview("three seeds", &runs).unwrap().html();
        let expected = "mean ± std, 3 runs</th><td class=\"r\">0.6250 <span class=\"small std\">± 0.1768</span> \
                        <span class=\"small\">(2 of 3 runs)</span></td>";
        assert!(html.contains(expected), "{html}");
    }

    #[test]
    fn more_runs_than_can_be_told_apart_are_refused() {
        let message = overview("", &[]).unwrap_err().to_string();
        assert_eq!(message, "runs: `records` is 0, expected 1 to 16");
        let many = vec![run("a", 0.5, "a"); 17];
        let message = overview("", &many).unwrap_err().to_string();
        assert_eq!(message, "runs: `records` is 17, expected 1 to 16");
    }
}
