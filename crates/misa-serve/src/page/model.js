// What the server says about a model, as the page needs it.

import { list, plain } from "./number.js";

export const MODALITIES = ["text", "visual", "acoustic"];

/** The models of `GET /info`. */
export const modelsOf = (info) => info.models.map((entry) => new Model(entry));

export class Model {
  constructor(entry) {
    this.name = entry.name;
    this.id = entry.id;
    this.task = entry.task;
    this.modalities = MODALITIES.filter((modality) => entry.modalities.includes(modality));
    this.sizes = entry.sizes;
  }

  /** Number of classes, or `null` for a model that predicts a number. */
  get classes() {
    return this.task?.classification?.classes ?? null;
  }

  /** Features of a step by modality; text only if it is read as vectors. */
  get features() {
    const { text, visual, acoustic } = this.sizes;
    return { text: text?.features?.d_input, visual, acoustic };
  }

  /** What a text is counted in. */
  get unit() {
    return this.sizes.text?.bert ? "token" : "word";
  }

  /** One line about the model. */
  get facts() {
    const task = this.classes ? `one of ${this.classes} classes` : `a number from ${plain(-3, 0)} to 3`;
    return `predicts ${task} from ${list(this.modalities)}`;
  }
}
