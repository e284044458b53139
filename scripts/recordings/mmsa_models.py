"""Whether MMSA's own code trains on feature files that `misa data assemble --mmsa` wrote.

    mmsa_models.py ALIGNED UNALIGNED FOLDER [MODEL...]

Needs the Python package MMSA. FOLDER is a Hugging Face folder of the BERT whose tokens the files have. MMSA takes
vectors of a BERT to have 768 values, so those of its models that run one get a small BERT of that width, with the
same vocabulary and random weights.

The files are checked for what MMSA takes for granted, then every model is trained for two passes over the data, and
tested: those that MMSA wants aligned on the first file, the others on both. A model fails where MMSA raises, or where
its results are not finite. The exit status is 1 if a check or a model failed, except for models that MMSA itself
cannot train.
"""

import argparse
import contextlib
import io
import json
import logging
import math
import os
import pathlib
import pickle
import shutil
import sys
import tempfile
import traceback

import numpy
import torch
import transformers

WIDTH = 768
# The name under which MMSA loads a BERT. A folder of this name is taken before a hub is asked.
BERT = "bert-base-uncased"
DATASET = "mosi"
# Those that MMSA knows for CH-SIMS alone, since they need labels of single modalities.
OF_SIMS = ("mlf_dnn", "mtfn", "mlmf")
# Models that MMSA 2.2.1 cannot train here, whatever the file, and why.
UNBOUND = "its trainer logs `train_results` before it has any"
BROKEN = {"mctn": "it asks for a GPU by name", "mlf_dnn": UNBOUND, "mtfn": UNBOUND, "mlmf": UNBOUND}
# Settings that fit to the lengths of MMSA's own files alone, and what they are here.
OF_LENGTHS = {"num_temporal_head": 1}


class Plateau(torch.optim.lr_scheduler.ReduceLROnPlateau):
    """MMSA is older than PyTorch 2.7, which has no `verbose` any more."""

    def __init__(self, *arguments, verbose=None, **options):
        super().__init__(*arguments, **options)


torch.optim.lr_scheduler.ReduceLROnPlateau = Plateau

