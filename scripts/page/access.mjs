// Everyone can use the pages: by keyboard, on a phone, in the dark, with a screen reader.

import assert from "node:assert/strict";
import { axe, barriers, drop, excess } from "./browser.mjs";
import { answered, both, check, folder, SENTENCE, type, url } from "./harness.mjs";

await check("the keyboard alone reaches and shows everything", async (page) => {
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Skip/);
  await page.keyboard.press("Enter");
  await page.keyboard.type(SENTENCE);
  const reached = new Set();
  for (let step = 0; step < 40; step += 1) {
    const { name, isSeen } = await page.evaluate(() => {
      const node = document.activeElement;
      const ring = node.matches(".switch input") ? node.nextElementSibling : node;
      const { outlineStyle, outlineWidth } = getComputedStyle(ring);
      return {
        name: node.id || node.textContent.trim(),
        isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
      };
    });
    if (reached.has(name)) break;
    if (name !== "misa" && !name.startsWith("Skip")) assert.ok(isSeen, `the focus on ${name} is not seen`);
    reached.add(name);
    if (name === "switch-text") {
      await page.keyboard.press("Space");
      assert.equal(await page.locator("#given-text").textContent(), "switched off");
      await page.keyboard.press("Space");
    }
    if (name === "predict") {
      await page.keyboard.press("Enter");
      await answered(page);
    }
    await page.keyboard.press("Tab");
  }
  for (const name of [
    "sentence",
    "choose",
    "switch-text",
    "predict",
    "clear",
    "Words in numbers",
    "All values in numbers",
  ])
    assert.ok(reached.has(name), `${name} is not reached, but ${[...reached].join(", ")}`);
});

await check(
  "the page of the interface lists every route",
  async (page) => {
    const { paths } = await (await fetch(`${url}/openapi.json`)).json();
    await page.locator(".route").first().waitFor();
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(await page.locator(".route h2").allTextContents(), routes);
    await page.screenshot({ path: `${folder}/docs.png`, fullPage: true });
  },
  { path: "/docs" },
);

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true },
  "phone-dark": { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
};
for (const [name, options] of Object.entries(looks)) {
  await check(
    `nothing is cut off and no barrier is found: ${name}`,
    async (page) => {
      const found = [];
      const look = async (state) => {
        if (axe) found.push(...(await barriers(page)).map((barrier) => `${state}: ${barrier}`));
        assert.ok((await excess(page)) <= 0, `${state}: the page is wider than the screen`);
        await page.screenshot({ path: `${folder}/${name}-${state}.png`, fullPage: true });
      };
      await look("empty");
      await drop(page, both);
      await page.locator("#parts li").nth(1).waitFor();
      await type(page);
      await answered(page);
      for (const details of await page.locator(".numbers summary").all()) await details.click();
      await look("answered");
      await page.goto(`${url}/docs`);
      await page.locator(".route").first().waitFor();
      await look("docs");
      assert.deepEqual(found, []);
    },
    { options },
  );
}
