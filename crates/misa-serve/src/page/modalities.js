// Which modality a prediction comes from: the prediction of each subset, and what changes without each.

import { Domain } from "./domain.js";
import { drawing, drawn, element, table } from "./element.js";
import { capital, list, percent, plain, points, signed } from "./number.js";

const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;

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
  const values = subsets.map(valueOf);
  const place = isClass ? (value) => value * 100 : domainPlace(values);
  const whole = valueOf(prediction);
  const rows = subsets.map((subset) => {
    const value = valueOf(subset);
    const isWhole = subset.modalities.length === prediction.modalities.length;
    return [
      capital(list(subset.modalities)),
      dot(place, value, whole, isWhole, isClass),
      isClass ? percent(value, 1) : signed(value),
    ];
  });
  const what = isClass ? `Probability of class ${prediction.value}` : "Prediction";
  return table("Prediction from each subset of the modalities", ["Modalities read", "", what], rows, {
    class: "bars",
  });
}

function domainPlace(values) {
  const domain = new Domain(values);
  return (value) => domain.place(value);
}

/** A dot on a line; the dashed line is the prediction from all modalities. */
function dot(place, value, whole, isWhole, isClass) {
  const at = (number) => `${place(number)}%`;
  return drawing(
    { class: "row-scale", width: "100%", height: HEIGHT },
    drawn("line", { class: "axis", x1: "0%", x2: "100%", y1: MIDDLE, y2: MIDDLE }),
    isClass ? null : drawn("line", { class: "zero", x1: at(0), x2: at(0), y1: 3, y2: HEIGHT - 3 }),
    drawn("line", { class: "guide", x1: at(whole), x2: at(whole), y1: 0, y2: HEIGHT }),
    drawn("circle", { class: isWhole ? "dot" : "dot hollow", cx: at(value), cy: MIDDLE, r: 6 }),
  );
}

function changeTable(prediction, modalities) {
  const isClass = Boolean(prediction.probabilities);
  const most = Math.max(1e-9, ...modalities.map(({ change }) => Math.abs(change ?? 0)));
  const show = (value) =>
    value === null || value === undefined ? "\u2013" : isClass ? percent(value, 1) : plain(value);
  const rows = modalities.map(({ modality, alone, without, change }) => [
    capital(modality),
    changeBar(change ?? 0, most),
    isClass ? points(change ?? 0) : signed(change ?? 0),
    show(alone),
    show(without),
  ]);
  return table("Change by each modality", ["Modality", "", "Change", "Alone", "Without"], rows, {
    class: "bars changes",
  });
}

/** A bar from the middle: to the right if the prediction rises, to the left if it falls. */
export function changeBar(change, most) {
  const width = (Math.abs(change) / most) * 50;
  return drawing(
    { class: "row-scale", width: "100%", height: HEIGHT },
    drawn("rect", {
      class: change < 0 ? "minus" : "plus",
      x: `${change < 0 ? 50 - width : 50}%`,
      width: `${width}%`,
      y: 4,
      height: HEIGHT - 8,
      rx: 2,
    }),
    drawn("line", { class: "zero", x1: "50%", x2: "50%", y1: 0, y2: HEIGHT }),
  );
}
