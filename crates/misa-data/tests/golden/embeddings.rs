//! Word vectors.

use super::*;

pub fn glove_rows(folder: &Path) {
    let info = json(&folder.join("info.json"));
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let embedding = golden.rows("pretrained_emb");
    let mut vocabulary = misa_data::Vocabulary::new();
    let mut words: Vec<(&String, u64)> = info["word2id"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(word, id)| (word, id.as_u64().unwrap()))
        .collect();
    words.sort_by_key(|&(_, id)| id);
    for (word, id) in words {
        assert_eq!(u64::from(vocabulary.add(word)), id);
    }
    let glove = read_glove(
        folder.join("glove_mini.txt"),
        &vocabulary,
        embedding[0].len(),
    )
    .unwrap();
    let stdout = info["stdout"].as_str().unwrap();
    let found = format!("Found {} words in the embedding file", glove.found());
    assert!(stdout.contains(&found), "{found}");
    assert_eq!(glove.found() + glove.missing, vocabulary.len() - 2);
    assert_eq!(glove.skipped, 0);
    for (id, row) in &glove.rows {
        assert_close(row, &embedding[*id as usize], &format!("row {id}"));
    }
}

pub fn embeddings_of_pytorch(folder: &Path) {
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let embedding = golden.rows("pretrained_emb");
    let mut vocabulary = misa_data::Vocabulary::new();
    let info = json(&folder.join("info.json"));
    for word in info["word2id"].as_object().unwrap().keys() {
        vocabulary.add(word);
    }
    let glove = read_glove(
        folder.join("glove_mini.txt"),
        &vocabulary,
        embedding[0].len(),
    )
    .unwrap();
    for kind in ["zip", "legacy"] {
        let path = folder.join(format!("pkl/embedding_and_mapping.{kind}.pt"));
        let found = read_embedding(&path, &vocabulary, embedding[0].len()).unwrap();
        assert_eq!((found.missing, found.skipped), (0, 0));
        assert_eq!(found.found(), vocabulary.len() - 2);
        for (id, row) in &found.rows {
            let word = vocabulary.word(*id).unwrap();
            let place = info["word2id"][word].as_u64().unwrap() as usize;
            // Rows of words that GloVe lacks are random, in each file others.
            if glove.rows.iter().any(|(known, _)| known == id) {
                assert_close(row, &embedding[place], word);
            }
        }
        let error = read_embedding(&path, &vocabulary, 50)
            .unwrap_err()
            .to_string();
        assert!(error.contains("expected a matrix [words, 50]"), "{error}");
    }
}
