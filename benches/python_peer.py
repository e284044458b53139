#!/usr/bin/env python3
"""Time inference from Python beside PyTorch, on the same batches, side by side.

    python python_peer.py --peer PATH/pytorch_peer.py --run runs/glove --case mosei_glove_b64

The run is trained on the synthetic set, see README.md. Three sides take turns, each in a process of its own:
`misa` calls `Model.predict` with dictionaries of NumPy arrays; `arrays` pads the same arrays, makes tensors of them
and calls PyTorch; `tensors` is PyTorch alone, its tensors made before. Needs numpy, torch and the module misa.
Prints, and writes as JSON, the milliseconds of a batch and the ratios of each turn.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

SIDES = ["misa", "arrays", "tensors"]
THREADS = ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
CASES = pathlib.Path(__file__).with_name("cases.json")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", type=pathlib.Path, required=True)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--case", default="mosei_glove_b64")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each side in each turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    return parser.parse_args()


def case_of(name, sizes):
    """The case with the sizes of the model."""
    cases = {case["name"]: case for case in json.loads(CASES.read_text())["cases"]}
    chosen = cases[name]
    return {**chosen, "vocab": sizes["text"], "visual_dim": sizes["visual"], "acoustic_dim": sizes["acoustic"]}


def batches_of(case):
    """Clips of random features for each batch, as dictionaries."""
    import numpy

    random = numpy.random.default_rng(1)

    def clip(steps):
        rows = {name: random.normal(size=(steps, case[f"{name}_dim"])).astype("f4") for name in ("visual", "acoustic")}
        return {"text": random.integers(2, case["vocab"], size=steps), **rows}

    return [[clip(steps) for steps in lengths] for lengths in case["lengths"]]


def tensors_of(torch, clips):
    """Padded tensors as the peer reads them, longest clip first."""
    pad = torch.nn.utils.rnn.pad_sequence
    rows = {name: [torch.from_numpy(clip[name]) for clip in clips] for name in ("text", "visual", "acoustic")}
    batch = {name: pad(rows[name]) for name in ("visual", "acoustic")}
    words = pad(rows["text"], padding_value=1)
    return {**batch, "words": words, "lengths": torch.tensor([len(text) for text in rows["text"]])}


def step_of(side, options):
    """What one side does with a batch, and the batches."""
    import misa

    model = misa.load(options.run)
    case = case_of(options.case, model.sizes)
    batches = batches_of(case)
    if side == "misa":
        return lambda clips: model.predict(clips).values, batches
    spec = importlib.util.spec_from_file_location("peer", options.peer)
    peer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peer)
    torch, _, network, _ = peer.define_model()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    network = network(case).eval()
    if side == "arrays":
        return lambda clips: network(tensors_of(torch, clips))["o"].numpy(), batches
    return lambda batch: network(batch)["o"].numpy(), [tensors_of(torch, clips) for clips in batches]


def measure(side, options):
    """The mean over the batches of the median milliseconds of each, and the share of the processor it had."""
    step, batches = step_of(side, options)
    if side == "misa":
        return timed(step, batches, options.seconds)
    import torch

    with torch.inference_mode():
        return timed(step, batches, options.seconds)


def timed(step, batches, seconds):
    for batch in batches:
        step(batch)
    times = [[] for _ in batches]
    begun, busy, turns = time.perf_counter(), time.process_time(), 0
    while turns < len(batches) or time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        step(batches[turns % len(batches)])
        times[turns % len(batches)].append(1e3 * (time.perf_counter() - start))
        turns += 1
    share = (time.process_time() - busy) / (time.perf_counter() - begun)
    return {"ms": statistics.fmean(map(statistics.median, times)), "cpu_per_wall": share}


def child(side, options):
    environment = {**os.environ, **{name: str(options.threads) for name in THREADS}}
    command = [sys.executable, __file__, *sys.argv[1:], "--side", side]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    options = arguments()
    if options.side:
        print(json.dumps(measure(options.side, options)))
        return
    rows = []
    for turn in range(options.turns):
        rows.append({side: child(side, options) for side in SIDES})
        for side, row in rows[-1].items():
            print(f"turn {turn}: {side}: {row['ms']:.1f} ms a batch, {row['cpu_per_wall']:.2f} of a core")
    for side in SIDES[1:]:
        ratios = sorted(row[side]["ms"] / row["misa"]["ms"] for row in rows)
        print(f"{side}: {statistics.median(ratios):.2f} times the time of misa ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    print(f"case {options.case}, {options.threads} threads, load {load}")
    if options.json:
        facts = {"case": options.case, "threads": options.threads, "load": load}
        options.json.write_text(json.dumps({**facts, "turns": rows}, indent=1))


if __name__ == "__main__":
    main()
