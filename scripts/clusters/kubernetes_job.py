"""The recipe is a job by Kubernetes' own schemas, and its pods do every run of a sweep once, whatever ends them."""

import json
import os
import pathlib
import re
import signal
import subprocess

import kubernetes_validate
import yaml

from shared import PATIENCE, REPOSITORY, is_under_way, long_runs, recipe, starts, until, weights

RUNS = 6
SWEEP = 'base = "base.toml"\nseeds = [1, 2, 3]\n[grid]\n"training.cell" = ["lstm", "gru"]\n'


def minor(version):
    return int(version.split(".")[1])


def check_schemas(job):
    # A policy for failed pods is stable since 1.31.
    versions = sorted((one for one in kubernetes_validate.utils.all_versions() if minor(one) >= 31), key=minor)
    for version in versions:
        kubernetes_validate.validate(job, version, strict=True)
    print(f"Kubernetes: a job by the schemas of {versions[0]} to {versions[-1]}")


def check_rules(job):
    """What a server refuses, and the schemas only say in words."""
    spec = job["spec"]
    pod = spec["template"]["spec"]
    assert spec["completionMode"] == "Indexed", "backoffLimitPerIndex needs indices"
    assert pod["restartPolicy"] == "Never", "backoffLimitPerIndex and podFailurePolicy need it"
    (container,) = pod["containers"]
    image = (REPOSITORY / "deploy" / "Containerfile").read_text()
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", image, re.MULTILINE)
    assert container["command"][0] == json.loads(entry)[0], "the image has one program, and no shell"
    (user,) = re.findall(r"^USER (\d+):(\d+)$", image, re.MULTILINE)
    owners = pod["securityContext"]
    assert (str(owners["runAsUser"]), str(owners["fsGroup"])) == user, "the claim belongs to the image's user"
    (mount,) = container["volumeMounts"]
    return container["command"], mount["mountPath"], spec["completions"]


def ignored_statuses(job):
    """Exit statuses that are no failure of an index."""
    rules = [rule for rule in job["spec"]["podFailurePolicy"]["rules"] if rule["action"] == "Ignore"]
    return [status for rule in rules if "onExitCodes" in rule for status in rule["onExitCodes"]["values"]]


class Pods:
    def __init__(self, command, mount):
        self.command, self.mount = command, mount

    def start(self, index):
        """A pod of this index: Kubernetes puts the number into the command."""
        words = [word.replace("$(JOB_COMPLETION_INDEX)", str(index)) for word in self.command]
        assert not any("$" in word for word in words), words
        words = [re.sub(rf"^{self.mount}/", "data/", word) for word in words]
        words[0] = words[0].removeprefix("/")
        with open(f"pod-{index}.log", "a") as log:
            return subprocess.Popen(words, stdout=log, stderr=log)

    def kill(self, process, known, number):
        """Ends a pod in the middle of a run that is its own."""

        def own():
            # A run is this pod's if this process has its folder open.
            links = pathlib.Path(f"/proc/{process.pid}/fd").glob("*")
            files = {pathlib.Path(os.readlink(link)) for link in links if link.exists()}
            folders = {file.parent for file in files if file.name == "run.lock"}
            return next((run for run in folders if is_under_way(run)), None)

        run = until("a run of the pod", own, process)
        process.send_signal(number)
        known.append(run.name)
        return process.wait(PATIENCE)


def finished(folder):
    return {run.name: run for run in pathlib.Path(folder).iterdir() if (run / "report.json").exists()}


job = yaml.safe_load(recipe("Kubernetes", "yaml"))
check_schemas(job)
command, mount, completions = check_rules(job)
long_runs()
for folder in ("data", "alone"):
    pathlib.Path(folder).mkdir()
    (pathlib.Path(folder) / "sweep.toml").write_text(SWEEP)
    base = pathlib.Path(os.environ["MISA_SMALL"]).read_text()
    (pathlib.Path(folder) / "base.toml").write_text(base)
pods, killed = Pods(command, mount), []
running = {index: pods.start(index) for index in range(completions)}
status = pods.kill(running[0], killed, signal.SIGTERM)
assert status == 75 and status in ignored_statuses(job), status
running[0] = pods.start(0)
assert pods.kill(running[1], killed, signal.SIGKILL) == -signal.SIGKILL
running[1] = pods.start(1)
for index, process in running.items():
    assert process.wait(PATIENCE) == 0, pathlib.Path(f"pod-{index}.log").read_text()
runs = finished("data/runs")
assert len(runs) == RUNS, runs
for name, run in runs.items():
    assert starts(run) == 1 + (name in killed), (name, starts(run), killed)
subprocess.run(["misa", "sweep", "alone/sweep.toml", "--out", "alone/runs"], check=True, stdout=subprocess.DEVNULL)
alone = finished("alone/runs")
assert {name: weights(run) for name, run in runs.items()} == {name: weights(run) for name, run in alone.items()}
print(f"Kubernetes: {completions} pods did {len(runs)} runs once each, two of which were ended in the middle")
