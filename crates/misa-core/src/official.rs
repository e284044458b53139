//! The official code's name for every parameter.

/// Where a parameter lies in an official checkpoint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Official {
    pub(crate) name: String,
    /// Linear weights are `[d_output, d_input]` there and `[d_input, d_output]` here.
    pub(crate) transposed: bool,
    /// Query, key and value lie one under the other in one packed tensor: number of this one.
    pub(crate) part: Option<usize>,
}

/// The official place of the parameter at `path`.
///
/// # Panics
///
/// Panics on a path that no module of the model has: a new module needs a name here.
pub(crate) fn official(path: &[String]) -> Official {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let (name, transposed, part) = match parts.as_slice() {
        // What the official code does not have keeps its own name and layout. Comes first: its
        // parts have names, such as `norm`, that stand for others elsewhere.
        [
            "mutual_attention" | "context" | "unimodal" | "step_heads" | "completion",
            ..,
        ] => (parts.join("."), false, None),
        ["fusion", "Transformer", rest @ ..] => fusion(rest),
        ["fusion", ..] => (parts.join("."), false, None),
        ["text", "Bert", rest @ ..] => bert(rest),
        ["text", .., "embedding", "weight"] => ("embed.weight".to_string(), false, None),
        ["activation", ..] => ("activation.weight".to_string(), false, None),
        _ => part_of_misa(&parts),
    };
    Official {
        name,
        transposed,
        part,
    }
}

type Place = (String, bool, Option<usize>);

/// The official place of an encoder, a projection, a subspace, a decoder or a discriminator.
fn part_of_misa(parts: &[&str]) -> Place {
    match parts {
        [
            modality,
            ..,
            layer @ ("first" | "second"),
            direction,
            weight,
        ] => (recurrent(modality, layer, direction, weight), false, None),
        [modality, .., "norm", leaf @ ("gamma" | "beta")] if *modality != "projections" => (
            format!("{}layer_norm.{}", letter(modality), norm(leaf)),
            false,
            None,
        ),
        ["projections", modality, "linear", leaf] => {
            linear(&format!("project_{0}.project_{0}", letter(modality)), leaf)
        }
        ["projections", modality, "norm", leaf] => {
            let letter = letter(modality);
            (
                format!(
                    "project_{letter}.project_{letter}_layer_norm.{}",
                    norm(leaf)
                ),
                false,
                None,
            )
        }
        ["subspaces", "shared", leaf] => linear("shared.shared_1", leaf),
        ["subspaces", "private", modality, leaf] => {
            // The official code numbers this one layer differently.
            let number = if *modality == "acoustic" { 3 } else { 1 };
            linear(
                &format!("private_{0}.private_{0}_{number}", letter(modality)),
                leaf,
            )
        }
        ["reconstruction", "decoders", modality, leaf] => {
            linear(&format!("recon_{0}.recon_{0}_1", letter(modality)), leaf)
        }
        ["adversary", "hidden", leaf] => linear("discriminator.discriminator_layer_1", leaf),
        ["adversary", "output", leaf] => linear("discriminator.discriminator_layer_2", leaf),
        ["subspace_discriminator", "linear", leaf] => {
            linear("sp_discriminator.sp_discriminator_layer_1", leaf)
        }
        _ => panic!("parameter `{}` has no official name", parts.join(".")),
    }
}

fn bert(path: &[&str]) -> Place {
    let place = match path {
        ["embeddings", "norm", leaf] => format!("embeddings.LayerNorm.{}", norm(leaf)),
        [
            "embeddings",
            table @ ("words" | "positions" | "types"),
            leaf,
        ] => {
            let table = match *table {
                "words" => "word",
                "positions" => "position",
                _ => "token_type",
            };
            format!("embeddings.{table}_embeddings.{leaf}")
        }
        ["pooler", leaf] => return linear("bertmodel.pooler.dense", leaf),
        ["layers", number, part, leaf] => {
            let name = match *part {
                "query" | "key" | "value" => format!("attention.self.{part}"),
                "output" => "attention.output.dense".to_string(),
                "attention_norm" => "attention.output.LayerNorm".to_string(),
                "expand" => "intermediate.dense".to_string(),
                "contract" => "output.dense".to_string(),
                "output_norm" => "output.LayerNorm".to_string(),
                _ => panic!("parameter `{part}` of BERT has no official name"),
            };
            let name = format!("bertmodel.encoder.layer.{number}.{name}");
            return if part.ends_with("norm") {
                (format!("{name}.{}", norm(leaf)), false, None)
            } else {
                linear(&name, leaf)
            };
        }
        _ => panic!("parameter `bert.{}` has no official name", path.join(".")),
    };
    (format!("bertmodel.{place}"), false, None)
}

fn fusion(path: &[&str]) -> Place {
    match path {
        ["transformer", rest @ ..] => transformer(rest),
        ["head", "hidden", leaf] => linear("fusion.fusion_layer_1", leaf),
        ["head", "output", leaf] => linear("fusion.fusion_layer_3", leaf),
        _ => panic!("parameter `fusion.{}` has no official name", path.join(".")),
    }
}

fn transformer(path: &[&str]) -> Place {
    const LAYER: &str = "transformer_encoder.layers.0";
    match path {
        ["attention", "output", leaf] => linear(&format!("{LAYER}.self_attn.out_proj"), leaf),
        ["attention", projection, leaf] => {
            let part = ["query", "key", "value"]
                .iter()
                .position(|name| name == projection);
            (
                format!("{LAYER}.self_attn.in_proj_{leaf}"),
                *leaf == "weight",
                part,
            )
        }
        ["attention_norm", leaf] => (format!("{LAYER}.norm1.{}", norm(leaf)), false, None),
        ["feed_forward_norm", leaf] => (format!("{LAYER}.norm2.{}", norm(leaf)), false, None),
        ["expand", leaf] => linear(&format!("{LAYER}.linear1"), leaf),
        ["contract", leaf] => linear(&format!("{LAYER}.linear2"), leaf),
        _ => panic!(
            "parameter `transformer.{}` has no official name",
            path.join(".")
        ),
    }
}

fn recurrent(modality: &str, layer: &str, direction: &str, weight: &str) -> String {
    let layer = if layer == "first" { 1 } else { 2 };
    let suffix = if direction == "backward" {
        "_reverse"
    } else {
        ""
    };
    format!("{}rnn{layer}.{weight}_l0{suffix}", letter(modality))
}

fn linear(name: &str, leaf: &str) -> Place {
    (format!("{name}.{leaf}"), leaf == "weight", None)
}

/// The official code names a modality by its first letter.
fn letter(modality: &str) -> &str {
    &modality[..1]
}

/// PyTorch's names of the parameters of a layer norm.
fn norm(leaf: &str) -> &'static str {
    if leaf == "gamma" { "weight" } else { "bias" }
}
