//! The finished settings of a sweep, better first.

use super::super::json::scores;
use super::importance::{Importance, importance};
use super::main_score::MainScore;
use crate::show::mean_text;
use crate::sweep::Cell;
use misa_core::Task;
use misa_data::Split;
use misa_report::compare::{Metric, Summary, score_key};
use misa_train::{Corpus, Report};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Places that are printed; JSON has all of them.
const MOST: usize = 20;

/// The scores of the finished runs.
#[derive(Debug, Default)]
pub(super) struct FinishedScores {
    /// The scores on the valid split, by the name of the run.
    scores: BTreeMap<String, Vec<(String, Option<f64>)>>,
    /// The task of the runs; that of the first, if they differ.
    task: Option<Task>,
}

/// Settings ranked by a score, those of each data set by themselves.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Ranking {
    places: Vec<Place>,
    #[serde(skip)]
    out: String,
    /// What the settings account for, where all runs have the same data.
    #[serde(skip)]
    importance: Vec<Importance>,
}

/// One place.
#[derive(Debug, Serialize)]
struct Place {
    /// From 1, on this data.
    place: usize,
    /// What the sweep varies, without the seed.
    settings: String,
    /// The data, if the sweep varies it.
    data: Option<String>,
    /// The key of the score.
    score: String,
    /// Finished seeds.
    seeds: usize,
    mean: f64,
    /// Sample standard deviation over the seeds.
    deviation: Option<f64>,
    /// The name of the score.
    #[serde(skip)]
    name: &'static str,
    /// Everything that the sweep sets in these runs.
    #[serde(skip)]
    set: Vec<(String, Value)>,
}

impl FinishedScores {
    /// Reads the reports of the finished runs in `out`.
    pub fn read(cells: &[Cell], is_done: impl Fn(&Cell) -> bool, out: &Path) -> Self {
        let mut found = Self::default();
        for cell in cells.iter().filter(|cell| is_done(cell)) {
            let report = match Report::read(out.join(&cell.name)) {
                Ok(report) => report,
                Err(error) => {
                    eprintln!("note: left out of the ranking: {error}");
                    continue;
                }
            };
            let Some(valid) = report.scores_of(Split::Valid) else {
                continue;
            };
            found.task.get_or_insert(report.config.loss.task);
            found.scores.insert(cell.name.clone(), valid.scores.clone());
        }
        found
    }

    /// The scores of a run by their keys; null unless it is finished.
    pub fn of(&self, name: &str) -> Value {
        self.scores
            .get(name)
            .map_or(Value::Null, |found| scores(found))
    }

    /// Ranks the settings of `cells` by the mean over their finished seeds.
    pub fn ranking(&self, cells: &[Cell], out: &Path) -> Ranking {
        let metric = self
            .task
            .and_then(MainScore::of_task)
            .map(MainScore::metric);
        let mut ranking = Ranking {
            out: out.display().to_string(),
            ..Ranking::default()
        };
        let Some(metric) = metric else {
            return ranking;
        };
        let mut groups: BTreeMap<(Option<&str>, &str), Group<'_>> = BTreeMap::new();
        for cell in cells {
            let Some(found) = self.scores.get(&cell.name) else {
                continue;
            };
            let value = found.iter().find(|(name, _)| name == metric.name);
            let key = (cell.data(), cell.group.as_str());
            let (_, values) = groups.entry(key).or_insert((cell, Vec::new()));
            values.push(value.and_then(|(_, value)| *value));
        }
        let scored = |cell: &Cell| {
            let mut found = self.scores.get(&cell.name)?.iter();
            found.find(|(name, _)| name == metric.name)?.1
        };
        if cells.iter().all(|cell| cell.data().is_none()) {
            let scored: Vec<(&Cell, f64)> = (cells.iter())
                .filter_map(|cell| Some((cell, scored(cell)?)))
                .collect();
            ranking.importance = importance(&scored);
        }
        ranking.places = groups
            .into_iter()
            .filter_map(|(_, (cell, values))| Place::of(&metric, cell, values))
            .collect();
        ranking.sort(metric.is_better_high);
        ranking
    }
}

