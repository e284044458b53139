"""SkyPilot accepts the recipe, whose command survives what a managed job does to it, with a folder for the bucket."""

import os
import pathlib
import signal
import subprocess

import sky

from shared import kill_under_way, long_runs, recipe, starts, weights

BUCKET = "bucket"


def environment(task_id):
    """As SkyPilot starts a command, or without its variable."""
    rest = {key: value for key, value in os.environ.items() if key != "SKYPILOT_TASK_ID"}
    return rest | ({"SKYPILOT_TASK_ID": task_id} if task_id else {})


def start(command, task_id="sky-managed-2026-11-30-00-00-00-000000_misa_1-0"):
    # `exec`, so that signals reach misa, as those to a whole group of processes do.
    return subprocess.Popen(["bash", "-c", f"exec {command}"], env=environment(task_id), stdout=subprocess.DEVNULL)


pathlib.Path("misa.yaml").write_text(recipe("SkyPilot", "yaml"))
task = sky.Task.from_yaml("misa.yaml")
((mount, storage),) = task.storage_mounts.items()
assert storage.mode == sky.StorageMode.MOUNT_CACHED, "the other modes cannot append to a file"
(resources,) = task.resources
assert resources.use_spot and resources.job_recovery["recover_on_exit_codes"] == [75], resources.job_recovery
assert task.run.count(f"{mount}/") == 1, task.run
command = task.run.replace(f"{mount}/", f"{BUCKET}/").strip()
run = pathlib.Path(command.split("--out ")[1])
assert run.parent == pathlib.Path(BUCKET), run
print("SkyPilot: the task is accepted")

long_runs()
assert kill_under_way(start(command), run, signal.SIGTERM) == 75
assert kill_under_way(start(command), run, signal.SIGKILL) == -signal.SIGKILL
assert start(command, task_id=None).wait() == 1, "outside a job, the same command has to be refused"
assert start(command).wait() == 0
assert start(command).wait() == 0, "a job that is started once more after its end"
assert starts(run) == 3, starts(run)
whole = start(command.replace(BUCKET, "whole"), task_id=None)
assert whole.wait() == 0
assert weights(run) == weights(pathlib.Path("whole") / run.name), "other weights than without a stop"
print("SkyPilot: stopped, killed, resumed, with the weights of a run that was not")
