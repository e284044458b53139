// What a prediction comes from, in four parts.

import { showAttention } from "./attention.js";
import { element } from "./element.js";
import { showModalities } from "./modalities.js";
import { showVectors } from "./vectors.js";
import { showWords } from "./words.js";

const COUNTS = { 2: "two", 4: "four", 6: "six" };

/** The explanation as elements. */
export function showExplanation(explanation) {
  // Two per modality that was read.
  const vectors = ["The", COUNTS[explanation.vectors.length], "vectors"].filter(Boolean).join(" ");
  return [
    part("modalities", "Which modality", showModalities(explanation)),
    part("words", "Which words", showWords(explanation)),
    part("vectors", vectors, showVectors(explanation)),
    part("attention", "Attention between them", showAttention(explanation)),
  ];
}

const part = (name, title, children) =>
  element(
    "section",
    { class: "part", "aria-labelledby": `part-${name}` },
    element("h3", { id: `part-${name}` }, title),
    ...children,
  );
