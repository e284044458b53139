// The exported pages, in a headless Chromium:
//
//   node page.mjs URL FOLDER
//
// URL has the folders words, classes, features and sounds; screenshots go to FOLDER. Whatever a page or its worker asks
// of another address is a fault, as is a violation of its content policy.

import assert from "node:assert/strict";
import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { drop, open, start } from "../page/browser.mjs";
import { csv, rows } from "../page/files.mjs";
import { clipsOf, compare, expectedOf, expectedOfSound, plain } from "./expected.mjs";

const [url, folder] = process.argv.slice(2);
const { SITE, SOUND } = process.env;
const SECONDS = 2;
const browser = await start();
let failed = 0;

/** One promise, on a page of its own, which must end without faults. */
async function check(name, at, body) {
  const page = await open(browser, `${url}/${at}/`);
  page.setDefaultTimeout(15_000);
  const requests = [];
  page.context().on("request", (request) => requests.push(request.url()));
  try {
    await body(page);
    assert.deepEqual([...page.faults, ...(await page.evaluate(() => globalThis.refused))], []);
    const others = requests.filter((address) => !/^(blob|data):/.test(address) && !address.startsWith(new URL(url).origin));
    assert.deepEqual(others, []);
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
    await page.screenshot({ path: `${folder}/failed-${failed}.png`, fullPage: true });
  }
  await page.context().close();
}

/** What the worker of a page answers, without the page around it. */
const ask = (page, route, request) =>
  page.evaluate(
    async ([route, request]) => {
      const { send } = await import("./page/server.js");
      return send(route, request, "", undefined);
    },
    [route, request],
  );
const answered = async (page) => {
  await page.locator("#explanation .part").nth(3).waitFor();
  await page.locator("#progress").waitFor({ state: "hidden" });
};
const signed = (value) => {
  const text = Math.abs(value).toFixed(2);
  return Number(text) === 0 ? text : (value < 0 ? "\u2212" : "+") + text;
};
const shown = (page) => page.locator(".result .value").textContent();

await check("a sentence is predicted soon after the page is opened", "words", async (page) => {
  const [clip] = clipsOf("words");
  await page.fill("#sentence", clip.text);
  await page.locator("#model-facts", { hasText: "predicts a number" }).waitFor();
  await page.press("#sentence", "Enter");
  await page.locator(".result .value").waitFor();
  const seconds = (await page.evaluate(() => performance.now())) / 1000;
  console.log(`check-web: first prediction ${seconds.toFixed(2)} s after the page was opened`);
  assert.ok(seconds < SECONDS, `${seconds} s`);
  await answered(page);
  assert.equal(await shown(page), signed(expectedOf("words")[0][0]));
  await page.screenshot({ path: `${folder}/words.png`, fullPage: true });
});

for (const name of ["words", "classes", "features", "sounds"]) {
  await check(`the predictions of ${name} are those of the program`, name, async (page) => {
    let largest = 0;
    const expected = expectedOf(name);
    for (const [place, clip] of clipsOf(name).entries()) {
      const request = { type: "application/json", body: JSON.stringify(clip) };
      const { predictions } = await ask(page, "v1/predict", request);
      largest = Math.max(largest, compare(plain(predictions[0]), expected[place], `${name}, ${clip.id}`));
    }
    console.log(`check-web: ${name}, largest distance ${largest.toExponential(1)}`);
  });
}

await check("a dropped file of features is read", "words", async (page) => {
  await page.locator("#model-facts", { hasText: "predicts a number" }).waitFor();
  await drop(page, [{ name: "audio.csv", bytes: csv(rows(40, 74, 4)) }]);
  await page.locator("#parts li").waitFor();
  await page.click("#predict");
  await answered(page);
  assert.equal(await shown(page), signed(expectedOf("words")[4][0]));
});

