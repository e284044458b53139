// The prediction: a number with its intervals, or classes with their probabilities, and what was read.

import { shareBar } from "./bar.js";
import { Domain, inWords } from "./domain.js";
import { drawing, drawn, element, ends, table } from "./element.js";
import { capital, count, list, percent, plain, signed } from "./number.js";

const HEIGHT = 104;
const AXIS = 64;

/** The prediction as elements. */
export function showPrediction(prediction, model, notes) {
  const head = prediction.probabilities ? classes(prediction) : number(prediction);
  return [...head, whatWasRead(prediction, model.unit, notes)];
}

/** The prediction in one sentence, for screen readers. */
export function spoken(prediction) {
  if (prediction.probabilities) {
    return `Prediction: class ${prediction.value}, probability ${percent(prediction.probabilities[prediction.value])}.`;
  }
  const intervals = prediction.intervals.map(
    ({ level, low, high }) => ` ${percent(level)} interval from ${plain(low)} to ${plain(high)}.`,
  );
  return `Prediction: ${signed(prediction.value)}, ${inWords(prediction.value)}.${intervals.join("")}`;
}

function number({ value, intervals }) {
  const sign = value < 0 ? "minus" : "plus";
  return [
    element(
      "p",
      { class: "result" },
      element("span", { class: `value ${sign}` }, signed(value)),
      " ",
      element("span", { class: "words" }, inWords(value)),
    ),
    scale(value, intervals),
    legend(intervals),
  ];
}

/** Axis, intervals from the widest to the narrowest, and the value. */
function scale(value, intervals) {
  const domain = Domain.sentiment([value, ...intervals.flatMap(({ low, high }) => [low, high])]);
  const at = (number) => `${domain.place(number)}%`;
  const svg = drawing({ class: "scale", width: "100%", height: HEIGHT });
  for (const { value: tick, text } of domain.ticks) {
    svg.append(
      drawn("line", {
        class: tick === 0 ? "zero" : "tick",
        x1: at(tick),
        x2: at(tick),
        y1: 14,
        y2: AXIS + 6,
      }),
      drawn("text", { class: "tick-text", x: at(tick), y: AXIS + 24, "text-anchor": "middle" }, text),
    );
  }
  svg.append(drawn("line", { class: "axis", x1: "0%", x2: "100%", y1: AXIS, y2: AXIS }));
  const widestFirst = [...intervals].sort((one, other) => other.level - one.level);
  widestFirst.forEach(({ low, high }, index) => {
    const height = index === widestFirst.length - 1 ? 26 : 10;
    const width = `${domain.place(high) - domain.place(low)}%`;
    svg.append(
      drawn("rect", {
        class: `band band-${index}`,
        x: at(low),
        width,
        y: 40 - height / 2,
        height,
        rx: height / 2,
      }),
    );
  });
  svg.append(
    drawn("line", { class: "needle", x1: at(value), x2: at(value), y1: 18, y2: AXIS }),
    drawn("circle", { class: "dot", cx: at(value), cy: 40, r: 8 }),
  );
  svg.append(
    drawn("text", { class: "end", x: "0%", y: HEIGHT - 1, "text-anchor": "start" }, "negative"),
    drawn("text", { class: "end", x: "100%", y: HEIGHT - 1, "text-anchor": "end" }, "positive"),
  );
  return element("div", { class: "scale-frame" }, svg);
}

function legend(intervals) {
  if (intervals.length === 0)
    return element("p", { class: "help" }, "This model was trained without intervals.");
  const narrowFirst = [...intervals].sort((one, other) => one.level - other.level);
  const entry = ({ level, low, high }, index) =>
    element(
      "li",
      {},
      element("span", { class: `swatch swatch-${narrowFirst.length - 1 - index}`, "aria-hidden": "true" }),
      element(
        "span",
        {},
        element("strong", {}, percent(level)),
        ` interval: ${plain(low)} to ${plain(high)}`,
      ),
    );
  return element("ul", { class: "legend" }, ...narrowFirst.map(entry));
}

function classes({ value, probabilities }) {
  const rows = probabilities.map((share, index) => [
    index === value ? `Class ${index}, predicted` : `Class ${index}`,
    shareBar(share),
    percent(share, 1),
  ]);
  return [
    element(
      "p",
      { class: "result" },
      element("span", { class: "value" }, `Class ${value}`),
      " ",
      element("span", { class: "words" }, `with probability ${percent(probabilities[value])}`),
    ),
    table("Probability of each class", ["Class", ends(percent(0), percent(1)), "Probability"], rows, {
      class: "bars",
    }),
  ];
}

/** What the model read, did not know, changed and left out. `unit` is a word or a token. */
function whatWasRead({ modalities, ignored, text }, unit, notes) {
  const lines = [`Read ${list(modalities)}.`];
  if (text) lines.push(`${capital(count(text.words, unit))} of text: ${list(facts(text))}.`);
  if (ignored.length > 0) lines.push(`Given, but not used by this model: ${list(ignored)}.`);
  lines.push(...notes.map((note) => `${capital(note)}.`));
  return element(
    "ul",
    { class: "notes", "aria-label": "What was read" },
    ...lines.map((line) => element("li", {}, line)),
  );
}

/** What became of the words. */
function facts({ unknown, lowered, cut, left_out: leftOut }) {
  const all = [unknown > 0 ? `${unknown} unknown to the model` : "none unknown"];
  if (lowered > 0) all.push(`${lowered} read in lower case`);
  all.push(cut > 0 ? `${cut} cut off, since the text is longer than the model reads` : "none cut off");
  if (leftOut > 0) all.push(`${count(leftOut, "punctuation mark")} left out`);
  return all;
}
