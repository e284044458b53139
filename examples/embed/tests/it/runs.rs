//! The program builds, runs, and pulls in nothing of the workspace but `misa-core`.

use std::process::Command;

#[test]
fn prints_one_finite_sentiment() -> Result<(), Box<dyn std::error::Error>> {
    let output = Command::new(env!("CARGO_BIN_EXE_misa-embed")).output()?;
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout)?;
    let value: f32 = text
        .trim()
        .strip_prefix("sentiment ")
        .ok_or("no sentiment")?
        .parse()?;
    assert!(value.is_finite());
    Ok(())
}

#[test]
fn depends_on_the_model_alone() -> Result<(), Box<dyn std::error::Error>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "misa-embed",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args([
            "--offline",
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()?;
    assert!(output.status.success());
    let tree = String::from_utf8(output.stdout)?;
    assert!(tree.contains("misa-core "), "{tree}");
    for heavy in [
        "misa-data ",
        "misa-train ",
        "burn-train ",
        "clap ",
        "ratatui ",
    ] {
        assert!(!tree.contains(heavy), "{heavy} is in the tree");
    }
    Ok(())
}
