//! A feature file of any size, in the layout of MMSA, written piece by piece.

use misa_data::Random;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Values drawn once and repeated: drawing gigabytes would take longer than reading them.
const POOL: usize = 1 << 16;

/// Sizes of a feature file.
#[derive(Clone, Copy, Debug)]
pub struct FeatureFile {
    /// Utterances, all in the train split.
    pub utterances: usize,
    /// Steps of every utterance and modality.
    pub steps: usize,
    /// Features of text.
    pub d_text: usize,
    /// Visual features.
    pub d_visual: usize,
    /// Acoustic features.
    pub d_acoustic: usize,
}

impl FeatureFile {
    /// Bytes of all features in single precision.
    pub fn payload(&self) -> u64 {
        let features = self.d_text + self.d_visual + self.d_acoustic;
        4 * (self.utterances * self.steps * features) as u64
    }

    /// Writes the pickle: protocol 4, NumPy arrays of `f4`, as MMSA's tools do.
    ///
    /// # Errors
    ///
    /// What the system says when the file cannot be written.
    pub fn write(&self, path: &Path, seed: u64) -> io::Result<()> {
        let mut random = Random::new(seed);
        let pool: Vec<u8> = (0..POOL)
            .flat_map(|_| (random.normal() as f32).to_le_bytes())
            .collect();
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(b"\x80\x04}")?;
        text(&mut file, "train")?;
        file.write_all(b"}(")?;
        for (key, d_input) in [
            ("text", self.d_text),
            ("vision", self.d_visual),
            ("audio", self.d_acoustic),
        ] {
            text(&mut file, key)?;
            array(&mut file, &[self.utterances, self.steps, d_input], &pool)?;
        }
        text(&mut file, "regression_labels")?;
        array(&mut file, &[self.utterances], &pool)?;
        text(&mut file, "id")?;
        file.write_all(b"](")?;
        for index in 0..self.utterances {
            text(&mut file, &format!("video{}$_${}", index / 8, index % 8))?;
        }
        file.write_all(b"eus.")?;
        file.flush()
    }
}

fn text(file: &mut impl Write, text: &str) -> io::Result<()> {
    file.write_all(b"X")?;
    file.write_all(&(text.len() as u32).to_le_bytes())?;
    file.write_all(text.as_bytes())
}

/// An array of `f4` whose bytes are those of the pool, again and again.
fn array(file: &mut impl Write, shape: &[usize], pool: &[u8]) -> io::Result<()> {
    file.write_all(
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01(",
    )?;
    for &axis in shape {
        file.write_all(b"J")?;
        file.write_all(&(axis as u32).to_le_bytes())?;
    }
    file.write_all(b"tcnumpy\ndtype\n")?;
    text(file, "f4")?;
    file.write_all(b"\x89\x88\x87R(K\x03")?;
    text(file, "<")?;
    file.write_all(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89\x8e")?;
    let bytes = 4 * shape.iter().product::<usize>();
    file.write_all(&(bytes as u64).to_le_bytes())?;
    let mut left = bytes;
    while left > 0 {
        let piece = left.min(pool.len());
        file.write_all(&pool[..piece])?;
        left -= piece;
    }
    file.write_all(b"tb")
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_data::{Split, UtteranceDataset};

    #[test]
    fn the_file_is_one_of_mmsa() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.pkl");
        let file = FeatureFile {
            utterances: 9,
            steps: 3,
            d_text: 4,
            d_visual: 2,
            d_acoustic: 1,
        };
        file.write(&path, 1).unwrap();
        let data = UtteranceDataset::open(&path).unwrap();
        let train = data.split(Split::Train);
        assert_eq!((train.len(), &*train[8].id), (9, "video1$_$0"));
        assert_eq!(train[8].steps().into_array(), [3; 3]);
        assert_eq!(file.payload(), 9 * 3 * 7 * 4);
    }
}
