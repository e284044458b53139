// Which modality a prediction comes from: the prediction of each subset, and what changes without each.

import { changeBar, dot, fullChange } from "./bar.js";
import { Domain } from "./domain.js";
import { element, ends, table } from "./element.js";
import { capital, list, percent, plain, points, signed } from "./number.js";

export function showModalities({ prediction, subsets, modalities }) {
  if (subsets.length < 2)
    return [element("p", { class: "help" }, "Only one modality was read, so there is nothing to compare.")];
  return [
    element("h4", {}, "Prediction from each subset"),
    subsetTable(prediction, subsets),
    element("h4", {}, "Change by each"),
    element("p", { class: "help" }, "How much higher the prediction is with a modality than without it."),
    changeTable(prediction, modalities),
  ];
}

function subsetTable(prediction, subsets) {
  const isClass = Boolean(prediction.probabilities);
  const valueOf = ({ value, probabilities }) => (isClass ? probabilities[prediction.value] : value);
  const domain = isClass ? Domain.shares() : Domain.sentiment(subsets.map(valueOf));
  const zero = isClass ? null : domain.place(0);
  const rows = subsets.map((subset) => {
    const value = valueOf(subset);
    const isWhole = subset.modalities.length === prediction.modalities.length;
    const drawn = dot(domain.place(value), { whole: domain.place(valueOf(prediction)), zero, isWhole });
    return [capital(list(subset.modalities)), drawn, isClass ? percent(value, 1) : signed(value)];
  });
  const what = isClass ? `Probability of class ${prediction.value}` : "Prediction";
  const headings = ["Modalities read", ends(...domain.ends), what];
  return table("Prediction from each subset of the modalities", headings, rows, { class: "bars" });
}

function changeTable(prediction, modalities) {
  const isClass = Boolean(prediction.probabilities);
  const most = fullChange(
    modalities.map(({ change }) => change),
    isClass,
  );
  const show = (value) => (isClass ? percent(value, 1) : plain(value));
  const rows = modalities.map(({ modality, alone, without, change }) => [
    capital(modality),
    changeBar(change ?? 0, most),
    isClass ? points(change ?? 0) : signed(change ?? 0),
    show(alone),
    // Nothing is left without the only modality.
    Number.isFinite(without) ? show(without) : "\u2013",
  ]);
  const headings = ["Modality", ends("lowers", "raises"), "Change", "Alone", "Without"];
  return table("Change by each modality", headings, rows, { class: "bars changes" });
}
