// The page: a clip is typed or dropped, sent to the server, and its prediction and explanation shown.

import { Clip } from "./clip.js";
import { byId, element, showError } from "./element.js";
import { showExplanation } from "./explanation.js";
import { droppedFiles, readFiles } from "./file.js";
import { clearErrors, makeSwitches, showParts, showServerError, showSwitches } from "./form.js";
import { Inquiry } from "./inquiry.js";
import { modelsOf } from "./model.js";
import { count, list } from "./number.js";
import { showPrediction, spoken } from "./prediction.js";
import { PROMISE, readInfo } from "./server.js";

const EXAMPLES = [
  "The acting was wonderful and I would see it again.",
  "It is far too long, and the ending makes no sense.",
  "It is a film about a family that moves to the coast.",
];

let clip = new Clip();
let models = [];
let model = null;
let clipsOfFile = [];
let hasAnswer = false;
const inquiry = new Inquiry();

// ---- the model ----

/** The key for a server that asks for one; without a server, there is no field for it. */
const key = () => byId("key")?.value ?? "";

async function loadModels() {
  try {
    byId("model-facts").textContent = "The model is being loaded …";
    const info = await readInfo(key());
    models = modelsOf(info);
    byId("foot").textContent = `misa ${info.version}. ${PROMISE}`;
  } catch (error) {
    byId("model-facts").textContent = "";
    showServerError(error);
    return;
  }
  const options = models.map(({ name }) => element("option", { value: name }, name));
  byId("model").replaceChildren(...options);
  byId("model-choice").hidden = models.length < 2;
  chooseModel(models[0]);
}

function chooseModel(chosen) {
  model = chosen;
  document.title = `${model.name} – misa`;
  byId("model-name").textContent = models.length < 2 ? model.name : "";
  byId("model-facts").replaceChildren(
    element("span", {}, model.facts),
    element("code", { class: "id", title: model.id }, model.id.slice(0, 12)),
  );
  makeSwitches(model, clip, onSwitch);
  showClip();
}

// ---- the clip ----

function showClip() {
  byId("sentence").value = clip.sentence;
  const replaced = Boolean(clip.parts.text || clip.parts.text_ids);
  byId("sentence").disabled = replaced;
  byId("sentence-help").textContent = sentenceHelp(replaced);
  showParts(clip, onPartChanged);
  if (model) showSwitches(model, clip);
}

function sentenceHelp(replaced) {
  if (replaced) return "The text comes from the file below. Remove it to type a sentence.";
  if (clip.parts.text_vectors) return "Beside the vectors below: the words that they stand for, if known.";
  return "Enter predicts, Shift and Enter begins a new line.";
}

function onPartChanged() {
  clearErrors();
  showClip();
}

function onSwitch() {
  clearErrors();
  showSwitches(model, clip);
  // An answer on the page is that of what the page shows.
  if (hasAnswer && clip.read.length > 0) predict();
}

async function takeFiles(files, passed = 0) {
  clearErrors();
  try {
    if (files.length === 0) throw new Error("expected files of features, found none that this page reads");
    clipsOfFile = await readFiles(files, model?.features ?? {});
    if (clipsOfFile.length === 0) throw new Error("expected clips, found none");
  } catch (error) {
    showError(byId("files-error"), error.message);
    return;
  }
  const options = clipsOfFile.map(({ clip: one }, index) =>
    element("option", { value: index }, one.id ? `${index + 1}: ${one.id}` : `${index + 1}`),
  );
  byId("clip").replaceChildren(...options);
  byId("clips").hidden = clipsOfFile.length < 2;
  takeClip(0, clipsOfFile.length > 1);
  const notes = clipsOfFile[0].notes;
  const others = passed > 0 ? [`${count(passed, "file")} of another kind not read`] : [];
  byId("drop-text").textContent = [...notes, ...others].join("; ") || "Drop files or a folder here, or";
  byId("live").textContent = `Given now: ${list(clip.given)}.`;
}

/** Takes a clip of the files. Alone, it is added to what is given; one of several replaces it. */
function takeClip(index, replaces) {
  if (replaces) {
    const { off } = clip;
    clip = new Clip();
    clip.off = off;
    makeSwitches(model, clip, onSwitch);
  }
  clip.take(clipsOfFile[index]);
  showClip();
}

