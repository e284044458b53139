//! The loop over epochs.

use crate::epochs::epoch::Pass;
use crate::epochs::fit_state::{FitInput, FitState};
use crate::epochs::history::EpochRecord;
use crate::epochs::observer::Observer;
use crate::epochs::patience::Verdict;
use crate::run::folder::RunFolder;
use crate::run::manifest::RunProgress;
use crate::run::state::Snapshot;
use crate::{MisaLearner, Phase, TrainError, Trainer, TrainingConfig, Updates};
use burn::data::dataloader::DataLoader;
use burn::module::Module;
use misa_core::loss::Term;
use misa_kernels::Adam;

/// Factor of the learning rate after each trial.
///
/// - Source: official code.
const TRIAL_FACTOR: f64 = 0.5;

/// The best model, in evaluation form, and the progress of the run.
pub(crate) type Fitted = Result<(MisaLearner, RunProgress), TrainError>;

/// Calls [`fit`] and shows it; returns the folder and the result.
pub(crate) fn fit_and_show(
    learner: MisaLearner,
    input: &FitInput,
    mut folder: RunFolder,
) -> (RunFolder, Fitted) {
    let utterances = (input.train.num_items(), input.valid.num_items());
    let title = title(input, &folder, utterances);
    let epochs = input.config.total_epochs();
    let mut observer = Observer::new(input.progress, title, epochs, utterances);
    let fitted = fit(input, &mut folder, learner, &mut observer);
    let fitted = fitted.map(|(learner, progress)| (learner.valid(), progress));
    (folder, fitted)
}

/// What tells a run from others.
fn title(input: &FitInput, folder: &RunFolder, (train, valid): (usize, usize)) -> String {
    let data = match input.data.as_str() {
        "" => folder.manifest.data.format.as_str(),
        name => name,
    };
    let (path, seed) = (folder.path().display(), input.config.seed);
    format!("{path}: {data}, train {train}, valid {valid}, seed {seed}")
}

/// Trains `learner` by the official rules, from the last state of the run in `folder`, and returns
/// the best model: the one with the least task loss on the valid split. Everything random is a
/// function of seed, epoch and step.
fn fit(
    input: &FitInput,
    folder: &mut RunFolder,
    learner: MisaLearner,
    observer: &mut Observer,
) -> Result<(MisaLearner, RunProgress), TrainError> {
    let mut trainer = Trainer::new(learner, updates(&input.config))
        .with_devices(&input.devices)
        .with_generated_labels(input.generated_labels());
    let mut state = FitState::new(input, folder, observer)?;
    let (mut progress, mut best) = state.resume(&mut trainer)?;
    while !progress.is_done {
        if state.is_paused(&progress) {
            return Err(state.stopped(&mut trainer, &progress));
        }
        let phase = state.phase(progress.epoch);
        trainer.set_phase(phase);
        trainer.set_epoch(input.config.joint_epoch(progress.epoch));
        let record = train_epoch(&mut state, &mut trainer, &mut progress)?;
        if phase == Phase::Joint {
            end_epoch(&mut state, &mut trainer, &mut progress, &mut best, record)?;
        } else {
            // Pre-training does not choose a model: its last state is used.
            let last = last_step(&state, &trainer, &progress);
            state.finish_epoch(&mut progress, record, last)?;
            state.commit(&mut trainer, None, &progress)?;
        }
    }
    if let Some(best) = &best {
        let updates = trainer.updates();
        state.restore(&mut trainer, best, updates)?;
    }
    trainer.set_phase(Phase::Joint);
    Ok((trainer.learner(), progress))
}

/// Trains and validates once.
fn train_epoch(
    state: &mut FitState<'_>,
    trainer: &mut Trainer,
    progress: &mut RunProgress,
) -> Result<EpochRecord, TrainError> {
    let number = progress.epoch;
    let phase = state.phase(number);
    let mut pass = Pass { state, number };
    let train = pass.train(trainer, progress)?;
    let valid = pass.validate(trainer, progress)?;
    let weights = match phase {
        Phase::Masked | Phase::Unimodal => None,
        Phase::Joint => trainer.parts().learner.objective.learned_weights(),
    };
    let weights = weights.into_iter().flatten();
    Ok(EpochRecord {
        epoch: number,
        phase,
        train,
        valid_terms: valid.losses,
        weights: weights
            .map(|(term, factor)| (term.to_string(), factor.into()))
            .collect(),
        valid: match phase {
            Phase::Masked => Vec::new(),
            Phase::Unimodal | Phase::Joint => valid.named_scores(state.input.config.loss.task),
        },
        improved: false,
        seconds: state.seconds(),
    })
}

/// Judges an epoch of the objective: saves its model, continues, or goes back to the best model.
fn end_epoch(
    state: &mut FitState<'_>,
    trainer: &mut Trainer,
    progress: &mut RunProgress,
    best: &mut Option<Snapshot>,
    record: EpochRecord,
) -> Result<(), TrainError> {
    let last = last_step(state, trainer, progress);
    state.keep_epoch(trainer, progress.epoch)?;
    let verdict = progress.patience.judge(record.valid_terms[Term::Task]);
    let improved = verdict == Verdict::Improved;
    if improved {
        *best = Some(state.keep(trainer));
        progress.best_epoch = progress.epoch;
    }
    progress
        .plateau
        .judge(state.input.config.schedule, improved);
    let record = EpochRecord {
        improved,
        seconds: state.seconds(),
        ..record
    };
    state.finish_epoch(progress, record, last)?;
    match (verdict, &best) {
        (Verdict::Retry, Some(best)) => {
            let updates = trainer.updates();
            state.restore(trainer, best, updates)?;
            progress.scale *= TRIAL_FACTOR;
        }
        (Verdict::Exhausted, _) => {
            progress.stopped_early = true;
            progress.is_done = true;
        }
        _ => {}
    }
    state.commit(trainer, best.as_ref().filter(|_| improved), progress)
}

/// The number of the last optimiser step, and its learning rate.
fn last_step(state: &FitState<'_>, trainer: &Trainer, progress: &RunProgress) -> (usize, f64) {
    let step = trainer.updates();
    (step, state.rates(step, progress).model)
}

/// How the optimiser updates weights.
fn updates(config: &TrainingConfig) -> Updates {
    let clip = config.gradient_clip;
    Updates {
        adam: Adam {
            clip: clip.value(),
            ..Adam::default()
        },
        max_norm: clip.norm(),
        weight_decay: config.weight_decay,
    }
}
