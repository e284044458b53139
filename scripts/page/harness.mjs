// What every check shares: a page of its own, the server's own answer, and what is seen.

import assert from "node:assert/strict";
import { open, start } from "./browser.mjs";
import { csv, npy, rows } from "./files.mjs";

export const [url, keyedUrl, key, folder] = process.argv.slice(2);
export const SENTENCE = "The acting was wonderful, but the story is far too long.";
export const browser = await start();
const { models } = await (await fetch(`${url}/info`)).json();

/** The model of numbers, and the model of classes. */
export const [numbers, classes] = models;
export const visual = rows(6, numbers.sizes.visual, 1);
export const acoustic = rows(9, numbers.sizes.acoustic, 2);
export const results = { passed: 0, failed: 0 };

/** Files of both. */
export const both = [
  { name: "audio.csv", bytes: csv(acoustic) },
  { name: "face.npy", bytes: npy(visual) },
];

/** One promise, on a page of its own, which must end without faults. */
export async function check(name, body, { address = url, path = "/", options } = {}) {
  const page = await open(browser, address + path, options);
  try {
    await page.waitForLoadState("networkidle");
    await body(page);
    assert.deepEqual([...page.faults, ...(await page.evaluate(() => globalThis.refused))], []);
    results.passed += 1;
    console.log(`ok: ${name}`);
  } catch (error) {
    results.failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
    await page.screenshot({ path: `${folder}/failed-${results.failed}.png`, fullPage: true });
  }
  await page.context().close();
}

/** The answer of the server itself. */
export async function ask(clip, more = {}, route = "v1/predict") {
  const body = JSON.stringify({ clips: [clip], ...more });
  const response = await fetch(`${url}/${route}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return response.json();
}
export const predicted = async (clip, more) => (await ask(clip, more)).predictions[0];

/** A number as the page writes it. */
export const signed = (value) => {
  const text = Math.abs(value).toFixed(2);
  return Number(text) === 0 ? text : (value < 0 ? "\u2212" : "+") + text;
};
export const shown = (page) => page.locator(".result .value").textContent();
/** Waits for the end of an inquiry, and for its four parts. */
export async function answered(page) {
  await page.locator("#explanation .part").nth(3).waitFor();
  await page.locator("#progress").waitFor({ state: "hidden" });
}
/** Types a sentence and presses Enter. */
export const type = async (page, sentence = SENTENCE) => {
  await page.fill("#sentence", sentence);
  await page.press("#sentence", "Enter");
};
