// Numbers as people read them.

const MINUS = "\u2212";

/** A number with two decimals and a real minus sign. */
export const plain = (value, digits = 2) => {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
};

/** As `plain`, with a plus sign before what is above zero. */
export const signed = (value, digits = 2) =>
  value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${plain(value, digits)}` : plain(value, digits);

/** A share of one as a percentage. */
export const percent = (share, digits = 0) => `${plain(share * 100, digits)}\u00a0%`;

/** A change of a share of one, in percentage points. */
export const points = (change) => `${signed(change * 100, 1)} points`;

/** A count with its noun: "1 word", "2 words". */
export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** Names in one text: "text", "text and visual", "text, visual and acoustic". */
export const list = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** A sentence begins with a capital, but not a name such as `model.safetensors`. */
export const capital = (text) =>
  /^\S*[./_]\w/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
