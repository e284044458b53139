#!/usr/bin/env python3
"""Draws how many times as fast as PyTorch misa is, from the tables of docs/performance.md.

    python3 benches/factors.py docs/performance.md > docs/performance.svg

A panel per heading `Against PyTorch, on PROCESSOR` with a table of factors; bars are medians, lines their ranges.
"""

import re
import sys

LABELS, PANEL, TOP, ROW, BAR, GAP = 130, 260, 58, 36, 12, 18
LARGEST = 5.5
KINDS = ["training", "inference"]
STYLE = (
    "text{fill:#333}.m{fill:#777}.training{fill:#2a6fb0}.inference{fill:#8fbbe0}.l{stroke:#bbb}.r{stroke:#555}"
    ".p{stroke:#c0392b;stroke-dasharray:5 4}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.m{fill:#aaa}.l{stroke:#555}.r{stroke:#ccc}}"
)


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
        for line in body.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
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
    lines = [f'<text x="{left}" y="46">{processor}</text>']
    for value in range(int(LARGEST) + 1):
        lines.append(f'<line class="l" x1="{x(value):.1f}" y1="{TOP}" x2="{x(value):.1f}" y2="{bottom}"/>'
                     f'<text class="m" x="{x(value):.1f}" y="{bottom + 16}" text-anchor="middle">{value}</text>')
    for row, case in enumerate(cases):
        for index, kind in enumerate(KINDS):
            if kind not in of_processor.get(case, {}):
                continue
            median, lowest, highest = of_processor[case][kind]
            y = TOP + ROW * row + 5 + (BAR + 2) * index
            middle = y + BAR / 2
            lines.append(f'<rect class="{kind}" x="{left}" y="{y}" width="{x(median) - left:.1f}" height="{BAR}">'
                         f"<title>{case}, {kind}: {median:.2f} ({lowest:.2f} to {highest:.2f})</title></rect>"
                         f'<line class="r" x1="{x(lowest):.1f}" y1="{middle}" x2="{x(highest):.1f}" y2="{middle}"/>')
    lines.append(f'<line class="p" x1="{x(1):.1f}" y1="{TOP}" x2="{x(1):.1f}" y2="{bottom}"/>')
    return lines


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        processors = factors(file.read())
    cases = list(dict.fromkeys(case for of_processor in processors.values() for case in of_processor))
    if not cases:
        sys.exit(f"{sys.argv[1]}: no table of factors below a heading `Against PyTorch, on PROCESSOR`")
    width, bottom = LABELS + PANEL * len(processors), TOP + ROW * len(cases)
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + 48}" font-family="sans-serif" font-size="12" '
          f'role="img" aria-label="Speed against PyTorch by processor">\n<style>{STYLE}</style>\n'
          '<text x="12" y="22" font-size="14">Times as fast as PyTorch, two threads: median of pairs, and range</text>')
    for row, case in enumerate(cases):
        print(f'<text x="{LABELS - 10}" y="{TOP + ROW * row + 22}" text-anchor="end">{case}</text>')
    for index, (processor, of_processor) in enumerate(processors.items()):
        print("\n".join(panel(processor, cases, of_processor, LABELS + PANEL * index)))
    for index, kind in enumerate(KINDS):
        left = LABELS + 90 * index
        print(f'<rect class="{kind}" x="{left}" y="{bottom + 28}" width="{BAR}" height="{BAR}"/>'
              f'<text x="{left + 18}" y="{bottom + 38}">{kind}</text>')
    print(f'<text class="m" x="{LABELS + 200}" y="{bottom + 38}">red: as fast as PyTorch</text>\n</svg>')


if __name__ == "__main__":
    main()
