// Clips for each model, as lines of JSON:
//
//   node clips.mjs FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import { rows } from "../page/files.mjs";

const folder = process.argv[2];
const spoken = { text: "poca wifa tufa, and poca again" };
const synthetic = [
  { id: "said", ...spoken },
  { id: "words", text: ["wifa", "tufa", "unheard-of"] },
  { id: "seen", visual: rows(6, 35, 1) },
  { id: "all", ...spoken, visual: rows(6, 35, 2), acoustic: rows(9, 74, 3) },
  { id: "heard", acoustic: rows(40, 74, 4) },
];
const features = [
  { id: "said", text_vectors: rows(4, 12, 1) },
  { id: "all", text_vectors: rows(7, 12, 2), visual: rows(3, 5, 3), acoustic: rows(9, 7, 4) },
  { id: "heard", acoustic: rows(1, 7, 5) },
];
const clips = { words: synthetic, classes: synthetic, features, sounds: [{ id: "said", text: "What fun that was" }] };
mkdirSync(folder, { recursive: true });
for (const [name, list] of Object.entries(clips))
  writeFileSync(`${folder}/${name}.jsonl`, list.map((clip) => `${JSON.stringify(clip)}\n`).join(""));
