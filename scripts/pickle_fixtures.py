#!/usr/bin/env python3
"""Write the fixtures in crates/misa-files/tests/fixtures/pickle. Needs NumPy 2 and nothing else."""

import collections
import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import pickle
import sys
import types

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDER = HERE / "crates/misa-files/tests/fixtures/pickle"


class Plain:
    """An object with attributes."""

    def __init__(self):
        self.name, self.rows = "plain", np.zeros(3, "f4")


class Slots:
    """An object without a dictionary."""

    __slots__ = ("name",)

    def __init__(self):
        self.name = "slots"


class Words(list):
    """A list with attributes."""


class Table(dict):
    """A dictionary with attributes."""


class Side(enum.Enum):
    """Members of an enumeration."""

    FRONT = 1


class Named:
    """A class that is itself a value."""


Pair = collections.namedtuple("Pair", "one two")


def factory():
    """A default factory."""


# Classes of a module that is in no library, as in everybody's own files.
MINE = types.ModuleType("mine")
for member in (Plain, Slots, Words, Table, Side, Named, Pair, factory):
    member.__module__ = "mine"
    setattr(MINE, member.__name__, member)
sys.modules["mine"] = MINE


def objects():
    """One value for each way in which Python writes an object."""
    words, table = Words(["a", "b"]), Table(key="value")
    words.language = table.language = "en"
    structured = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    shared = pathlib.PurePosixPath("video/x.mp4")
    return {
        "counter": collections.Counter("abba"),
        "path": shared,
        "the same path": shared,
        "paths": [pathlib.PurePosixPath(name) for name in "ab"],
        "by path": {pathlib.PurePosixPath("c"): 1.5},
        "plain": Plain(),
        "words": words,
        "table": table,
        "side": Side.FRONT,
        "pair": Pair(1, [2]),
        "a class": Named,
        "time": datetime.datetime(2016, 6, 20),
        "fraction": fractions.Fraction(1, 3),
        "decimal": decimal.Decimal("0.1"),
        "complex": 1 + 2j,
        "slice": slice(1, 2),
        "range": range(3),
        "partial": functools.partial(int, base=2),
        "date": np.datetime64("2016-06-20"),
        "dates": np.array(["2016-06-20"], "M8[D]"),
        "complex array": np.zeros(2, "c8"),
        "long": np.zeros(2, np.longdouble),
        "structured": structured,
        "records": structured.view(np.recarray),
        "matrix": np.asmatrix(np.zeros((2, 2), "f4")),
        "masked": np.ma.masked_array(np.zeros(2, "f4"), [True, False]),
        "random": np.random.PCG64(1),
    }


def values():
    """What is read, among and inside of what is not."""
    found = {"floats": np.array([1.5, -2.0], "f4")}
    found.update(objects())
    factories = collections.defaultdict(factory, hello=2)
    partial = collections.defaultdict(functools.partial(dict), hello=3)
    found["factories"] = [factories, partial]
    found["object array"] = np.array(["a", decimal.Decimal("0.2"), 3], dtype=object)
    found["last"] = collections.OrderedDict(text="end")
    return found


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for protocol in range(6):
        content = values()
        if protocol >= 2:
            content["slots"] = Slots()
        (FOLDER / f"objects.p{protocol}.pkl").write_bytes(pickle.dumps(content, protocol))


if __name__ == "__main__":
    main()
