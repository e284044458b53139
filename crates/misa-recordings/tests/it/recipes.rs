//! The built-in recipes, and what is selected by them.

use misa_recordings::recipe::Recipe;
use misa_recordings::{Interval, Track};
use misa_terms::{Modality, RecipeFit, RecipeScaling};
use proptest::prelude::*;

/// One row with these values, valid.
fn track(columns: &[&str], values: &[f32]) -> Track {
    let mut track = Track::default();
    track.columns = columns.iter().map(|&column| column.to_string()).collect();
    track.times = vec![Interval::new(0.0, 0.5); values.len() / columns.len()];
    track.valid = vec![true; track.times.len()];
    track.values = values.to_vec();
    track
}

#[test]
fn every_tool_has_its_number_of_columns() {
    let expected = [
        ("openface-au", 40, Modality::Visual),
        ("openface-177", 177, Modality::Visual),
        ("openface-709", 709, Modality::Visual),
        ("pyfeat-au", 30, Modality::Visual),
        ("libreface-au", 29, Modality::Visual),
        ("blendshapes-52", 52, Modality::Visual),
        ("misa-voice-1", 30, Modality::Acoustic),
        ("librosa-33", 33, Modality::Acoustic),
        ("egemaps-lld", 25, Modality::Acoustic),
        ("covarep-74", 74, Modality::Acoustic),
        ("facet-42", 35, Modality::Visual),
    ];
    let found: Vec<_> = Recipe::builtins()
        .into_iter()
        .map(|recipe| (recipe.name.clone(), recipe.columns.len(), recipe.modality))
        .collect();
    let expected = expected.map(|(name, columns, modality)| (name.to_string(), columns, modality));
    assert_eq!(found, expected);
    assert_eq!(Recipe::builtin("openface"), None);
    let facet = Recipe::builtin("facet-42").unwrap();
    assert!(
        !facet.is_available
            && facet
                .remarks
                .contains(&"contains emotion scores".to_string())
    );
}

/// Models refer to them: whoever changes what numbers depend on raises the version.
#[test]
fn checksums_of_the_built_in_recipes_stay() {
    let line = |recipe: &Recipe| format!("{} {}", &recipe.sha256()[..16], recipe.name);
    let found: Vec<String> = Recipe::builtins().iter().map(line).collect();
    let expected = [
        "c5994cda9dd41ea0 openface-au",
        "91859f7844f0135a openface-177",
        "6c155119a3a82ac0 openface-709",
        "ec9eeca50322e558 pyfeat-au",
        "82e656202e64dcea libreface-au",
        "6ae056e6124f56ca blendshapes-52",
        "8f9dfc670f9219ca misa-voice-1",
        "5b4f4041828f8bf0 librosa-33",
        "9e09d6c062abd00b egemaps-lld",
        "6dbee6aae39e3e4d covarep-74",
        "a830bd30f0831af6 facet-42",
    ];
    assert_eq!(found, expected);
}

