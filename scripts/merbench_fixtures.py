#!/usr/bin/env python3
"""Write the fixtures in crates/misa-recordings/tests/fixtures/merbench. Needs NumPy 2 and nothing else."""

import io
import os
import pathlib
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDER = HERE / "crates/misa-recordings/tests/fixtures/merbench"
DATE = (1980, 1, 1, 0, 0, 0)


class Command:
    """What Python would run while it reads the file."""

    def __reduce__(self):
        return os.system, ("true",)


class Mine:
    """A class that nobody knows."""


def archive(name, **corpora):
    """As `numpy.savez_compressed` writes dictionaries, with bytes that depend on nothing else."""
    with zipfile.ZipFile(FOLDER / name, "w") as file:
        for corpus, content in corpora.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asanyarray(content), allow_pickle=True)
            info = zipfile.ZipInfo(f"{corpus}.npy", DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, buffer.getvalue())


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    archive(
        "cmu.npz",
        train_corpus={"a_1": {"emo": "happy", "val": 1.5}, "a_2": {"emo": "sad", "val": np.float32(-0.5)}},
        val_corpus={"b_1": {"emo": "neutral", "val": 0}},
        test_corpus={"c_1": {"emo": "angry", "val": np.float64(-3)}},
    )
    archive(
        "mer.npz",
        train_corpus={"sample_1": {"emo": "happy", "val": 2.0}},
        test1_corpus={"sample_2": {"emo": "worried", "val": -1.0}},
        test2_corpus={"sample_3": {"emo": "angry", "val": ""}},
        test3_corpus={"sample_4": {"emo": "sad"}},
    )
    archive("iemocap.npz", whole_corpus={"Ses01F_impro01_F000": {"emo": 2, "val": 2.5}})
    archive("command.npz", train_corpus={"a": {"emo": Command(), "val": 1.0}})
    archive("class.npz", train_corpus={"a": {"emo": 0, "val": Mine()}})
    archive("twice.npz", train_corpus={"a": {"emo": 0, "val": 1.0}}, test_corpus={"a": {"emo": 0, "val": 2.0}})
    archive("unfinite.npz", train_corpus={"a": {"emo": 0, "val": float("nan")}})
    archive("words.npz", train_corpus={"a": {"emo": 0, "val": "good"}})
    archive("list.npz", train_corpus=np.array([{"emo": 0}, {"emo": 1}]))
    archive("numbers.npz", train_corpus=np.arange(3.0))
    archive("unknown.npz", extra_corpus={"a": {"emo": 0, "val": 1.0}})
    archive("features.npz", audio=np.zeros((2, 3), "<f4"))
    archive("empty.npz", train_corpus={})


if __name__ == "__main__":
    main()
