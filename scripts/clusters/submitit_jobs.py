"""Overrides as Hydra reads them mean the same to misa, and submitit's local executor runs the recipe."""

import json
import os
import signal
import subprocess

from hydra.core.override_parser.overrides_parser import OverridesParser

from shared import kill_under_way, long_runs, recipe, replace, report, starts, weights

# The exit status of a run that was stopped on request.
STOPPED = 75

WORDS = [
    "training.freeze_embedding=True",
    "training.freeze_embedding=False",
    "training.normalisation=None",
    "training.normalisation=null",
    "training.learning_rate=3e-05",
    "training.cell=gru",
]


def check_overrides():
    parser = OverridesParser.create()
    for word in WORDS:
        override = parser.parse_override(word)
        expected = override.value()
        # Hydra leaves Python's own None a word.
        expected = None if expected == "None" else expected
        command = ["misa", "train", word, "--dry-run", "--json"]
        answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        (setting,) = [one for one in answer["settings"] if one["key"] == override.key_or_group]
        assert setting["value"] == expected and setting["origin"] == word, (word, setting)
    print(f"Hydra: {len(WORDS)} overrides mean the same to misa")


def check_jobs():
    code = replace(recipe("Hydra, submitit", "python"), 'folder="jobs"', 'folder="jobs", cluster="local"')
    code = replace(code, "range(1, 6)", "range(1, 3)")
    for repetition in (1, 2):
        space = {"__name__": "__main__"}
        exec(compile(code, "the recipe of submitit", "exec"), space)
        for job in space["jobs"]:
            job.result()
    for seed in (1, 2):
        assert report(f"runs/seed-{seed}")["scores"], seed
        assert starts(f"runs/seed-{seed}") == 1, "a run that is done was started again"
    print(f"submitit: {len(space['jobs'])} jobs by its local executor")


def check_signal():
    """Its signal before a time limit has misa save a state, from which the run then goes on."""
    long_runs()
    command = ["misa", "train", "--plain", "--resume", "--out"]
    process = subprocess.Popen([*command, "stopped"], stdout=subprocess.DEVNULL)
    status = kill_under_way(process, "stopped", signal.SIGUSR2)
    assert status == STOPPED, status
    for run in ("stopped", "whole"):
        subprocess.run([*command, run], check=True, stdout=subprocess.DEVNULL)
    assert starts("stopped") == 2 and weights("stopped") == weights("whole")
    print("submitit: a run that its signal has stopped goes on to the same weights")


os.environ.pop("SLURM_JOB_ID", None)
check_overrides()
check_jobs()
check_signal()
