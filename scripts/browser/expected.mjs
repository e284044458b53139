// What the program predicts, and how far an answer is from it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const folder = process.env.CLIPS;
const lines = (path) => readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line));

/** The clips of a model, and the predictions of the program for them. */
export const clipsOf = (name) => lines(`${folder}/${name}.jsonl`);
export const expectedOf = (name) => lines(`${folder}/${name}.expected`).map(plain);
/** The prediction of the program for the sound. */
export const expectedOfSound = () =>
  plain(JSON.parse(readFileSync(`${folder}/sound.expected`, "utf8")).predictions[0]);

/** The numbers of a prediction, as the program or as a page has it. */
export function plain(prediction) {
  const { intervals = [], probabilities } = prediction;
  const bounds = intervals.flatMap(({ low, high }) => [low, high]);
  return [prediction.value ?? prediction.prediction, ...(probabilities ?? []), ...bounds];
}

/** The largest distance of two predictions, which must be small. */
export function compare(found, expected, where) {
  assert.equal(found.length, expected.length, `${where}: ${found} and ${expected}`);
  const distance = Math.max(...found.map((value, place) => Math.abs(value - expected[place])));
  assert.ok(found.every(Number.isFinite) && distance <= 1e-5, `${where}: ${found}, expected ${expected}`);
  return distance;
}
