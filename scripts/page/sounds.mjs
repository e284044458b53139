// A dropped sound is sent as it is, and what the page shows is what the server answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { drop } from "./browser.mjs";
import { answered, both, check, folder, SENTENCE, shown, signed, url } from "./harness.mjs";

const path = process.env.SOUND;
const sound = { name: basename(path), bytes: readFileSync(path) };

/** The answer of the server itself. */
async function heard(query) {
  const response = await fetch(`${url}/v1/predict?${new URLSearchParams({ model: "sounds", ...query })}`, {
    method: "POST",
    headers: { "content-type": "audio/wav" },
    body: sound.bytes,
  });
  return response.json();
}

await check("a dropped sound and its sentence are predicted", async (page) => {
  await page.selectOption("#model", "sounds");
  await page.fill("#sentence", SENTENCE);
  await drop(page, [sound]);
  await page.locator("#parts li", { hasText: "sound of" }).waitFor();
  await page.click("#predict");
  await answered(page);
  const { predictions, notes } = await heard({ text: SENTENCE });
  assert.equal(await shown(page), signed(predictions[0].value));
  const told = await page.locator(".notes").textContent();
  assert.ok(told.includes("Read text and acoustic."), told);
  for (const note of notes) assert.ok(told.includes(note.slice(1)), `${note} is not among ${told}`);
  await page.screenshot({ path: `${folder}/sound.png`, fullPage: true });
  // Without the voice, as the switch says.
  await page.locator("label.switch", { hasText: "Acoustic" }).click();
  await page.locator(".notes", { hasText: "Read text." }).waitFor();
  const without = await heard({ text: SENTENCE, modalities: "text" });
  assert.equal(await shown(page), signed(without.predictions[0].value));
});

await check("a sound beside features, or without its words, is refused in words", async (page) => {
  await page.selectOption("#model", "sounds");
  await drop(page, [sound]);
  await page.locator("#parts li", { hasText: "sound of" }).waitFor();
  await page.click("#predict");
  await page.locator("#sentence-error", { hasText: "expected what is said in the sound" }).waitFor();
  await drop(page, [both[1]]);
  await page.fill("#sentence", SENTENCE);
  await page.click("#predict");
  await page.locator("#files-error", { hasText: "A sound goes with a typed sentence alone" }).waitFor();
});
