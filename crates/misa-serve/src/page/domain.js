// The numbers that a scale shows, and where they are on it.

import { plain } from "./number.js";

const WORDS = [
  "strongly negative",
  "negative",
  "weakly negative",
  "neutral",
  "weakly positive",
  "positive",
  "strongly positive",
];

/** From -3 to 3, the labels of sentiment, or further where a value lies outside. */
export class Domain {
  constructor(values) {
    this.low = Math.min(-3, ...values.map(Math.floor));
    this.high = Math.max(3, ...values.map(Math.ceil));
  }

  /** The place of a value, in per cent of the width. */
  place(value) {
    return ((value - this.low) / (this.high - this.low)) * 100;
  }

  /** Whole numbers, seven or fewer. */
  get ticks() {
    const step = Math.ceil((this.high - this.low) / 8);
    const first = Math.ceil(this.low / step) * step;
    const ticks = Array.from(
      { length: Math.floor((this.high - first) / step) + 1 },
      (_, index) => first + index * step,
    );
    return ticks.map((tick) => ({ value: tick, text: tick > 0 ? `+${tick}` : plain(tick, 0) }));
  }
}

/** The nearest label of sentiment in words. */
export const inWords = (value) => WORDS[Math.min(6, Math.max(0, Math.round(value) + 3))];