await check("a dropped sound is heard here", "sounds", async (page) => {
  await page.locator("#model-facts", { hasText: "predicts a number" }).waitFor();
  await page.fill("#sentence", "What fun that was");
  await drop(page, [{ name: basename(SOUND), bytes: readFileSync(SOUND) }]);
  await page.locator("#parts li", { hasText: "sound of" }).waitFor();
  await page.click("#predict");
  await answered(page);
  assert.equal(await shown(page), signed(expectedOfSound()[0]));
  await page.screenshot({ path: `${folder}/sound.png`, fullPage: true });
});

await check("what is no sound is refused in words, and the next one is read", "sounds", async (page) => {
  await page.locator("#model-facts", { hasText: "predicts a number" }).waitFor();
  await page.fill("#sentence", "What fun that was");
  await drop(page, [{ name: "a.wav", bytes: "RIFF, but no sound" }]);
  await page.locator("#parts li", { hasText: "sound of" }).waitFor();
  await page.click("#predict");
  await page.locator("#form-error:not([hidden]), #files-error:not([hidden])").first().waitFor();
  await page.screenshot({ path: `${folder}/no-sound.png`, fullPage: true });
  await page.click("#clear");
  await page.fill("#sentence", "What fun that was");
  await page.click("#predict");
  await answered(page);
});

await check("invalid JSON is refused", "words", async (page) => {
  await page.locator("#model-facts", { hasText: "predicts a number" }).waitFor();
  await drop(page, [{ name: "clip.json", bytes: '{"text": ' }]);
  await page.locator("#files-error", { hasText: "expected JSON" }).waitFor();
  const error = await page.evaluate(async () => {
    const { send } = await import("./page/server.js");
    const request = { type: "application/json", body: '{"text": ' };
    return send("v1/predict", request).catch(({ message, status }) => ({ message, status }));
  });
  assert.equal(error.status, 400, error.message);
});

await check("a computation can be stopped, and the next one is done", "words", async (page) => {
  await page.locator("#model-facts", { hasText: "predicts a number" }).waitFor();
  const name = await page.evaluate(async () => {
    const { send } = await import("./page/server.js");
    const body = JSON.stringify({ clips: [{ text: "poca wifa ".repeat(60) }] });
    const control = new AbortController();
    const sent = send("v1/explain", { type: "application/json", body }, "", control.signal);
    control.abort();
    return sent.then(() => "answered", (error) => error.name);
  });
  assert.equal(name, "AbortError");
  await page.fill("#sentence", clipsOf("words")[0].text);
  await page.click("#predict");
  await answered(page);
  assert.equal(await shown(page), signed(expectedOf("words")[0][0]));
});

/** A copy of the folder of words in which something is damaged, and what the page must say. */
async function damaged(name, damage, message) {
  const copy = `${SITE}/${name}`;
  cpSync(`${SITE}/words`, copy, { recursive: true });
  damage(copy);
  await check(`${name}: is told`, name, async (page) => {
    await page.locator("#form-error", { hasText: message }).waitFor();
    if (name === "cut-weights") await page.screenshot({ path: `${folder}/damaged.png`, fullPage: true });
    page.faults = page.faults.filter((fault) => !fault.includes("misa_web"));
  });
}
const weights = "model/model.safetensors";
const sums = /expected the SHA-256 of checksums.json, found another/i;
await damaged("cut-weights", (copy) => truncateSync(`${copy}/${weights}`, 5000), sums);
await damaged("other-weights", (copy) => cpSync(`${SITE}/features/${weights}`, `${copy}/${weights}`), sums);
await damaged(
  "other-model",
  (copy) => {
    // With its checksums: only its shapes tell.
    for (const file of [weights, "model/checksums.json"]) cpSync(`${SITE}/classes/${file}`, `${copy}/${file}`);
  },
  /model|config/i,
);
await damaged("cut-wasm", (copy) => truncateSync(`${copy}/wasm/misa_web_bg.wasm`, 5000), sums);
await damaged("no-json", (copy) => writeFileSync(`${copy}/model.json`, "{"), /model.json: expected JSON/i);

await browser.close();
process.exitCode = failed === 0 ? 0 : 1;
