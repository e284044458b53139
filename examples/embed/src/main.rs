//! Embeds the model.
fn main() {}
