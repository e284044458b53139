// How much each vector reads of each other one in the fusion.

import { element, scrolling, table } from "./element.js";
import { percent } from "./number.js";

export function showAttention({ attention }) {
  if (!attention)
    return [element("p", { class: "help" }, "This model has no attention between its vectors.")];
  const { tokens, weights } = attention;
  // Equal shares are half as strong as can be: small differences stay small.
  const strongest = Math.max(2 / tokens.length, ...weights.flat());
  const cell = (weight) => {
    const node = element("span", { class: "cell" }, percent(weight));
    node.style.setProperty("--strength", (weight / strongest).toFixed(3));
    return node;
  };
  const rows = weights.map((row, index) => [tokens[index], ...row.map(cell)]);
  const matrix = table(
    "Share of its attention that the vector of a row gives to the vector of a column",
    ["From \\ to", ...tokens],
    rows,
    { class: "matrix" },
  );
  return [
    element(
      "p",
      { class: "help" },
      "A row tells how a vector divides its attention among all; each row adds up to 100\u00a0%.",
    ),
    scrolling("Attention between the vectors", matrix),
  ];
}