function clear() {
  inquiry.cancel();
  clip = new Clip();
  clipsOfFile = [];
  hasAnswer = false;
  clearErrors();
  byId("clips").hidden = true;
  byId("drop-text").textContent = "Drop files or a folder here, or";
  byId("prediction").replaceChildren();
  byId("explanation").replaceChildren();
  byId("empty").hidden = false;
  showProgress(null);
  if (model) makeSwitches(model, clip, onSwitch);
  showClip();
  byId("sentence").focus();
}

// ---- the answer ----

let timer = null;

/** Shows what is waited for, and for how long; `null` ends it. */
function showProgress(text) {
  clearInterval(timer);
  byId("progress").hidden = text === null;
  byId("answer").setAttribute("aria-busy", text !== null);
  // On a narrow screen the answer is out of sight.
  byId("predict").textContent = text === "Predicting" ? "Predicting \u2026" : "Predict";
  if (text === null) return;
  const begun = performance.now();
  const show = () => {
    const seconds = Math.floor((performance.now() - begun) / 1000);
    byId("progress-text").textContent = seconds < 1 ? `${text} \u2026` : `${text} \u2026 ${seconds} s`;
  };
  show();
  timer = setInterval(show, 250);
}

/** On a narrow screen the answer is below the form, out of sight. */
function revealAnswer() {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (byId("answer").getBoundingClientRect().top > innerHeight / 2)
    byId("answer").scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "start" });
}

function predict() {
  clearErrors();
  if (!model) return loadModels();
  clip.sentence = byId("sentence").value;
  if (clip.given.length === 0) {
    showError(byId("sentence-error"), "Type a sentence or add features.");
    byId("sentence").focus();
    return;
  }
  if (clip.read.length === 0) {
    showError(byId("modalities-error"), "Switch at least one modality on.");
    return;
  }
  if (clip.conflict) {
    showError(byId("files-error"), clip.conflict);
    return;
  }
  const asked = model;
  byId("live").textContent = "Predicting.";
  showProgress("Predicting");
  inquiry.begin(clip.request(asked), key(), {
    predicted: ({ predictions: [prediction], notes = [] }) => {
      hasAnswer = true;
      byId("empty").hidden = true;
      byId("prediction").replaceChildren(...showPrediction(prediction, asked, notes));
      byId("explanation").replaceChildren();
      byId("live").textContent = spoken(prediction);
      revealAnswer();
      showProgress("Explaining");
    },
    explained: ({ explanations: [explanation] }) =>
      byId("explanation").replaceChildren(...showExplanation(explanation)),
    failed: (error) => {
      byId("live").textContent = "";
      showServerError(error);
    },
    ended: () => showProgress(null),
  });
}

// ---- what people do ----

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  predict();
});
byId("sentence").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  predict();
});
byId("sentence").addEventListener("input", () => {
  clip.sentence = byId("sentence").value;
  if (model) showSwitches(model, clip);
});
byId("model").addEventListener("change", () => {
  clearErrors();
  chooseModel(models.find(({ name }) => name === byId("model").value));
  if (hasAnswer) predict();
});
byId("key")?.addEventListener("change", () => {
  clearErrors();
  if (!model) loadModels();
});
byId("clip").addEventListener("change", () => {
  clearErrors();
  takeClip(Number(byId("clip").value), true);
});
byId("choose").addEventListener("click", () => byId("files").click());
byId("files").addEventListener("change", async () => {
  await takeFiles([...byId("files").files]);
  // The same file can be chosen again.
  byId("files").value = "";
});
byId("clear").addEventListener("click", clear);
byId("cancel").addEventListener("click", () => {
  inquiry.cancel();
  showProgress(null);
  byId("live").textContent = "Cancelled.";
  byId("predict").focus();
});

// Anywhere on the page: a file that misses the field would otherwise replace the page.
let depth = 0;
const highlight = (step) => {
  depth = Math.max(0, depth + step);
  byId("drop").classList.toggle("over", depth > 0);
};
document.addEventListener("dragenter", () => highlight(1));
document.addEventListener("dragleave", () => highlight(-1));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  highlight(-depth);
  try {
    const { files, passed } = await droppedFiles(event.dataTransfer);
    await takeFiles(files, passed);
  } catch (error) {
    showError(byId("files-error"), error.message);
  }
});

byId("examples").append(
  ...EXAMPLES.map((sentence) => {
    const button = element("button", { type: "button", class: "example" }, sentence);
    button.addEventListener("click", () => {
      clip.sentence = sentence;
      showClip();
      predict();
    });
    return element("li", {}, button);
  }),
);

loadModels();
