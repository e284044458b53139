#!/usr/bin/env python3
"""Draws the task loss of training and the valid MAE of models by epoch, from the metrics.jsonl of their runs.

    python3 benches/curves.py text=runs/mosi/text voice=runs/mosi/voice > docs/voice-curves.svg

A model is a run folder or a folder of runs, one per seed; NAME=FOLDER names it. Lines are means over the seeds that
reached an epoch, bands the range of these seeds. Prints the means to the standard error stream.
"""

import json
import pathlib
import sys

from svg import begin, line, words

MARGIN, PANEL, GAP, TOP, HEIGHT = 52, 300, 64, 62, 210
COLOURS = ["#2a6fb0", "#2e9e5b", "#c0392b", "#8e5bb5", "#c98a1b"]
PANELS = [
    ("Task loss of training", lambda epoch: epoch["train"]["task"]),
    ("Valid MAE", lambda epoch: epoch["scores"]["mae"]),
]


def epochs_of(run):
    """The epoch lines of a run's metrics, in order."""
    with open(run / "metrics.jsonl", encoding="utf-8") as file:
        return [found for found in map(json.loads, file) if found["type"] == "epoch"]


def curves(folder, value):
    """Of each epoch that a seed reached: (epoch, mean, lowest, highest)."""
    runs = [folder] if (folder / "metrics.jsonl").exists() else sorted(path.parent for path in folder.glob("*/metrics.jsonl"))
    if not runs:
        sys.exit(f"{folder}: no metrics.jsonl in it or in a folder of it")
    by_epoch = {}
    for run in runs:
        for epoch in epochs_of(run):
            by_epoch.setdefault(epoch["epoch"], []).append(value(epoch))
    return [(epoch, sum(found) / len(found), min(found), max(found)) for epoch, found in sorted(by_epoch.items())]


def ticks(lowest, highest):
    """At most seven round numbers that span a range."""
    step = next(step for step in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 50) if (highest - lowest) / step <= 6)
    first = int(lowest // step)
    last = -int(-highest // step)
    return [round(step * index, 2) for index in range(first, last + 1)]


def panel(title, of_models, left):
    marks = ticks(min(point[2] for curve in of_models for point in curve), max(point[3] for curve in of_models for point in curve))
    last = max(point[0] for curve in of_models for point in curve)
    x = lambda epoch: left + PANEL * (epoch - 1) / max(last - 1, 1)
    y = lambda value: TOP + HEIGHT * (marks[-1] - value) / (marks[-1] - marks[0])
    lines = [words(title, left, TOP - 14)]
    for mark in marks:
        lines.append(line("l", left, y(mark), left + PANEL, y(mark)) + words(f"{mark:g}", left - 6, y(mark) + 4, "end", "m"))
    for epoch in range(1, last + 1):
        lines.append(words(epoch, x(epoch), TOP + HEIGHT + 16, "middle", "m"))
    for curve, colour in zip(of_models, COLOURS):
        band = [(x(epoch), y(high)) for epoch, _, _, high in curve] + [(x(epoch), y(low)) for epoch, _, low, _ in reversed(curve)]
        points = lambda pairs: " ".join(f"{across:.1f},{down:.1f}" for across, down in pairs)
        lines.append(f'<polygon points="{points(band)}" fill="{colour}" opacity="0.15"/>')
        lines.append(f'<polyline points="{points([(x(point[0]), y(point[1])) for point in curve])}" fill="none" '
                     f'stroke="{colour}" stroke-width="2"/>')
    return lines


def main():
    if len(sys.argv) < 2 or len(sys.argv) - 1 > len(COLOURS):
        sys.exit(__doc__)
    models = {}
    for argument in sys.argv[1:]:
        name, separator, folder = argument.partition("=")
        models[name if separator else pathlib.Path(argument).name] = pathlib.Path(folder if separator else argument)
    width, bottom = MARGIN + (PANEL + GAP) * len(PANELS), TOP + HEIGHT
    print(begin(width, bottom + 62, "Training loss and valid error by epoch", ".l{stroke:#ccc}", ".l{stroke:#555}",
                "By epoch: mean over seeds, and their range"))
    for index, (title, value) in enumerate(PANELS):
        of_models = [curves(folder, value) for folder in models.values()]
        print("\n".join(panel(title, of_models, MARGIN + (PANEL + GAP) * index)))
        for name, curve in zip(models, of_models):
            print(f"{title}, {name}: " + " ".join(f"{point[1]:.3f}" for point in curve), file=sys.stderr)
    left = MARGIN
    for name, colour in zip(models, COLOURS):
        print(f'<rect x="{left}" y="{bottom + 36}" width="12" height="12" fill="{colour}"/>'
              + words(name, left + 18, bottom + 46))
        left += 40 + 7 * len(name)
    print("</svg>")


if __name__ == "__main__":
    main()
