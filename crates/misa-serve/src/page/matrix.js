// Features of one modality: a row per step.

/** Numbers in rows. `values` has `steps * features` numbers, row after row. */
export class Matrix {
  constructor(steps, features, values) {
    this.steps = steps;
    this.features = features;
    this.values = values;
  }

  /** From `[[number, …], …]` or `{shape, base64}`, the two forms of a request. `where` begins messages. */
  static fromRows(rows, where) {
    if (rows && typeof rows === "object" && !Array.isArray(rows)) return fromBase64(rows, where);
    if (!Array.isArray(rows) || rows.length === 0)
      throw new Error(`${where}: expected rows of numbers, found ${kind(rows)}`);
    const features = Array.isArray(rows[0]) ? rows[0].length : 0;
    const values = new Float32Array(rows.length * features);
    rows.forEach((row, step) => {
      if (!Array.isArray(row) || row.length === 0)
        throw new Error(`${where}[${step}]: expected a row of numbers, found ${kind(row)}`);
      if (row.length !== features)
        throw new Error(
          `${where}[${step}]: expected ${features} numbers as in the first row, found ${row.length}`,
        );
      row.forEach((value, index) => {
        if (typeof value !== "number")
          throw new Error(`${where}[${step}][${index}]: expected a number, found ${kind(value)}`);
        values[step * features + index] = value;
      });
    });
    return new Matrix(rows.length, features, values);
  }

  /** The form of a request: little-endian numbers of 32 bits in Base64. */
  toJSON() {
    const bytes = new Uint8Array(this.values.length * 4);
    const view = new DataView(bytes.buffer);
    this.values.forEach((value, index) => view.setFloat32(index * 4, value, true));
    return { shape: [this.steps, this.features], base64: toBase64(bytes) };
  }
}

function fromBase64({ shape, base64 }, where) {
  const [steps, features] = Array.isArray(shape) && shape.length === 2 ? shape : [];
  if (!Number.isInteger(steps) || !Number.isInteger(features) || typeof base64 !== "string")
    throw new Error(
      `${where}: expected shape [steps, features] and base64, found ${kind(shape)} and ${kind(base64)}`,
    );
  let text;
  try {
    text = atob(base64);
  } catch {
    throw new Error(`${where}.base64: expected Base64, found other characters`);
  }
  if (text.length !== steps * features * 4)
    throw new Error(
      `${where}.base64: expected ${steps * features * 4} bytes for the shape [${steps}, ${features}], found ${text.length}`,
    );
  const view = new DataView(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  const values = Float32Array.from({ length: steps * features }, (_, index) =>
    view.getFloat32(index * 4, true),
  );
  return new Matrix(steps, features, values);
}

function toBase64(bytes) {
  let text = "";
  // A call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

/** What a value is, for a message. */
function kind(value) {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return { string: "a text", number: "a number", boolean: "true or false", object: "an object" }[
    typeof value
  ];
}
