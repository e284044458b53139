// A browser that notes whatever a page must not do.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.env.NODE_PATH}/`);
const { chromium } = require("playwright-core");

/** The source of axe-core, or `null` where it is not installed. */
export const axe = (() => {
  try {
    return readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  } catch {
    return null;
  }
})();

/** Starts the browser. */
export const start = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });

/** A page, with `faults`: errors, refusals of the content policy, and requests to other servers. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refused request is written there too; the tests look at it on the page.
    const isRefusal = message.text().startsWith("Failed to load resource: the server responded with");
    if (message.type() === "error" && !isRefusal) page.faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const isOwn =
      ["data:", "blob:"].includes(new URL(request.url()).protocol) ||
      request.url().startsWith(new URL(url).origin);
    if (!isOwn) page.faults.push(`request to ${request.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.refused = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      globalThis.refused.push(`${event.violatedDirective} refuses ${event.blockedURI}`),
    );
  });
  await page.goto(url);
  return page;
}

/** Drops files on the page, as a person does with a mouse. */
export async function drop(page, files) {
  const portable = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  await page.evaluate((files) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    const target = document.getElementById("drop");
    for (const type of ["dragenter", "dragover", "drop"])
      target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }, portable);
}

/** What axe-core finds wrong, in words. */
export async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(
    ({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}

/** How much wider than the screen the page is, in pixels. */
export const excess = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
