// Clips from files that a person chose or dropped.

import { readCsv } from "./csv.js";
import { Matrix } from "./matrix.js";
import { readNpy } from "./npy.js";
import { readSafetensors } from "./safetensors.js";

// A dropped folder may be anything.
const MOST_FILES = 64;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_DEPTH = 4;

/** Endings of sounds, and of videos with sound. */
const SOUNDS = ["wav", "flac", "mp3", "ogg", "oga", "m4a", "aac", "mp4", "mov", "mkv", "webm"];

const KEYS = ["id", "text", "text_vectors", "text_ids", "visual", "acoustic"];

// What modality a file holds is told by its name, otherwise by the model's sizes.
const NAMES = {
  text: /text|word|glove|bert|transcript/i,
  visual: /visual|vision|video|face|facet|openface|image/i,
  acoustic: /acoustic|audio|voice|speech|covarep|opensmile|wav/i,
};

/**
 * Reads files to clips `{id, text, text_vectors, text_ids, visual, acoustic}`, each with notes and the file of each key.
 *
 * Files of one modality become one clip together. `sizes` are the features per modality of the model.
 */
export async function readFiles(files, sizes) {
  const clips = [];
  const single = { clip: {}, notes: [], files: {} };
  for (const file of files) {
    const read = await readFile(file, sizes);
    if (read.clips)
      clips.push(...read.clips.map((clip) => ({ clip, fileOf: () => file.name, notes: read.notes })));
    else {
      for (const key of Object.keys(read.part)) {
        if (single.clip[key])
          throw new Error(`${file.name}: expected one file per modality, found a second one for ${key}`);
      }
      Object.assign(single.clip, read.part);
      single.notes.push(...read.notes.map((note) => `${file.name}: ${note}`));
      for (const key of Object.keys(read.part)) single.files[key] = file.name;
    }
  }
  const { clip, notes, files: fileOf } = single;
  if (Object.keys(clip).length > 0) clips.push({ clip, fileOf: (key) => fileOf[key], notes });
  return clips;
}

async function readFile(file, sizes) {
  if (file.size > MOST_BYTES)
    throw new Error(`${file.name}: expected at most 64 MB, found ${Math.ceil(file.size / 1048576)} MB`);
  if (file.size === 0) throw new Error(`${file.name}: expected features, found an empty file`);
  if (SOUNDS.includes(ending(file.name))) return { part: { sound: file }, notes: [] };
  switch (ending(file.name)) {
    case "json":
      return readJson(await file.text(), file.name, sizes);
    case "jsonl":
      return readJsonLines(await file.text(), file.name);
    case "safetensors":
      return readSafetensors(await file.arrayBuffer(), file.name);
    case "csv":
    case "tsv": {
      const { matrix, notes } = readCsv(await file.text(), file.name);
      return { part: partOf(matrix, file.name, sizes), notes };
    }
    case "npy":
      return { part: partOf(readNpy(await file.arrayBuffer(), file.name), file.name, sizes), notes: [] };
    case "txt":
      return { part: { text: (await file.text()).trim() }, notes: [] };
    default:
      throw new Error(
        `${file.name}: expected .json, .jsonl, .safetensors, .csv, .npy, .txt or a sound, found another kind of file`,
      );
  }
}

function readJson(text, where, sizes) {
  const value = parse(text, where);
  if (Array.isArray(value) && Array.isArray(value[0])) {
    return { part: partOf(Matrix.fromRows(value, where), where, sizes), notes: [] };
  }
  const clips = Array.isArray(value) ? value : Array.isArray(value?.clips) ? value.clips : [value];
  return readClips(clips, (index) => (clips.length === 1 ? where : `${where}, clip ${index}`));
}

function readJsonLines(text, where) {
  const lines = text.split("\n").map((line, index) => ({ line, place: `${where}, line ${index + 1}` }));
  const filled = lines.filter(({ line }) => line.trim() !== "");
  return readClips(
    filled.map(({ line, place }) => parse(line, place)),
    (index) => filled[index].place,
  );
}

function readClips(values, placeOf) {
  const unread = new Set();
  const clips = values.map((value, index) => {
    const place = placeOf(index);
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new Error(`${place}: expected a clip, found another value`);
    const clip = {};
    for (const [key, entry] of Object.entries(value)) {
      if (entry === null || entry === undefined) continue;
      if (!KEYS.includes(key)) unread.add(key);
      else
        clip[key] = ["text_vectors", "visual", "acoustic"].includes(key)
          ? Matrix.fromRows(entry, `${place}: ${key}`)
          : entry;
    }
    if (Object.keys(clip).every((key) => key === "id"))
      throw new Error(`${place}: expected text, visual or acoustic, found none of them`);
    return clip;
  });
  if (clips.length === 0) throw new Error(`${placeOf(0) ?? "file"}: expected clips, found none`);
  return { clips, notes: unread.size === 0 ? [] : [`not read: ${[...unread].join(", ")}`] };
}

function parse(text, where) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: expected JSON, found a fault: ${error.message}`);
  }
}

/** The matrix under the name of its modality. */
function partOf(matrix, name, sizes) {
  const modalities = Object.keys(NAMES);
  const fitting = modalities.filter((modality) => sizes[modality] === matrix.features);
  const named = modalities.find((modality) => NAMES[modality].test(name));
  const modality = named ?? (fitting.length > 0 ? fitting[0] : "acoustic");
  return { [modality === "text" ? "text_vectors" : modality]: matrix };
}

/** The files of a drop, those of dropped folders included. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return { files: [...transfer.files], passed: 0 };
  const found = [];
  for (const entry of entries) await collect(entry, found, 0);
  const files = found.filter(({ name }) =>
    ["json", "jsonl", "safetensors", "csv", "tsv", "npy", "txt", ...SOUNDS].includes(ending(name)),
  );
  return { files, passed: found.length - files.length };
}

async function collect(entry, found, depth) {
  if (found.length >= MOST_FILES)
    throw new Error(`${entry.name}: expected a folder of at most ${MOST_FILES} files, found more`);
  if (entry.isFile) {
    found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  if (depth === MOST_DEPTH)
    throw new Error(`${entry.name}: expected at most ${MOST_DEPTH} folders in each other, found more`);
  const reader = entry.createReader();
  const next = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  // The entries of a folder come in portions.
  for (let portion = await next(); portion.length > 0; portion = await next()) {
    for (const child of portion) await collect(child, found, depth + 1);
  }
}

const ending = (name) => name.slice(name.lastIndexOf(".") + 1).toLowerCase();
