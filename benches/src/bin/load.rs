//! Load on a server on this machine, with every answer checked.
//!
//! ```text
//! misa serve runs/a --port 0
//! cargo run --release -p misa-benches --bin load -- 127.0.0.1:40123 --connections 64 --requests 10000
//! cargo run --release -p misa-benches --bin load -- 127.0.0.1:40123 --connections 1000 --requests 10000 --bad 0.33
//! cargo run --release -p misa-benches --bin load -- 127.0.0.1:40123 --seconds 30 --rate 500
//! ```
//!
//! The result is one JSON object. The exit status is 1 if an answer was wrong.

use clap::Parser;
use misa_benches::load::{Answers, Bodies, Client, Plan, Tally};
use misa_testing::HttpClient;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// Memory of a connection's thread.
const STACK: usize = 256 << 10;

/// Load on a server on this machine, with every answer checked.
#[derive(Parser)]
struct Arguments {
    /// Address of the server, on this machine
    #[arg(value_name = "ADDRESS")]
    address: SocketAddr,
    /// Connections, each of which sends one request after the other
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Requests of all connections together
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
    /// Longest time
    #[arg(long, default_value_t = 600.0)]
    seconds: f64,
    /// Requests per second; without it, each follows the answer to the one before
    #[arg(long)]
    rate: Option<f64>,
    /// Share of requests that the server has to refuse
    #[arg(long, default_value_t = 0.0)]
    bad: f64,
    /// File with the key, for a server with keys
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Name of the model; the first one without it
    #[arg(long)]
    model: Option<String>,
    /// Different requests
    #[arg(long, default_value_t = 64)]
    bodies: usize,
    /// Steps of a clip
    #[arg(long, default_value_t = 20)]
    steps: usize,
    /// Bodies in safetensors instead of JSON
    #[arg(long)]
    safetensors: bool,
    /// The server may stop meanwhile
    #[arg(long)]
    may_stop: bool,
}

fn main() -> ExitCode {
    misa_benches::exit("load", Arguments::parse().run())
}

impl Arguments {
    fn run(&self) -> Result<(), Box<dyn Error>> {
        if !self.address.ip().is_loopback() {
            return Err("expected an address of this machine, such as 127.0.0.1:8000".into());
        }
        let plan = Arc::new(self.plan()?);
        let begin = Instant::now();
        let threads: Vec<_> = (0..self.connections)
            .map(|number| {
                let client = Client::new(Arc::clone(&plan), number as u64);
                let thread = thread::Builder::new().stack_size(STACK);
                thread.spawn(|| client.run())
            })
            .collect::<Result<_, _>>()?;
        let mut all = Tally::default();
        for thread in threads {
            all.add(thread.join().map_err(|_| "a connection panicked")?);
        }
        let summary = all.summary(begin.elapsed(), plan.answers.models());
        println!("{}", serde_json::to_string_pretty(&summary)?);
        match summary.n_wrong {
            0 => Ok(()),
            wrong => Err(format!("{wrong} answers are wrong, expected 0").into()),
        }
    }

    fn plan(&self) -> Result<Plan, Box<dyn Error>> {
        let mut client = HttpClient::connect(self.address)?;
        let info = client.ask("GET /info", &[], b"")?.json();
        let first = info["models"][0]["name"]
            .as_str()
            .ok_or("the server has no model")?;
        let model = self.model.as_deref().unwrap_or(first);
        let key = match &self.key_file {
            None => None,
            Some(path) => {
                let keys = fs::read_to_string(path)?;
                let key = keys.lines().next().unwrap_or_default().trim();
                Some(format!("authorization: Bearer {key}"))
            }
        };
        let interval = self.rate.map(|rate| self.connections as f64 / rate);
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds);
        Ok(Plan {
            address: self.address,
            bodies: Bodies::new(&info, model, self.bodies, self.steps, !self.safetensors)?,
            answers: Answers::default(),
            key,
            bad: self.bad,
            left: AtomicUsize::new(self.requests),
            end: Instant::now() + seconds(self.seconds)?,
            interval: interval.map(seconds).transpose()?,
            may_stop: self.may_stop,
        })
    }
}
