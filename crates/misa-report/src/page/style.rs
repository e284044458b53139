//! The stylesheet of the page: its layout here, the colours of figures from the drawing layer.

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

/// Grid items may shrink below their content (`min-width: 0`), so that a wide table scrolls in its
/// own box and the page never sideways.
const LAYOUT: &str = "
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
header,main,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header{padding-top:40px}
h1{font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.01em;margin:0;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin:14px 0 0;font-size:.875rem}
nav a{color:var(--muted);text-underline-offset:3px;text-decoration-color:var(--rule)}
nav a:hover,nav a:focus{color:var(--ink);text-decoration-color:currentColor}
section{margin-top:44px}
h2{font-size:1.125rem;font-weight:650;margin:0 0 4px}
.lead{color:var(--muted);font-size:.9375rem;max-width:46rem;margin:0 0 16px}
h2+.grid,h2+.box,h2+details{margin-top:14px}
h3{font-size:.9375rem;font-weight:600;line-height:1.35;margin:0 0 10px;overflow-wrap:anywhere}
.note{border-left:4px solid var(--warning-edge);background:var(--warning);border-radius:0 8px 8px 0;padding:12px 18px;margin-top:24px;overflow-wrap:anywhere}
.note p{margin:0}.note ul{margin:4px 0 0;padding-left:1.2em}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(min(100%,430px),1fr))}
.grid.many{grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr))}
.grid+.grid{margin-top:16px}
.grid>*{min-width:0}
figure,.box,details{margin:0;background:var(--paper);border:1px solid var(--rule);border-radius:10px}
figure{padding:16px 16px 14px;display:flex;flex-direction:column}
figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--muted);font-size:.8125rem;line-height:1.5;margin-top:10px;overflow-wrap:anywhere}
.box{overflow-x:auto;padding:4px 0}
.box>h3{padding:12px 18px 0;margin:0}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:8px 18px;border-top:1px solid var(--rule);vertical-align:top}
thead th{border-top:0;color:var(--muted);font-weight:500;font-size:.8125rem;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:500}
.r{text-align:right;white-space:nowrap}
.scroll{overflow-x:auto;margin:0 -16px}
.small{color:var(--muted);font-size:.8125rem}
.scores{width:fit-content;max-width:100%}
.scores td,.scores thead th+th{padding-left:28px}
details{overflow:hidden}
details+details{margin-top:10px}
summary{cursor:pointer;font-weight:600;font-size:.9375rem;padding:11px 18px}
details .box{border:0;border-top:1px solid var(--rule);border-radius:0;padding:0}
details tr:first-child>*{border-top:0}
details tbody th{color:var(--muted);font-weight:400;width:14rem}
details td{overflow-wrap:anywhere}
footer{padding-top:36px;padding-bottom:40px;color:var(--muted);font-size:.8125rem}
@media (max-width:560px){
header,main,footer{padding-left:12px;padding-right:12px}
header{padding-top:24px}h1{font-size:1.4rem}section{margin-top:32px}
figure{padding:12px 10px}th,td{padding:7px 12px}.scores{width:100%}
.scores td,.scores thead th+th{padding-left:12px}details tbody th{width:40%}
.box>h3,summary{padding-left:12px;padding-right:12px}}
@media print{body{background:none}figure,.box,details{break-inside:avoid}nav{display:none}}
";
