//! Shows the progress of the loop, and passes on a request to stop.

use crate::epochs::history::EpochRecord;
use crate::epochs::metric::Measured;
use crate::run::manifest::RunProgress;
use crate::{Progress, TrainError};
use burn::data::dataloader::Progress as Position;
use burn::train::{
    AsyncProcessorTraining, EventProcessorError, EventProcessorTraining, Interrupter, LearnerEvent,
    TrainingItem,
};
use misa_infer::TermMeans;

type Event = LearnerEvent<Measured>;

/// Burn's thread that turns events into plots.
pub(crate) type Events = AsyncProcessorTraining<Event, Event>;

type Process = fn(&mut Events, Event) -> Result<(), EventProcessorError>;

/// Shows a run: in live plots, or as a line per epoch.
pub(crate) struct Observer {
    events: Events,
    interrupter: Interrupter,
    progress: Progress,
    is_live: bool,
    /// The last batch of the valid split, held back until the scores of the split are known.
    held_back: Option<TrainingItem<Measured>>,
}

impl Observer {
    pub(crate) fn new(events: Events, interrupter: Interrupter, progress: Progress) -> Self {
        Self {
            events,
            interrupter,
            progress,
            is_live: progress.is_live(),
            held_back: None,
        }
    }

    pub(crate) fn into_events(self) -> Events {
        self.events
    }

    /// Whether the user requested a stop in the live plots, or they failed.
    pub(crate) fn should_stop(&self) -> bool {
        self.interrupter.should_stop()
    }

    /// The error of the live plots, if they failed.
    pub(crate) fn error(&self) -> Option<TrainError> {
        let error = self.interrupter.error()?;
        Some(TrainError::Training(Box::new(error)))
    }

    /// Shows where a run is resumed.
    pub(crate) fn resumed(&self, progress: &RunProgress) {
        self.progress.resumed(progress);
    }

    /// Shows a finished epoch.
    pub(crate) fn finished_epoch(&self, record: &EpochRecord, epochs: usize) {
        self.progress.epoch(record, epochs);
    }

    /// Lets Ctrl-C stop the run. It is called repeatedly, because the plots change the terminal on
    /// another thread, some time after the start.
    pub(crate) fn allow_interrupts(&self) {
        self.progress.allow_interrupts();
    }

    pub(crate) fn start_train(&mut self, epoch: usize, utterances: usize) {
        self.send(start(epoch, utterances), Events::process_train);
    }

    /// Shows a batch that was learned: the `step` of its epoch, from 1.
    pub(crate) fn trained(&mut self, losses: TermMeans, done: Position, step: usize, rate: f64) {
        let item = TrainingItem::new(Measured::batch(losses), done, Some(step), Some(rate.into()));
        self.send(LearnerEvent::ProcessedItem(item), Events::process_train);
    }

    pub(crate) fn end_train(&mut self, epoch: usize) {
        self.send(LearnerEvent::EndSplit(epoch), Events::process_train);
    }

    pub(crate) fn start_valid(&mut self, epoch: usize, utterances: usize) {
        self.held_back = None;
        self.send(start(epoch, utterances), Events::process_valid);
    }

    /// Shows a batch that was predicted: the `step` of its split, from 1.
    pub(crate) fn validated(&mut self, losses: TermMeans, done: Position, step: usize) {
        let item = TrainingItem::new(Measured::batch(losses), done, Some(step), None);
        if let Some(before) = self.held_back.replace(item) {
            self.send(LearnerEvent::ProcessedItem(before), Events::process_valid);
        }
    }

    /// Shows the end of an epoch, with the scores of the valid split.
    pub(crate) fn end_valid(&mut self, record: &EpochRecord) {
        if let Some(mut last) = self.held_back.take() {
            last.item.scores.clone_from(&record.valid);
            self.send(LearnerEvent::ProcessedItem(last), Events::process_valid);
        }
        self.send(LearnerEvent::EndSplit(record.epoch), Events::process_valid);
        self.send(LearnerEvent::EndEpoch(record.epoch), Events::process_train);
    }

    fn send(&mut self, event: Event, process: Process) {
        if self.is_live {
            let sent = process(&mut self.events, event);
            self.interrupter.fail_on_error(sent);
        }
    }
}

fn start(epoch_number: usize, total_items: usize) -> Event {
    LearnerEvent::StartSplit {
        epoch_number,
        total_items,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Phase;
    use crate::epochs::quiet::Quiet;
    use burn::train::renderer::MetricsRenderer;
    use misa_core::loss::Term;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Writes events down as text.
    struct Recorder(Sender<String>);

    impl Recorder {
        fn record(&self, split: &str, event: Event) {
            let text = match event {
                LearnerEvent::StartSplit { total_items, .. } => format!("start {total_items}"),
                LearnerEvent::ProcessedItem(TrainingItem {
                    item, iteration, ..
                }) => {
                    let step = iteration.unwrap();
                    format!("{step} {} {:?}", item.losses[Term::Task], item.scores)
                }
                LearnerEvent::EndSplit(epoch) => format!("end of split {epoch}"),
                LearnerEvent::EndEpoch(epoch) => format!("end of epoch {epoch}"),
                LearnerEvent::Start { .. } | LearnerEvent::End(_) => unreachable!(),
            };
            self.0.send(format!("{split}: {text}")).unwrap();
        }
    }

    impl EventProcessorTraining<Event, Event> for Recorder {
        fn process_train(&mut self, event: Event) -> Result<(), EventProcessorError> {
            self.record("train", event);
            Ok(())
        }

        fn process_valid(&mut self, event: Event) -> Result<(), EventProcessorError> {
            self.record("valid", event);
            Ok(())
        }

        fn renderer(self) -> Box<dyn MetricsRenderer> {
            Box::new(Quiet)
        }
    }

    fn watched_epoch(is_live: bool) -> Vec<String> {
        let (sender, receiver): (_, Receiver<String>) = channel();
        let events = Events::new(Recorder(sender));
        let mut observer = Observer::new(events, Interrupter::new(), Progress::Silent);
        observer.is_live = is_live;
        let losses = |task| TermMeans::default().with(Term::Task, task);
        let done = |utterances| Position::new(utterances, 5, None);
        observer.start_train(7, 9);
        observer.trained(losses(0.5), done(5), 1, 0.1);
        observer.end_train(7);
        observer.start_valid(7, 5);
        observer.validated(losses(1.5), done(4), 1);
        observer.validated(losses(2.5), done(5), 2);
        observer.end_valid(&EpochRecord {
            epoch: 7,
            phase: Phase::Joint,
            train: losses(0.5),
            valid_terms: losses(2.0),
            weights: Vec::new(),
            valid: vec![("MAE".to_string(), Some(0.25))],
            improved: false,
            seconds: 0.0,
        });
        let mut events = observer.into_events();
        events.flush().unwrap();
        receiver.try_iter().collect()
    }

    #[test]
    fn the_last_batch_of_the_valid_split_brings_its_scores() {
        assert_eq!(
            watched_epoch(true),
            [
                "train: start 9",
                "train: 1 0.5 []",
                "train: end of split 7",
                "valid: start 5",
                "valid: 1 1.5 []",
                "valid: 2 2.5 [(\"MAE\", Some(0.25))]",
                "valid: end of split 7",
                "train: end of epoch 7",
            ]
        );
    }

    #[test]
    fn without_live_plots_burn_is_told_nothing() {
        assert!(watched_epoch(false).is_empty());
    }
}
