#!/usr/bin/env python3
"""Draws what a machine allows and what products and steps reach, from the JSON of the bench `floor`.

    python3 benches/roofline.py floor-1.json floor-2.json --step 'mosei_glove_b64=2:301:32.6' > docs/roofline.svg

A step is NAME=THREADS:MILLISECONDS:GFLOP. Both axes are logarithmic.
"""

import argparse
import json
import math

from svg import begin, line, words

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 430, 340, 56, 14, 44, 46
SIDES = [("ours", "a", "ours"), ("flex", "b", "Burn's flex"), ("torch", "p", "PyTorch (MKL)")]
STYLE = (".a{fill:#2a6fb0}.b{fill:#8fbbe0}.p{fill:#c0392b}.l{stroke:#bbb}"
         ".r{stroke:#777;fill:none}.s{stroke:#2a6fb0;stroke-dasharray:5 4}")


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
        lines.append(line("l", x(value), TOP, x(value), HEIGHT - BOTTOM)
                     + words(value, x(value), HEIGHT - BOTTOM + 16, "middle", "m"))
    for value in (10, 30, 100, 300, 1000):
        lines.append(line("l", x(lowest), y(value), x(highest), y(value))
                     + words(value, left + LEFT - 6, y(value) + 4, "end", "m"))
    lines.append(words("operations per byte", x(31.6), HEIGHT - 10, "middle", "m"))
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
            lines.append(line("s", x(lowest), y(rate), x(highest), y(rate))
                         + words(f"{name}: {rate:.0f}", x(1.15), y(rate) + 15))
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
    print(begin(width, height, "Rates of products and steps below what the machine allows", STYLE, ".l{stroke:#555}"))
    for index, floor in enumerate(floors):
        print("\n".join(panel(floor, arguments.step, index * WIDTH)))
    for index, (_, name, label) in enumerate(SIDES):
        left = LEFT + 130 * index
        print(f'<circle class="{name}" cx="{left}" cy="{height - 12}" r="4"/>' + words(label, left + 9, height - 8))
    print(words("vertical: GFLOP/s; dashed: a whole training step", LEFT + 400, height - 8, kind="m") + "\n</svg>")


if __name__ == "__main__":
    main()
