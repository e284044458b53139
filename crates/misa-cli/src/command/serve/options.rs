//! Settings of a server as options of the command line, and as variables of the environment.

use clap::{Args, ValueEnum};
use misa_serve::{LogFormat, ServeConfig};
use std::net::IpAddr;
use std::path::PathBuf;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogName {
    Text,
    Json,
    Off,
}

impl From<LogName> for LogFormat {
    fn from(name: LogName) -> Self {
        match name {
            LogName::Text => Self::Text,
            LogName::Json => Self::Json,
            LogName::Off => Self::Off,
        }
    }
}

/// Options that are also variables, and that replace a setting of the same name.
macro_rules! options {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty, $value:literal, $variable:literal;)+) => {
        #[derive(Args, Clone, Debug)]
        pub(super) struct Options {
            $(
                $(#[doc = $doc])+
                #[arg(long, value_name = $value, env = $variable)]
                $name: Option<$type>,
            )+
        }

        impl Options {
            /// Replaces the settings that are given here.
            pub fn apply(&self, config: &mut ServeConfig) {
                $(
                    if let Some(value) = self.$name.clone() {
                        config.$name = value.into();
                    }
                )+
            }
        }
    };
}

options! {
    /// Address to listen on; 127.0.0.1 by default, which only this machine can reach
    host: IpAddr, "ADDRESS", "MISA_HOST";
    /// Port to listen on; 0 chooses a free one [default: 8000]
    port: u16, "PORT", "MISA_PORT";
    /// File with the keys of users, one per line; without it, predictions need no key
    api_key_file: PathBuf, "FILE", "MISA_API_KEY_FILE";
    /// File with the keys of administrators, one per line; without it, there is no /admin
    admin_key_file: PathBuf, "FILE", "MISA_ADMIN_KEY_FILE";
    /// Origin whose pages may call this server from a browser, or `*`; by default only its own
    allow_origin: String, "ORIGIN", "MISA_ALLOW_ORIGIN";
    /// Most clips of a batch [default: 32]
    batch_clips: usize, "N", "MISA_BATCH_CLIPS";
    /// Most steps of a batch, over all its clips [default: 16384]
    batch_tokens: usize, "N", "MISA_BATCH_TOKENS";
    /// How long a batch waits for more requests, in milliseconds [default: 2]
    batch_window_ms: u64, "MS", "MISA_BATCH_WINDOW_MS";
    /// Threads that predict batches [default: 1]
    workers: usize, "N", "MISA_WORKERS";
    /// Most requests that wait, and most sounds; one more is answered 429 [default: 512]
    queue: usize, "N", "MISA_QUEUE";
    /// Most bytes of a body [default: 2000000]
    body_bytes: usize, "BYTES", "MISA_BODY_BYTES";
    /// Most bytes of all bodies in memory; one more is answered 429 [default: 256000000]
    all_body_bytes: usize, "BYTES", "MISA_ALL_BODY_BYTES";
    /// Most bytes of the head of a request [default: 16384]
    header_bytes: usize, "BYTES", "MISA_HEADER_BYTES";
    /// Most clips of a request [default: 32]
    clips: usize, "N", "MISA_CLIPS";
    /// Most clips of a request for an explanation [default: 8]
    explain_clips: usize, "N", "MISA_EXPLAIN_CLIPS";
    /// Most steps of a modality of a clip [default: 10000]
    steps: usize, "N", "MISA_STEPS";
    /// Most open connections; more wait [default: 1024]
    connections: usize, "N", "MISA_CONNECTIONS";
    /// Seconds in which the head of a request has to arrive [default: 10]
    header_seconds: f64, "SECONDS", "MISA_HEADER_SECONDS";
    /// Seconds in which the body of a request has to arrive [default: 10]
    body_seconds: f64, "SECONDS", "MISA_BODY_SECONDS";
    /// Seconds after which a connection without a request is closed [default: 60]
    idle_seconds: f64, "SECONDS", "MISA_IDLE_SECONDS";
    /// Seconds from the end of its body after which a request that is not computed is answered 429 [default: 60]
    answer_seconds: f64, "SECONDS", "MISA_ANSWER_SECONDS";
    /// Seconds between SIGTERM, which ends readiness, and the refusal of new requests [default: 5]
    drain_seconds: f64, "SECONDS", "MISA_DRAIN_SECONDS";
    /// Most seconds for what was accepted, once new requests are refused [default: 30]
    finish_seconds: f64, "SECONDS", "MISA_FINISH_SECONDS";
    /// How the log is written to the standard error stream [default: text]
    log: LogName, "FORMAT", "MISA_LOG";
    /// Where to compute [default: the first device that is built in, such as flex]
    device: String, "NAME", "MISA_DEVICE";
}
