//! Small models in memory.

use misa_core::MisaConfig;
use misa_infer::burn::tensor::Device;
use misa_infer::{
    Checkpoint, FeatureSizes, ModelFiles, Recipes, TextSize, Vocabulary, lock_random_state,
};
use misa_recordings::sounds::SoundRecipe;
use misa_web::LocalModel;
use tempfile::TempDir;

/// A folder with a model of words, two visual features and three acoustic ones; seeds give other weights.
pub fn folder(seed: u64) -> TempDir {
    folder_of(seed, 3, Recipes::default())
}

/// A folder with a model of the features that misa computes of sounds, whose steps are words.
pub fn folder_of_sounds() -> TempDir {
    let recipe = SoundRecipe::MisaVoice1.recipe();
    let recipes = Recipes {
        acoustic: Some(recipe.stamp("words", None)),
        ..Recipes::default()
    };
    folder_of(1, recipe.columns.len(), recipes)
}

fn folder_of(seed: u64, acoustic: usize, recipes: Recipes) -> TempDir {
    let mut vocabulary = Vocabulary::new();
    for word in ["what", "fun"] {
        vocabulary.add(word);
    }
    let sizes = FeatureSizes {
        text: TextSize::Words {
            vocabulary: vocabulary.len(),
        },
        visual: 2,
        acoustic,
    };
    let config = MisaConfig::new(sizes).with_d_hidden(8).with_d_embedding(4);
    let device = Device::flex();
    let lock = lock_random_state();
    device.seed(seed);
    let model = config.init(&device);
    drop(lock);
    let checkpoint = Checkpoint {
        model,
        config,
        vocabulary: Some(vocabulary),
        scaling: None,
        bert: None,
        calibration: None,
        recipes,
        scale: None,
    };
    let folder = tempfile::tempdir().unwrap();
    checkpoint.save(folder.path()).unwrap();
    folder
}

pub fn files(folder: &TempDir) -> ModelFiles {
    ModelFiles::read(folder.path()).unwrap()
}

/// The model of a folder, under the name `small`.
pub fn loaded(folder: &TempDir) -> LocalModel {
    LocalModel::load("small", &files(folder)).unwrap()
}
