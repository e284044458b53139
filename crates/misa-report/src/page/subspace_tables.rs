//! Probes and distances of the subspaces, as tables.

use crate::discrepancy::SharedDistance;
use crate::draw::text::{counted, escape, fixed};
use crate::page::Spaces;
use crate::page::reading::{aim, off_aim, read_probe};
use crate::probe::Probe;

/// Both tables; empty without probes and distances.
pub(super) fn subspace_tables(spaces: &Spaces) -> String {
    let probes = probe_table(&spaces.probes, &spaces.split);
    let distance = spaces.distance.as_ref().map(distance_table);
    let distance = distance.unwrap_or_default();
    if probes.is_empty() && distance.is_empty() {
        return String::new();
    }
    format!("<div class=\"grid\">{probes}{distance}</div>\n")
}

fn probe_table(probes: &[Probe], split: &str) -> String {
    let Some(first) = probes.first() else {
        return String::new();
    };
    let row = |probe: &Probe| {
        format!(
            "<tr><th scope=\"row\">{}</th><td class=\"r\">{} ± {}</td><td class=\"r\">{}</td>\
             <td class=\"r\">{}</td></tr>\n",
            probe.space,
            fixed(probe.accuracy, 3),
            fixed(probe.spread, 3),
            fixed(aim(probe).0, 3),
            off_aim(probe)
        )
    };
    let readings: Vec<String> = probes
        .iter()
        .map(|probe| escape(&read_probe(probe).text))
        .collect();
    format!(
        "<figure><h3>Linear probe for the modality</h3>\n<div class=\"scroll\" tabindex=\"0\">\
         <table><thead><tr><th scope=\"col\">vectors</th><th scope=\"col\" class=\"r\">accuracy</th>\
         <th scope=\"col\" class=\"r\">aim</th><th scope=\"col\" class=\"r\">aim met</th></tr></thead>\n\
         <tbody>{}</tbody></table></div>\n<figcaption>How often a probe names the modality of a \
         vector. {} Mean ± standard deviation over {} held-out folds; {}, {} split; guessing gives \
         {}.</figcaption></figure>\n",
        probes.iter().map(row).collect::<String>(),
        readings.join(" "),
        first.folds,
        counted(first.utterances, "utterance"),
        escape(split),
        fixed(first.chance, 3)
    )
}

fn distance_table(distance: &SharedDistance) -> String {
    let row = |(first, second, value): &(String, String, f64)| {
        let (first, second, value) = (escape(first), escape(second), fixed(*value, 4));
        format!("<tr><th scope=\"row\">{first} – {second}</th><td class=\"r\">{value}</td></tr>\n")
    };
    format!(
        "<figure><h3>Distance of shared vectors</h3>\n<div class=\"scroll\" tabindex=\"0\"><table>\
         <thead><tr><th scope=\"col\">modalities</th><th scope=\"col\" class=\"r\">CMD</th></tr></thead>\n\
         <tbody>{}<tr><th scope=\"row\">mean</th><td class=\"r\">{}</td></tr></tbody></table></div>\n\
         <figcaption>How far the shared vectors of two modalities are apart: central moment \
         discrepancy over five moments, 0 when they agree. The aim is 0.</figcaption></figure>\n",
        distance.pairs.iter().map(row).collect::<String>(),
        fixed(distance.mean, 4)
    )
}
