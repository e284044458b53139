"""The checks of scripts/check-studies, which says what they are."""

import glob
import math
import os
import random
import subprocess
import sys
import threading
import time

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock, JournalFileSymlinkLock
from optuna.trial import TrialState, create_trial
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from optuna_state import state

# Locks are left all the time, and nobody sleeps for as long.
GRACE = 3
DISTRIBUTIONS = {
    "lr": FloatDistribution(1e-5, 1e-2, log=True),
    "layers": IntDistribution(1, 4),
    "cell": CategoricalDistribution(["lstm", "gru"]),
}


class Program:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)

    def start(self, name, *arguments):
        command = [os.path.join(self.folder, name), *map(str, arguments)]
        environment = os.environ | {"GRACE_SECONDS": str(GRACE)}
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    def run(self, name, *arguments):
        return finish(self.start(name, *arguments))

    def show(self, journal):
        return self.run("show_journal", journal)


def finish(process):
    lines = process.communicate()[0].splitlines()
    assert process.returncode == 0, f"{process.args}: {process.returncode}"
    return lines


def study_of(path, lock=JournalFileSymlinkLock):
    storage = JournalStorage(JournalFileBackend(path, lock_obj=lock(path, grace_period=GRACE)))
    return optuna.load_study(study_name="misa", storage=storage, sampler=optuna.samplers.TPESampler(seed=1))


def compare(program, path):
    ours, theirs = program.show(path), list(state(path))
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    for one, two in zip(ours, theirs):
        assert one == two, f"\n{one}\n{two}"
    return len(ours) - 1


def killed(program, path, n_trials):
    """Writes trials by two processes that are killed, and returns what they have said."""
    randomness = random.Random(1)
    said, first, n_kills, n_cuts = [], 0, 0, 0
    running = {}
    while len({line for line in said if line.startswith("finished")}) < n_trials:
        for worker in (0, 1):
            if worker not in running:
                running[worker] = program.start("work_on_journal", path, "new", first, 10_000)
                first += 10_000
        time.sleep(randomness.uniform(0.0, 2.0))
        victims = randomness.choice([[0], [1], [0, 1]])
        for worker in victims:
            assert running[worker].poll() is None, "a process ended by itself"
            running[worker].kill()
        for worker in victims:
            output = running.pop(worker).communicate()[0]
            # A last line without an end was not said to the end.
            said += output.splitlines() if output.endswith("\n") else output.splitlines()[:-1]
            n_kills += 1
        if not running and randomness.random() < 0.7:
            # What a kill within a write leaves, which is rare where lines are short.
            with open(path, "rb+") as file:
                line = file.read().splitlines(keepends=True)[-1]
                file.seek(0, os.SEEK_END)
                file.write(line[: randomness.randrange(1, len(line))])
            n_cuts += 1
    for process in running.values():
        process.kill()
        output = process.communicate()[0]
        said += output.splitlines() if output.endswith("\n") else output.splitlines()[:-1]
        n_kills += 1
    print(f"{n_kills} kills, {n_cuts} unfinished lines, {len(said)} lines of output")
    return said


def check_kills(program, path, n_trials):
    said = killed(program, path, n_trials)
    n_read = compare(program, path)
    trials = study_of(path).trials
    for line in said:
        kind, trial, rest = line.split(" ")
        trial = trials[int(trial)]
        if kind == "began":
            index = int(rest)
            expected = {"lr": 1e-5 * (1 + index % 900), "layers": 1 + index % 4, "cell": ["lstm", "gru"][index % 2]}
            assert trial.params == expected, (trial, expected)
            assert trial.distributions == DISTRIBUTIONS
            assert trial.user_attrs.get("index", index) == index
        else:
            assert trial.state == TrialState.COMPLETE
            assert trial.value == float(rest) == trial.params["lr"]
            assert trial.intermediate_values[1] == trial.value / 2
            assert math.isnan(trial.intermediate_values[2])
    n_finished = sum(line.startswith("finished") for line in said)
    print(f"{n_read} trials read, {n_finished} said to be finished and there")


