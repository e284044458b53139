// Files of features, as people have them.

/** Rows that differ from each other and from those of another seed. */
export const rows = (steps, features, seed) =>
  Array.from({ length: steps }, (_, step) =>
    Array.from({ length: features }, (_, feature) => Math.fround(Math.sin(seed + 7 * step + 3 * feature))),
  );

export const csv = (rows) => rows.map((row) => row.join(",")).join("\n");

/** An array of NumPy, little-endian, float32. */
export function npy(rows) {
  const heading = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length}), }`;
  const padded = `${heading.padEnd(118 - 1)}\n`;
  const begin = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0]);
  return Buffer.concat([begin, Buffer.from(padded, "latin1"), numbers(rows)]);
}

/** A safetensors file of matrices by name, with texts in its metadata. */
export function safetensors(matrices, metadata = {}) {
  const heading = { __metadata__: metadata };
  const parts = [];
  let offset = 0;
  for (const [name, rows] of Object.entries(matrices)) {
    const bytes = numbers(rows);
    heading[name] = {
      dtype: "F32",
      shape: [rows.length, rows[0].length],
      data_offsets: [offset, offset + bytes.length],
    };
    offset += bytes.length;
    parts.push(bytes);
  }
  const text = Buffer.from(JSON.stringify(heading));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

function numbers(rows) {
  const bytes = Buffer.alloc(rows.length * rows[0].length * 4);
  rows.flat().forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes;
}
