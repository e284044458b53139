//! The subspace vectors, projected to the plane and coloured by modality and by target.

use crate::chart::LARGE;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::colour::{DIVERGING, SERIES, diverging_step};
use crate::draw::legend::{self, Entry, Mark};
use crate::draw::scale::domain;
use crate::draw::svg::{Svg, dot, triangle};
use crate::draw::text::{counted, left_out, percent};
use crate::figure::{Figure, Part};
use crate::projection::{Pca, pca, tsne};
use crate::table::Table;
use crate::vectors::{Space, Vectors};

/// Most utterances that are drawn: the cost of t-SNE grows with the square of the points.
const MOST: usize = 300;
const RADIUS: f64 = 2.6;
/// Longest vector whose principal components are computed within seconds.
const LONGEST: usize = 1024;

/// The positions of all vectors by one method.
struct Map<'a> {
    vectors: &'a Vectors<'a>,
    labels: Vec<Label>,
    positions: Vec<[f64; 2]>,
    method: Method,
}

enum Method {
    Tsne,
    Pca { explained: [f64; 2] },
}

/// The vector that a point shows.
#[derive(Clone, Copy)]
struct Label {
    space: Space,
    modality: usize,
    utterance: usize,
}

/// The meaning of the colours.
#[derive(Clone, Copy)]
enum Colour<'a> {
    Modality,
    Sentiment { limit: f64 },
    Class(&'a [String]),
}

/// The reason why vectors of this size are not drawn; `None` if they are.
pub(crate) fn too_long(d_hidden: usize) -> Option<String> {
    (d_hidden > LONGEST).then(|| {
        format!("representations: vectors of {d_hidden} numbers, at most {LONGEST} are projected")
    })
}

/// Four figures: t-SNE and principal components, each coloured by modality and by target. Empty
/// without a finite utterance.
pub(crate) fn spaces(vectors: &Vectors<'_>, split: &str, classes: &[String]) -> Vec<Figure> {
    if vectors.utterances.is_empty() {
        return Vec::new();
    }
    let drawn = vectors.thinned(MOST);
    let (labels, rows) = points(&drawn);
    let Pca { points, explained } = pca(&rows, drawn.d_hidden());
    let neighbours = tsne(&rows, drawn.d_hidden(), &points);
    let target = if classes.is_empty() {
        Colour::Sentiment {
            limit: largest_target(&drawn),
        }
    } else {
        Colour::Class(classes)
    };
    let map = |positions, method| Map {
        vectors: &drawn,
        labels: labels.clone(),
        positions,
        method,
    };
    let maps = [
        map(neighbours, Method::Tsne),
        map(points, Method::Pca { explained }),
    ];
    let counts = format!(
        "{} of {}, {split} split, {} points.",
        drawn.utterances.len(),
        counted(vectors.utterances.len(), "utterance"),
        labels.len()
    );
    let end = left_out(vectors.left_out, "utterance");
    maps.iter()
        .flat_map(|map| [Colour::Modality, target].map(|colour| map.figure(colour, &counts, &end)))
        .collect()
}

/// Label and values of every vector: spaces, then modalities, then utterances.
fn points(vectors: &Vectors<'_>) -> (Vec<Label>, Vec<f64>) {
    let (mut labels, mut rows) = (Vec::new(), Vec::new());
    for space in Space::ALL {
        for modality in 0..vectors.modalities().len() {
            let label = |utterance: &usize| Label {
                space,
                modality,
                utterance: *utterance,
            };
            labels.extend(vectors.utterances.iter().map(label));
            rows.extend(vectors.rows(space, modality));
        }
    }
    (labels, rows)
}

fn largest_target(vectors: &Vectors<'_>) -> f64 {
    let targets = vectors
        .utterances
        .iter()
        .map(|u| f64::from(vectors.target(*u)).abs());
    let largest = targets.fold(0.0, f64::max);
    if largest > 0.0 { largest } else { 1.0 }
}

