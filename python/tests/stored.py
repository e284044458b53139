"""Files of the repository as the tests read them, with nothing but NumPy."""

import json
import pathlib

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "datasets" / "golden"
TYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U64": "<u8", "U32": "<u4", "U8": "u1"}


def tensors(path):
    """The arrays of a safetensors file by their names."""
    content = pathlib.Path(path).read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(content[start:end], TYPES[entry["dtype"]])
        found[name] = values.reshape(entry["shape"])
    return found


def parts(values, counts):
    """`values` cut into parts of these lengths."""
    return numpy.split(values, numpy.cumsum(counts)[:-1])


def texts(letters, ends):
    """The texts of an array of bytes that end at `ends`."""
    starts = [0, *ends[:-1]]
    return [bytes(letters[start:end]).decode() for start, end in zip(starts, ends)]


def write_pickles(folder):
    """A folder in the layout of the official code, from golden files."""
    source = GOLDEN / "data" / "misa_mosi_f32" / "pkl"
    folder.mkdir()
    for name in ["train", "dev", "test"]:
        (folder / f"{name}.pkl").write_bytes((source / f"{name}.np2_default.pkl").read_bytes())
    return folder
