"""Writes the HDF5 fixtures of misa-files, and what h5py reads from them.

Run with h5py 3 and numpy:  python scripts/hdf5_fixtures.py

Beside every `NAME.h5` stands `NAME.txt`: per dataset its path, element type, shape and values,
one a line, as JSON.
"""

import json
import pathlib

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "crates/misa-files/tests/fixtures/hdf5"
TEXT = h5py.string_dtype()


def random(shape, dtype):
    """Values that every type holds exactly."""
    values = np.random.default_rng(7).integers(-120, 120, shape)
    return (values % 120 if np.dtype(dtype).kind == "u" else values).astype(dtype)


def numbers(file):
    for order in "<>":
        for name in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]:
            dtype = np.dtype(order + name)
            group = file.require_group("little" if order == "<" else "big")
            group[name] = random((3, 2), dtype)
    file["special"] = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38], "f4")
    file["scalar"] = 2.5
    file["truth"] = np.array([True, False, True])
    file.create_dataset("empty", shape=(0, 74), dtype="f4")
    file["nothing"] = h5py.Empty("f4")


def texts(file):
    file["fixed"] = np.array([[b"sp"], [b"don't"], [b"caf\xe9"], [b""]], "S12")
    file["variable"] = np.array(["one", "", "zwei \u00fcber", "\u65e5\u672c"], dtype=object)
    for name, padding in [("terminated", h5py.h5t.STR_NULLTERM), ("spaces", h5py.h5t.STR_SPACEPAD)]:
        dtype = h5py.h5t.C_S1.copy()
        dtype.set_size(6)
        dtype.set_strpad(padding)
        space = h5py.h5s.create_simple((2,))
        dataset = h5py.h5d.create(file.id, name.encode(), dtype, space)
        fill = b"\0" if name == "terminated" else b" "
        values = np.array([b"ab".ljust(6, fill), b"abcde".ljust(6, fill)], "S6")
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values, mtype=dtype)
    file.create_dataset(
        "chunked", data=["w%d" % i for i in range(23)], dtype=TEXT, chunks=(5,), compression="gzip"
    )


def csd(file):
    root = file.create_group("Opinion Segment Labels")
    data = root.create_group("data")
    for video in range(10):
        group = data.create_group("video%02d" % video)
        steps = 1 + video % 3
        group.create_dataset("features", data=random((steps, 1), "f4"), compression="gzip")
        group.create_dataset("intervals", data=random((steps, 2), "f8"))
    metadata = root.create_group("metadata")
    for name in ["alignment", "dimension names", "root name", "uuid"]:
        metadata.create_dataset(name, data=json.dumps([name] * 3), dtype=TEXT, shape=())


def chunks(file):
    values = random((13, 7), "f4")
    file.create_dataset("plain", data=values, chunks=(4, 3))
    file.create_dataset("gzip", data=values, chunks=(4, 3), compression="gzip")
    file.create_dataset(
        "all", data=values, chunks=(5, 2), compression="gzip", shuffle=True, fletcher32=True
    )
    file.create_dataset("checked", data=values, chunks=(13, 7), fletcher32=True)
    file.create_dataset("shuffled", data=random((9, 2, 5), "i8"), chunks=(2, 2, 2), shuffle=True)
    file.create_dataset("single", data=values, chunks=(13, 7), compression="gzip")
    holes = file.create_dataset("holes", shape=(9, 4), chunks=(2, 2), dtype="f4", fillvalue=-1.5)
    holes[3, 1] = 4
    holes[8, 3] = 5
    file.create_dataset("never", shape=(5, 3), chunks=(2, 2), dtype="i2", compression="gzip")
    file.create_dataset("unwritten", shape=(4,), dtype="f8", fillvalue=7)
    many = file.create_dataset("many", shape=(150, 2), chunks=(1, 1), dtype="u1")
    many[:] = random((150, 2), "u1")
    growing = file.create_dataset("growing", (11, 3), "i4", maxshape=(None, 3), chunks=(2, 3))
    growing[:] = random((11, 3), "i4")


