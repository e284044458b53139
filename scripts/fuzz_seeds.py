"""Writes the small data sets in fuzz/seeds, from which the fuzzer starts.

Run with h5py 3 and numpy:  python scripts/fuzz_seeds.py
"""

import hashlib
import json
import pathlib
import struct

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "fuzz/seeds"
NEW = ("v110", "v110")
OLD = ("earliest", "v108")
PACKED = {"chunks": (2, 1), "compression": "gzip", "shuffle": True, "fletcher32": True}
NUMBERS = np.random.default_rng(7)


def sequence(path, root, rows, version=NEW, dtype=None, **options):
    """A computational sequence of two videos."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w", libver=version) as file:
        for video in ["a", "b"]:
            group = file.create_group(f"{root}/data/{video}")
            times = np.linspace(0, 2, len(rows) + 1)
            intervals = np.stack([times[:-1], times[1:]], 1)
            group.create_dataset("features", data=rows, dtype=dtype, **options)
            group.create_dataset("intervals", data=intervals, **options)


def csd():
    folder = FOLDER / "csd"
    sequence(folder / "labels.csd", "Opinion Labels", NUMBERS.random((2, 1)))
    sequence(folder / "visual.csd", "FACET", NUMBERS.random((8, 3)).astype("f4"))
    sequence(folder / "acoustic.csd", "COVAREP", NUMBERS.random((8, 2)))
    fixed = np.array([[b"good"], [b"sp"], [b"film"], [b"."]], "S8")
    free = fixed.astype(str).astype(object)
    text = h5py.string_dtype()
    for name, version in [("new", NEW), ("old", OLD)]:
        folder = FOLDER / "words"
        sequence(folder / f"fixed_{name}.csd", "words", fixed, version)
        sequence(folder / f"packed_{name}.csd", "words", fixed, version, **PACKED)
        sequence(folder / f"free_{name}.csd", "words", free, version, text)


def h5():
    folder = FOLDER / "h5"
    folder.mkdir(parents=True, exist_ok=True)
    for name, shape, version, options in [
        ("labels", (3, 1), NEW, {}),
        ("labels_old", (3, 1, 1), OLD, {}),
        ("features", (3, 4, 2), NEW, {}),
        ("features_old", (3, 4, 2), OLD, {}),
        ("packed", (3, 4, 2), NEW, PACKED | {"chunks": (2, 2, 2)}),
        ("packed_old", (3, 4, 2), OLD, PACKED | {"chunks": (2, 2, 2)}),
        ("both", (3, 1, 1), NEW, {}),
    ]:
        with h5py.File(folder / f"{name}.h5", "w", libver=version) as file:
            file.create_dataset("data", data=NUMBERS.random(shape).astype("f4"), **options)


def digest(utterances):
    """What misa computes over three splits of `utterances`, and nothing else."""
    parts = []
    for split in ["train", "valid", "test"]:
        parts += [len(utterances)]
        for index, (words, ids, visual, acoustic, label) in enumerate(utterances):
            parts += [f"{split}[{index}]", len(words), *words, b"\0", len(ids), ids]
            for rows in [visual, acoustic]:
                parts += [rows.shape[1], rows.size, rows]
            parts += [label]
    return sha256(parts)


def sha256(parts):
    """Of counts in eight bytes, texts after their count, and arrays as they are."""
    hasher = hashlib.sha256()
    for part in parts:
        if isinstance(part, int):
            part = struct.pack("<Q", part)
        elif isinstance(part, str):
            part = struct.pack("<Q", len(part)) + part.encode()
        hasher.update(part if isinstance(part, bytes) else part.tobytes())
    return hasher.hexdigest()


def safetensors():
    folder = FOLDER / "safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    texts = lambda name, texts: tensors.update({
        name: np.frombuffer("".join(texts).encode(), "u1"),
        f"{name}.ends": np.cumsum([len(text) for text in texts]).astype("u8"),
    })
    vocabulary = ["<unk>", "<pad>", "good", "film"]
    numbers = np.arange(4, dtype="u4")
    texts("vocabulary", vocabulary)
    tensors["vocabulary.ids"] = numbers
    visual, acoustic = (NUMBERS.random((3, 2)).astype("f4") for _ in range(2))
    labels = np.array([1.5, -0.5], "f4")
    ids = np.array([2, 3, 2], "u4")
    utterances = [
        (["good", "film"], ids[:2], visual[:2], acoustic[:2], labels[0]),
        (["good"], ids[2:], visual[2:], acoustic[2:], labels[1]),
    ]
    for split in ["train", "valid", "test"]:
        tensors[f"{split}.label"] = labels
        texts(f"{split}.id", [f"{split}[0]", f"{split}[1]"])
        texts(f"{split}.words", ["good", "film", "good"])
        tensors[f"{split}.words.counts"] = np.array([2, 1], "u4")
        rows = {"text": ids, "visual": visual, "acoustic": acoustic}
        tensors |= {f"{split}.{modality}": values for modality, values in rows.items()}
        for modality in ["text", "visual", "acoustic"]:
            tensors[f"{split}.{modality}.steps"] = np.array([2, 1], "u4")
    header, data = {}, b""
    kinds = {"u1": "U8", "u4": "U32", "u8": "U64", "f4": "F32"}
    # Larger elements first, as the format wants it.
    for name, values in sorted(tensors.items(), key=lambda item: -item[1].itemsize):
        start = len(data)
        data += values.tobytes()
        header[name] = {
            "dtype": kinds[values.dtype.str[1:]],
            "shape": list(values.shape),
            "data_offsets": [start, len(data)],
        }
    words = [part for pair in zip(numbers, vocabulary) for part in pair]
    header["__metadata__"] = {
        "format": "misa-utterances-1",
        "checksum": digest(utterances),
        "vocabulary": sha256(words),
        "notes": "[]",
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    (folder / "small.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


def body_safetensors():
    """Requests for predictions."""
    folder = FOLDER / "body_safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    floats = lambda code, *values: struct.pack(f"<{len(values)}{code}", *values)
    bodies = {
        "rows": (
            {"0.id": "a[0]", "0.text": "what fun", "modalities": "text,acoustic", "model": "mosei"},
            {
                "0.visual": ("F64", [1, 2], floats("d", 0.5, -1)),
                "0.acoustic": ("F32", [3, 1], floats("f", 1, 2, 3)),
            },
        ),
        "words": (
            {"0.words": '["what", "fun"]'},
            {
                "1.text": ("I64", [2], floats("q", 1, 7)),
                "2.text": ("I32", [2], floats("i", 1, 7)),
                "0.text": ("F32", [2, 1], floats("f", 0.25, 1.5)),
            },
        ),
    }
    for name, (texts, tensors) in bodies.items():
        header, data = {"__metadata__": texts}, b""
        for tensor, (dtype, shape, values) in tensors.items():
            offsets = [len(data), len(data) + len(values)]
            header[tensor] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
            data += values
        text = json.dumps(header, separators=(",", ":")).encode()
        body = struct.pack("<Q", len(text)) + text + data
        (folder / f"{name}.safetensors").write_bytes(body)


csd()
h5()
safetensors()
body_safetensors()
