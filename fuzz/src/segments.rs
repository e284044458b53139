//! Tables of segments, files of speech, and recipes.

use misa_recordings::recipe::Recipe;
use misa_recordings::segments::{SegmentsOptions, assign_splits, parse, speech};

/// Reads a table of segments, and gives it splits; reads the same bytes as speech and as a recipe.
pub fn segments(data: &[u8]) {
    let mut options = SegmentsOptions::default();
    if let Ok(mut table) = parse("table.csv", data, &options) {
        assert!(!table.segments.is_empty());
        for segment in &mut table.segments {
            segment.split = None;
        }
        let _ = assign_splits(&mut table, [0.6, 0.2, 0.2], 1);
    }
    options.is_cut = true;
    options.text_column = Some("english".to_string());
    options.classes = vec!["0".to_string(), "positive".to_string()];
    let _ = parse("table.csv", data, &options);
    let mut options = speech::SpeechOptions::default();
    let _ = speech::parse(data, &options);
    options.rate = Some(16_000.0);
    let _ = speech::parse(data, &options);
    if let Ok(recipe) = Recipe::parse(data) {
        assert_eq!(recipe.sha256().len(), 64);
    }
}
