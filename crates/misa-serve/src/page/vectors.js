// The six vectors between the encoders and the fusion: one shared and one private per modality.

import { drawing, drawn, element, numbers, table } from "./element.js";
import { capital, plain } from "./number.js";

const HEIGHT = 34;
const WIDTH = 1000;

export function showVectors({ vectors }) {
  const largest = Math.max(1e-9, ...vectors.flatMap(({ values }) => values.map(Math.abs)));
  const rows = vectors.map((vector) => [label(vector), strip(vector.values, largest), range(vector.values)]);
  const caption = "The vectors of the model, with their smallest, mean and largest value";
  const drawnTable = table(caption, ["Vector", "Values", "Smallest, mean, largest"], rows, {
    class: "bars vectors",
  });
  const all = () =>
    table(
      "All values",
      ["Position", ...vectors.map(label)],
      vectors[0].values.map((_, index) => [
        `${index + 1}`,
        ...vectors.map(({ values }) => plain(values[index], 3)),
      ]),
    );
  return [
    element(
      "p",
      { class: "help" },
      "A column per value: up if it is positive, down if it is negative, stronger the larger it is.",
    ),
    drawnTable,
    ...(vectors.length === 0 ? [] : [numbers("All values in numbers", all)]),
  ];
}

const label = ({ modality, kind }) => capital(`${modality}, ${kind}`);

/** Columns beside each other, each as high and as strong as its value. */
function strip(values, largest) {
  const svg = drawing({
    class: "strip",
    width: "100%",
    height: HEIGHT,
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
  });
  const allPositive = values.every((value) => value >= 0);
  const base = allPositive ? HEIGHT : HEIGHT / 2;
  const width = WIDTH / values.length;
  svg.append(drawn("rect", { class: "track", width: WIDTH, height: HEIGHT }));
  values.forEach((value, index) => {
    const share = Math.abs(value) / largest;
    const height = share * base;
    svg.append(
      drawn("rect", {
        class: value < 0 ? "minus" : "plus",
        x: index * width,
        width,
        y: value < 0 ? base : base - height,
        height,
        "fill-opacity": (0.35 + 0.65 * share).toFixed(3),
      }),
    );
  });
  return svg;
}

function range(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [Math.min(...values), mean, Math.max(...values)].map((value) => plain(value)).join("  ");
}
