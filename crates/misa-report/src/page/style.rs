//! The stylesheet of the page: its layout from `layout.css`, the colours of figures from the drawing
//! layer.

use crate::draw::colour::{DARK, LIGHT, Palette, adaptive_style};

/// Complete stylesheet, light and dark.
pub(super) fn style() -> String {
    format!(
        ":root{{color-scheme:light dark;{}}}@media (prefers-color-scheme:dark){{:root{{{}}}}}{}{LAYOUT}",
        variables(&LIGHT),
        variables(&DARK),
        adaptive_style()
    )
}

fn variables(palette: &Palette) -> String {
    let named = [
        ("ground", palette.ground),
        ("paper", palette.paper),
        ("ink", palette.ink),
        ("muted", palette.muted),
        ("rule", palette.rule),
        ("warning", palette.warning),
        ("warning-edge", palette.warning_edge),
    ];
    named
        .iter()
        .map(|(name, colour)| format!("--{name}:{};", colour.hex()))
        .collect()
}

const LAYOUT: &str = include_str!("layout.css");
