//! The names of BERT tensors.

/// The meaning of a name in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A parameter of BERT, by its name in the official code.
    Parameter(String),
    /// Values that follow from the sizes, which old files contain.
    Constant,
    /// Not a part of BERT, such as a classifier on top of it.
    Other,
}

/// Reads a name of a Hugging Face file, with or without the prefix `bert.`, or of the official
/// code.
///
/// The first releases of BERT call the parameters of a layer norm `gamma` and `beta`.
pub(super) fn read(name: &str) -> Name {
    let bare = ["bertmodel.", "bert."]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    let bare = bare.unwrap_or(name);
    if ["embeddings.position_ids", "embeddings.token_type_ids"].contains(&bare) {
        return Name::Constant;
    }
    let parts = ["embeddings.", "encoder.", "pooler."];
    if !parts.iter().any(|part| bare.starts_with(part)) {
        return Name::Other;
    }
    let renamed = match bare.rsplit_once('.') {
        Some((module, "gamma")) => format!("{module}.weight"),
        Some((module, "beta")) => format!("{module}.bias"),
        _ => bare.to_owned(),
    };
    Name::Parameter(format!("bertmodel.{renamed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_names_are_the_same() {
        let expected = Name::Parameter("bertmodel.embeddings.LayerNorm.weight".to_owned());
        for name in [
            "embeddings.LayerNorm.gamma",
            "bert.embeddings.LayerNorm.gamma",
            "bert.embeddings.LayerNorm.weight",
            "bertmodel.embeddings.LayerNorm.weight",
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
        assert_eq!(read("bert.embeddings.position_ids"), Name::Constant);
        assert_eq!(read("cls.predictions.bias"), Name::Other);
        assert_eq!(read("classifier.weight"), Name::Other);
    }
}
