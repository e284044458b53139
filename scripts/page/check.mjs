// What must hold of the page of a server, in a browser.
//
//   node check.mjs URL KEYED_URL KEY FOLDER
//
// URL serves a model of numbers first, a model of classes second, and one called sounds, of features that the server
// computes; KEYED_URL asks for KEY. Screenshots go to FOLDER. SOUND is the path of a sound. NODE_PATH has `playwright-core` and maybe `axe-core`, CHROMIUM is the browser.

import { axe } from "./browser.mjs";
import { browser, results } from "./harness.mjs";

for (const checks of ["answers", "sounds", "refusals", "access"]) await import(`./${checks}.mjs`);
await browser.close();
if (!axe) console.log("axe-core is not installed: barriers were not looked for");
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed === 0 ? 0 : 1;
