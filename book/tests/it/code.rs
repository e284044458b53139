//! Blocks of Rust, which the documentation tests of a crate compile.

use crate::page::Page;
use crate::path::{files, normal, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The pages that some crate includes in its documentation.
fn included() -> BTreeSet<PathBuf> {
    let mut included = BTreeSet::new();
    for path in files(root(), "rs")
        .iter()
        .filter(|path| path.ends_with("src/lib.rs"))
    {
        let source = fs::read_to_string(root().join(path)).unwrap();
        let names = source.split("#[doc = include_str!(\"").skip(1);
        let names = names.filter_map(|rest| rest.split_once('"'));
        included.extend(names.filter_map(|(name, _)| normal(&path.with_file_name(name))));
    }
    included
}

#[test]
fn every_page_with_rust_is_compiled() {
    let included = included();
    for page in Page::all() {
        let has_rust = page
            .languages()
            .iter()
            .any(|language| language.starts_with("rust"));
        let path = page.path.display();
        assert!(
            !has_rust || included.contains(&page.path),
            "{path}: its Rust is compiled by no crate, expected an `include_str!` beside that of \
             README.md in examples/src/lib.rs"
        );
    }
}
