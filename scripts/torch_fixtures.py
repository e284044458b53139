#!/usr/bin/env python3
"""Write the fixtures in crates/misa-files/tests/fixtures/torch. Needs PyTorch 2."""

import collections
import pathlib

import torch

HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDER = HERE / "crates/misa-files/tests/fixtures/torch"

FLOATS = [0.0, -0.5, 1.5, 1024.0, float("inf")]
INTS = [0, 1, 2, 100, 127]


def values():
    result = collections.OrderedDict()
    for name in ["float16", "bfloat16", "float32", "float64"]:
        result[name] = torch.tensor(FLOATS, dtype=getattr(torch, name))
    for name in ["int8", "int16", "int32", "int64"]:
        result[name] = torch.tensor([-128, *INTS], dtype=getattr(torch, name))
    result["uint8"] = torch.tensor([*INTS, 255], dtype=torch.uint8)
    result["bool"] = torch.tensor([True, False, True])
    result["single"] = torch.tensor(2.5)
    result["empty"] = torch.zeros(0, 3)
    grid = torch.arange(24.0).reshape(4, 3, 2)
    # One storage, seen in several ways.
    result["grid"] = grid
    result["transposed"] = grid.permute(2, 0, 1)
    result["slice"] = grid[1:3, ::2, 1]
    result["row"] = grid[2]
    result["repeated"] = torch.tensor([[1.0], [2.0]]).expand(2, 3)
    result["parameter"] = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
    result["plain"] = {"name": "text", "steps": 7}
    return result


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    torch.save(values(), FOLDER / "values.pt")
    torch.save(values(), FOLDER / "values_legacy.pt", _use_new_zipfile_serialization=False)
    small = {"a": torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "b": torch.tensor([5])}
    torch.save(small, FOLDER / "small.pt")
    torch.save(small, FOLDER / "small_legacy.pt", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
