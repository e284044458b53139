// Loads the model and answers for it, beside the page, which stays responsive.

import init, { Predictor, version } from "../wasm/misa_web.js";

const WASM = "wasm/misa_web_bg.wasm";
const AGAIN = "copy the whole folder again, and reload this page";
const BUG = "the computation failed, which is a bug of misa, or took more memory than this browser gives";

/** The model, once it was asked for. */
let loading = null;

/** The bytes of a file of this folder. */
async function read(path) {
  let response;
  try {
    response = await fetch(new URL(`../${path}`, import.meta.url), { credentials: "same-origin" });
  } catch {
    throw refusal(`${path}: expected a file, found nothing that answers; is this page's server still running?`);
  }
  if (!response.ok) throw refusal(`${path}: expected a file, found status ${response.status}: ${AGAIN}`);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw refusal(`${path}: expected the whole file, found a part of it: ${AGAIN}`);
  }
}

const refusal = (message) => Object.assign(new Error(message), { status: 0 });

async function json(path) {
  const text = new TextDecoder().decode(await read(path));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(`${path}: expected JSON, found a fault: ${error.message}`);
  }
}

/** Refuses bytes with another SHA-256 than `expected`. A page over plain HTTP cannot compute one, and takes them. */
async function check(path, bytes, expected) {
  if (!self.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== expected)
    throw refusal(`${path}: expected the SHA-256 of checksums.json, found another: ${AGAIN}`);
}

async function load() {
  const [about, whole, checksums, wasm] = await Promise.all([
    json("model.json"),
    json("checksums.json"),
    json("model/checksums.json"),
    read(WASM),
  ]);
  await check(WASM, wasm, whole.files?.[WASM]);
  try {
    await init({ module_or_path: wasm });
  } catch (error) {
    throw refusal(`${WASM}: expected a program, found a fault: ${error.message}`);
  }
  if (version() !== about.version)
    throw refusal(
      `${WASM}: expected misa ${about.version}, found ${version()}: export the model again`,
    );
  const names = ["checksums.json", ...Object.keys(checksums.files ?? {})];
  const files = await Promise.all(names.map(async (name) => [name, await read(`model/${name}`)]));
  return Predictor.load(about.name, Object.fromEntries(files));
}

function compute(model, { route, query, type, body }) {
  if (route === "info") return model.info();
  const isExplained = route === "v1/explain";
  if (type === "application/json") return isExplained ? model.explain(body) : model.predict(body);
  const chosen = new URLSearchParams(query);
  const beside = [chosen.get("text") ?? undefined, chosen.get("modalities") ?? undefined];
  const sound = new Uint8Array(body);
  return isExplained ? model.explainSound(sound, ...beside) : model.predictSound(sound, ...beside);
}

async function answer(question) {
  const { number } = question;
  try {
    const model = await (loading ??= load().catch((error) => {
      // A file may be whole at the next try.
      loading = null;
      throw error;
    }));
    self.postMessage({ number, text: compute(model, question) });
  } catch (error) {
    const isBroken = error.status === undefined;
    if (isBroken) console.error(error);
    self.postMessage({
      number,
      error: { message: isBroken ? BUG : error.message, status: error.status ?? 424 },
      isBroken,
    });
  }
}

self.addEventListener("message", ({ data }) => answer(data));
