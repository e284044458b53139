//! The files of the pages, which are part of the program.

/// A file of a page.
pub(crate) struct File {
    pub name: &'static str,
    pub media_type: &'static str,
    pub text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

/// The page to try the models on.
pub(crate) const INDEX: File = File {
    name: "index.html",
    media_type: HTML,
    text: include_str!("page/index.html"),
};

/// The page about the routes.
pub(crate) const DOCS: File = File {
    name: "docs.html",
    media_type: HTML,
    text: include_str!("page/docs.html"),
};

macro_rules! files {
    ($(($media_type:expr, $name:literal),)*) => {
        &[$(File {
            name: $name,
            media_type: $media_type,
            text: include_str!(concat!("page/", $name)),
        }),*]
    };
}

/// Styles, scripts and pictures of both.
pub(crate) const FILES: &[File] = files![
    (CSS, "answer.css"),
    (SCRIPT, "attention.js"),
    (SCRIPT, "bar.js"),
    (SCRIPT, "clip.js"),
    (SCRIPT, "csv.js"),
    (CSS, "docs.css"),
    (SCRIPT, "docs.js"),
    (SCRIPT, "domain.js"),
    (SCRIPT, "element.js"),
    (SCRIPT, "explanation.js"),
    (SCRIPT, "file.js"),
    (CSS, "form.css"),
    (SCRIPT, "form.js"),
    (IMAGE, "icon.svg"),
    (SCRIPT, "inquiry.js"),
    (SCRIPT, "matrix.js"),
    (SCRIPT, "modalities.js"),
    (SCRIPT, "model.js"),
    (SCRIPT, "npy.js"),
    (SCRIPT, "number.js"),
    (CSS, "page.css"),
    (SCRIPT, "page.js"),
    (SCRIPT, "prediction.js"),
    (SCRIPT, "safetensors.js"),
    (SCRIPT, "schema.js"),
    (SCRIPT, "server.js"),
    (CSS, "table.css"),
    (SCRIPT, "vectors.js"),
    (SCRIPT, "words.js"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_file_of_the_folder_is_part_of_the_program() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page");
        let pages = [&INDEX, &DOCS];
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let mut known = FILES.iter().chain(pages);
            assert!(known.any(|file| file.name == name), "{name}");
        }
        assert_eq!(
            fs::read_dir(folder).unwrap().count(),
            FILES.len() + pages.len()
        );
    }
}