def small_bert(source, target):
    """A BERT of one layer with the vocabulary of `source`, as wide as MMSA expects it."""
    given = json.loads((source / "config.json").read_text())
    config = transformers.BertConfig(
        vocab_size=given["vocab_size"],
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=12,
        intermediate_size=WIDTH,
        max_position_embeddings=given["max_position_embeddings"],
    )
    torch.manual_seed(1)
    transformers.BertModel(config).save_pretrained(target)
    for name in ("vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        if (source / name).exists():
            shutil.copy(source / name, target)


def check_file(path, is_aligned, vocabulary):
    """Fails where a file lacks what MMSA takes for granted without checking it; returns its content."""
    with open(path, "rb") as file:
        data = pickle.load(file)
    assert list(data) == ["train", "valid", "test"], f"splits {list(data)}"
    ids = [name for part in data.values() for name in part["id"]]
    assert len(set(ids)) == len(ids), "an id occurs twice"
    for split, part in data.items():
        count = len(part["id"])
        for key, values in part.items():
            assert len(values) == count, f"{split}: {key} has {len(values)} entries of {count}"
        assert all(isinstance(text, str) for key in ("id", "raw_text", "annotations") for text in part[key])
        check_sequences(split, part, is_aligned)
        check_labels(split, part)
        check_tokens(split, part["text_bert"], vocabulary)
    return data


def check_sequences(split, part, is_aligned):
    for key in ("text", "vision", "audio"):
        values, lengths = part[key], part[f"{key}_lengths"]
        assert len(values[0]) >= part["text_bert"].shape[2], f"{split}: {key} is shorter than the tokens"
        assert values.dtype == numpy.float32 and values.ndim == 3, f"{split}: {key} is {values.dtype}"
        assert numpy.isfinite(values).all(), f"{split}: {key} is not finite"
        for row, length in zip(values, lengths, strict=True):
            assert 0 < length <= len(row), f"{split}: {key} of {length} steps in {len(row)}"
            assert not row[length:].any(), f"{split}: {key} has values behind its last step"
    if is_aligned:
        steps = {part["text"].shape[1], part["vision"].shape[1], part["audio"].shape[1], part["text_bert"].shape[2]}
        assert len(steps) == 1, f"{split}: {steps} steps"
        assert part["text_lengths"] == part["vision_lengths"] == part["audio_lengths"], f"{split}: not aligned"


def check_labels(split, part):
    labels = part["regression_labels"]
    assert labels.shape == (len(part["id"]),) and labels.dtype == numpy.float32, f"{split}: labels"
    sign = numpy.sign(labels).astype(int)
    assert (part["classification_labels"].astype(int) == sign + 1).all(), f"{split}: classes"
    words = numpy.array(["Negative", "Neutral", "Positive"])[sign + 1]
    assert list(words) == part["annotations"], f"{split}: annotations"


def check_tokens(split, tokens, vocabulary):
    """The tokens as the tokeniser of `transformers` would have them: [CLS] … [SEP], then zeros."""
    assert tokens.ndim == 3 and tokens.shape[1] == 3, f"{split}: text_bert of {tokens.shape}"
    for ids, mask, segments in tokens:
        length = int(mask.sum())
        assert mask[:length].all() and not ids[length:].any() and not segments.any(), f"{split}: padding of text_bert"
        assert (ids[0], ids[length - 1]) == (vocabulary["[CLS]"], vocabulary["[SEP]"]), f"{split}: ends of text_bert"


def pass_twice(trainer):
    """MMSA has no setting for passes. It stops once the validation split gets worse, and that is made so at once."""
    test, count = trainer.do_test, 0

    def do_test(*arguments, **options):
        nonlocal count
        results = test(*arguments, **options)
        if options.get("mode") == "TEST":
            return results
        count += 1
        return results | {"Loss": count}

    trainer.do_test = do_test
    return trainer


def settings(name, path, samples, folder):
    """MMSA's own settings of a model, but for the file and where it runs."""
    from MMSA.config import get_config_regression

    args = get_config_regression(name, "sims" if name in OF_SIMS else DATASET)
    args.update(
        model_save_path=folder / f"{name}.pth",
        device=torch.device("cpu"),
        train_mode="regression",
        train_samples=samples,
        custom_feature=str(path),
        feature_T="",
        feature_A="",
        feature_V="",
        cur_seed=1,
        KeyEval="Loss",
        early_stop=1,
        language="en",
    )
    if "pretrained" in args:
        args["pretrained"] = BERT
    args.update({key: value for key, value in OF_LENGTHS.items() if key in args})
    return args


def train(args):
    """Trains and tests a model; returns its results on the test split."""
    from MMSA import run

    run.setup_seed(1)
    # MMSA draws bars into the errors.
    with contextlib.redirect_stderr(io.StringIO()):
        results = run._run(args, num_workers=0)
    wrong = {key: value for key, value in results.items() if key != "Corr" and not math.isfinite(value)}
    assert not wrong, f"results {wrong}"
    return results


def reason(error):
    """The error, and the line of MMSA that raised it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "MMSA" in frame.filename]
    place = f" ({pathlib.Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return " ".join(f"{type(error).__name__}: {error}{place}".split())[:200]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("aligned", type=pathlib.Path)
    parser.add_argument("unaligned", type=pathlib.Path)
    parser.add_argument("bert", type=pathlib.Path)
    parser.add_argument("models", nargs="*")
    options = parser.parse_args()
    vocabulary = transformers.BertTokenizer(str(options.bert / "vocab.txt")).vocab
    files = {True: options.aligned.resolve(), False: options.unaligned.resolve()}
    samples = {}
    for is_aligned, path in files.items():
        data = check_file(path, is_aligned, vocabulary)
        samples[is_aligned] = len(data["train"]["id"])
        print(f"{path.name}: {', '.join(data['train'])}")

    from MMSA import run
    from MMSA.config import get_config_all

    logging.disable(logging.WARNING)
    transformers.logging.set_verbosity_error()
    trainers = run.ATIO()
    trainer_of = trainers.getTrain
    trainers.getTrain = lambda args: pass_twice(trainer_of(args))
    run.ATIO = lambda: trainers
    names = [name for name in get_config_all("regression") if name != "datasetCommonParams"]
    failed = 0
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        small_bert(options.bert, folder / BERT)
        os.chdir(folder)
        for name in options.models or names:
            is_for_both = not settings(name, None, 0, folder)["need_data_aligned"]
            for is_aligned in (True, False)[: 1 + is_for_both]:
                args = settings(name, files[is_aligned], samples[is_aligned], folder)
                args["need_data_aligned"] = is_aligned
                start = f"{name:9}  {'aligned' if is_aligned else 'unaligned':9}"
                try:
                    print(f"{start}  trains, MAE {train(args)['MAE']:.3f}", flush=True)
                except Exception as error:
                    excuse = BROKEN.get(name)
                    failed += excuse is None
                    result = f"MMSA fails, {excuse}" if excuse else "FAILS"
                    print(f"{start}  {result}: {reason(error)}", flush=True)
    if failed:
        sys.exit(f"mmsa_models.py: {failed} fail")


if __name__ == "__main__":
    main()
