//! Colours, and the stylesheet that assigns them to the marks.
//!
//! The first colours of a series are those of Okabe and Ito (2008), which people with common colour
//! vision deficiencies can distinguish; yellow is darkened on white paper.

use std::fmt::Write;

/// Steps of the scale from negative to positive; odd, so that one step is neutral.
pub(crate) const DIVERGING: usize = 11;
/// Steps of the scale from 0 to 1.
pub(crate) const SEQUENTIAL: usize = 9;
/// Number of colours before a series repeats one.
pub(crate) const SERIES: usize = 8;
/// Number of lines that can be told apart: each colour is drawn solid, then dashed.
pub(crate) const DISTINCT: usize = 2 * SERIES;

/// First step of the sequential scale that needs the contrasting text colour.
const STRONG: usize = 5;

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(u8, u8, u8);

/// Every colour of one theme.
#[derive(Debug)]
pub(crate) struct Palette {
    /// Background of the page.
    pub(crate) ground: Rgb,
    /// Background of figures and tables.
    pub(crate) paper: Rgb,
    /// Text and emphasis.
    pub(crate) ink: Rgb,
    /// Secondary text.
    pub(crate) muted: Rgb,
    /// Hairlines.
    pub(crate) rule: Rgb,
    /// Background of warnings.
    pub(crate) warning: Rgb,
    /// Edge of warnings.
    pub(crate) warning_edge: Rgb,
    series: [Rgb; SERIES],
    diverging: [Rgb; 3],
    sequential: [Rgb; 2],
    strong_ink: Rgb,
}

/// Dark marks on white.
pub(crate) const LIGHT: Palette = Palette {
    ground: Rgb(246, 247, 249),
    paper: Rgb(255, 255, 255),
    ink: Rgb(28, 32, 38),
    muted: Rgb(92, 99, 110),
    rule: Rgb(226, 229, 234),
    warning: Rgb(255, 247, 230),
    warning_edge: Rgb(230, 159, 0),
    series: [
        Rgb(0, 114, 178),
        Rgb(213, 94, 0),
        Rgb(0, 158, 115),
        Rgb(204, 121, 167),
        Rgb(86, 180, 233),
        Rgb(230, 159, 0),
        Rgb(90, 90, 90),
        Rgb(140, 126, 0),
    ],
    diverging: [Rgb(196, 78, 0), Rgb(196, 198, 202), Rgb(0, 100, 170)],
    sequential: [Rgb(240, 245, 250), Rgb(0, 52, 94)],
    strong_ink: Rgb(255, 255, 255),
};

/// Light marks on near black.
pub(crate) const DARK: Palette = Palette {
    ground: Rgb(15, 17, 21),
    paper: Rgb(23, 26, 32),
    ink: Rgb(230, 233, 238),
    muted: Rgb(157, 165, 177),
    rule: Rgb(46, 51, 60),
    warning: Rgb(48, 38, 16),
    warning_edge: Rgb(230, 159, 0),
    series: [
        Rgb(86, 180, 233),
        Rgb(230, 159, 0),
        Rgb(0, 178, 130),
        Rgb(204, 121, 167),
        Rgb(240, 228, 66),
        Rgb(226, 110, 30),
        Rgb(190, 190, 190),
        Rgb(70, 140, 210),
    ],
    diverging: [Rgb(255, 150, 70), Rgb(96, 101, 110), Rgb(92, 184, 240)],
    sequential: [Rgb(32, 38, 47), Rgb(112, 194, 242)],
    strong_ink: Rgb(12, 16, 22),
};

impl Rgb {
    /// `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    fn mix(self, other: Self, share: f64) -> Self {
        let channel = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round();
        Self(
            channel(self.0, other.0) as u8,
            channel(self.1, other.1) as u8,
            channel(self.2, other.2) as u8,
        )
    }
}

/// Step of the diverging scale for a value from `-limit` to `limit`; values beyond get the last step.
pub(crate) fn diverging_step(value: f64, limit: f64) -> usize {
    let half = (DIVERGING / 2) as f64;
    let share = if limit > 0.0 { value / limit } else { 0.0 };
    (share.clamp(-1.0, 1.0) * half + half).round() as usize
}

/// Step of the sequential scale for a share from 0 to 1; shares beyond get the last step.
pub(crate) fn sequential_step(share: f64) -> usize {
    (share.clamp(0.0, 1.0) * (SEQUENTIAL - 1) as f64).round() as usize
}

