"""What the checks of the recipes share: the recipes themselves, runs that are watched, and what runs have found."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "clusters.md"
# Nothing here takes as long, even where the machine does other work.
PATIENCE = 600


def recipe(section, language):
    """The only block of a language in a section of the page."""
    _, _, behind = PAGE.read_text().partition(f"\n## {section}\n")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", behind.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, f"{len(blocks)} blocks of {language} in the section {section}"
    return blocks[0]


def replace(text, old, new):
    """Replaces what has to be there exactly once."""
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in the text"
    return text.replace(old, new)


def report(run):
    return json.loads((pathlib.Path(run) / "report.json").read_text())


def printed_mae(run):
    """The MAE of the valid split, as misa prints it once more for a run that is done."""
    command = ["misa", "train", "--resume", "--out", str(run), "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["runs"][0]["scores"]["valid"]["scores"]["mae"]


def epochs(run):
    """The scores after each epoch, of the lines that are whole."""
    path = pathlib.Path(run) / "metrics.jsonl"
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [line for line in lines if line["type"] == "epoch"]


def starts(run):
    """How often a run was started or resumed."""
    return len(json.loads((pathlib.Path(run) / "manifest.json").read_text())["sessions"])


def weights(run):
    return hashlib.sha256((pathlib.Path(run) / "checkpoint" / "model.safetensors").read_bytes()).hexdigest()


def until(what, condition, process=None):
    """Waits for a condition; a process that should last until then may not end before."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        assert process is None or process.poll() is None, f"the program ended before: {what}"
        time.sleep(0.02)
    return found


def is_under_way(run):
    return len(epochs(run)) >= 2


def kill_under_way(process, run, number):
    """Sends a signal in the middle of a run; the exit status."""
    already = len(epochs(run))
    until(f"two more epochs of {run}", lambda: len(epochs(run)) >= already + 2, process)
    process.send_signal(number)
    return process.wait(PATIENCE)


def long_runs():
    """From here on, a run is long enough to be stopped in the middle."""
    os.environ["MISA_SMALL"] = os.environ["MISA_LONGER"]