def check_both(program, path):
    """Optuna works on the same file, and beside us."""
    # The line that a kill has left unfinished is ours to cut off.
    program.run("work_on_journal", path, "new", 0, 1)
    study = study_of(path)
    for _ in range(5):
        trial = study.ask(DISTRIBUTIONS)
        trial.report(trial.params["lr"], 1)
        study.tell(trial, trial.params["lr"])
    n_before = compare(program, path)
    for lock in (JournalFileSymlinkLock, JournalFileOpenLock):
        process = program.start("work_on_journal", path, "new", 0, 40)
        theirs = study_of(path, lock)

        def objective(trial):
            trial.report(0.5, 1)
            return trial.suggest_float("lr", 1e-5, 1e-2, log=True)

        # Two threads write, while the output of ours is read.
        threads = [threading.Thread(target=theirs.optimize, args=(objective, 20)) for _ in range(2)]
        for thread in threads:
            thread.start()
        said = finish(process)
        for thread in threads:
            thread.join()
        assert len(said) == 80
    n_read = compare(program, path)
    assert n_read == n_before + 160, (n_before, n_read)
    print(f"{n_read} trials after Optuna worked on the same file, 160 of them at the same time")


def check_waiting(program, path):
    study = study_of(path)
    rates = [1e-5 * number for number in range(1, 41)]
    for rate in rates:
        study.enqueue_trial({"lr": rate, "cell": "gru"})
    # A sampler's proposal that waits with its distributions.
    study.add_trial(
        create_trial(
            state=TrialState.WAITING,
            params={"lr": 5e-3},
            distributions={"lr": DISTRIBUTIONS["lr"]},
            system_attrs={"fixed_params": {"lr": 5e-3}},
        )
    )
    waiting = [trial._trial_id for trial in study.get_trials(states=[TrialState.WAITING])]
    said = sum((finish(it) for it in [program.start("work_on_journal", path, "claim") for _ in range(2)]), [])
    claimed = [int(line.split(" ")[1]) for line in said]
    assert sorted(claimed) == waiting, (claimed, waiting)
    trials = [study.trials[trial] for trial in waiting]
    assert [trial.value for trial in trials] == [*rates, 5e-3]
    assert all(trial.params["cell"] == "gru" for trial in trials[:-1])
    asked = study.ask({"lr": DISTRIBUTIONS["lr"]})
    program.run("work_on_journal", path, "tell", asked._trial_id)
    told = study.trials[asked._trial_id]
    assert (told.state, told.value) == (TrialState.COMPLETE, asked.params["lr"])
    compare(program, path)
    print(f"{len(waiting)} waiting trials done once each by two processes, and one that was asked for")


def check_events(program, folder):
    program.run("write_events", folder, 1, 50)
    (file,) = glob.glob(os.path.join(folder, "*tfevents*"))
    with open(file, "rb+") as end:
        end.truncate(os.path.getsize(file) - 7)
    assert program.run("write_events", folder, 41, 60)[0] == "9 events left out"
    events = EventAccumulator(folder)
    events.Reload()
    assert events.Tags()["scalars"] == ["train/loss", "valid/loss"], events.Tags()
    now = time.time()
    for tag, factor in (("train/loss", 1.0), ("valid/loss", 2.0)):
        scalars = events.Scalars(tag)
        assert [scalar.step for scalar in scalars] == list(range(1, 61))
        for scalar in scalars:
            assert math.isclose(scalar.value, factor / scalar.step, rel_tol=2**-24)
            assert now - 3600 < scalar.wall_time <= now
    print("60 steps read by TensorBoard, 20 of them after a cut and a resume")


if __name__ == "__main__":
    program, folder, n_trials = Program(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = os.path.join(folder, "study.log")
    print(f"== Optuna {optuna.__version__}: killed writers")
    check_kills(program, path, n_trials)
    print("== Optuna on the same file")
    check_both(program, path)
    print("== Trials that wait")
    check_waiting(program, path)
    print("== TensorBoard")
    check_events(program, os.path.join(folder, "events"))
    left = sorted(name for name in os.listdir(folder) if not name.endswith(".rename"))
    assert left == ["events", "study.log"], left
    print("all checks passed")
