//! Orders to a server from outside its requests.

use tokio::sync::mpsc::UnboundedSender;

/// An order to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Reload,
    /// Stop, after time for others to notice if `has_notice`. A second one ends at once.
    Stop {
        has_notice: bool,
    },
}

/// Gives orders to a server that runs.
#[derive(Clone, Debug)]
pub struct Control(pub(crate) UnboundedSender<Order>);

impl Control {
    /// Loads the models again beside the present ones, as SIGHUP does.
    pub fn reload(&self) {
        self.give(Order::Reload);
    }

    /// Stops as SIGTERM does: ends readiness, waits for the setting `drain-seconds`, refuses new
    /// requests, finishes those that were accepted. The second time, ends at once.
    pub fn stop(&self) {
        self.give(Order::Stop { has_notice: true });
    }

    /// Stops as Ctrl-C does: the same without the wait.
    pub fn stop_now(&self) {
        self.give(Order::Stop { has_notice: false });
    }

    fn give(&self, order: Order) {
        // A server that has ended needs no orders.
        let _ = self.0.send(order);
    }
}
