"""Writes the computational sequences that crates/misa-data/tests/it/csd.rs reads, and what the
alignment of the CMU Multimodal SDK makes of them: first to words with the mean, then to labels.
The alignment is written here by its rules, row by row, and shares nothing with the Rust code.

    pip install h5py numpy && python3 scripts/csd_fixtures.py
"""

import json
import pathlib

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "crates/misa-data/tests/fixtures/csd"
EPS = 10e-6
random = np.random.default_rng(7)


def overlaps(reference, intervals):
    s, e = reference
    found = []
    for row in sorted(range(len(intervals)), key=lambda i: intervals[i][0]):
        a, b = intervals[row]
        if e - a > -EPS and b - s > -EPS:
            clipped = max(a, s), min(b, e)
            if clipped[1] - clipped[0] > EPS:
                found.append((row, clipped))
    return found


def write(name, root, videos):
    with h5py.File(FOLDER / f"{name}.csd", "w") as file:
        for video, (intervals, features) in videos.items():
            group = file.create_group(f"{root}/data/{video}")
            packed = {"compression": "gzip", "compression_opts": 9}
            group.create_dataset("features", data=features, **packed)
            group.create_dataset("intervals", data=np.asarray(intervals), **packed)
        text = h5py.string_dtype()
        file[root].create_dataset("metadata/root name", data=json.dumps(root), dtype=text)


def frames(start, end, rate, d_input, dtype):
    times = np.arange(start, end, 1 / rate)
    intervals = np.stack([times, times + 1 / rate], 1)
    return intervals, random.normal(size=(len(times), d_input)).astype(dtype)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    words, labels, visual, acoustic = {}, {}, {}, {}
    for video, count in [("one", 12), ("two", 7), ("three", 5)]:
        ends = np.cumsum(random.uniform(0.1, 0.6, count)).round(3)
        starts = np.concatenate([[0.0], ends[:-1]])
        spoken = [b"sp" if i % 4 == 3 else f"word{i % 5}".encode() for i in range(count)]
        words[video] = (np.stack([starts, ends], 1), np.array(spoken, "S12")[:, None])
        half = ends[count // 2]
        labels[video] = ([[0.0, half], [half - 0.05, ends[-1]]], np.array([[1.5], [-2.0]], "f4"))
        visual[video] = frames(0.0, ends[-1], 30, 3, "f4")
        acoustic[video] = frames(0.0, ends[-1], 100, 2, "f4")
    # A camera that sees nobody for a while, a video in pieces, and one that has no sound.
    intervals, features = visual["two"]
    kept = (intervals[:, 0] < 0.2) | (intervals[:, 0] > 1.2)
    visual["two"] = (intervals[kept], features[kept])
    intervals, features = acoustic.pop("one")
    acoustic["one[1]"] = (intervals[90:], features[90:])
    acoustic["one[0]"] = (intervals[:90], features[:90])
    del acoustic["three"]
    features = acoustic["two"][1]
    features[5, 1] = np.nan

    write("words", "CMU_TEST_TimestampedWords", words)
    write("labels", "Opinion Segment Labels", labels)
    write("visual", "FACET_4.2", visual)
    write("acoustic", "COVAREP", acoustic)
    folds = {"train": ["one"], "valid": ["two"], "test": ["three"]}
    (FOLDER / "folds.json").write_text(json.dumps(folds) + "\n")

    acoustic["one"] = (
        np.concatenate([acoustic["one[0]"][0], acoustic["one[1]"][0]]),
        np.concatenate([acoustic["one[0]"][1], acoustic["one[1]"][1]]),
    )
    expected = {}
    for video in ["one", "two"]:
        by_word = {}
        for name, (intervals, features) in [("visual", visual[video]), ("acoustic", acoustic[video])]:
            by_word[name] = []
            for word in words[video][0]:
                found = overlaps(word, intervals)
                if found:
                    mean = np.mean(features[[row for row, _ in found]].astype("f8"), 0)
                    hull = min(c[0] for _, c in found), max(c[1] for _, c in found)
                    by_word[name].append((hull, mean.astype("f4").tolist()))
        for number, label in enumerate(labels[video][0]):
            segment = {"label": float(labels[video][1][number, 0])}
            rows = overlaps(label, words[video][0])
            segment["words"] = [words[video][1][row, 0].decode() for row, _ in rows]
            for name, aligned in by_word.items():
                rows = overlaps(label, [hull for hull, _ in aligned])
                values = [aligned[row][1] for row, _ in rows]
                segment[name] = [[None if v != v else v for v in row] for row in values]
            expected[f"{video}[{number}]"] = segment
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")


if __name__ == "__main__":
    main()
