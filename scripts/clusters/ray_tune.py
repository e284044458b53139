"""Ray Tune runs the recipe's function for two learning rates; one of the programs is killed, and its trial resumes."""

import os
import pathlib
import signal
import subprocess
import threading

import ray
from ray import tune

from shared import epochs, is_under_way, long_runs, printed_mae, recipe, report, starts, until, weights

KEY = "training.learning_rate"
long_runs()
# The wrapper of misa notes the number of each process here.
os.environ["MISA_PROCESSES"] = os.path.abspath("processes")
space = {"__name__": "__main__"}
exec(compile(recipe("Ray Tune", "python"), "the recipe of Ray Tune", "exec"), space)


def kill_the_first():
    runs = pathlib.Path("runs")
    run = until("a run that is under way", lambda: next(filter(is_under_way, runs.glob("*")), None))
    os.kill(int(pathlib.Path("processes").read_text().split()[0]), signal.SIGKILL)
    killed.append(run)


killed = []
killer = threading.Thread(target=kill_the_first)
ray.init(num_cpus=1, include_dashboard=False, _temp_dir=os.environ["RAY_FOLDER"])
killer.start()
results = tune.Tuner(
    space["train"],
    param_space={KEY: tune.grid_search([1e-4, 1e-3])},
    run_config=tune.RunConfig(
        storage_path=os.path.abspath("results"), failure_config=tune.FailureConfig(max_failures=1), verbose=0
    ),
).fit()
killer.join()
ray.shutdown()
assert not results.errors and len(results) == 2, results.errors
for result in results:
    run = f"runs/{result.metrics['trial_id']}"
    assert result.metrics["mae"] == printed_mae(run), (result.metrics["mae"], printed_mae(run))
    rate = report(run)["config"]["learning_rate"]
    assert rate == result.config[KEY], (rate, result.config)
    was_killed = killed == [pathlib.Path(run)]
    assert starts(run) == 1 + was_killed, (starts(run), was_killed)
    alone = f"alone/{rate}"
    subprocess.run(["misa", "train", f"{KEY}={rate}", "--plain", "--out", alone], check=True, stdout=subprocess.DEVNULL)
    assert weights(run) == weights(alone), f"{run} has other weights than without Ray"
    print(f"Ray Tune: MAE {result.metrics['mae']:.4f} after {len(epochs(run))} epochs, {starts(run)} starts")
assert len(killed) == 1