/// A run of some settings, and the score of each seed.
type Group<'a> = (&'a Cell, Vec<Option<f64>>);

impl Place {
    /// `None` if the score is not defined for any seed.
    fn of(metric: &Metric, cell: &Cell, values: Vec<Option<f64>>) -> Option<Self> {
        let summary = Summary::of(values);
        Some(Self {
            place: 0,
            settings: cell.varied(),
            data: cell.data().map(str::to_string),
            score: score_key(metric.name),
            seeds: summary.count,
            mean: summary.mean?,
            deviation: summary.deviation,
            name: metric.name,
            set: cell.settings.clone(),
        })
    }

    /// Mean and deviation; a share in percent, as in tables.
    fn value(&self) -> String {
        mean_text(self.name, self.mean, self.deviation)
    }
}

impl Ranking {
    fn sort(&mut self, is_better_high: bool) {
        self.places.sort_by(|one, other| {
            let order = one.mean.total_cmp(&other.mean);
            let order = if is_better_high {
                order.reverse()
            } else {
                order
            };
            one.data.cmp(&other.data).then(order)
        });
        let mut above: Option<(Option<String>, usize)> = None;
        for place in &mut self.places {
            let number = match &above {
                Some((data, number)) if *data == place.data => number + 1,
                _ => 1,
            };
            place.place = number;
            above = Some((place.data.clone(), number));
        }
    }
}

impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.places.first() else {
            return Ok(());
        };
        let score = &first.score;
        writeln!(f, "\nRanking by {score} on the valid split, better first:")?;
        let shown = &self.places[..self.places.len().min(MOST)];
        let values: Vec<String> = shown.iter().map(Place::value).collect();
        let width = values.iter().map(|value| value.chars().count()).max();
        for (place, value) in shown.iter().zip(&values) {
            if let (1, Some(data)) = (place.place, &place.data) {
                writeln!(f, "{data}")?;
            }
            let gap = " ".repeat(width.unwrap_or(0) - value.chars().count());
            let seeds = if place.seeds == 1 { "seed" } else { "seeds" };
            writeln!(
                f,
                "{:3}. {value}{gap}  {} {seeds}  {}",
                place.place, place.seeds, place.settings
            )?;
        }
        let more = self.places.len() - shown.len();
        if more > 0 {
            writeln!(f, "and {more} more")?;
        }
        self.write_importance(f)?;
        writeln!(
            f,
            "All scores: misa table {} --summary --sort {score}\n",
            self.out
        )
    }
}

impl Ranking {
    /// What the settings account for, as JSON has it.
    pub fn importance(&self) -> &[Importance] {
        &self.importance
    }

    fn write_importance(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.importance.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\nShare of the variance between the values of a setting (epsilon squared, one setting at a time):"
        )?;
        for Importance { setting, share } in &self.importance {
            writeln!(f, "{:5.1} %  {setting}", 100.0 * share)?;
        }
        writeln!(f)
    }

    /// The command that trains the best settings with five seeds; `None` if no run is finished. `corpus`: that of the
    /// runs where nothing names it, which `misa train` would look for in the data.
    pub fn command(&self, base: Option<&Path>, corpus: Option<Corpus>) -> Option<String> {
        let mut command = "misa train".to_string();
        if let Some(base) = base {
            command += &format!(" --config {}", quoted(&base.display().to_string()));
        }
        if let Some(corpus) = corpus {
            command += &format!(" corpus={corpus}");
        }
        let set = self.places.first()?.set.iter();
        for (key, value) in set.filter(|(key, _)| key != "training.seed") {
            command += &format!(" {}", quoted(&format!("{key}={}", typed(value))));
        }
        Some(format!(
            "{command} --seeds 1..5 --out {}",
            quoted(&format!("{}-best", self.out))
        ))
    }
}

