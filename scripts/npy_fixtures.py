#!/usr/bin/env python3
"""Write the fixtures in crates/misa-files/tests/fixtures/npy. Needs NumPy 2 and nothing else."""

import io
import pathlib
import struct
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDER = HERE / "crates/misa-files/tests/fixtures/npy"
DATE = (1980, 1, 1, 0, 0, 0)


def npy(array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asanyarray(array), version=version)
    return buffer.getvalue()


def archive(name, members, method=zipfile.ZIP_DEFLATED, **options):
    """A zip whose bytes depend on nothing but its members."""
    with zipfile.ZipFile(FOLDER / name, "w") as file:
        for member, data in members.items():
            info = zipfile.ZipInfo(member, DATE)
            info.compress_type = method
            with file.open(info, "w", **options) as target:
                target.write(data)


def wide_archive(name, member, data):
    """One stored member whose sizes and places all stand in the fields of 64 bits."""
    import zlib

    every, crc = 0xFFFFFFFF, zlib.crc32(data)
    wide = struct.pack("<HHQQQ", 1, 24, len(data), len(data), 0)
    version, date, encoded = 45, 0x21, member.encode()
    common = struct.pack("<HHHHHIIIHH", version, 0, 0, 0, date, crc, every, every, len(encoded), 20)
    header = b"PK\3\4" + common + encoded + wide[:2] + struct.pack("<H", 16) + wide[4:20]
    entry = struct.pack("<HHHHHHIIIHHHHHII", version, version, 0, 0, 0, date, crc, every, every,
                        len(encoded), len(wide), 0, 0, 0, 0, every)
    directory = b"PK\1\2" + entry + encoded + wide
    start = len(header) + len(data)
    end = start + len(directory)
    end_64 = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, version, version, 0, 0, 1, 1, len(directory), start)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
    last = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, every, every, 0)
    (FOLDER / name).write_bytes(header + data + directory + end_64 + locator + last)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    numbers = [0, 1, 2, 3, 100, 127]
    arrays = {"b1": np.array([[True, False, True], [False, False, True]])}
    for code in ["i1", "i2", "i4", "i8"]:
        low = np.iinfo(code).min
        for order in "<>" if code != "i1" else "<":
            suffix = "_big" if order == ">" else ""
            arrays[code + suffix] = np.array([low, -1, *numbers[:3], np.iinfo(code).max], order + code)
    for code in ["u1", "u2", "u4", "u8"]:
        arrays[code] = np.array([*numbers, np.iinfo(code).max], code)
    for code in ["f2", "f4", "f8"]:
        for order in "<>":
            suffix = "_big" if order == ">" else ""
            arrays[code + suffix] = np.array([0.0, -0.5, 1.5, 1024.0, np.inf, -np.inf], order + code)
    arrays["nan"] = np.array([np.nan, 1.0], "<f4")
    arrays["bytes"] = np.array([[b"ab", b"c"], [b"", b"defg"]])
    arrays["unicode"] = np.array(["good", "\u4f60\u597d", "", "caf\u00e9 \U0001f600"])
    arrays["unicode_big"] = arrays["unicode"].astype(">U8")
    arrays["c_order"] = np.arange(24, dtype="<i2").reshape(4, 3, 2)
    arrays["fortran"] = np.asfortranarray(arrays["c_order"])
    arrays["fortran_big"] = np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3))
    arrays["single"] = np.array(2.5)
    arrays["empty"] = np.zeros((0, 5), "<f4")
    arrays["empty_rows"] = np.zeros((3, 0), "<f4")
    arrays["objects"] = np.array({"a": {"val": 0.5, "emo": 0}, "b": None}, dtype=object)
    arrays["objects_list"] = np.array(["text", 7, 1.5], dtype=object)
    arrays["structured"] = np.array([(1, 2.0)], [("id", "<i4"), ("value", "<f4")])
    arrays["complex"] = np.array([1j], "<c8")
    arrays["dates"] = np.array(["2020-01-01"], "M8[D]")
    for name, array in arrays.items():
        (FOLDER / f"{name}.npy").write_bytes(npy(array))
    for major in [2, 3]:
        data = npy(arrays["c_order"], (major, 0))
        (FOLDER / f"version_{major}.npy").write_bytes(data)

    members = {f"{name}.npy": npy(arrays[name]) for name in ["f4", "c_order", "unicode", "objects"]}
    archive("stored.npz", members, zipfile.ZIP_STORED, force_zip64=True)
    archive("deflated.npz", members, force_zip64=True)
    archive("plain.npz", members)
    archive("empty.npz", {})
    archive("small.npz", {"a.npy": npy(np.arange(6, dtype="<f4").reshape(2, 3))})
    archive("lzma.npz", {"a.npy": npy(np.arange(3))}, zipfile.ZIP_LZMA)
    archive("others.npz", {"notes.txt": b"not an array", "broken.npy": b"not an array"})
    wide_archive("wide.npz", "f4.npy", npy(arrays["f4"]))


if __name__ == "__main__":
    main()
