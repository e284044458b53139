"""Writes the journal that the tests of misa-studies read, and what Optuna reads in it.

    python scripts/studies/optuna_fixtures.py crates/misa-studies/tests/it/data

Written with Optuna 5.0.0. Times and names of workers differ each time.
"""

import os
import sys

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from optuna_state import state

CHOICES = ["lstm", "gru", None, True, 2, 0.5]


def ignored(change):
    """Makes a change that its own worker is told of, and everybody ignores."""
    try:
        change()
    except Exception as error:
        print("ignored:", type(error).__name__)


def write(path):
    storage, other = (JournalStorage(JournalFileBackend(path)) for _ in range(2))
    study = optuna.create_study(study_name="é misa", storage=storage, direction="minimize")
    study.set_user_attr("seeds", [1, {"of": None}])

    def everything(trial):
        trial.suggest_float("lr", 1e-5, 1e-2, log=True)
        trial.suggest_float("dropout", 0, 1, step=0.1)
        trial.suggest_int("layers", 1, 9, step=2)
        trial.suggest_int("d_hidden", 1, 512, log=True)
        trial.suggest_categorical("cell", CHOICES)
        trial.report(float("nan"), 1)
        trial.report(float("inf"), 2)
        trial.report(0.25, 10)
        trial.set_user_attr("lowest", float("-inf"))
        return 0.5

    def pruned(trial):
        trial.report(0.25, 3)
        raise optuna.TrialPruned()

    study.optimize(everything, n_trials=1)
    study.optimize(lambda trial: float("nan"), n_trials=1)
    study.optimize(pruned, n_trials=1)
    study.optimize(lambda trial: float("inf"), n_trials=1)
    # One number for the name, whoever is first; a number for a study that is deleted.
    ignored(lambda: other.create_new_study([StudyDirection.MAXIMIZE], "é misa"))
    gone = other.create_new_study([StudyDirection.MAXIMIZE], "gone")
    last = other.create_new_study([StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE], "two")
    other.create_new_trial(gone)
    other.delete_study(gone)
    ignored(lambda: other.create_new_trial(gone))
    pair = other.create_new_trial(last)
    other.set_trial_state_values(pair, TrialState.COMPLETE, [1.5, -2.5])
    ignored(lambda: other.set_trial_user_attr(pair, "late", 1))
    other.set_study_system_attr(last, "kind", "pair")
    # Two compete for one that waits.
    study.enqueue_trial({"lr": 1e-3, "cell": None}, user_attrs={"who": "me"})
    waiting = study.get_trials(states=[TrialState.WAITING])[0]._trial_id
    backend = storage._backend
    for worker in ("first-1", "second-2"):
        day = "2026-11-29" if worker == "first-1" else "2027-01-01"
        backend.append_logs(
            [
                {
                    "op_code": 6,
                    "worker_id": worker,
                    "trial_id": waiting,
                    "state": 0,
                    "values": None,
                    "datetime_start": f"{day}T12:00:00.250000+00:00",
                }
            ]
        )
    ignored(
        lambda: storage.set_trial_param(waiting, "lr", 0.5, FloatDistribution(0, 1))
    )
    storage.set_trial_param(waiting, "cell", 2, CategoricalDistribution(CHOICES))
    backend.append_logs([{"op_code": 10, "worker_id": "first-1", "trial_ids": [0]}])
    study.add_trial(
        create_trial(
            state=TrialState.COMPLETE,
            params={"lr": 0.001, "cell": "gru"},
            distributions={
                "lr": FloatDistribution(1e-5, 1e-2, log=True),
                "cell": CategoricalDistribution(CHOICES),
            },
            value=1.5,
            intermediate_values={1: 2.0, 10: 1.0},
        )
    )
    study.enqueue_trial({"lr": 2e-3})


if __name__ == "__main__":
    folder = sys.argv[1]
    journal = os.path.join(folder, "optuna_5.log")
    if os.path.exists(journal):
        os.remove(journal)
    write(journal)
    with open(os.path.join(folder, "optuna_5.txt"), "w") as file:
        file.writelines(line + "\n" for line in state(journal))
