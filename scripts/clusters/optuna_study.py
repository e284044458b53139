"""Optuna chooses, misa trains: the recipe runs twice, and the second time goes on with the study of the first."""

import optuna

from shared import printed_mae, recipe, replace, report

TRIALS = 3
code = replace(recipe("Optuna", "python"), "n_trials=50", f"n_trials={TRIALS}")
for repetition in (1, 2):
    space = {"__name__": "__main__"}
    exec(compile(code, "the recipe of Optuna", "exec"), space)
    study = space["study"]
    assert len(study.trials) == repetition * TRIALS, len(study.trials)
    for trial in study.trials:
        assert trial.state == optuna.trial.TrialState.COMPLETE, trial
        run = f"runs/{trial.number}"
        assert trial.value == printed_mae(run), (trial.value, printed_mae(run))
        rate = report(run)["config"]["learning_rate"]
        assert rate == trial.params["training.learning_rate"], (rate, trial.params)
best = printed_mae(f"runs/{study.best_trial.number}")
assert study.best_value == best == min(printed_mae(f"runs/{trial.number}") for trial in study.trials)
print(f"Optuna: {len(study.trials)} trials, the best MAE is {best:.4f}, as misa prints it")
