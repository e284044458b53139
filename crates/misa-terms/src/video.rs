//! The video of each utterance, and its position there, according to the id.

use crate::Utterance;
use std::collections::HashMap;

/// Separates the video from the number of a clip in files of MMSA.
const CLIP: &str = "$_$";

/// The position of an utterance in its video.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoPlace<'a> {
    /// Name of the video.
    pub video: &'a str,
    /// The sort key of the utterances of the video: the number of the clip or its start in seconds;
    /// infinite if the id has neither.
    pub position: f64,
}

impl<'a> VideoPlace<'a> {
    /// Parses `video[4]` as in the official files, `video$_$4` as in MMSA's, or `video[1.5,2.5]`
    /// with start and end in seconds. `None` for names such as `train[4]`, which state a position
    /// in a file.
    pub fn of(id: &'a str) -> Option<Self> {
        let clip = id.rfind(CLIP).map(|end| (end, end + CLIP.len()));
        let (end, start) = clip.or_else(|| id.rfind('[').map(|end| (end, end + 1)))?;
        let video = &id[..end];
        let is_made_up = ["train", "dev", "valid", "test"].contains(&video);
        let after = &id[start..];
        let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let length = after.find(|letter| !is_number(letter));
        let number = &after[..length.unwrap_or(after.len())];
        (!is_made_up && !video.is_empty()).then(|| Self {
            video,
            position: number.parse().unwrap_or(f64::INFINITY),
        })
    }
}

/// Indices into `utterances` of the utterances of each video, in the order of the video. Videos are
/// ordered by first appearance. An utterance whose id does not name a video is its own video.
#[doc(hidden)]
pub fn videos<'a>(utterances: impl IntoIterator<Item = &'a Utterance>) -> Vec<Vec<usize>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut videos: Vec<Vec<(f64, usize)>> = Vec::new();
    for (index, utterance) in utterances.into_iter().enumerate() {
        let (number, position) = match VideoPlace::of(&utterance.id) {
            Some(VideoPlace { video, position }) => {
                (*numbers.entry(video).or_insert(videos.len()), position)
            }
            None => (videos.len(), 0.0),
        };
        if number == videos.len() {
            videos.push(Vec::new());
        }
        videos[number].push((position, index));
    }
    let in_order = |mut video: Vec<(f64, usize)>| {
        video.sort_by(|a, b| a.0.total_cmp(&b.0));
        video.into_iter().map(|(_, index)| index).collect()
    };
    videos.into_iter().map(in_order).collect()
}

/// Indices into `utterances` for each batch of at most `size`, with every video in one batch. A
/// video of more utterances than `size` is its own batch.
///
/// # Panics
///
/// Panics if `size` is 0.
pub fn video_batches(utterances: &[Utterance], size: usize) -> Vec<Vec<usize>> {
    fill(videos(utterances), size)
}

/// Batches of at most `size` indices, from parts that stay together.
///
/// # Panics
///
/// Panics if `size` is 0.
#[doc(hidden)]
pub fn fill(parts: Vec<Vec<usize>>, size: usize) -> Vec<Vec<usize>> {
    assert!(size > 0, "batch_size must be at least 1, got 0");
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for part in parts {
        match batches.last_mut() {
            Some(batch) if batch.len() + part.len() <= size => batch.extend(part),
            _ => batches.push(part),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sequence, TextSequence};

    fn utterances(ids: &[&str]) -> Vec<Utterance> {
        let utterance = |&id: &&str| {
            let features = Sequence::new(1, vec![0.0]).unwrap();
            let text = TextSequence::Words(vec![2]);
            Utterance::new(id, vec![], text, features.clone(), features, 0.0).unwrap()
        };
        ids.iter().map(utterance).collect()
    }

    #[test]
    fn places_are_read_off_ids() {
        let place = |id| VideoPlace::of(id).map(|place| (place.video, place.position));
        assert_eq!(place("03bSnISJMiM[4]"), Some(("03bSnISJMiM", 4.0)));
        assert_eq!(place("video_0001$_$0012"), Some(("video_0001", 12.0)));
        assert_eq!(place("abc[1.5,2.5]"), Some(("abc", 1.5)));
        assert_eq!(place("abc[x]"), Some(("abc", f64::INFINITY)));
        assert_eq!(place("a[b]$_$3"), Some(("a[b]", 3.0)));
        for none in ["train[7]", "dev$_$2", "abc", "[4]", "", "17"] {
            assert_eq!(place(none), None, "{none}");
        }
    }

    #[test]
    fn utterances_are_ordered_by_number_and_then_as_they_come() {
        let found = utterances(&["a[10]", "b[0]", "a[9]", "17", "b[0]", "17"]);
        assert_eq!(videos(&found), [vec![2, 0], vec![1, 4], vec![3], vec![5]]);
    }

    #[test]
    fn videos_stay_whole() {
        let found = utterances(&["a[0]", "b[0]", "a[1]", "c[0]", "c[1]", "c[2]", "d[0]"]);
        assert_eq!(
            video_batches(&found, 2),
            [vec![0, 2], vec![1], vec![3, 4, 5], vec![6]]
        );
        assert_eq!(video_batches(&found, 4), [vec![0, 2, 1], vec![3, 4, 5, 6]]);
    }
}