/// OpenFace's own table, without its five heads, is the recipe of 709 columns.
#[test]
fn openface_writes_what_its_recipes_select() {
    let path = crate::kit::kit("openface_714.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let header = text.lines().next().unwrap();
    let columns: Vec<&str> = header.split(',').map(str::trim).collect();
    let recipe = Recipe::builtin("openface-709").unwrap();
    let names: Vec<&str> = recipe.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(columns[5..], names);
    let values: Vec<f32> = (0..714).map(|value| value as f32).collect();
    for name in ["openface-au", "openface-177", "openface-709"] {
        let recipe = Recipe::builtin(name).unwrap();
        let selected = recipe.select(&track(&columns, &values)).unwrap();
        assert_eq!(selected.values.len(), recipe.columns.len(), "{name}");
        for (column, value) in selected.columns.iter().zip(&selected.values) {
            assert_eq!(columns[*value as usize], column);
        }
    }
}

#[test]
fn comments_spaces_and_short_names_do_not_change_the_checksum() {
    let long = "name='a'\nversion=1\nmodality='visual'\ntool='b'\ntime='start'\nvalidity='c'\nscaling='none'\nlicence='d'\n[[columns]]\nnames=['x_0','x_1']\nunit='e'\n";
    let short = "# Of faces.\ntool = 'b'\nname = \"a\"\nversion = 1\nmodality = 'visual'\ntime = 'start'\nvalidity = 'c'\nscaling = 'none'\nlicence = 'other'\nremarks = ['f']\n\n[[columns]]\nunit = 'e'\nnames = ['x_{0..1}']\n";
    let parse = |text: &str| Recipe::parse(text.as_bytes()).unwrap();
    assert_eq!(parse(long).sha256(), parse(short).sha256());
    assert_ne!(
        parse(long).sha256(),
        parse(&long.replace("x_1", "x_2")).sha256()
    );
    assert_ne!(
        parse(long).sha256(),
        parse(&long.replace("none", "robust")).sha256()
    );
}

#[test]
fn unvoiced_sounds_have_no_numbers() {
    let recipe = Recipe::builtin("egemaps-lld").unwrap();
    let names: Vec<&str> = recipe.columns.iter().map(|column| &*column.name).collect();
    // The first ten columns may be 0.
    let selected = recipe.select(&track(&names, &[0.0; 25])).unwrap();
    assert_eq!(selected.values[..10], [0.0; 10]);
    assert!(selected.values[10..].iter().all(|value| value.is_nan()));
    let selected = recipe.select(&track(&names, &[0.5; 25])).unwrap();
    assert_eq!(selected.values, [0.5; 25]);

    let recipe = Recipe::builtin("covarep-74").unwrap();
    let names: Vec<&str> = recipe.columns.iter().map(|column| &*column.name).collect();
    let mut values = [1.0; 74];
    assert_eq!(
        recipe.select(&track(&names, &values)).unwrap().values,
        values
    );
    // VUV is the second column; F0 and the eight behind it need it.
    values[1] = 0.0;
    let selected = recipe.select(&track(&names, &values)).unwrap();
    let without: Vec<usize> = (0..74)
        .filter(|&column| selected.values[column].is_nan())
        .collect();
    assert_eq!(without, [0, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn features_of_ones_own_have_a_recipe() {
    let own = track(&["b", "a"], &[1.0, 2.0]);
    let recipe = Recipe::of_columns("merbench:clip-vit", Modality::Visual, &own).unwrap();
    assert_eq!((&*recipe.tool, recipe.version), ("merbench", 1));
    assert_eq!(recipe.select(&own).unwrap(), own);
    let turned = track(&["a", "b"], &[2.0, 1.0]);
    assert_eq!(recipe.select(&turned).unwrap(), own);
}

#[test]
fn stamps_say_what_a_model_must_know() {
    let recipe = Recipe::builtin("egemaps-lld").unwrap();
    let stamp = recipe.stamp("words", Some("3.0.2".to_string()));
    assert_eq!(
        (&*stamp.name, stamp.version, &*stamp.tool),
        ("egemaps-lld", 1, "openSMILE")
    );
    assert_eq!(
        (stamp.rate, stamp.scaling),
        (Some(100.0), RecipeScaling::Standard)
    );
    assert_eq!((stamp.columns.len(), stamp.sha256.len()), (25, 64));
    assert_eq!(stamp.fit(&stamp), Ok(RecipeFit::default()));
    let faces = Recipe::builtin("openface-au").unwrap().stamp("words", None);
    assert_eq!(
        faces
            .fit(&Recipe::builtin("facet-42").unwrap().stamp("words", None))
            .unwrap_err()
            .to_string(),
        "recipe: expected openface-au version 1 as in training, found facet-42 version 1"
    );
}

#[test]
fn every_prefix_is_read_or_refused() {
    let file = include_bytes!("../../src/recipe/builtin/covarep-74.toml");
    for length in 0..file.len() {
        // Either is fine; neither may panic.
        let _ = Recipe::parse(&file[..length]);
    }
}

#[test]
fn hostile_recipes_are_refused_soon() {
    let nested = format!("name = {}", "[".repeat(1 << 18));
    let tables = "[a.".repeat(1 << 17);
    let dotted = format!("{} = 1", vec!["a"; 1 << 17].join("."));
    let names = vec!["'x{0..9999}'"; 1 << 12].join(",");
    let many = format!(
        "name='a'\nversion=1\nmodality='visual'\ntool='b'\ntime='start'\nvalidity='c'\nscaling='none'\nlicence='d'\n[[columns]]\nunit='e'\nnames=[{names}]\n"
    );
    for text in [nested, tables, dotted, many] {
        let is_soon = misa_testing::takes_less_than(std::time::Duration::from_millis(100), || {
            assert!(Recipe::parse(text.as_bytes()).is_err());
        });
        assert!(is_soon, "{}", &text[..20]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_a_table_does_not_matter(turn in 0_usize..25, values in prop::collection::vec(-2_i8..3, 25)) {
        let recipe = Recipe::builtin("egemaps-lld").unwrap();
        let mut columns: Vec<(&str, f32)> = recipe
            .columns
            .iter()
            .map(|column| &*column.name)
            .zip(values.iter().map(|&value| f32::from(value)))
            .collect();
        let select = |columns: &[(&str, f32)]| {
            let (names, values): (Vec<&str>, Vec<f32>) = columns.iter().copied().unzip();
            let selected = recipe.select(&track(&names, &values)).unwrap();
            selected.values.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
        };
        let expected = select(&columns);
        columns.rotate_left(turn);
        prop_assert_eq!(select(&columns), expected);
    }
}
