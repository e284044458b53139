//! Clips on the standard input, answered as they come.

use super::answer::line;
use super::chosen::only;
use crate::{Exit, Outcome};
use misa_core::Modalities;
use misa_data::Clip;
use misa_infer::{Prediction, Predictor};
use misa_wire::{Limits, clip_from_json_line};
use serde::Serialize;
use std::error::Error;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};

/// Most lines that are predicted at once.
const BATCH: usize = 64;
/// Longest line that is read: half an hour of three modalities.
const MAX_LINE: usize = 1 << 25;
/// Most lines for a model with context, which reads all of them first.
const MAX_LINES: usize = 1 << 16;
/// Bytes that are read at once.
const BUFFER: usize = 1 << 20;

/// The answer to a line that cannot be predicted.
#[derive(Debug, Serialize)]
struct Refusal {
    line: usize,
    error: String,
}

/// Answers every line of the standard input.
///
/// # Errors
///
/// If the input cannot be read, the output not be written, or the model not predict.
pub(super) fn answer_all(predictor: &Predictor, modalities: Modalities) -> Outcome {
    let input = BufReader::with_capacity(BUFFER, io::stdin().lock());
    let mut output = io::stdout().lock();
    let mut lines = Lines { input, read: 0 };
    match lines.answer(predictor, modalities, &mut output) {
        Ok(0) => Ok(Exit::Done),
        Ok(refused) => {
            let read = lines.read;
            eprintln!(
                "misa: {refused} of {read} lines cannot be predicted, see the answers to them"
            );
            Ok(Exit::Failed)
        }
        // The reader has closed the pipe: it has read enough.
        Err(error) if is_closed(error.as_ref()) => Ok(Exit::Done),
        Err(error) => Err(error),
    }
}

fn is_closed(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// The lines of an input.
#[derive(Debug)]
struct Lines<R> {
    input: BufReader<R>,
    /// Lines read so far.
    read: usize,
}

/// A line with its number, from 1.
type Line = (usize, Result<Clip, String>);

impl<R: Read> Lines<R> {
    /// Answers every line; returns how many are refused.
    fn answer(
        &mut self,
        predictor: &Predictor,
        modalities: Modalities,
        output: &mut impl Write,
    ) -> Result<usize, Box<dyn Error>> {
        let mut refused = 0;
        loop {
            let batch = self.batch(predictor.reads_videos())?;
            if batch.is_empty() {
                return Ok(refused);
            }
            let checked = |(number, clip): Line| {
                let clip = clip.and_then(|clip| only(clip, modalities));
                let clip = clip.and_then(|clip| {
                    let checked = predictor.check(&clip);
                    checked.map(|()| clip).map_err(|error| error.to_string())
                });
                (number, clip)
            };
            let batch: Vec<Line> = batch.into_iter().map(checked).collect();
            let clips: Vec<Clip> = batch
                .iter()
                .filter_map(|(_, clip)| clip.clone().ok())
                .collect();
            let predictions = predictor.predict(&clips)?;
            refused += batch.len() - predictions.len();
            write(&batch, predictions, output)?;
        }
    }

    /// The lines that are waiting, at least one; `all` waits for the end of the input. Empty at the end.
    fn batch(&mut self, all: bool) -> Result<Vec<Line>, Box<dyn Error>> {
        let mut lines = Vec::new();
        loop {
            let has_more = all || lines.is_empty() || self.input.buffer().contains(&b'\n');
            if !has_more || !all && lines.len() == BATCH {
                return Ok(lines);
            }
            if lines.len() == MAX_LINES {
                let message = format!(
                    "standard input: a model with context reads all lines at once, expected at most \
                     {MAX_LINES}, found more"
                );
                return Err(message.into());
            }
            match self.next()? {
                Some(line) => lines.extend(line),
                None => return Ok(lines),
            }
        }
    }

    /// The next line, `Some(None)` if it is empty; `None` at the end.
    fn next(&mut self) -> io::Result<Option<Option<Line>>> {
        let mut bytes = Vec::new();
        let limit = MAX_LINE as u64 + 1;
        (&mut self.input)
            .take(limit)
            .read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.read += 1;
        if bytes.len() > MAX_LINE {
            if bytes.last() != Some(&b'\n') {
                self.input.skip_until(b'\n')?;
            }
            let error = format!("expected a line of at most {MAX_LINE} bytes, found more");
            return Ok(Some(Some((self.read, Err(error)))));
        }
        let text = bytes.trim_ascii();
        if text.is_empty() {
            return Ok(Some(None));
        }
        let clip = clip_from_json_line(text, &Limits::default());
        Ok(Some(Some((
            self.read,
            clip.map_err(|error| error.to_string()),
        ))))
    }
}

/// Writes the answers in the order of the lines.
fn write(
    lines: &[Line],
    predictions: Vec<Prediction>,
    output: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut predictions = predictions.into_iter();
    for (number, clip) in lines {
        let text = match clip {
            Ok(_) => match predictions.next() {
                Some(prediction) => line(&prediction)?,
                None => continue,
            },
            Err(error) => line(&Refusal {
                line: *number,
                error: error.clone(),
            })?,
        };
        output.write_all(text.as_bytes())?;
    }
    output.flush()?;
    Ok(())
}
