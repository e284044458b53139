#!/usr/bin/env python3
"""Draws what a machine allows and what products and steps reach, from the JSON of the bench `floor`.

    python3 benches/roofline.py floor-1.json floor-2.json --step 'mosei_glove_b64=2:301:32.6' > docs/roofline.svg

A step is NAME=THREADS:MILLISECONDS:GFLOP. Both axes are logarithmic.
"""

import argparse
import json
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 430, 340, 56, 14, 44, 46
SIDES = [("ours", "a", "ours"), ("flex", "b", "Burn's flex"), ("torch", "p", "PyTorch (MKL)")]
STYLE = (
    "text{fill:#333}.m{fill:#777}.a{fill:#2a6fb0}.b{fill:#8fbbe0}.p{fill:#c0392b}.l{stroke:#bbb}"
    ".r{stroke:#777;fill:none}.s{stroke:#2a6fb0;stroke-dasharray:5 4}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.m{fill:#aaa}.l{stroke:#555}}"
)


def logarithm(value, low, high, start, end):
    share = (math.log10(value) - math.log10(low)) / (math.log10(high) - math.log10(low))
    return start + share * (end - start)


def panel(floor, steps, left):
    """The roof of one number of threads, its products, and the steps measured with it."""
    threads, memory = floor["threads"], floor["memory_gbytes"]
    rates = [rate for product in floor["products"] for rate in product["gflops"].values() if rate]
    peak = max(rates)
    lowest, highest, least, most = 1, 1000, 10, 1000
    x = lambda value: logarithm(value, lowest, highest, left + LEFT, left + WIDTH - RIGHT)
    y = lambda value: logarithm(value, least, most, HEIGHT - BOTTOM, TOP)
    lines = [f'<text x="{left + LEFT}" y="20" font-size="14">{threads} thread{"s" * (threads > 1)}: '
             f"{peak:.0f} GFLOP/s, {memory:.0f} GB/s</text>"]
    for value in (1, 10, 100, 1000):
        lines.append(f'<line class="l" x1="{x(value):.1f}" y1="{TOP}" x2="{x(value):.1f}" y2="{HEIGHT - BOTTOM}"/>'
                     f'<text class="m" x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value}</text>')
    for value in (10, 30, 100, 300, 1000):
        lines.append(f'<line class="l" x1="{x(lowest):.1f}" y1="{y(value):.1f}" x2="{x(highest):.1f}" y2="{y(value):.1f}"/>'
                     f'<text class="m" x="{left + LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value}</text>')
    lines.append(f'<text class="m" x="{x(31.6):.1f}" y="{HEIGHT - 10}" text-anchor="middle">operations per byte</text>')
    ridge, begin = peak / memory, max(lowest, least / memory)
    lines.append(f'<polyline class="r" stroke-width="2" points="{x(begin):.1f},{y(begin * memory):.1f} '
                 f'{x(ridge):.1f},{y(peak):.1f} {x(highest):.1f},{y(peak):.1f}"/>')
    for product in floor["products"]:
        for key, name, _ in SIDES:
            rate = product["gflops"].get(key)
            if rate:
                sizes = f'{product["rows"]} x {product["depth"]} x {product["width"]}'
                lines.append(f'<circle class="{name}" cx="{x(product["operations_per_byte"]):.1f}" cy="{y(rate):.1f}" r="4">'
                             f"<title>{sizes}: {rate:.0f} GFLOP/s</title></circle>")
    for name, of_threads, milliseconds, operations in steps:
        if of_threads == threads:
            rate = 1e3 * operations / milliseconds
            lines.append(f'<line class="s" x1="{x(lowest):.1f}" y1="{y(rate):.1f}" x2="{x(highest):.1f}" y2="{y(rate):.1f}"/>'
                         f'<text x="{x(1.15):.1f}" y="{y(rate) + 15:.1f}">{name}: {rate:.0f}</text>')
    return lines


def step(text):
    name, values = text.split("=")
    threads, milliseconds, operations = values.split(":")
    return name, int(threads), float(milliseconds), float(operations)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("floors", nargs="+", metavar="FLOOR.json")
    parser.add_argument("--step", action="append", type=step, default=[], metavar="NAME=THREADS:MS:GFLOP")
    arguments = parser.parse_args()
    floors = [json.load(open(path)) for path in arguments.floors]
    width, height = WIDTH * len(floors), HEIGHT + 26
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" '
          f'role="img" aria-label="Rates of products and steps below what the machine allows">\n<style>{STYLE}</style>')
    for index, floor in enumerate(floors):
        print("\n".join(panel(floor, arguments.step, index * WIDTH)))
    for index, (_, name, label) in enumerate(SIDES):
        left = LEFT + 130 * index
        print(f'<circle class="{name}" cx="{left}" cy="{height - 12}" r="4"/><text x="{left + 9}" y="{height - 8}">{label}</text>')
    print(f'<text class="m" x="{LEFT + 400}" y="{height - 8}">vertical: GFLOP/s; dashed: a whole training step</text>\n</svg>')


if __name__ == "__main__":
    main()
