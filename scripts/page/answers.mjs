// What is typed or dropped is predicted, and what the page shows is what the server answers.

import assert from "node:assert/strict";
import { drop } from "./browser.mjs";
import { safetensors } from "./files.mjs";
import {
  acoustic,
  answered,
  ask,
  both,
  check,
  classes,
  folder,
  numbers,
  predicted,
  SENTENCE,
  shown,
  signed,
  type,
  visual,
} from "./harness.mjs";

await check("a typed sentence is predicted with its intervals", async (page) => {
  await type(page);
  await answered(page);
  const prediction = await predicted({ text: SENTENCE });
  assert.equal(await shown(page), signed(prediction.value));
  const legend = await page.locator("#prediction .legend").textContent();
  assert.ok(
    prediction.intervals.length === 2 && legend.includes("80\u00a0%") && legend.includes("95\u00a0%"),
    legend,
  );
  assert.match(await page.locator("#live").textContent(), /^Prediction: .* interval from /);
  assert.ok((await page.locator(".notes").textContent()).startsWith("Read text."));
});

await check("each word is shown with its change", async (page) => {
  await type(page);
  await answered(page);
  const { words } = (await ask({ text: SENTENCE }, {}, "v1/explain")).explanations[0];
  assert.deepEqual(
    await page.locator(".shaded .word").allTextContents(),
    words.map(({ word }) => word),
  );
  for (const [index, { change }] of words.entries()) {
    const shade = await page.locator(".shaded .word").nth(index).getAttribute("class");
    if (Math.abs(change) < 0.005) assert.equal(shade, "word", "a change that rounds to 0 is shaded");
  }
  await page.click("text=Words in numbers");
  const cells = page.locator(".numbers tbody tr").first().locator("td");
  await cells.nth(1).waitFor();
  assert.equal(await cells.nth(1).textContent(), signed(words[0].change));
});

await check("dropped files are read as the modalities that they hold", async (page) => {
  await page.fill("#sentence", SENTENCE);
  await drop(page, both);
  await page.locator("#parts li").nth(1).waitFor();
  await page.click("#predict");
  await answered(page);
  const prediction = await predicted({ text: SENTENCE, visual, acoustic });
  assert.equal(await shown(page), signed(prediction.value));
  assert.equal(await page.locator(".vectors tbody tr").count(), 6);
  const shares = await page.locator(".matrix tbody tr").count();
  assert.ok(shares === 6 || (await page.locator("text=no attention").count()) === 1);
  assert.equal(
    await page.locator("section[aria-labelledby=part-modalities] table").first().locator("tbody tr").count(),
    7,
  );
});

await check("a modality that is switched off is not read, and comes back", async (page) => {
  await page.fill("#sentence", SENTENCE);
  await drop(page, both);
  await page.locator("#parts li").nth(1).waitFor();
  await page.click("#predict");
  await answered(page);
  const without = signed(
    (await predicted({ text: SENTENCE, visual, acoustic }, { modalities: ["text", "visual"] })).value,
  );
  const whole = await shown(page);
  await page.locator("label.switch", { hasText: "Acoustic" }).click();
  await page.locator(".notes", { hasText: "Read text and visual." }).waitFor();
  await answered(page);
  assert.equal(await shown(page), without);
  await page.locator("label.switch", { hasText: "Acoustic" }).click();
  await page.locator(".notes", { hasText: "Read text, visual and acoustic." }).waitFor();
  assert.equal(await shown(page), whole);
});

await check("a file with several clips offers each", async (page) => {
  const metadata = { "0.text": "It is good.", "1.words": '["It", "is", "bad"]', "1.id": "second" };
  await drop(page, [
    {
      name: "clips.safetensors",
      bytes: safetensors({ "0.visual": visual, "1.acoustic": acoustic }, metadata),
    },
  ]);
  await page.locator("#clips").waitFor();
  await page.selectOption("#clip", { label: "2: second" });
  await page.locator("#parts li", { hasText: "3 words" }).waitFor();
  await page.click("#predict");
  await answered(page);
  assert.equal(await shown(page), signed((await predicted({ text: ["It", "is", "bad"], acoustic })).value));
});

await check("a clip in JSON is read, in either form of its numbers", async (page) => {
  const base64 = Buffer.from(Float32Array.from(visual.flat()).buffer).toString("base64");
  const clip = {
    id: "a",
    text: ["It", "is", "good"],
    acoustic,
    visual: { shape: [6, numbers.sizes.visual], base64 },
  };
  await drop(page, [{ name: "clip.json", bytes: JSON.stringify(clip) }]);
  await page.locator("#parts li").nth(2).waitFor();
  assert.ok(await page.locator("#sentence").isDisabled());
  await page.click("#predict");
  await answered(page);
  assert.equal(await shown(page), signed((await predicted(clip)).value));
});

await check("a model of classes shows their probabilities", async (page) => {
  await page.selectOption("#model", classes.name);
  await type(page);
  await answered(page);
  const { value, probabilities } = await predicted({ text: SENTENCE }, { model: classes.name });
  assert.equal(await shown(page), `Class ${value}`);
  const cell = page.locator("#prediction tbody tr").nth(value).locator("td").last();
  assert.equal(await cell.textContent(), `${(probabilities[value] * 100).toFixed(1)}\u00a0%`);
  await page.screenshot({ path: `${folder}/classes.png`, fullPage: true });
});