impl Map<'_> {
    fn figure(&self, colour: Colour<'_>, counts: &str, end: &str) -> Figure {
        let (method, stem, reading) = match self.method {
            Method::Tsne => (
                "t-SNE",
                "tsne",
                "Nearby points are similar; sizes of clusters and distances between them have no meaning.",
            ),
            Method::Pca { .. } => (
                "Principal components",
                "pca",
                "Distances along the two directions of largest variance.",
            ),
        };
        let (by, suffix, shows) = match colour {
            Colour::Modality => (
                "modality",
                "modality",
                "Shared points should mix, because their modalities are alike; private points \
                 should form a group per modality.",
            ),
            Colour::Sentiment { .. } => (
                "target",
                "target",
                "Where points of one colour gather, the vectors tell the sentiment.",
            ),
            Colour::Class(_) => (
                "class of the target",
                "target",
                "Where points of one colour gather, the vectors tell the class.",
            ),
        };
        Figure {
            name: format!("{stem}-{suffix}"),
            title: format!("{method} by {by}"),
            caption: format!("{shows} {counts} {reading}{end}"),
            data: self.data(),
            part: Part::Spaces,
            drawing: self.draw(colour),
        }
    }

    fn draw(&self, colour: Colour<'_>) -> Svg {
        let mut svg = Svg::new(LARGE.0, LARGE.1);
        let entries = self.entries(colour);
        legend::draw(&mut svg, 2.0, &entries);
        let mut top = legend::height(&entries, LARGE.0) + 8.0;
        if let Colour::Sentiment { limit } = colour {
            let start = legend::end(&entries) + 8.0;
            legend::draw_diverging(&mut svg, (start, 11.0), "target", limit);
            top = 26.0;
        }
        let frame = self.frame(top);
        let (x_label, y_label) = self.axis_labels();
        frame.draw(&mut svg, &x_label, &y_label);
        self.draw_points(&mut svg, &frame, colour);
        svg
    }

    fn entries(&self, colour: Colour<'_>) -> Vec<Entry> {
        let mark = |space| {
            if space == Space::Shared {
                Mark::Dot
            } else {
                Mark::Triangle
            }
        };
        let shape = |space: Space| Entry::new(mark(space), shape_class(space, "c6"), space.name());
        let named = |(k, name): (usize, &String)| {
            Entry::new(Mark::Dot, format!("c{}", k % SERIES), name.as_str())
        };
        let names: &[String] = match colour {
            Colour::Modality => self.vectors.modalities(),
            Colour::Sentiment { .. } => &[],
            Colour::Class(names) => names,
        };
        Space::ALL
            .into_iter()
            .map(shape)
            .chain(names.iter().enumerate().map(named))
            .collect()
    }

    fn frame(&self, top: f64) -> Frame {
        let axis = |k: usize| domain(self.positions.iter().map(|position| position[k]), 0.04);
        let ticks = |domain| match self.method {
            Method::Tsne => Ticks::new((0.0, 0.0), 0),
            Method::Pca { .. } => Ticks::new(domain, 6),
        };
        let (x, y) = (axis(0), axis(1));
        Frame::new(LARGE, top, (x, ticks(x)), (y, ticks(y)))
    }

    fn axis_labels(&self) -> (String, String) {
        match self.method {
            Method::Tsne => ("t-SNE 1".to_string(), "t-SNE 2".to_string()),
            Method::Pca {
                explained: [first, second],
            } => (
                format!("component 1 ({} of the variance)", percent(first)),
                format!("component 2 ({} of the variance)", percent(second)),
            ),
        }
    }

    /// Draws one path per colour and shape, because thousands of elements would make the page slow.
    fn draw_points(&self, svg: &mut Svg, frame: &Frame, colour: Colour<'_>) {
        let colours = match colour {
            Colour::Modality => self.vectors.modalities().len(),
            Colour::Sentiment { .. } => DIVERGING,
            Colour::Class(names) => names.len(),
        };
        for space in Space::ALL {
            for index in 0..colours {
                let is_drawn =
                    |label: &Label| label.space == space && self.colour_of(*label, colour) == index;
                let points = self
                    .labels
                    .iter()
                    .zip(&self.positions)
                    .filter(|(l, _)| is_drawn(l));
                let data: String = points
                    .map(|(_, p)| mark(space, frame.point(p[0], p[1])))
                    .collect();
                let class = match colour {
                    Colour::Sentiment { .. } => format!("d{index}"),
                    _ => format!("c{}", index % SERIES),
                };
                svg.path(&shape_class(space, &class), &data);
            }
        }
    }

    fn colour_of(&self, label: Label, colour: Colour<'_>) -> usize {
        let target = self.vectors.target(label.utterance);
        match colour {
            Colour::Modality => label.modality,
            Colour::Sentiment { limit } => diverging_step(f64::from(target), limit),
            Colour::Class(_) => target as usize,
        }
    }

    fn data(&self) -> String {
        let mut table = Table::new(&["utterance", "space", "modality", "target", "x", "y"]);
        for (label, position) in self.labels.iter().zip(&self.positions) {
            table.row(&[
                &label.utterance.to_string(),
                label.space.name(),
                &self.vectors.modalities()[label.modality],
                &self.vectors.target(label.utterance).to_string(),
                &position[0].to_string(),
                &position[1].to_string(),
            ]);
        }
        table.text()
    }
}

/// Shared points are filled dots, private ones open triangles, so they differ without colour too.
fn mark(space: Space, point: (f64, f64)) -> String {
    match space {
        Space::Shared => dot(point, RADIUS),
        Space::Private => triangle(point, RADIUS + 0.6),
    }
}

fn shape_class(space: Space, colour: &str) -> String {
    match space {
        Space::Shared => format!("p {colour}"),
        Space::Private => format!("o {colour}"),
    }
}
