"""What Optuna reads in a journal, line by line, in the form of the example `show_journal`.

    python scripts/studies/optuna_state.py JOURNAL
"""

import json
import sys
from datetime import timezone

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend


def text(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def moment(time):
    """Optuna hands out local times without an offset."""
    return None if time is None else time.astimezone(timezone.utc).isoformat(timespec="microseconds")


def state(path):
    storage = JournalStorage(JournalFileBackend(path))
    for study in storage.get_all_studies():
        directions = [int(direction) for direction in study.directions]
        attrs = [study.user_attrs, study.system_attrs]
        yield "study " + text([study._study_id, study.study_name, directions, *attrs])
        for trial in storage.get_all_trials(study._study_id):
            distributions = {
                name: optuna.distributions.distribution_to_json(distribution)
                for name, distribution in trial.distributions.items()
            }
            steps = sorted(trial.intermediate_values.items())
            yield "trial " + text(
                [
                    trial._trial_id,
                    trial.number,
                    int(trial.state),
                    trial.values,
                    trial.params,
                    distributions,
                    [list(step) for step in steps],
                    trial.user_attrs,
                    trial.system_attrs,
                    moment(trial.datetime_start),
                    moment(trial.datetime_complete),
                ]
            )


if __name__ == "__main__":
    for line in state(sys.argv[1]):
        print(line)