/// A value as it is typed: TOML, or plain text.
fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => toml::Value::try_from(value).map_or(value.to_string(), |value| value.to_string()),
    }
}

/// An argument as a shell reads it.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "=.,-_/:+".contains(letter);
    if text.chars().all(is_plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cell(data: Option<&str>, dropout: &str, seed: u64) -> Cell {
        let path = data.map(|data| ("data.path".to_string(), json!(data)));
        Cell {
            name: format!("{data:?}{dropout}{seed}"),
            group: format!("dropout={dropout}-0123456789ab"),
            settings: path
                .into_iter()
                .chain([
                    ("training.dropout".to_string(), json!(dropout)),
                    ("training.seed".to_string(), json!(seed)),
                ])
                .collect(),
        }
    }

    fn found(task: Task, scored: &[(&Cell, &str, f64)]) -> FinishedScores {
        let scores = scored
            .iter()
            .map(|(cell, name, value)| (cell.name.clone(), vec![(name.to_string(), Some(*value))]));
        FinishedScores {
            scores: scores.collect(),
            task: Some(task),
        }
    }

    #[test]
    fn the_best_settings_come_with_their_own_data() {
        let [first, other] = ["a", "b"].map(|data| cell(Some(data), "0.1", 1));
        let scored = [(&first, "MAE", 0.5), (&other, "MAE", 0.4)];
        let cells = [first.clone(), other.clone()];
        let ranking = found(Task::Regression, &scored).ranking(&cells, Path::new("runs/s"));
        let place = ranking.places.first().unwrap();
        let data = place.data.clone().unwrap();
        let command = ranking.command(None, None).unwrap();
        assert!(command.contains(&format!("data.path={data}")), "{command}");
    }

    #[test]
    fn a_lower_error_and_a_higher_accuracy_come_first() {
        let cells = [
            cell(None, "0.1", 1),
            cell(None, "0.1", 2),
            cell(None, "0.5", 1),
        ];
        let scored = |name: &'static str| {
            [
                (&cells[0], name, 0.5),
                (&cells[1], name, 0.7),
                (&cells[2], name, 0.4),
            ]
        };
        let places = |task, name| {
            let ranking = found(task, &scored(name)).ranking(&cells, Path::new("runs/s"));
            let places = ranking.places.iter();
            places
                .map(|place| (place.place, place.settings.clone(), place.seeds))
                .collect::<Vec<_>>()
        };
        let [low, high] = ["training.dropout=0.5", "training.dropout=0.1"].map(str::to_string);
        assert_eq!(
            places(Task::Regression, "MAE"),
            [(1, low.clone(), 1), (2, high.clone(), 2)]
        );
        let task = Task::Classification { classes: 2 };
        assert_eq!(places(task, "Acc"), [(1, high, 2), (2, low, 1)]);
    }

    #[test]
    fn each_data_set_has_its_own_places() {
        let cells = [
            cell(Some("a"), "0.1", 1),
            cell(Some("b"), "0.1", 1),
            cell(Some("b"), "0.5", 1),
        ];
        let scored = [
            (&cells[0], "MAE", 0.9),
            (&cells[1], "MAE", 0.2),
            (&cells[2], "MAE", 0.1),
        ];
        let ranking = found(Task::Regression, &scored).ranking(&cells, Path::new("runs/s"));
        let places: Vec<_> = ranking
            .places
            .iter()
            .map(|place| (place.data.as_deref(), place.place))
            .collect();
        assert_eq!(places, [(Some("a"), 1), (Some("b"), 1), (Some("b"), 2)]);
        let text = ranking.to_string();
        assert!(
            text.contains("  1. 0.1000  1 seed  training.dropout=0.5\n"),
            "{text}"
        );
        assert!(
            text.ends_with("misa table runs/s --summary --sort mae\n\n"),
            "{text}"
        );
        assert_eq!(
            found(Task::Regression, &[])
                .ranking(&cells, Path::new("s"))
                .to_string(),
            ""
        );
    }
}
