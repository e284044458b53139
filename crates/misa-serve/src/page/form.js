// The form: what of the clip is given, what of it is read, and where an error belongs.

import { byId, element, showError } from "./element.js";
import { described, modalityOf } from "./clip.js";
import { MODALITIES } from "./model.js";
import { capital } from "./number.js";

const ERRORS = ["sentence-error", "files-error", "modalities-error", "key-error", "form-error"];

/** Shows the parts of a clip that came from files. `changed` is told when one is removed or moved. */
export function showParts(clip, changed) {
  const parts = Object.entries(clip.parts).map(([key, part]) => {
    const item = element("li", { class: "part-item", id: `part-of-${modalityOf(key)}` });
    const remove = element(
      "button",
      { type: "button", class: "plain", "aria-label": `Remove ${modalityOf(key)} of ${part.file}` },
      "Remove",
    );
    remove.addEventListener("click", () => {
      delete clip.parts[key];
      changed();
      byId("choose").focus();
    });
    item.append(
      element(
        "span",
        { class: "part-what" },
        modalityPart(clip, key, changed),
        element("span", {}, described(key, part.value)),
      ),
      element("span", { class: "part-file" }, part.file),
      remove,
    );
    return item;
  });
  byId("parts").replaceChildren(...parts);
}

/** The modality of a part: a choice for features, which fit any of them. */
function modalityPart(clip, key, changed) {
  if (key === "text" || key === "text_ids") return element("strong", {}, "Text");
  if (key === "sound") return element("strong", {}, "Acoustic");
  const choice = element("select", { "aria-label": `Modality of ${clip.parts[key].file}` });
  for (const modality of MODALITIES) {
    const isTaken =
      modality !== modalityOf(key) &&
      (modality === "text" ? "text_vectors" in clip.parts : modality in clip.parts);
    choice.append(
      element(
        "option",
        { value: modality, selected: modality === modalityOf(key), disabled: isTaken },
        capital(modality),
      ),
    );
  }
  choice.addEventListener("change", () => {
    clip.move(key, choice.value);
    changed();
    byId(`part-of-${choice.value}`)?.querySelector("select")?.focus();
  });
  return choice;
}

/** Makes a switch per modality of the model. `changed` is told when one is switched. */
export function makeSwitches(model, clip, changed) {
  const switches = model.modalities.map((modality) => {
    const box = element("input", {
      type: "checkbox",
      role: "switch",
      id: `switch-${modality}`,
      "aria-describedby": `given-${modality}`,
    });
    box.addEventListener("change", () => {
      if (box.checked) clip.off.delete(modality);
      else clip.off.add(modality);
      changed();
    });
    return element(
      "label",
      { class: "switch" },
      box,
      element("span", { class: "knob", "aria-hidden": "true" }),
      element("span", { class: "switch-name" }, capital(modality)),
      element("span", { class: "given", id: `given-${modality}` }),
    );
  });
  byId("switches").replaceChildren(...switches);
}

/** Shows what is given: only that can be switched off. */
export function showSwitches(model, clip) {
  for (const modality of model.modalities) {
    const box = byId(`switch-${modality}`);
    const isGiven = clip.has(modality);
    box.disabled = !isGiven;
    box.checked = isGiven && !clip.off.has(modality);
    byId(`given-${modality}`).textContent = isGiven ? (box.checked ? "read" : "switched off") : "not given";
  }
}

/** Takes all errors away. */
export function clearErrors() {
  for (const node of ERRORS.map(byId).filter(Boolean)) showError(node, null);
  for (const node of document.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  for (const node of document.querySelectorAll(".part-item.wrong")) node.classList.remove("wrong");
}

/** Shows an error of the server at the field that it names. */
export function showServerError(error) {
  const wait = error.retryAfter ? ` Try again in ${error.retryAfter} s.` : "";
  const message = `${capital(error.message)}${wait}`;
  if (error.status === 401) {
    byId("key-details").open = true;
    return mark("key", message);
  }
  const modality = error.status === 422 || error.status === 413 ? named(error.message) : null;
  if (modality && byId(`part-of-${modality}`)) {
    byId(`part-of-${modality}`).classList.add("wrong");
    return showError(byId("files-error"), message);
  }
  if (modality === "text") return mark("sentence", message);
  return showError(byId("form-error"), message);
}

/** The modality that a message names first. */
function named(message) {
  const places = MODALITIES.map((modality) => [
    message.search(new RegExp(`\\b${modality}`)),
    modality,
  ]).filter(([place]) => place >= 0);
  return places.sort(([one], [other]) => one - other)[0]?.[1] ?? null;
}

function mark(id, message) {
  byId(id).setAttribute("aria-invalid", "true");
  showError(byId(`${id}-error`), message);
  byId(id).focus();
}
