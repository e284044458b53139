// The interface for programs, in Node: predictions are those of misa, and faults are told.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync, readdirSync } from "node:fs";
import { clipsOf, compare, expectedOf, expectedOfSound, plain } from "./expected.mjs";

const { CLIPS, SITE, SOUND } = process.env;
// Node takes a module by its ending.
copyFileSync(`${SITE}/words/wasm/misa_web.js`, `${CLIPS}/misa_web.mjs`);
const { default: init, Predictor, version } = await import(`${CLIPS}/misa_web.mjs`);
await init({ module_or_path: readFileSync(`${SITE}/words/wasm/misa_web_bg.wasm`) });

const filesOf = (name) => {
  const folder = `${SITE}/${name}/model`;
  return Object.fromEntries(readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(`${folder}/${file}`))]));
};
const refusal = (act) => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Error && error.status >= 400, String(error));
    return error;
  }
  return assert.fail("expected a refusal");
};

let largest = 0;
for (const name of ["words", "classes", "features", "sounds"]) {
  const model = Predictor.load(name, filesOf(name));
  assert.equal(JSON.parse(model.info()).version, version());
  const expected = expectedOf(name);
  const clips = clipsOf(name);
  const together = JSON.parse(model.predict(JSON.stringify({ clips })));
  for (const [place, clip] of clips.entries()) {
    const { predictions } = JSON.parse(model.predict(JSON.stringify(clip)));
    const where = `${name}, ${clip.id}`;
    largest = Math.max(largest, compare(plain(predictions[0]), expected[place], where));
    assert.deepEqual(together.predictions[place], predictions[0], `${where}: alone and together`);
    const { explanations } = JSON.parse(model.explain(JSON.stringify(clip)));
    assert.deepEqual(explanations[0].prediction, predictions[0], where);
  }
  if (name === "sounds") {
    const sound = new Uint8Array(readFileSync(SOUND));
    const { predictions } = JSON.parse(model.predictSound(sound, "What fun that was", undefined));
    largest = Math.max(largest, compare(plain(predictions[0]), expectedOfSound(), "sound"));
    const error = refusal(() => model.predictSound(sound.subarray(0, 20), "What fun", undefined));
    assert.match(error.message, /^sound/);
    assert.match(refusal(() => model.predictSound(new Uint8Array([1, 2, 3]), "a", undefined)).message, /^sound/);
  }
  model.free();
}

const model = Predictor.load("words", filesOf("words"));
for (const [request, status, part] of [
  ["", 400, "expected a request"],
  ['{"text": ', 400, "body"],
  ['{"text": 5}', 422, "text"],
  ['{"visual": [[1, 2]]}', 422, "clips[0].visual: expected 35"],
]) {
  const error = refusal(() => model.predict(request));
  assert.equal(error.status, status, error.message);
  assert.ok(error.message.includes(part), error.message);
}
const files = filesOf("words");
const weights = files["model.safetensors"];
for (const bytes of [weights.subarray(0, 1000), filesOf("features")["model.safetensors"], new Uint8Array()]) {
  const error = refusal(() => Predictor.load("words", { ...files, "model.safetensors": bytes }));
  assert.match(error.message, /^model.safetensors: expected the SHA-256 of checksums.json, found another/);
}
assert.match(refusal(() => Predictor.load("words", {})).message, /^checksums.json/);
assert.match(refusal(() => Predictor.load("words", { a: "text" })).message, /expected a Uint8Array/);
// What was refused leaves the model as it was.
compare(plain(JSON.parse(model.predict(JSON.stringify(clipsOf("words")[0]))).predictions[0]), expectedOf("words")[0], "after");
console.log(`ok: Node, largest distance ${largest.toExponential(1)}`);