def wide(file):
    growing = file.create_dataset(
        "wide", (7, 5), "f4", maxshape=(None, None), chunks=(2, 2), compression="gzip"
    )
    growing[:] = random((7, 5), "f4")
    long = file.create_dataset("long", (700,), "i2", maxshape=(None,), chunks=(2,))
    long[:] = random((700,), "i2")
    packed = file.create_dataset(
        "packed", (40, 3), "f8", maxshape=(None, 3), chunks=(3, 2), compression="gzip"
    )
    packed[:] = random((40, 3), "f8")
    # More than the chunks of a page.
    paged = file.create_dataset("paged", shape=(1500,), dtype="u1", chunks=(1,))
    paged[3], paged[1490] = 5, 6


def compact(file):
    space = h5py.h5s.create_simple((2, 3))
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.COMPACT)
    dataset = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, layout)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, random((2, 3), "f4"))
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_chunk((2, 2))
    early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    dataset = h5py.h5d.create(file.id, b"implicit", h5py.h5t.STD_I32BE, space, early)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, random((2, 3), "i4"))
    file["type"] = np.dtype("f8")
    file.create_dataset("shared", data=random((3,), "f8"), dtype=file["type"])
    file["contiguous"] = random((70, 3), "f8")
    file["alias"] = file["contiguous"]
    file["path"] = h5py.SoftLink("/contiguous")


def many(file):
    for number in range(60):
        file["a/b/item %d" % number] = np.int8(number)
    for number in range(9):
        file.create_group("group %d" % number)


def small(file):
    values = random((6, 5), "f4")
    file.create_dataset(
        "x", data=values, chunks=(4, 3), compression="gzip", shuffle=True, fletcher32=True
    )
    file["group/text"] = "text"


def refused(file):
    file["compound"] = np.zeros(2, [("a", "i4"), ("b", "f4")])
    file.create_dataset("lzf", data=np.zeros((50,)), compression="lzf")
    file["complex"] = np.zeros(2, "c8")
    # A group that leads to the one it is in, which h5py allows.
    group = file.create_group("a/b")
    group["back"] = file["a"]
    virtual = h5py.VirtualLayout((2,), "f4")
    virtual[:] = h5py.VirtualSource("other.h5", "x", (2,))
    file.create_virtual_dataset("virtual", virtual)


def plain(value):
    """A value as JSON has it."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if isinstance(value, (float, np.floating)) and not np.isfinite(value):
        return str(float(value))
    return value.item() if isinstance(value, np.generic) else value


def describe(file):
    lines = []

    def visit(path, item):
        if not isinstance(item, h5py.Dataset):
            return
        if item.shape is None:
            shape, values = [0], []
        else:
            shape, values = list(item.shape), np.asarray(item[()]).ravel()
        kind = "text" if item.dtype.kind in "SO" else item.dtype.name
        lines.append(json.dumps([path, kind, shape, [plain(value) for value in values]]))

    file.visititems(visit)
    return "\n".join(lines) + "\n"


def write(name, fill, **options):
    path = FOLDER / (name + ".h5")
    with h5py.File(path, "w", **options) as file:
        fill(file)
    if fill is not refused:
        with h5py.File(path) as file:
            (FOLDER / (name + ".txt")).write_text(describe(file))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for fill in [numbers, texts, csd, chunks, compact, many]:
        write(fill.__name__, fill, libver=("earliest", "v108"))
    for fill in [numbers, texts, csd, chunks, compact, many, wide]:
        write(fill.__name__ + "_v110", fill, libver=("v110", "v110"))
    write("chunks_latest", chunks, libver="latest")
    write("wide_latest", wide, libver="latest")
    write("small", small, libver=("earliest", "v108"))
    write("small_latest", small, libver="latest")
    write("compact_block", compact, userblock_size=512)
    write("refused", refused)