/// Class of text on step `step` of the sequential scale.
pub(crate) fn ink_on(step: usize) -> &'static str {
    if step >= STRONG { "v1" } else { "v0" }
}

/// Rules for both themes: light by default, dark if the reader prefers it.
///
/// The colours are literals instead of custom properties, so that programs without support for these
/// (Inkscape, LaTeX converters) still show the light theme.
pub(crate) fn adaptive_style() -> String {
    let dark = colours(&DARK);
    format!(
        "{SHAPES}{}@media (prefers-color-scheme:dark){{{dark}}}",
        colours(&LIGHT)
    )
}

/// Rules for the light theme only.
#[cfg(feature = "png")]
pub(crate) fn light_style() -> String {
    format!("{SHAPES}{}", colours(&LIGHT))
}

/// Rules that do not depend on the theme.
const SHAPES: &str = include_str!("shapes.css");

fn colours(palette: &Palette) -> String {
    let mut rules = String::new();
    let mut rule = |selector: &str, property: &str, colour: Rgb| {
        write!(rules, "{selector}{{{property}:{}}}", colour.hex()).expect("memory takes all text");
    };
    rule(".w", "fill", palette.paper);
    rule(".h", "stroke", palette.paper);
    rule(".t,.v0", "fill", palette.ink);
    rule(".v1", "fill", palette.strong_ink);
    rule(".q", "fill", palette.muted);
    rule(".g", "stroke", palette.rule);
    rule(".x,.k", "stroke", palette.muted);
    rule(".z", "fill", palette.warning_edge);
    rule(".z", "stroke", palette.ink);
    rule(".u", "fill", palette.warning);
    rule(".u", "stroke", palette.ink);
    for (index, colour) in palette.series.iter().enumerate() {
        rule(&format!(".c{index}"), "fill", *colour);
        rule(
            &format!(".l.c{index},.o.c{index}"),
            "fill:none;stroke",
            *colour,
        );
    }
    for step in 0..DIVERGING {
        let colour = diverging_colour(palette, step);
        rule(&format!(".d{step}"), "fill", colour);
        rule(&format!(".o.d{step}"), "fill:none;stroke", colour);
    }
    let [low, high] = palette.sequential;
    for step in 0..SEQUENTIAL {
        let share = step as f64 / (SEQUENTIAL - 1) as f64;
        rule(&format!(".a{step}"), "fill", low.mix(high, share));
    }
    rules
}

fn diverging_colour(palette: &Palette, step: usize) -> Rgb {
    let [low, neutral, high] = palette.diverging;
    let half = (DIVERGING / 2) as f64;
    let share = (step as f64 - half) / half;
    neutral.mix(if share < 0.0 { low } else { high }, share.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_between_the_ends() {
        let black = Rgb(0, 0, 0);
        assert_eq!(black.mix(Rgb(255, 100, 0), 0.5).hex(), "#803200");
    }

    #[test]
    fn steps_are_symmetric_and_bounded() {
        assert_eq!(diverging_step(0.0, 3.0), 5);
        assert_eq!(diverging_step(-3.0, 3.0), 0);
        assert_eq!(diverging_step(9.0, 3.0), 10);
        assert_eq!(diverging_step(1.0, 0.0), 5);
        assert_eq!(sequential_step(1.0), 8);
        assert_eq!(sequential_step(0.5), 4);
    }

    #[test]
    fn numbers_are_readable_on_every_step() {
        for palette in [&LIGHT, &DARK] {
            let [low, high] = palette.sequential;
            for step in 0..SEQUENTIAL {
                let cell = low.mix(high, step as f64 / (SEQUENTIAL - 1) as f64);
                let ink = if ink_on(step) == "v1" {
                    palette.strong_ink
                } else {
                    palette.ink
                };
                let ratio = contrast(cell, ink);
                assert!(ratio >= 4.0, "step {step}: contrast {ratio:.2}");
            }
            assert!(contrast(palette.paper, palette.muted) >= 4.5);
            assert!(contrast(palette.ground, palette.muted) >= 4.5);
        }
    }

    /// Contrast ratio of WCAG 2.1, from 1 to 21.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let luminance = |colour: Rgb| {
            let linear = |channel: u8| {
                let share = f64::from(channel) / 255.0;
                if share <= 0.040_45 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
        };
        let (light, dark) = (
            luminance(a).max(luminance(b)),
            luminance(a).min(luminance(b)),
        );
        (light + 0.05) / (dark + 0.05)
    }
}
