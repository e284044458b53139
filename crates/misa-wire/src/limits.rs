//! Limits on what a request may hold.

/// Upper limits on the parts of a request.
///
/// Each limit is checked before memory is allocated for what it limits, so that a request takes a small
/// multiple of its bytes. How many bytes a body may have is up to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Clips of a request. Default 32.
    pub clips: usize,
    /// Steps of a modality of a clip: rows, word ids or words. Default 10,000: the acoustic features of
    /// COVAREP have 100 per second, and the longest clips of MOSEI last about 100 seconds.
    pub steps: usize,
    /// Numbers of a request, word ids included. Default 2^20, which take 4 MiB.
    pub values: usize,
    /// Bytes of a clip's text in UTF-8. Default 16 KiB: BERT reads at most 512 tokens, about 2 KiB.
    pub text_bytes: usize,
    /// Bytes of a clip's id, and of the model's name. Default 256.
    pub id_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clips: 32,
            steps: 10_000,
            values: 1 << 20,
            text_bytes: 16 << 10,
            id_bytes: 256,
        }
    }
}
