// An array of NumPy (`.npy`).

import { Matrix } from "./matrix.js";

const READERS = {
  f4: [4, "getFloat32"],
  f8: [8, "getFloat64"],
  i1: [1, "getInt8"],
  i2: [2, "getInt16"],
  i4: [4, "getInt32"],
  u1: [1, "getUint8"],
  u2: [2, "getUint16"],
  u4: [4, "getUint32"],
};

/** Reads an array with two axes, steps and features. */
export function readNpy(buffer, where) {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(1, 6)) !== "NUMPY")
    throw new Error(`${where}: expected an array of NumPy, found other bytes`);
  const wide = bytes[6] > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length)
    throw new Error(`${where}: expected a heading of ${end - start} bytes, found ${bytes.length - start}`);
  const heading = new TextDecoder("latin1").decode(bytes.subarray(start, end));
  const kind = heading.match(/'descr':\s*'([<>|=]?)(\w+)'/);
  const shape = heading.match(/'shape':\s*\(([^)]*)\)/);
  const byColumns = /'fortran_order':\s*True/.test(heading);
  const reader = kind && READERS[kind[2]];
  if (!reader)
    throw new Error(
      `${where}: expected numbers of at most 32 bits, or float64, found ${kind?.[2] ?? "no type"}`,
    );
  const axes = (shape?.[1] ?? "")
    .split(",")
    .map((text) => text.trim())
    .filter(Boolean)
    .map(Number);
  if (axes.length !== 2 || axes.some((axis) => !Number.isInteger(axis) || axis < 1))
    throw new Error(`${where}: expected the axes [steps, features], found [${axes.join(", ")}]`);
  const [steps, features] = axes;
  const [width, get] = reader;
  if (bytes.length - end !== steps * features * width)
    throw new Error(
      `${where}: expected ${steps * features * width} bytes of numbers, found ${bytes.length - end}`,
    );
  const little = kind[1] !== ">";
  const values = new Float32Array(steps * features);
  for (let step = 0; step < steps; step += 1)
    for (let feature = 0; feature < features; feature += 1) {
      const place = byColumns ? feature * steps + step : step * features + feature;
      values[step * features + feature] = view[get](end + place * width, little);
    }
  return new Matrix(steps, features, values);
}
