// The numbers that a scale shows, and where they are on it.

import { percent, signed } from "./number.js";

const WORDS = [
  "strongly negative",
  "negative",
  "weakly negative",
  "neutral",
  "weakly positive",
  "positive",
  "strongly positive",
];

/** A range of numbers from `low` to `high`. */
export class Domain {
  constructor(low, high, write) {
    this.low = low;
    this.high = high;
    this.write = write;
  }

  /** From -3 to 3, the labels of sentiment, or further where a value lies outside. */
  static sentiment(values) {
    const low = Math.min(-3, ...values.map(Math.floor));
    return new Domain(low, Math.max(3, ...values.map(Math.ceil)), (value) => signed(value, 0));
  }

  /** Shares of one. */
  static shares() {
    return new Domain(0, 1, percent);
  }

  /** What is written at both ends. */
  get ends() {
    return [this.write(this.low), this.write(this.high)];
  }

  /** The place of a value, in per cent of the width. */
  place(value) {
    return ((value - this.low) / (this.high - this.low)) * 100;
  }

  /** Whole numbers, nine or fewer. */
  get ticks() {
    const step = Math.ceil((this.high - this.low) / 8);
    const first = Math.ceil(this.low / step) * step;
    const ticks = Array.from(
      { length: Math.floor((this.high - first) / step) + 1 },
      (_, index) => first + index * step,
    );
    return ticks.map((tick) => ({ value: tick, text: this.write(tick) }));
  }
}

/** The nearest label of sentiment in words. */
export const inWords = (value) => WORDS[Math.min(6, Math.max(0, Math.round(value) + 3))];
