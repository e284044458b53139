// optuna-dashboard in a headless Chromium: what a person sees of a study.
//
//   dashboard.mjs ADDRESS BEST FOLDER
//
// ADDRESS is the page of the study, BEST the first digits of its best value. FOLDER gets screenshots.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.env.NODE_PATH}/`)("playwright-core");
const [address, best, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 1800 } });
const faults = [];
page.on("pageerror", (error) => faults.push(error.message));

/** Opens a page of the study, waits for its words, and keeps a picture. */
async function look(path, name, words) {
  await page.goto(address + path);
  try {
    for (const word of words) await page.getByText(word).first().waitFor({ timeout: 30_000 });
  } catch (error) {
    await page.screenshot({ path: `${folder}/failed-${name}.png`, fullPage: true });
    throw error;
  }
  // The plots are drawn after the words.
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(3000);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

await look("", "history", ["sweep", best]);
// A curve of intermediate values for each trial.
const curves = await page.locator("#graph-intermediate-values .scatterlayer .trace").count();
await look("/trials", "trials", ["Complete", "Pruned", "training.cell", "training.learning_rate", best]);
await browser.close();
assert.deepEqual(faults, []);
assert.equal(curves, 8, `${curves} curves of intermediate values`);
console.log(`optuna-dashboard: its pages show settings, values and ${curves} curves`);
