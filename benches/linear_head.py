#!/usr/bin/env python3
"""Fine-tunes a BERT with a linear head in PyTorch: what MISA on text alone has to be compared with.

    python3 benches/linear_head.py DATA BERT [--seeds 1,2,3,4,5] [--epochs 12] [--json FILE]

DATA is a folder in the layout of the official code (train.pkl, dev.pkl, and test.pkl if there is one), BERT a folder as
Hugging Face stores it. The budget is that of misa's preset `fine-tuned` on CMU-MOSI: batches of 64, 12 epochs, Adam at 5e-5 for BERT
and 5e-4 for the head, 16 steps of warm-up, then a cosine down to 0.02 of the rate, gradients cut at 1, every token read,
the epoch with the lowest squared error on the valid split. Needs torch, transformers and numpy.
"""

import argparse
import json
import math
import pickle
import random
import statistics
import time
from pathlib import Path

import numpy
import torch
from transformers import AutoModel, AutoTokenizer

BATCH, BERT_RATE, HEAD_RATE, WARM_UP, FLOOR, CUT = 64, 5e-5, 5e-4, 16, 0.02, 1.0
# What a pickle of arrays names; anything else could run code.
ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("_codecs", "encode"),
}


class ArraysOnly(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not an array")
        return super().find_class(module, name)


def read_split(path):
    with path.open("rb") as file:
        rows = ArraysOnly(file, encoding="latin1").load()
    texts = [" ".join(row[0][3]) for row in rows]
    labels = [float(numpy.asarray(row[1]).reshape(-1)[0]) for row in rows]
    return texts, torch.tensor(labels)


class LinearHead(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        self.bert = AutoModel.from_pretrained(folder)
        self.head = torch.nn.Linear(self.bert.config.hidden_size, 1)

    def forward(self, tokens):
        states = self.bert(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        return self.head((states * mask).sum(1) / mask.sum(1)).squeeze(-1)


def rate(step, steps):
    """Share of the full rate at a step, counted from 0."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    progress = (step - WARM_UP) / max(1, steps - WARM_UP)
    return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * progress)) / 2


def predict(model, tokeniser, texts):
    model.eval()
    found = []
    with torch.no_grad():
        for begin in range(0, len(texts), BATCH):
            batch = tokeniser(texts[begin : begin + BATCH], padding=True, return_tensors="pt")
            found.append(model(batch))
    return torch.cat(found)


def scores(found, labels):
    keep = labels != 0
    return {
        "mae": (found - labels).abs().mean().item(),
        "corr": torch.corrcoef(torch.stack([found, labels]))[0, 1].item(),
        "acc_2_neg_pos": ((found > 0) == (labels > 0))[keep].float().mean().item(),
        "acc_7": (found.clamp(-3, 3).round() == labels.clamp(-3, 3).round()).float().mean().item(),
    }


def train(seed, splits, folder, epochs):
    random.seed(seed)
    torch.manual_seed(seed)
    tokeniser, model = AutoTokenizer.from_pretrained(folder), LinearHead(folder)
    texts, labels = splits["train"]
    steps = epochs * math.ceil(len(texts) / BATCH)
    groups = [
        {"params": model.bert.parameters(), "lr": BERT_RATE},
        {"params": model.head.parameters(), "lr": HEAD_RATE},
    ]
    optimiser = torch.optim.Adam(groups)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, steps))
    best = None
    for epoch in range(1, epochs + 1):
        model.train()
        order = torch.randperm(len(texts)).tolist()
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            batch = tokeniser([texts[i] for i in chosen], padding=True, return_tensors="pt")
            loss = torch.nn.functional.mse_loss(model(batch), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_value_(model.parameters(), CUT)
            optimiser.step()
            schedule.step()
        found = {name: predict(model, tokeniser, split[0]) for name, split in splits.items() if name != "train"}
        error = torch.nn.functional.mse_loss(found["valid"], splits["valid"][1]).item()
        print(f"seed {seed}, epoch {epoch}/{epochs}: valid squared error {error:.4f}", flush=True)
        if best is None or error < best[0]:
            best = (error, epoch, {name: scores(values, splits[name][1]) for name, values in found.items()})
    return {"seed": seed, "epoch": best[1], **best[2]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("bert")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    files = {"train": "train.pkl", "valid": "dev.pkl", "test": "test.pkl"}
    splits = {name: read_split(arguments.data / file) for name, file in files.items() if (arguments.data / file).exists()}
    runs = []
    for seed in map(int, arguments.seeds.split(",")):
        begun = time.monotonic()
        runs.append(train(seed, splits, arguments.bert, arguments.epochs))
        runs[-1]["seconds"] = time.monotonic() - begun
        print(json.dumps(runs[-1]), flush=True)
    for split in runs[0].keys() & {"valid", "test"}:
        for score in runs[0][split]:
            values = [run[split][score] for run in runs]
            spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
            print(f"{split} {score}: {statistics.mean(values):.3f}{spread}, {len(values)} seeds")
    if arguments.json:
        arguments.json.write_text(json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
