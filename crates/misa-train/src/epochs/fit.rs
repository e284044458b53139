//! The loop over epochs.

use crate::{
    MisaLearner, Phase, TrainError, Trainer, TrainingConfig, Updates,
    epochs::{
        epoch::Pass,
        fit_state::{FitInput, FitState},
        history::EpochRecord,
        observer::Observer,
        patience::Verdict,
    },
    run::{folder::RunFolder, manifest::RunProgress, state::Snapshot},
};
use misa_core::loss::Term;
use misa_kernels::Adam;

/// What a trial that ended leaves of the learning rate.
///
/// - Source: official code.
const TRIAL_FACTOR: f64 = 0.5;

/// Trains `learner` by the official rules, from where the run in `folder` stands: everything random
/// is a function of seed, epoch and step, the task loss of the valid split chooses the model, and
/// the best one is given back.
pub(crate) fn fit(
    input: &FitInput,
    folder: &mut RunFolder,
    learner: MisaLearner,
    observer: &mut Observer,
) -> Result<(MisaLearner, RunProgress), TrainError> {
    let mut trainer = Trainer::new(learner, updates(&input.config)).with_devices(&input.devices);
    let mut state = FitState::new(input, folder, observer);
    let (mut progress, mut best) = state.resume(&mut trainer)?;
    while !progress.is_done {
        let phase = state.phase(progress.epoch);
        trainer.set_phase(phase);
        let record = train_epoch(&mut state, &mut trainer, &mut progress)?;
        if phase == Phase::Joint {
            end_epoch(&mut state, &mut trainer, &mut progress, &mut best, record)?;
        } else {
            // Nothing is chosen before the objective is learned: the last state counts.
            state.finish_epoch(&mut progress, record);
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
        Phase::Joint => trainer.parts().0.objective.learned_weights(),
    };
    let weights = weights.into_iter().flatten();
    let record = EpochRecord {
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
    };
    state.observer.end_valid(&record);
    Ok(record)
}

/// Judges an epoch of the objective, and keeps its model or goes back to the best one.
fn end_epoch(
    state: &mut FitState<'_>,
    trainer: &mut Trainer,
    progress: &mut RunProgress,
    best: &mut Option<Snapshot>,
    record: EpochRecord,
) -> Result<(), TrainError> {
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
    state.finish_epoch(progress, record);
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
