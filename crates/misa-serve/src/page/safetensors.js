// Clips in a safetensors file: tensors `0.visual`, `0.acoustic`, `0.text`, `1.visual`, … and texts in its metadata.

import { Matrix } from "./matrix.js";

const READERS = {
  F32: [4, "getFloat32"],
  F64: [8, "getFloat64"],
  I32: [4, "getInt32"],
  U32: [4, "getUint32"],
  I64: [8, "getBigInt64"],
};

/** Reads clips as a request of the server holds them. Returns them with notes on what was not read. */
export function readSafetensors(buffer, where) {
  const { heading, start } = readHeading(buffer, where);
  const clips = [];
  const notes = [];
  const clip = (index) => (clips[index] ??= {});
  for (const [name, text] of Object.entries(heading.__metadata__ ?? {})) {
    const [, index, key] = name.match(/^(\d{1,3})\.(text|words|id)$/) ?? [];
    if (key === "words") clip(Number(index)).text = words(text, `${where}, "${name}"`);
    else if (key) clip(Number(index))[key] = text;
    else if (name !== "modalities" && name !== "model" && name !== "format")
      notes.push(`"${name}" is not read`);
  }
  for (const [name, tensor] of Object.entries(heading)) {
    if (name === "__metadata__") continue;
    const [, index, modality] = name.match(/^(?:(\d{1,3})\.)?(text|visual|acoustic)$/) ?? [];
    if (!modality)
      throw new Error(`${where}: expected tensors such as "0.visual", found "${name.slice(0, 40)}"`);
    const place = `${where}, tensor ${name}`;
    const values = readTensor(buffer, start, tensor, place);
    const isIds = modality === "text" && tensor.shape.length === 1;
    if (!isIds && tensor.shape.length !== 2)
      throw new Error(`${place}: expected the axes [steps, features], found [${tensor.shape.join(", ")}]`);
    const key = isIds ? "text_ids" : modality === "text" ? "text_vectors" : modality;
    clip(Number(index ?? 0))[key] = isIds
      ? Array.from(values)
      : new Matrix(...tensor.shape, Float32Array.from(values));
  }
  const gap = Array.from(clips).findIndex((entry) => entry === undefined);
  if (gap >= 0)
    throw new Error(
      `${where}: expected clips numbered from 0 without gaps, found none with the number ${gap}`,
    );
  return { clips, notes };
}

/** Words are a list in JSON, since metadata are texts. */
function words(text, where) {
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list) && list.every((word) => typeof word === "string")) return list;
  } catch {
    // Told below.
  }
  throw new Error(`${where}: expected a list of words in JSON, found another text`);
}

function readHeading(buffer, where) {
  const size = buffer.byteLength < 8 ? Number.NaN : Number(new DataView(buffer).getBigUint64(0, true));
  if (!(size <= buffer.byteLength - 8))
    throw new Error(`${where}: expected a safetensors file, found one that is cut off or of another kind`);
  try {
    const heading = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, size)),
    );
    if (heading && typeof heading === "object") return { heading, start: 8 + size };
  } catch {
    // Told below.
  }
  throw new Error(`${where}: expected a heading in JSON, found other bytes`);
}

function readTensor(buffer, start, tensor, where) {
  const reader = READERS[tensor?.dtype];
  if (!reader) throw new Error(`${where}: expected F32, F64, I32, U32 or I64, found ${tensor?.dtype}`);
  const [from, to] = tensor.data_offsets ?? [];
  const shape = Array.isArray(tensor.shape) ? tensor.shape : [];
  const length = shape.reduce((product, axis) => product * axis, 1);
  const [width, get] = reader;
  if (to - from !== length * width || start + to > buffer.byteLength || shape.length === 0)
    throw new Error(
      `${where}: expected ${length * width} bytes of numbers, found ${Math.max(0, Math.min(to, buffer.byteLength - start) - from)}`,
    );
  const view = new DataView(buffer, start + from, to - from);
  return Array.from({ length }, (_, index) => Number(view[get](index * width, true)));
}
