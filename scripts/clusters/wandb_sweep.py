"""W&B's own agent starts the recipe's wrapper with its settings, and the file of the offline run holds every score.

    wandb_sweep.py SCHEMA

SCHEMA is the JSON schema of W&B's package `sweeps`, or empty.
"""

import glob
import json
import os
import pathlib
import struct
import sys

import yaml
from wandb.proto.wandb_internal_pb2 import Record
from wandb.wandb_agent import Agent

from shared import PATIENCE, epochs, long_runs, printed_mae, recipe, report

# A rate that is too high, so that the best epoch is not the last one.
ARGUMENTS = {
    "training.learning_rate": 0.01,
    "training.weight_decay": 3e-5,
    "training.dropout": 0.25,
    "training.freeze_embedding": True,
}
BLOCK = 32768


def check_schema(sweep, path):
    import jsonschema

    schema = json.loads(pathlib.Path(path).read_text())
    jsonschema.Draft7Validator(schema).validate(sweep)
    # A schema that takes anything would say nothing.
    wrong = sweep | {"method": "guess"}
    assert list(jsonschema.Draft7Validator(schema).iter_errors(wrong)), "the schema takes every method"
    print("W&B: the sweep holds by the schema of its package sweeps")


def agent_runs(sweep, name):
    """What `wandb agent` does with a command of its server, which there is none of here."""
    agent = Agent(api=None, queue=None)
    agent._sweep_command = list(sweep["command"])
    values = {key: {"value": value} for key, value in ARGUMENTS.items()}
    agent._command_run({"run_id": name, "program": sweep["program"], "args": values})
    status = agent._run_processes[name].wait(PATIENCE)
    assert status == 0, f"the wrapper ends with {status}"


def records(path):
    """The records of a file of an offline run: blocks with the pieces of records, as in logs of LevelDB."""
    content = pathlib.Path(path).read_bytes()
    assert content[:4] == b":W&B", content[:7]
    position, pieces = 7, []
    while position < len(content):
        left = BLOCK - position % BLOCK
        if left < 7:
            position += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, position)
        pieces.append(content[position + 7 : position + 7 + length])
        position += 7 + length
        # 1 is a whole record, 4 the last piece of one.
        if kind in (1, 4):
            yield Record.FromString(b"".join(pieces))
            pieces = []


def key(item):
    return item.key or ".".join(item.nested_key)


def check_file(name):
    (path,) = glob.glob(f"wandb/offline-run-*-{name}/run-{name}.wandb")
    history, summary = [], {}
    for record in records(path):
        if record.HasField("history"):
            history.append({key(item): json.loads(item.value_json) for item in record.history.item})
        if record.HasField("summary"):
            summary |= {key(item): json.loads(item.value_json) for item in record.summary.update}
    expected = [{"epoch": line["epoch"], **line["scores"]} for line in epochs(f"runs/{name}")]
    found = [{key: value for key, value in line.items() if not key.startswith("_")} for line in history]
    assert expected and found == expected, (found, expected)
    assert history[-1]["mae"] != printed_mae(f"runs/{name}"), "the last epoch is the best one"
    assert summary["mae"] == printed_mae(f"runs/{name}"), summary
    print(f"W&B: the scores of {len(found)} epochs, and MAE {summary['mae']:.4f} of the best one")


long_runs()
name = "first"
sweep = yaml.safe_load(recipe("Weights & Biases", "yaml"))
pathlib.Path(sweep["program"]).write_text(recipe("Weights & Biases", "python"))
if sys.argv[1]:
    check_schema(sweep, sys.argv[1])
os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_SWEEP_ID": "check", "WANDB_PROJECT": "check"}
agent_runs(sweep, name)
config = report(f"runs/{name}")["config"]
for key_of, value in ARGUMENTS.items():
    assert config[key_of.removeprefix("training.")] == value, (key_of, config)
check_file(name)
