// Which words a prediction comes from: what changes if one is left out.

import { changeBar, fullChange } from "./bar.js";
import { element, ends, numbers, table } from "./element.js";
import { count, percent, plain, points, signed } from "./number.js";

export function showWords({ prediction, words, words_left_out: leftOut }) {
  if (words.length === 0)
    return [element("p", { class: "help" }, "No words were read, so there is nothing to leave out.")];
  const isClass = Boolean(prediction.probabilities);
  const most = fullChange(
    words.map(({ change }) => change),
    isClass,
  );
  const change = (value) => (isClass ? points(value) : signed(value));
  const without = (value) => (isClass ? percent(value, 1) : plain(value));
  const rows = words.map((word) => [
    word.word,
    changeBar(word.change, most),
    change(word.change),
    without(word.without),
  ]);
  const made = () =>
    table("Change by each word", ["Word", ends("lowers", "raises"), "Change", "Without it"], rows, {
      class: "bars",
    });
  const parts = [
    element(
      "p",
      { class: "shaded", "aria-hidden": "true" },
      ...words.flatMap((word) => [shade(word, most, change), " "]),
    ),
    element(
      "ul",
      { class: "legend", "aria-hidden": "true" },
      element("li", {}, element("span", { class: "word plus key" }, "solid line"), " raises the prediction"),
      element("li", {}, element("span", { class: "word minus key" }, "dotted line"), " lowers it"),
    ),
    numbers("Words in numbers", made),
  ];
  if (leftOut > 0)
    parts.push(element("p", { class: "help" }, `${count(leftOut, "further word")} not examined.`));
  return [...parts, summary(words, change)];
}

/** A word whose shade and line are as strong as its change. */
function shade({ word, change }, most, text) {
  const strength = Math.abs(change) / most;
  const sign = strength < 0.05 ? "" : change < 0 ? " minus" : " plus";
  const node = element("span", { class: `word${sign}`, title: text(change) }, word);
  node.style.setProperty("--strength", strength.toFixed(3));
  return node;
}

/** The strongest words, for screen readers, which do not hear shades. */
function summary(words, change) {
  const strongest = [...words]
    .sort((one, other) => Math.abs(other.change) - Math.abs(one.change))
    .slice(0, 3);
  const text = strongest.map((word) => `${word.word} ${change(word.change)}`).join(", ");
  return element("p", { class: "visually-hidden" }, `Words with the largest change: ${text}.`);
}
