//! Shows the studies and trials of a journal, line by line, in JSON.
//!
//! ```sh
//! cargo run -p misa-studies --example show_journal -- study.log
//! ```

mod state;

use misa_studies::Journal;
use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).ok_or("name a journal")?;
    let journal = Journal::open(path)?;
    for line in state::lines(journal.studies()) {
        println!("{line}");
    }
    Ok(())
}
