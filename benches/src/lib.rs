//! Times of the model on every device; the programs are in `benches/`.
