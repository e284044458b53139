//! How far a server has come, from its start to its end.

use tokio::sync::watch;

/// How far a server has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The models are being loaded.
    Starting,
    /// Requests are answered.
    Ready,
    /// Requests are answered, but others should take them.
    Leaving,
    /// New requests are refused, and what was accepted is finished.
    Draining,
    /// No connection is accepted any more.
    Closing,
}

/// The stage, which every part of the server can see and wait for.
#[derive(Clone, Debug)]
pub(crate) struct Stages(watch::Sender<Stage>);

impl Stages {
    pub fn new() -> Self {
        Self(watch::Sender::new(Stage::Starting))
    }

    pub fn now(&self) -> Stage {
        *self.0.borrow()
    }

    /// Goes on to a later stage; an earlier one changes nothing.
    pub fn go_on_to(&self, stage: Stage) {
        self.0.send_if_modified(|now| {
            let is_later = stage > *now;
            *now = stage.max(*now);
            is_later
        });
    }

    /// Waits for a stage or any later one.
    pub async fn reached(&self, stage: Stage) {
        // The sender is part of this value, so it is not gone.
        let _ = self.0.subscribe().wait_for(|now| *now >= stage).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_does_not_return_to_an_earlier_stage() {
        let stages = Stages::new();
        stages.go_on_to(Stage::Draining);
        stages.go_on_to(Stage::Ready);
        assert_eq!(stages.now(), Stage::Draining);
    }
}
