"""optuna-dashboard shows the trials of a journal that `misa sweep --journal` has written.

    dashboard.py PROGRAM SHOTS

PROGRAM is optuna-dashboard. SHOTS gets screenshots, where CHROMIUM and NODE_PATH name a browser and what drives it.
"""

import json
import math
import os
import pathlib
import socket
import subprocess
import sys
import tomllib
import urllib.request

from shared import REPOSITORY, epochs, replace, report, until

SWEEP = """
base = "base.toml"
seeds = [1, 2]
[halving]
rungs = [2]
keep = 0.5
[grid]
"training.cell" = ["lstm", "gru"]
[random]
count = 2
seed = 7
[random.keys]
"training.learning_rate" = { log_uniform = [1e-4, 1e-2] }
"""


def ask(address, path):
    with urllib.request.urlopen(address + path, timeout=60) as answer:
        return json.load(answer)


def serve(program, journal):
    port = free_port()
    arguments = [program, journal, "--host", "127.0.0.1", "--port", str(port)]
    with open("dashboard.log", "w") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    until("the dashboard answers", lambda: answers(address), process)
    return process, address


def answers(address):
    try:
        return bool(ask(address, "/api/studies"))
    except OSError:
        return False


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def setting(config, name):
    for part in name.split("."):
        config = config[part]
    return str(config)


def check_trial(trial):
    """A trial is its run: settings, the score after each epoch, and the score of the run."""
    (name,) = [one["value"] for one in trial["user_attrs"] if one["key"] == "run"]
    run = pathlib.Path("runs") / name
    config = tomllib.loads((run / "run.toml").read_text())
    assert trial["params"], trial
    for one in trial["params"]:
        found, expected = one["param_external_value"], setting(config, one["name"])
        is_float = one["distribution"]["type"] == "FloatDistribution"
        assert (float(found) == float(expected)) if is_float else found == expected, (one, expected)
    scores = {line["epoch"]: line["scores"]["mae"] for line in epochs(run)}
    assert {one["step"]: one["value"] for one in trial["intermediate_values"]} == scores, (trial, scores)
    if trial["state"] == "Complete":
        best = report(run)["best_epoch"]
        assert trial["values"] == [scores[best]], (trial["values"], scores, best)
    return trial["state"]


base = pathlib.Path(os.environ["MISA_SMALL"]).read_text()
pathlib.Path("base.toml").write_text(replace(base, "epochs = 2", "epochs = 4"))
pathlib.Path("sweep.toml").write_text(SWEEP)
command = ["misa", "sweep", "sweep.toml", "--out", "runs", "--journal", "study.log"]
subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
program, shots = sys.argv[1:]
process, address = serve(program, "study.log")
try:
    (study,) = ask(address, "/api/studies")["study_summaries"]
    assert (study["study_name"], study["directions"]) == ("sweep", ["minimize"]), study
    trials = ask(address, f"/api/studies/{study['study_id']}?after=0")["trials"]
    states = sorted(map(check_trial, trials))
    assert states == ["Complete"] * 4 + ["Pruned"] * 4, states
    print(f"optuna-dashboard: {len(trials)} trials with their settings, scores and states")
    if os.environ.get("CHROMIUM"):
        best = min(trial["values"][0] for trial in trials if trial["state"] == "Complete")
        page = f"{address}/dashboard/studies/{study['study_id']}"
        script = REPOSITORY / "scripts" / "clusters" / "dashboard.mjs"
        digits = math.floor(best * 1000) / 1000
        subprocess.run(["node", script, page, str(digits), shots], check=True)
finally:
    process.terminate()
    process.wait()
