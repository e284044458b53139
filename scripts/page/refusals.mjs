// What is wrong, late, slow or hostile is told where it belongs, and changes nothing else.

import assert from "node:assert/strict";
import { drop } from "./browser.mjs";
import { csv, npy, safetensors } from "./files.mjs";
import {
  acoustic,
  answered,
  ask,
  check,
  key,
  keyedUrl,
  predicted,
  SENTENCE,
  shown,
  signed,
  type,
  visual,
} from "./harness.mjs";

await check("a broken file is refused with the place of its fault", async (page) => {
  const broken = [
    ["cut.safetensors", safetensors({ "0.visual": visual }).subarray(0, 60), "cut off"],
    ["short.safetensors", safetensors({ "0.visual": visual }).subarray(0, -4), "tensor 0.visual"],
    ["audio.csv", "1,2\n3,four", "line 2, column 2"],
    ["face.npy", npy(visual).subarray(0, -4), "bytes of numbers"],
    ["clip.json", '{"text": ', "expected JSON"],
    ["clip.exe", "MZ", "another kind of file"],
  ];
  for (const [name, bytes, fault] of broken) {
    await drop(page, [{ name, bytes }]);
    await page.locator("#files-error", { hasText: fault }).waitFor();
    assert.ok((await page.locator("#files-error").textContent()).startsWith(name));
    assert.equal(await page.locator("#parts li").count(), 0);
  }
});

await check("what the server refuses is told at the field, in its words", async (page) => {
  await drop(page, [{ name: "audio.csv", bytes: "1,2\n3,4" }]);
  await page.locator("#parts li").waitFor();
  await page.click("#predict");
  await page.locator("#files-error:not([hidden])").waitFor();
  const { error } = await ask({
    acoustic: [
      [1, 2],
      [3, 4],
    ],
  });
  const told = await page.locator("#files-error").textContent();
  assert.equal(told.toLowerCase(), error.toLowerCase());
  assert.equal(await page.locator("#part-of-acoustic.wrong").count(), 1);
});

await check("nothing to read is told before a request is sent", async (page) => {
  await page.click("#predict");
  assert.ok(await page.locator("#sentence-error").isVisible());
  await page.fill("#sentence", SENTENCE);
  await page.locator("label.switch", { hasText: "Text" }).click();
  await page.click("#predict");
  assert.ok(await page.locator("#modalities-error").isVisible());
});

await check("the answer to an older request is dropped", async (page) => {
  let first = true;
  await page.route("**/v1/predict", async (route) => {
    if (!first) return route.continue();
    first = false;
    const late = await route.fetch();
    await new Promise((resolve) => page.once("request", resolve));
    // The check may end before this is seen.
    await page.locator("#explanation .part").nth(3).waitFor().catch(() => {});
    // The page may have given the request up, which is right as well.
    return route.fulfill({ response: late }).catch(() => {});
  });
  await type(page, "It is good.");
  await page.locator("#progress").waitFor();
  await type(page, "It is bad and wrong.");
  await answered(page);
  await page.waitForLoadState("networkidle");
  assert.equal(await shown(page), signed((await predicted({ text: "It is bad and wrong." })).value));
});

await check(
  "long work shows its progress and can be cancelled",
  async (page) => {
    await page.route("**/v1/predict", () => {});
    await type(page);
    await page.locator("#progress-text", { hasText: "1 s" }).waitFor();
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    await page.click("#cancel");
    await page.locator("#progress").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#live").textContent(), "Cancelled.");
  },
  { options: { reducedMotion: "reduce" } },
);

await check("text from people and files never becomes markup", async (page) => {
  const hostile = "<img/src=x/onerror=document.title='taken'> good";
  await drop(page, [{ name: "<b>audio</b>.csv", bytes: csv(acoustic) }]);
  await type(page, hostile);
  await answered(page);
  assert.equal(await page.locator("main img, main b").count(), 0);
  assert.notEqual(await page.title(), "taken");
});

await check(
  "a key is asked for, refused if wrong, and kept nowhere",
  async (page) => {
    await type(page);
    await page.locator("#key-error:not([hidden])").waitFor();
    await page.fill("#key", "wrong");
    await page.press("#key", "Tab");
    await type(page);
    await page.locator("#key-error:not([hidden])").waitFor();
    await page.fill("#key", key);
    await page.press("#key", "Tab");
    await page.locator("#model-facts code").waitFor();
    await type(page);
    await answered(page);
    const kept = await page.evaluate(() => [
      document.cookie,
      localStorage.length,
      sessionStorage.length,
      location.href,
    ]);
    assert.deepEqual(kept, ["", 0, 0, `${keyedUrl}/`]);
  },
  { address: keyedUrl },
);

await check("a busy server and one that is gone are told, and the page works on", async (page) => {
  const body = JSON.stringify({ error: "the queue is full", error_type: "overloaded", request_id: "a" });
  let answer = (route) => route.fulfill({ status: 429, headers: { "retry-after": "7" }, body });
  await page.route("**/v1/predict", (route) => answer(route));
  await type(page);
  await page.locator("#form-error", { hasText: "The queue is full Try again in 7 s." }).waitFor();
  answer = (route) => route.fulfill({ status: 502, body: "<html>bad gateway</html>" });
  await type(page);
  await page.locator("#form-error", { hasText: "status 502" }).waitFor();
  answer = (route) => route.continue();
  await type(page);
  await answered(page);
  assert.ok(await page.locator("#form-error").isHidden());
});
