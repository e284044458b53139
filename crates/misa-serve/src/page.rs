//! The files of the pages, which are part of the program.

/// A file of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageFile {
    /// Its name, below `page/` but for pages themselves.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub text: &'static str,
}

/// What belongs to a server, in the page to try models on.
const SERVED: [&str; 2] = ["<!-- with a server -->", "<!-- end -->"];
/// The line of the page at whose end a policy is added.
const HEAD: &str = "<meta charset=\"utf-8\" />";
/// The foot of the page, which its scripts fill.
const FOOT: &str = "<p id=\"foot\"></p>";
/// The name of the script that asks the server.
const ASKS: &str = "server.js";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

/// The page to try the models on.
pub(crate) const INDEX: PageFile = PageFile {
    name: "index.html",
    media_type: HTML,
    text: include_str!("page/index.html"),
};

/// The page about the routes.
pub(crate) const DOCS: PageFile = PageFile {
    name: "docs.html",
    media_type: HTML,
    text: include_str!("page/docs.html"),
};

macro_rules! files {
    ($(($media_type:expr, $name:literal),)*) => {
        &[$(PageFile {
            name: $name,
            media_type: $media_type,
            text: include_str!(concat!("page/", $name)),
        }),*]
    };
}

/// Styles, scripts and pictures of both.
pub(crate) const FILES: &[PageFile] = files![
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

/// The page to try models on without a server: `index.html` with the content policy `policy`, and the styles, scripts
/// and pictures for `page/` beside it, but for `server.js`. A script of this name has to stand there which exports what
/// that of the server does, and answers itself.
pub fn page_without_server(policy: &str) -> (String, Vec<PageFile>) {
    let [begin, end] = SERVED;
    let mut parts = INDEX.text.split(begin);
    let mut html = parts.next().unwrap_or_default().to_string();
    for part in parts {
        html.push_str(
            part.split_once(end)
                .map_or(part, |(_, after)| after)
                .trim_start(),
        );
    }
    let policy =
        format!("{HEAD}\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />");
    let foot = "<p id=\"foot\">This page works from any web server, but not when it is opened as a file.</p>";
    let html = html.replacen(HEAD, &policy, 1).replacen(FOOT, foot, 1);
    let is_used =
        |file: &&PageFile| !matches!(file.name, ASKS | "docs.css" | "docs.js" | "schema.js");
    (html, FILES.iter().filter(is_used).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_page_without_a_server_has_nothing_of_one() {
        let (html, files) = page_without_server("default-src 'none'");
        for part in [HEAD, FOOT, SERVED[0], SERVED[1]] {
            assert!(INDEX.text.contains(part), "{part}");
        }
        for part in ["docs", "API key", "server -->", "id=\"foot\"></p>"] {
            assert!(!html.contains(part), "{part}");
        }
        assert!(html.contains("content=\"default-src 'none'\" />"));
        assert!(html.contains("id=\"form-error\"") && html.ends_with("</html>\n"));
        // Whatever a script or the page names is there, `server.js` apart.
        let names = |text: &str, begin: &str| {
            let parts = text.split(begin).skip(1);
            let named =
                parts.filter_map(|part| part.split_once('"').map(|(name, _)| name.to_string()));
            named.collect::<Vec<_>>()
        };
        let mut named = names(&html, "\"page/");
        for file in &files {
            named.extend(names(file.text, "from \"./"));
        }
        for name in named {
            assert!(
                name == ASKS || files.iter().any(|file| file.name == name),
                "{name}"
            );
        }
    }

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
