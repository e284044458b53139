#!/usr/bin/env python3
"""Draws how many times as fast as PyTorch misa is, from the tables of docs/performance.md.

    python3 benches/factors.py docs/performance.md > docs/performance.svg

A panel per heading `Against PyTorch, on PROCESSOR` with a table of factors; bars are medians, lines their ranges.
"""

import re
import sys

from svg import begin, line, page_of, words

LABELS, PANEL, TOP, ROW, BAR, GAP = 130, 260, 58, 36, 12, 18
LARGEST = 5.5
KINDS = ["training", "inference"]
STYLE = (".training{fill:#2a6fb0}.inference{fill:#8fbbe0}.l{stroke:#bbb}.r{stroke:#555}"
         ".p{stroke:#c0392b;stroke-dasharray:5 4}")
DARK = ".l{stroke:#555}.r{stroke:#ccc}"


def factors(page):
    """Of each processor: case -> kind -> (median, lowest, highest)."""
    processors = {}
    for section in re.split(r"^#{2,3} ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if heading.startswith("Against PyTorch, on "):
            processor = heading.removeprefix("Against PyTorch, on ")
        elif not heading.startswith("Text through BERT"):
            continue
        case = None
        for row in body.splitlines():
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            if len(cells) != 6:
                continue
            kind, spread = cells[1].split(",")[0], re.match(r"([\d.]+) to ([\d.]+)", cells[5])
            if kind not in KINDS or not spread:
                continue
            # Without a PyTorch that does the same, there is no factor to draw.
            case = cells[0].split(":")[0] if cells[0] else case
            if case.startswith("the same"):
                continue
            median = float(cells[4].strip("*"))
            processors.setdefault(processor, {}).setdefault(case, {})[kind] = (median, *map(float, spread.groups()))
    return processors


def panel(processor, cases, of_processor, left):
    scale = (PANEL - GAP) / LARGEST
    x = lambda value: left + min(value, LARGEST) * scale
    bottom = TOP + ROW * len(cases)
    lines = [words(processor, left, 46)]
    for value in range(int(LARGEST) + 1):
        lines.append(line("l", x(value), TOP, x(value), bottom) + words(value, x(value), bottom + 16, "middle", "m"))
    for row, case in enumerate(cases):
        for index, kind in enumerate(KINDS):
            if kind not in of_processor.get(case, {}):
                continue
            median, lowest, highest = of_processor[case][kind]
            y = TOP + ROW * row + 5 + (BAR + 2) * index
            middle = y + BAR / 2
            lines.append(f'<rect class="{kind}" x="{left}" y="{y}" width="{x(median) - left:.1f}" height="{BAR}">'
                         f"<title>{case}, {kind}: {median:.2f} ({lowest:.2f} to {highest:.2f})</title></rect>"
                         + line("r", x(lowest), middle, x(highest), middle))
    lines.append(line("p", x(1), TOP, x(1), bottom))
    return lines


def main():
    processors = factors(page_of(__doc__))
    cases = list(dict.fromkeys(case for of_processor in processors.values() for case in of_processor))
    if not cases:
        sys.exit(f"{sys.argv[1]}: no table of factors below a heading `Against PyTorch, on PROCESSOR`")
    width, bottom = LABELS + PANEL * len(processors), TOP + ROW * len(cases)
    print(begin(width, bottom + 48, "Speed against PyTorch by processor", STYLE, DARK,
                "Times as fast as PyTorch, two threads: median of pairs, and range"))
    for row, case in enumerate(cases):
        print(words(case, LABELS - 10, TOP + ROW * row + 22, "end"))
    for index, (processor, of_processor) in enumerate(processors.items()):
        print("\n".join(panel(processor, cases, of_processor, LABELS + PANEL * index)))
    for index, kind in enumerate(KINDS):
        left = LABELS + 90 * index
        print(f'<rect class="{kind}" x="{left}" y="{bottom + 28}" width="{BAR}" height="{BAR}"/>'
              + words(kind, left + 18, bottom + 38))
    print(words("red: as fast as PyTorch", LABELS + 200, bottom + 38, kind="m") + "\n</svg>")


if __name__ == "__main__":
    main()
