"""Aligns the first N clips of `many.py` to their words by the CMU Multimodal SDK itself, and times it.

    sdk_align.py FOLDER N

Takes the SDK that is installed, or else installs `cmu-multimodal-sdk` of Python's registry into a temporary folder;
where that fails, says so and ends with status 0. Reading the files is timed apart: that part is ours.
"""

import contextlib
import csv
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

# Progress bars would be timed too.
os.environ["TQDM_DISABLE"] = "1"
# Set in the process that runs with a copy installed for it.
INSIDE = "MISA_SDK_INSTALLED"


def install_and_repeat():
    """Runs this program with the SDK in a temporary environment; returns its status."""
    with tempfile.TemporaryDirectory() as folder:
        python = pathlib.Path(folder) / "bin/python"
        steps = [[sys.executable, "-m", "venv", folder], [python, "-m", "pip", "install", "-q", "cmu-multimodal-sdk"]]
        if any(subprocess.run(step, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode for step in steps):
            print("sdk_align: skipped, cmu-multimodal-sdk cannot be installed")
            return 0
        return subprocess.run([python, *sys.argv], env=os.environ | {INSIDE: "1"}).returncode


def seconds(duration):
    """Of `0 days 00:00:01.250000`."""
    hours, minutes, rest = duration.split()[2].split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def words_of(path):
    """The times of the words, and their numbers in place of features."""
    words = [word for word in json.loads(path.read_text())["word_segments"] if "start" in word]
    return [(word["start"], word["end"]) for word in words], [[number] for number in range(len(words))]


def faces_of(path):
    """Action units of rows in which the face was found."""
    header, *rows = csv.reader(path.open(), skipinitialspace=True)
    first, success, moment = header.index("AU01_r"), header.index("success"), header.index("timestamp")
    rows = [row for row in rows if row[success] == "1"]
    times = [(float(row[moment]), float(row[moment]) + 0.04) for row in rows]
    return times, [list(map(float, row[first:])) for row in rows]


def voice_of(path):
    _, *rows = csv.reader(path.open())
    return [(seconds(row[1]), seconds(row[2])) for row in rows], [list(map(float, row[3:])) for row in rows]


def read(folder, names):
    """Intervals and features of each sequence and clip, as the SDK holds them."""
    import numpy

    readers = {"words": (words_of, "json"), "faces": (faces_of, "csv"), "voice": (voice_of, "csv")}
    sequences = {}
    for kind, (reader, extension) in readers.items():
        sequences[kind] = {}
        for name in names:
            times, values = reader(folder / kind / f"{name}.{extension}")
            parts = {"intervals": numpy.array(times), "features": numpy.array(values, "float32")}
            sequences[kind][name] = parts
    return sequences


def align(sequences):
    """Means of the rows of every word, the usual way to use the SDK: the aligned data set, and the seconds it took."""
    # The package itself would import its models, which need PyTorch.
    sys.modules["mmsdk"] = importlib.util.module_from_spec(importlib.util.find_spec("mmsdk"))
    from mmsdk import mmdatasdk

    def mean(intervals, features):
        return features.mean(axis=0)

    # Names without the extension of a file make empty sequences.
    dataset = mmdatasdk.mmdataset({kind: kind for kind in sequences})
    for kind, data in sequences.items():
        dataset[kind].setData(data, kind)
    begun = time.perf_counter()
    dataset.align("words", collapse_functions=[mean])
    return dataset, time.perf_counter() - begun


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if importlib.util.find_spec("mmsdk") is None:
        sys.exit("sdk_align: the SDK is installed and cannot be found" if INSIDE in os.environ else install_and_repeat())
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    names = sorted(path.stem for path in (folder / "words").glob("*.json"))[:count]
    begun = time.perf_counter()
    sequences = read(folder, names)
    reading = time.perf_counter() - begun
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        dataset, aligning = align(sequences)
    steps = {kind: len(dataset[kind].keys()) for kind in sequences}
    print(f"{len(names)} clips read in {reading:.2f} s, {len(names) / reading:.1f} clips a second")
    print(f"aligned by the SDK in {aligning:.2f} s, {len(names) / aligning:.1f} clips a second")
    print("steps of words, faces and voice: {words}, {faces}, {voice}".format(**steps))


if __name__ == "__main__":
    main()
