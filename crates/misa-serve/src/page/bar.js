// Drawings of one number in a row of a table.

import { drawing, drawn } from "./element.js";

const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;

/** A dot on a line, at a place in per cent. The dashed line is `whole`, the same line in every row. */
export function dot(place, { whole, zero = null, isWhole = false }) {
  const line = (className, at, from) =>
    drawn("line", { class: className, x1: `${at}%`, x2: `${at}%`, y1: from, y2: HEIGHT - from });
  return drawing(
    { width: "100%", height: HEIGHT },
    drawn("line", { class: "axis", x1: "0%", x2: "100%", y1: MIDDLE, y2: MIDDLE }),
    zero === null ? null : line("zero", zero, 3),
    line("guide", whole, 0),
    drawn("circle", { class: isWhole ? "dot" : "dot hollow", cx: `${place}%`, cy: MIDDLE, r: 6 }),
  );
}

/** What fills half a bar: the largest change, but never what the numbers beside it show as none. */
export const fullChange = (changes, isClass) =>
  Math.max(isClass ? 0.02 : 0.1, ...changes.map((change) => Math.abs(change ?? 0)));

/** A bar from the middle: to the right if the prediction rises, to the left if it falls. `most` fills a half. */
export function changeBar(change, most) {
  const width = (Math.abs(change) / most) * 50;
  const x = `${change < 0 ? 50 - width : 50}%`;
  const sign = change < 0 ? "minus" : "plus";
  return drawing(
    { width: "100%", height: HEIGHT },
    drawn("rect", { class: sign, x, width: `${width}%`, y: 4, height: HEIGHT - 8, rx: 2 }),
    drawn("line", { class: "zero", x1: "50%", x2: "50%", y1: 0, y2: HEIGHT }),
  );
}

/** A bar that fills a share of its track. */
export const shareBar = (share) =>
  drawing(
    { width: "100%", height: HEIGHT },
    drawn("rect", { class: "track", width: "100%", y: 4, height: HEIGHT - 8, rx: 7 }),
    drawn("rect", { class: "share", width: `${share * 100}%`, y: 4, height: HEIGHT - 8, rx: 7 }),
  );
