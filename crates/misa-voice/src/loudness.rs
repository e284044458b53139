//! Where a sound is loud enough to be speech.

/// Levels, in shares of the rows, that stand for silence and for speech.
const QUIET: f64 = 0.05;
const LOUD: f64 = 0.95;
/// Decibels that lie between silence and speech at least; with less, there are no pauses.
const LEAST_CONTRAST: f32 = 10.0;
/// No row counts as more silent than this many decibels below speech: pauses of digital silence would
/// make every breath loud.
const MOST_CONTRAST: f32 = 50.0;
/// Pauses that are shorter belong to speech, in seconds.
const SHORTEST_PAUSE: f64 = 0.2;
/// Speech that is shorter is a click, in seconds.
const SHORTEST_SPEECH: f64 = 0.08;
/// Seconds that speech starts before and ends after what is loud.
const MARGIN: f64 = 0.03;

/// The stretches of a sound that are loud, as `[start, end]` in seconds, in order and apart.
///
/// `decibels` has the level of each row, and `step` is the length of a row in seconds. A row is loud when it
/// is nearer to the 95th percentile of the levels than to the 5th. A sound without pauses is one stretch, and
/// one of digital silence has none. It needs no model and hears no difference between speech and other
/// sounds: where that matters, use one that does.
pub fn loud_stretches(decibels: &[f32], step: f64) -> Vec<[f64; 2]> {
    let mut levels: Vec<f32> = decibels.iter().copied().filter(|x| x.is_finite()).collect();
    levels.sort_by(f32::total_cmp);
    let level = |share: f64| levels.get((share * levels.len() as f64) as usize).copied();
    let (Some(quiet), Some(loud)) = (level(QUIET), level(LOUD)) else {
        return Vec::new();
    };
    if loud <= crate::features::QUIETEST {
        return Vec::new();
    }
    let quiet = quiet.max(loud - MOST_CONTRAST);
    let threshold = if loud - quiet < LEAST_CONTRAST {
        f32::NEG_INFINITY
    } else {
        (quiet + loud) / 2.0
    };
    let mut stretches: Vec<[f64; 2]> = Vec::new();
    for (row, _) in decibels
        .iter()
        .enumerate()
        .filter(|(_, level)| **level >= threshold)
    {
        let [start, end] = [row as f64 * step, (row + 1) as f64 * step];
        match stretches.last_mut() {
            Some(last) if start - last[1] < SHORTEST_PAUSE => last[1] = end,
            _ => stretches.push([start, end]),
        }
    }
    stretches.retain(|[start, end]| end - start >= SHORTEST_SPEECH);
    let end = decibels.len() as f64 * step;
    for stretch in &mut stretches {
        *stretch = [
            (stretch[0] - MARGIN).max(0.0),
            (stretch[1] + MARGIN).min(end),
        ];
    }
    stretches
}

/// The level of each 10 ms of a sound that comes piece by piece.
#[derive(Clone, Debug)]
pub struct LevelMeter {
    rate: u32,
    /// Samples that were taken.
    taken: u64,
    /// Sum of squares, and number, of the samples of the row that is not yet whole.
    sum: f64,
    count: u32,
    levels: Vec<f32>,
}

impl LevelMeter {
    /// Length of a row in seconds.
    pub const STEP: f64 = 0.01;
    /// Rows a second.
    const ROWS: u64 = 100;

    /// For a sound of `rate` samples a second, at least 100.
    pub fn new(rate: u32) -> Self {
        Self {
            rate: rate.max(100),
            taken: 0,
            sum: 0.0,
            count: 0,
            levels: Vec::new(),
        }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[f32]) {
        for &sample in samples {
            self.sum += f64::from(sample) * f64::from(sample);
            self.count += 1;
            self.taken += 1;
            // Rows of rates that are no multiple of 100 differ by a sample.
            if self.taken * Self::ROWS / u64::from(self.rate) > self.levels.len() as u64 {
                let level = 10.0 * (self.sum / f64::from(self.count)).log10();
                self.levels
                    .push((level as f32).max(crate::features::QUIETEST));
                (self.sum, self.count) = (0.0, 0);
            }
        }
    }

    /// The level of each whole row, in decibels below full scale, at least -100.
    pub fn finish(self) -> Vec<f32> {
        self.levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_of_ten_milliseconds() {
        let mut meter = LevelMeter::new(22_050);
        let loud = vec![1.0; 22_050];
        meter.push(&loud);
        meter.push(&[0.0; 22_050]);
        let levels = meter.finish();
        assert_eq!(levels.len(), 200);
        assert!(levels[..100].iter().all(|level| *level == 0.0));
        assert!(levels[101..].iter().all(|level| *level == -100.0));
    }

    /// Levels of stretches, each with its number of rows.
    fn levels(stretches: &[(f32, usize)]) -> Vec<f32> {
        let rows = stretches
            .iter()
            .flat_map(|&(level, rows)| vec![level; rows]);
        rows.collect()
    }

    #[test]
    fn speech_is_between_pauses() {
        let levels = levels(&[
            (-70.0, 50),
            (-20.0, 100),
            (-70.0, 30),
            (-25.0, 50),
            (-70.0, 20),
        ]);
        let stretches = loud_stretches(&levels, 0.01);
        let expected = [[0.47, 1.53], [1.77, 2.33]];
        assert_eq!(stretches.len(), 2);
        for (found, expected) in stretches.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() < 1e-9, "{stretches:?}");
        }
    }

    #[test]
    fn short_pauses_and_clicks_do_not_count() {
        let levels = levels(&[
            (-70.0, 50),
            (-10.0, 3),
            (-70.0, 50),
            (-20.0, 90),
            (-70.0, 10),
            (-20.0, 90),
        ]);
        let stretches = loud_stretches(&levels, 0.01);
        assert_eq!(stretches.len(), 1);
        assert!(
            (stretches[0][0] - 1.0).abs() < 1e-9 && stretches[0][1] == 2.93,
            "{stretches:?}"
        );
    }

    #[test]
    fn a_sound_without_pauses_is_speech_and_silence_is_none() {
        assert_eq!(loud_stretches(&[-20.0; 100], 0.01), [[0.0, 1.0]]);
        assert_eq!(loud_stretches(&[-100.0; 100], 0.01), [[0.0; 2]; 0]);
        assert_eq!(loud_stretches(&[], 0.01), [[0.0; 2]; 0]);
    }
}
