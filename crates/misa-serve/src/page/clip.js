// The clip that is predicted: the sentence typed, and parts from files.

import { MODALITIES } from "./model.js";
import { count } from "./number.js";

export class Clip {
  constructor() {
    this.sentence = "";
    /** By key of a request: `{value, file}`. */
    this.parts = {};
    this.off = new Set();
    this.id = "";
  }

  /** Takes over a clip that was read from a file. A text that is one sentence can be edited afterwards. */
  take({ clip, fileOf }) {
    const { id, text, ...rest } = clip;
    this.id = typeof id === "string" ? id : "";
    if (typeof text === "string") this.sentence = text;
    else if (text !== undefined) this.parts.text = { value: text, file: fileOf("text") };
    for (const [key, value] of Object.entries(rest)) this.parts[key] = { value, file: fileOf(key) };
  }

  /** Gives the part of a modality to another one, where people know better than the file's name. */
  move(key, modality) {
    const part = this.parts[key];
    delete this.parts[key];
    this.parts[modality === "text" ? "text_vectors" : modality] = part;
  }

  /** Whether there is anything of a modality. */
  has(modality) {
    if (modality === "acoustic" && "sound" in this.parts) return true;
    if (modality !== "text") return modality in this.parts;
    return (
      this.sentence.trim() !== "" || ["text", "text_vectors", "text_ids"].some((key) => key in this.parts)
    );
  }

  /** The modalities given. */
  get given() {
    return MODALITIES.filter((modality) => this.has(modality));
  }

  /** The modalities given and not switched off. */
  get read() {
    return this.given.filter((modality) => !this.off.has(modality));
  }

  /** What keeps the parts from being sent together; `null` if nothing does. */
  get conflict() {
    const others = Object.keys(this.parts).filter((key) => key !== "sound");
    if (!this.parts.sound || others.length === 0) return null;
    return "A sound goes with a typed sentence alone. Remove the sound or the other files.";
  }

  /** The request for one model. */
  request(model) {
    if (this.parts.sound) return this.#soundRequest(model);
    const clip = {};
    if (this.id) clip.id = this.id;
    if (this.sentence.trim() !== "" && !this.parts.text && !this.parts.text_ids) clip.text = this.sentence;
    for (const [key, part] of Object.entries(this.parts)) clip[key] = part.value;
    const request = { model: model.name, clips: [clip] };
    if (this.read.length < this.given.length) request.modalities = this.read;
    return { type: "application/json", body: JSON.stringify(request) };
  }

  /** The request for the features of a sound, which the server computes. */
  #soundRequest(model) {
    const query = new URLSearchParams({ model: model.name });
    if (this.sentence.trim() !== "") query.set("text", this.sentence);
    if (this.read.length < this.given.length) query.set("modalities", this.read.join(","));
    const file = this.parts.sound.value;
    // The server tells the kind by the bytes.
    const type = /^(audio|video)\//.test(file.type) ? file.type : "audio/wav";
    return { query: query.toString(), type, body: file };
  }
}

/** The modality of a key of a request. */
export function modalityOf(key) {
  if (key === "sound") return "acoustic";
  return key.startsWith("text") ? "text" : key;
}

/** A part in words, such as "20 steps of 74 features". */
export function described(key, value) {
  if (key === "text_ids") return count(value.length, "word id");
  if (key === "text") return count(value.length, "word");
  if (key === "sound") return `sound of ${Math.ceil(value.size / 1024)} kB`;
  return `${count(value.steps, "step")} of ${count(value.features, "feature")}`;
}
