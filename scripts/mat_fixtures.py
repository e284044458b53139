#!/usr/bin/env python3
"""Write the fixtures in crates/misa-files/tests/fixtures/mat. Needs NumPy 2 and SciPy 1.

SciPy writes all but `big_endian.mat`, which is written here and compared with what SciPy reads.
"""

import io
import pathlib
import struct

import numpy as np
import scipy.io
import scipy.sparse

HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDER = HERE / "crates/misa-files/tests/fixtures/mat"
TEXT = b"MATLAB 5.0 MAT-file, written for the tests of misa"


def write(name, variables, **options):
    """A file without the date that SciPy writes into its head."""
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, variables, **options)
    data = buffer.getvalue()
    (FOLDER / name).write_bytes(TEXT.ljust(116) + data[116:])


def element(kind, data):
    padding = bytes(-len(data) % 8)
    return struct.pack(">II", kind, len(data)) + data + padding


def small(kind, data):
    return struct.pack(">HH", len(data), kind) + data.ljust(4, b"\0")


def matrix(flags, shape, name, *parts):
    head = element(6, struct.pack(">II", flags, 0)) + element(5, struct.pack(f">{len(shape)}i", *shape))
    return element(14, head + element(1, name) + b"".join(parts))


def big_endian():
    numbers = matrix(6, (2, 3), b"numbers", element(9, struct.pack(">6d", 1.5, -2, 0, 3, 4, 5)))
    smaller = matrix(6, (1, 2), b"smaller", small(3, struct.pack(">hh", -300, 7)))
    text = matrix(4, (1, 2), b"text", small(4, struct.pack(">HH", 0x6211, 0x7231)))
    names = small(5, struct.pack(">i", 4)) + element(1, b"a\0\0\0bc\0\0")
    fields = matrix(9, (1, 1), b"", small(2, b"\x09")) + element(14, b"")
    both = matrix(2, (1, 1), b"both", names, fields)
    head = TEXT.ljust(116) + bytes(8) + struct.pack(">H", 0x0100) + b"MI"
    (FOLDER / "big_endian.mat").write_bytes(head + numbers + smaller + text + both)
    read = scipy.io.loadmat(FOLDER / "big_endian.mat", uint16_codec="utf-16-be")
    assert read["numbers"].tolist() == [[1.5, 0, 4], [-2, 3, 5]]
    assert read["smaller"].tolist() == [[-300, 7]]
    assert read["text"].tolist() == ["\u6211\u7231"]
    assert read["both"][0, 0]["a"].tolist() == [[9]] and read["both"][0, 0]["bc"].size == 0


def cell(*values):
    array = np.empty((1, len(values)), dtype=object)
    array[0, :] = values
    return array


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    numbers = {}
    for code in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
        limits = np.iinfo(code)
        numbers[code] = np.array([[limits.min, 1, limits.max]], code)
    numbers["f4"] = np.array([[0.5, -np.inf], [np.nan, 1024]], "f4")
    numbers["f8"] = np.array([[0.1, -2, 3], [1e300, np.inf, 6]])
    numbers["logical"] = np.array([[True, False], [True, True]])
    numbers["cube"] = np.arange(24, dtype="f8").reshape(2, 3, 4)
    numbers["empty"] = np.zeros((0, 5))
    numbers["scalar"] = 2.5
    write("numbers.mat", numbers)
    write("packed.mat", numbers, do_compression=True)
    others = {
        "line": "I love it",
        "lines": np.array(["one", "three"]),
        "unicode": "\u6211\u7231 caf\u00e9 \U0001f600",
        "nothing": "",
        "cells": cell("a", np.arange(3.0), cell("inner", 1), np.zeros((0, 0))),
        "data": {"rate": 100, "inner": {"features": np.arange(6.0).reshape(2, 3), "name": "clip"}},
        "many": np.array([[(1, "x"), (2, "y")]], [("number", object), ("name", object)]),
    }
    write("others.mat", others)
    write("others_packed.mat", others, do_compression=True)
    write("refused.mat", {
        "complex": np.array([[1j, 2]]),
        "sparse": scipy.sparse.csc_matrix([[0.0, 1.0]]),
        "data": {"before": np.array([1j]), "features": np.arange(2.0)},
        "plain": np.array([[7.0]]),
    })
    big_endian()


if __name__ == "__main__":
    main()
