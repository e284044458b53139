//! What the body of a request is written in.

/// The layout of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// A request in JSON.
    Json,
    /// A request in safetensors.
    Safetensors,
    /// The sound of one clip.
    Sound,
}

impl BodyFormat {
    /// What a media type may be, for errors.
    pub const EXPECTED: &str = "expected application/json, application/x-safetensors, application/octet-stream or a sound such as audio/wav";

    /// The layout of this media type; `None` for others. What follows a semicolon is not read.
    pub fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => Some(Self::Json),
            "application/x-safetensors" | "application/octet-stream" => Some(Self::Safetensors),
            // Which kind of sound it is, its bytes tell.
            kind if kind.starts_with("audio/") || kind.starts_with("video/") => Some(Self::Sound),
            _ => None,
        }
    }
}
