"""A small data set of features of text, face and voice, as a folder of one's own: numbers that carry their label.

    features.py FOLDER

60 utterances of 3 to 9 steps with 12, 5 and 7 features, in NumPy archives, with `labels.csv`. Needs Python alone.
"""

import csv
import math
import pathlib
import random
import struct
import sys
import zipfile

SIZES = {"text": 12, "visual": 5, "acoustic": 7}
SPLITS = ["train"] * 8 + ["valid", "test"]


def npy(rows):
    """The bytes of an array of NumPy, `[steps, features]`, of 32-bit floats."""
    heading = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    heading = heading.ljust(117) + "\n"
    values = [value for row in rows for value in row]
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(heading)) + heading.encode() + struct.pack(f"<{len(values)}f", *values)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    labels = {f"u{number:03}": round(draw.uniform(-3, 3), 2) for number in range(60)}
    for modality, size in SIZES.items():
        with zipfile.ZipFile(folder / f"{modality}.npz", "w") as archive:
            for id, label in labels.items():
                steps = draw.randint(3, 9)
                rows = [[math.sin(label + column) + draw.gauss(0, 0.2) for column in range(size)] for _ in range(steps)]
                archive.writestr(f"{id}.npy", npy(rows))
    with open(folder / "labels.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "split", "label"])
        table.writerows((id, SPLITS[place % 10], label) for place, (id, label) in enumerate(labels.items()))


main(pathlib.Path(sys.argv[1]))
