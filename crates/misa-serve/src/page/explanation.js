// What a prediction comes from, in four parts.

import { showAttention } from "./attention.js";
import { element } from "./element.js";
import { showModalities } from "./modalities.js";
import { showVectors } from "./vectors.js";
import { showWords } from "./words.js";

const PARTS = [
  ["modalities", "Which modality", showModalities],
  ["words", "Which words", showWords],
  ["vectors", "The six vectors", showVectors],
  ["attention", "Attention between them", showAttention],
];

/** The explanation as elements. */
export const showExplanation = (explanation) =>
  PARTS.map(([name, title, show]) =>
    element(
      "section",
      { class: "part", "aria-labelledby": `part-${name}` },
      element("h3", { id: `part-${name}` }, title),
      ...show(explanation),
    ),
  );
