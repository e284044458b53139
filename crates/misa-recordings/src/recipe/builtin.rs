//! Recipes of the tools of the field.

use crate::recipe::Recipe;

const FILES: [&str; 11] = [
    include_str!("builtin/openface-au.toml"),
    include_str!("builtin/openface-177.toml"),
    include_str!("builtin/openface-709.toml"),
    include_str!("builtin/pyfeat-au.toml"),
    include_str!("builtin/libreface-au.toml"),
    include_str!("builtin/blendshapes-52.toml"),
    include_str!("builtin/misa-voice-1.toml"),
    include_str!("builtin/librosa-33.toml"),
    include_str!("builtin/egemaps-lld.toml"),
    include_str!("builtin/covarep-74.toml"),
    include_str!("builtin/facet-42.toml"),
];

impl Recipe {
    /// All built-in recipes: faces, then voices, then those whose tool cannot be had any more.
    pub fn builtins() -> Vec<Self> {
        let parse =
            |file: &&str| Self::parse(file.as_bytes()).expect("a test reads every built-in file");
        FILES.iter().map(parse).collect()
    }
}
