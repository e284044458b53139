//! Writes scalars for TensorBoard, or goes on after a step of which the state was saved.
//!
//! ```sh
//! cargo run -p misa-studies --example write_events -- runs/demo 1 50
//! cargo run -p misa-studies --example write_events -- runs/demo 41 60
//! tensorboard --logdir runs
//! ```

use misa_studies::{EventFile, event_files, keep_events};
use std::env;
use std::error::Error;
use std::path::Path;
use std::time::SystemTime;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, first, last] = arguments.as_slice() else {
        return Err("expected FOLDER FIRST LAST".into());
    };
    let (folder, first) = (Path::new(folder), first.parse::<i64>()?);
    let mut file = match event_files(folder)?.last() {
        None => EventFile::create(folder, "host")?,
        Some(path) => {
            let n_late = keep_events(path, first - 1)?;
            println!("{n_late} events left out");
            EventFile::open(path)?
        }
    };
    for step in first..=last.parse()? {
        let loss = 1.0 / step as f64;
        let scalars = [("train/loss", loss), ("valid/loss", 2.0 * loss)];
        file.add_scalars(step, SystemTime::now(), scalars)?;
    }
    file.flush()?;
    println!("{}", file.path().display());
    Ok(())
}
