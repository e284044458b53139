//! A model as a folder for any web server. `scripts/check-web` opens it in a browser; here, files of the same names stand
//! for what `scripts/web` builds.

use crate::common::{json, refused, said, text, train};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::tempdir;

/// Files that stand for a build of this version.
pub fn built(folder: &Path) -> PathBuf {
    let built = folder.join("built");
    fs::create_dir_all(&built).unwrap();
    let mark = concat!("\0asm misa-web ", env!("CARGO_PKG_VERSION"), ";");
    fs::write(built.join("misa_web_bg.wasm"), mark).unwrap();
    for name in ["misa_web.js", "server.js", "worker.js"] {
        fs::write(built.join(name), name).unwrap();
    }
    built
}

/// The command that writes `site`.
fn arguments<'a>(run: &'a Path, site: &'a Path, wasm: &'a Path) -> [&'a str; 6] {
    let [run, site, wasm] = [run, site, wasm].map(text);
    ["export", run, "--web", site, "--wasm", wasm]
}

/// Paths of all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    paths.flat_map(below).collect()
}

#[test]
fn a_folder_has_all_that_its_page_names() {
    let dir = tempdir().unwrap();
    let [run, site] = ["run", "site"].map(|name| dir.path().join(name));
    train(&run, &[]);
    let wasm = built(dir.path());
    let export = [
        &arguments(&run, &site, &wasm)[..],
        &["--name", "film", "--json"],
    ]
    .concat();
    let found = json(&said(&export));
    assert_eq!(found["name"], "film");
    let listed = found["files"].as_array().unwrap();
    assert_eq!(listed.len(), files(&site).len());
    let checksums = json(&fs::read_to_string(site.join("checksums.json")).unwrap());
    for file in listed {
        let path = file["path"].as_str().unwrap();
        assert_eq!(file["bytes"], fs::metadata(site.join(path)).unwrap().len());
        if path != "checksums.json" {
            assert_eq!(checksums["files"][path], file["sha256"], "{path}");
        }
    }
    // The model is the run's, byte for byte.
    for name in [
        "model.safetensors",
        "config.json",
        "vocabulary.json",
        "calibration.json",
        "checksums.json",
    ] {
        let [one, other] = [run.join("checkpoint"), site.join("model")]
            .map(|folder| fs::read(folder.join(name)).unwrap());
        assert!(one == other, "{name}");
    }
    let index = fs::read_to_string(site.join("index.html")).unwrap();
    assert!(
        index.contains("connect-src 'self'") && !index.contains("unsafe-inline"),
        "{index}"
    );
    assert!(
        !index.contains("href=\"/") && !index.contains("src=\"/") && !index.contains("://"),
        "{index}"
    );
    assert_eq!(
        fs::read_to_string(site.join("page/server.js")).unwrap(),
        "server.js"
    );
    let about = json(&fs::read_to_string(site.join("model.json")).unwrap());
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    assert!(said(&["verify", text(&site.join("model"))]).contains("unchanged"));
    // A folder that holds something is left alone.
    let (_, error) = refused(&export);
    assert!(
        error.contains("expected an empty folder, or none"),
        "{error}"
    );
}

#[test]
fn what_a_browser_cannot_run_is_refused_before_anything_is_written() {
    let dir = tempdir().unwrap();
    let [run, site, empty] = ["run", "site", "empty"].map(|name| dir.path().join(name));
    train(&run, &[]);
    fs::create_dir(&empty).unwrap();
    let wasm = built(dir.path());
    let refusal = |wasm: &Path, name: &str| {
        let export = arguments(&run, &site, wasm);
        refused(&[&export[..], &["--name", name]].concat()).1
    };
    let error = refusal(&empty, "film");
    assert!(error.contains("build it with `scripts/web`"), "{error}");
    assert!(
        refusal(&wasm, "a/b").contains("name"),
        "{}",
        refusal(&wasm, "a/b")
    );
    fs::write(wasm.join("misa_web_bg.wasm"), "misa-web 9.9.9;").unwrap();
    let error = refusal(&wasm, "film");
    assert!(
        error.contains("found misa 9.9.9: build it again"),
        "{error}"
    );
    built(dir.path());
    let (_, error) = refused(&arguments(&dir.path().join("none"), &site, &wasm));
    assert!(
        error.contains("none: found no config.json, expected the folder of a finished run"),
        "{error}"
    );
    let weights = run.join("checkpoint/model.safetensors");
    let bytes = fs::read(&weights).unwrap();
    fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    let error = refusal(&wasm, "film");
    assert!(
        error.contains("model.safetensors: expected the SHA-256"),
        "{error}"
    );
    assert!(!site.exists());
}

#[cfg(feature = "bert")]
#[test]
fn a_model_with_bert_is_refused() {
    use burn::tensor::Device;
    use misa_core::{FeatureSizes, MisaConfig, TextSize};
    use misa_infer::{BertText, Checkpoint, Tokeniser, Truncation};
    use misa_terms::BertConfig;

    let dir = tempdir().unwrap();
    let [model, site] = ["model", "site"].map(|name| dir.path().join(name));
    let bert = BertConfig {
        vocabulary: 6,
        d_model: 8,
        n_layers: 1,
        n_heads: 2,
        d_feed_forward: 8,
        positions: 8,
        ..BertConfig::BASE
    };
    let sizes = FeatureSizes {
        text: TextSize::Bert(bert),
        visual: 2,
        acoustic: 3,
    };
    let words = format!("{}\nfun", Tokeniser::SPECIAL_TOKENS.join("\n"));
    let tokeniser = Tokeniser::from_vocabulary(&words).unwrap();
    let config = MisaConfig::new(sizes).with_d_hidden(8);
    let checkpoint = Checkpoint {
        model: config.init(&Device::flex()),
        config,
        vocabulary: None,
        scaling: None,
        bert: Some(
            BertText::new(tokeniser, &bert, Truncation::Batch)
                .unwrap()
                .into(),
        ),
        calibration: None,
        recipes: Default::default(),
        scale: None,
    };
    checkpoint.save(&model).unwrap();
    let wasm = built(dir.path());
    let (_, error) = refused(&arguments(&model, &site, &wasm));
    assert!(
        error.contains("reads text with BERT, which a page cannot load: use `misa serve`"),
        "{error}"
    );
    assert!(!site.exists());
}
