//! Features of a voice over time, one below the other.

use crate::draw::axis::{Frame, Ticks};
use crate::draw::colour::SERIES;
use crate::draw::legend::{self, Entry, LINE, Mark};
use crate::draw::scale::{domain, is_drawable};
use crate::draw::svg::{Svg, dot, polyline};
use crate::figure::{Figure, Part};
use crate::table::{Table, number};

/// Width of the drawing and height of a panel, in units.
const WIDTH: f64 = 720.0;
const PANEL: f64 = 132.0;
/// Height of the name of the last axis.
const BELOW: f64 = 18.0;
/// Radius of a row's mark.
const MARK: f64 = 1.8;

/// Features that share a panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoicePanel {
    /// What its vertical axis shows, with the unit.
    pub axis: String,
    /// Name and values of each feature, a value per row; `None` where the row has no number.
    pub features: Vec<(String, Vec<Option<f64>>)>,
    /// Whether neighbouring rows are joined by a line; otherwise, each row is a mark.
    pub is_joined: bool,
}

/// The panels over time, as one figure; `None` if no value can be drawn. `times` has the middle of each row in
/// seconds.
pub fn voice(name: &str, times: &[f64], panels: &[VoicePanel]) -> Option<Figure> {
    let is_shown = |panel: &&VoicePanel| {
        let mut values = panel.features.iter().flat_map(|(_, values)| values);
        values.any(|value| value.is_some_and(is_drawable))
    };
    let panels: Vec<&VoicePanel> = panels.iter().filter(is_shown).collect();
    if panels.is_empty() || times.is_empty() {
        return None;
    }
    let mut svg = Svg::new(WIDTH, PANEL * panels.len() as f64 + BELOW);
    let seconds = (times[0].min(0.0), times[times.len() - 1]);
    let frames: Vec<Frame> = panels
        .iter()
        .enumerate()
        .map(|(number, panel)| frame(PANEL * number as f64, seconds, panel))
        .collect();
    let left = frames.iter().map(|frame| frame.left).fold(0.0, f64::max);
    for (number, (frame, panel)) in frames.into_iter().zip(&panels).enumerate() {
        let is_last = number + 1 == panels.len();
        let label = if is_last { "seconds" } else { "" };
        draw(&mut svg, &frame.from(left, seconds), label, times, panel);
    }
    Some(Figure {
        name: "voice".to_string(),
        title: format!("The voice of {name}"),
        caption: "Features of the sound over time. Where a feature has no number, such as the pitch of a sound \
                  without voice, nothing is drawn."
            .to_string(),
        data: data(times, &panels),
        part: Part::Utterance,
        drawing: svg,
    })
}

/// The frame of the panel that begins at `top`.
fn frame(top: f64, seconds: (f64, f64), panel: &VoicePanel) -> Frame {
    let values = panel.features.iter().flat_map(|(_, values)| values);
    let y = domain(values.flatten().copied(), 0.08);
    let ticks = (Ticks::new(seconds, 8), Ticks::new(y, 4));
    let size = (WIDTH, top + PANEL + BELOW);
    Frame::new(size, top + LINE + 6.0, (seconds, ticks.0), (y, ticks.1))
}

fn draw(svg: &mut Svg, frame: &Frame, label: &str, times: &[f64], panel: &VoicePanel) {
    frame.draw(svg, label, &panel.axis);
    let mut entries = Vec::new();
    for (number, (name, values)) in panel.features.iter().enumerate() {
        let colour = number % SERIES;
        let points: Vec<Option<(f64, f64)>> = times
            .iter()
            .zip(values)
            .map(|(time, value)| {
                let value = value.filter(|value| is_drawable(*value))?;
                Some(frame.point(*time, value))
            })
            .collect();
        if panel.is_joined {
            svg.path(&format!("l c{colour}"), &polyline(&points));
            entries.push(Entry::new(Mark::Line, format!("l c{colour}"), name));
        } else {
            let dots = points.into_iter().flatten().map(|point| dot(point, MARK));
            svg.path(&format!("p c{colour}"), &dots.collect::<String>());
            entries.push(Entry::new(Mark::Dot, format!("p c{colour}"), name));
        }
    }
    legend::draw(svg, frame.top - LINE - 4.0, &entries);
}

fn data(times: &[f64], panels: &[&VoicePanel]) -> String {
    let features: Vec<&(String, Vec<Option<f64>>)> =
        panels.iter().flat_map(|panel| &panel.features).collect();
    let mut names = vec!["seconds"];
    names.extend(features.iter().map(|(name, _)| name.as_str()));
    let mut table = Table::new(&names);
    for (row, time) in times.iter().enumerate() {
        let mut cells = vec![time.to_string()];
        cells.extend(
            features
                .iter()
                .map(|(_, values)| number(values.get(row).copied().flatten())),
        );
        table.row(&cells);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(values: &[Option<f64>], is_joined: bool) -> VoicePanel {
        VoicePanel {
            axis: "hertz".to_string(),
            features: vec![("pitch".to_string(), values.to_vec())],
            is_joined,
        }
    }

    #[test]
    fn rows_without_a_number_are_not_drawn() {
        let times = [0.005, 0.015, 0.025];
        let values = [Some(100.0), None, Some(120.0)];
        let figure = voice("a", &times, &[panel(&values, false)]).unwrap();
        assert!(figure.svg().contains("pitch"));
        assert_eq!(figure.data, "seconds,pitch\n0.005,100\n0.015,\n0.025,120\n");
        // A line of one row on each side of the gap draws nothing; marks do.
        let joined = voice("a", &times, &[panel(&values, true)]).unwrap();
        assert_ne!(joined.svg(), figure.svg());
    }

    #[test]
    fn nothing_is_no_figure() {
        assert!(voice("a", &[0.005], &[panel(&[None], false)]).is_none());
        assert!(voice("a", &[], &[panel(&[], true)]).is_none());
    }
}
