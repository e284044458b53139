// A table of numbers as text: a line per step, a column per feature.

import { Matrix } from "./matrix.js";

/** Reads lines of numbers between commas, semicolons, tabs or spaces. A first line of names is left out and noted. */
export function readCsv(text, where) {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== "");
  if (filled.length === 0) throw new Error(`${where}: expected lines of numbers, found an empty file`);
  const split = splitter(filled[0].line);
  const notes = [];
  if (split(filled[0].line).every((field) => number(field) === null)) {
    filled.shift();
    notes.push("its first line holds names");
  }
  if (filled.length === 0) throw new Error(`${where}: expected lines of numbers, found only names`);
  const features = split(filled[0].line).length;
  const values = new Float32Array(filled.length * features);
  filled.forEach(({ line, number: lineNumber }, step) => {
    const fields = split(line);
    if (fields.length !== features)
      throw new Error(
        `${where}, line ${lineNumber}: expected ${features} numbers as in the first row, found ${fields.length}`,
      );
    fields.forEach((field, index) => {
      const value = number(field);
      if (value === null)
        throw new Error(
          `${where}, line ${lineNumber}, column ${index + 1}: expected a number, found "${field.slice(0, 40)}"`,
        );
      values[step * features + index] = value;
    });
  });
  return { matrix: new Matrix(filled.length, features, values), notes };
}

function splitter(line) {
  const separator = [",", ";", "\t"].find((mark) => line.includes(mark)) ?? /\s+/;
  return (text) => text.split(separator).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
}

/** The number that a field holds, or `null`. */
function number(field) {
  if (/^[+-]?nan$/i.test(field)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(field)) return field.startsWith("-") ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field) ? Number(field) : null;
}
