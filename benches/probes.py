#!/usr/bin/env python3
"""Draws the valid MAE of models against how well a probe tells the modality of their shared vectors.

    python3 benches/probes.py docs/results/shared-vectors.md > docs/probes.svg

A point per row of the page's first table, bars are deviations over seeds; the lines are at chance and half-way to it.
"""

import re
import sys

from svg import begin, line, page_of, words

LEFT, TOP, WIDTH, HEIGHT, RIGHT = 56, 58, 560, 330, 150
CHANCE, HALF_WAY = 50, 68
KINDS = {"CMD": "#2a6fb0", "CMD, 32 features": "#5fb3c9", "CMD in deviations": "#8e5bb5", "MMD": "#2e9e5b", "CORAL": "#c98a1b",
         "adversary": "#c0392b"}
STYLE = ".l{stroke:#ddd}.h{stroke:#c0392b;stroke-dasharray:5 4}.c{stroke:#777;stroke-dasharray:2 3}"
SPREAD = r"([\d.]+)(?: ± ([\d.]+))?"


def points(page):
    """Of each row: name, kind, weight, and mean and deviation of probe and MAE."""
    for row in page.splitlines():
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if len(cells) != 9:
            continue
        error, probe = re.fullmatch(SPREAD, cells[2]), re.fullmatch(SPREAD, cells[5])
        if not error or not probe:
            continue
        kind, weight, *more = cells[0].split(", ")
        kind = ", ".join([kind.split(" at ")[0], *more])
        if kind not in KINDS:
            sys.exit(f"{cells[0]}: expected one of {', '.join(KINDS)}, found {kind}")
        spread = lambda found: (float(found[1]), float(found[2] or 0))
        yield cells[0], kind, weight, spread(probe), spread(error)


def labels(marks):
    """Where the text beside each of the marks (x, y, text) goes: right or left, above or below, whichever is free."""
    taken = [(across - 5, down - 5, across + 5, down + 5) for across, down, _ in marks]
    for across, down, text in marks:
        width = 7 * len(text)
        choices = [(across + 7, down - 5), (across + 7, down + 14), (across - 7 - width, down - 5), (across - 7 - width, down + 14)]
        boxes = [(left, base - 10, left + width, base) for left, base in choices]
        free = [not any(a < right and c > left and b < low and d > high for a, b, c, d in taken) for left, high, right, low in boxes]
        chosen = free.index(True) if any(free) else 0
        taken.append(boxes[chosen])
        yield choices[chosen]


def main():
    rows = list(points(page_of(__doc__)))
    if not rows:
        sys.exit(f"{sys.argv[1]}: no table of nine columns with the probe in the sixth and the MAE in the third")
    lowest = int(10 * min(mean - deviation for *_, (mean, deviation) in rows)) / 10
    highest = -int(-10 * max(mean + deviation for *_, (mean, deviation) in rows) - 1) / 10
    left = min([CHANCE] + [mean - deviation for *_, (mean, deviation), _ in rows]) - 3
    x = lambda value: LEFT + WIDTH * (value - left) / (103 - left)
    y = lambda value: TOP + HEIGHT * (highest - value) / (highest - lowest)
    bottom = TOP + HEIGHT
    print(begin(LEFT + WIDTH + RIGHT, bottom + 50, "Valid error against the accuracy of the probe", STYLE, ".l{stroke:#444}",
                "Valid MAE, by how often a probe tells the modality of a shared vector"))
    for tenth in range(round(10 * lowest), round(10 * highest) + 1):
        down = y(tenth / 10)
        print(line("l", LEFT, down, LEFT + WIDTH, down) + words(f"{tenth / 10:.1f}", LEFT - 6, down + 4, "end", "m"))
    for percent in range(-int(-left // 10) * 10, 101, 10):
        print(words(f"{percent} %", x(percent), bottom + 18, "middle", "m"))
    for percent, name, style in [(CHANCE, "chance", "c"), (HALF_WAY, "half-way to chance", "h")]:
        across = x(percent)
        print(line(style, across, TOP - 8, across, bottom) + words(name, across, TOP - 14, "middle", "m"))
    places = labels([(x(probe), y(error), weight) for _, _, weight, (probe, _), (error, _) in rows])
    for (name, kind, weight, (probe, probe_deviation), (error, error_deviation)), place in zip(rows, places):
        colour, across, down = KINDS[kind], x(probe), y(error)
        print(f'<g stroke="{colour}"><line x1="{x(probe - probe_deviation):.1f}" y1="{down:.1f}" x2="{x(probe + probe_deviation):.1f}" '
              f'y2="{down:.1f}"/><line x1="{across:.1f}" y1="{y(error - error_deviation):.1f}" x2="{across:.1f}" '
              f'y2="{y(error + error_deviation):.1f}"/></g><circle cx="{across:.1f}" cy="{down:.1f}" r="4.5" fill="{colour}">'
              f"<title>{name}: MAE {error:.3f} ± {error_deviation:.3f}, probe {probe:.1f} ± {probe_deviation:.1f} %</title></circle>"
              f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" font-size="11" style="fill:{colour}">{weight}</text>')
    for index, (kind, colour) in enumerate(KINDS.items()):
        print(f'<circle cx="{LEFT + WIDTH + 20}" cy="{TOP + 8 + 20 * index}" r="4.5" fill="{colour}"/>'
              + words(kind, LEFT + WIDTH + 30, TOP + 12 + 20 * index))
    print(words("numbers: weights", LEFT + WIDTH + 16, TOP + 22 + 20 * len(KINDS), kind="m") + "\n</svg>")


if __name__ == "__main__":
    main()
