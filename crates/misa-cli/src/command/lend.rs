//! A device of this machine for programs elsewhere.

use super::say;
use crate::{Exit, Outcome};
use burn::server::{RemoteServer, WebSocketTransport};
use clap::Args;
use std::net::{SocketAddr, TcpListener};

/// Lend a device of this machine to other processes, which name it `--device remote:ws://HOST:PORT`.
///
/// There is no password and no encryption: whoever reaches the port computes here, and can read what
/// others compute. So it listens on this machine alone unless told otherwise; from another one, use a
/// tunnel such as that of ssh. Both sides must be built with the same version of Burn.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa lend
  misa lend --device cuda --listen 127.0.0.1:4000
  misa train --device remote:ws://127.0.0.1:3000 --out runs/a")]
pub struct Arguments {
    /// The device, of this machine
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Address and port to listen at; port 0 is any that is free
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        // Of this machine: what is lent is not lent on.
        let device = crate::device::local_device(&self.device)?;
        let listener = TcpListener::bind(self.listen);
        let listener = listener.map_err(|error| format!("--listen: {}: {error}", self.listen))?;
        say(&format!(
            "lending {} at ws://{}\n",
            self.device,
            listener.local_addr()?
        ))?;
        let transport = WebSocketTransport::from_listener(listener);
        RemoteServer::new([device]).serve(transport)?;
        Ok(Exit::Done)
    }
}
