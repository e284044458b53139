//! Weights from a graph of ONNX.

use super::fields::{FieldFault, Fields, Value};
use super::stored::{FLOATS, Problem, Stored, checked};
use std::collections::BTreeMap;
use std::ops::Range;

/// The first byte of a graph: its version is a number.
pub(super) const FIRST: u8 = 8;
/// Numbers of fields that are read.
const GRAPH: u64 = 7;
const INITIALIZER: u64 = 5;
const DIMS: u64 = 1;
const DATA_TYPE: u64 = 2;
const NAME: u64 = 8;
const RAW_DATA: u64 = 9;
/// Tensors of a graph at most; that of the network has 14.
const MOST_TENSORS: usize = 100;
/// The number of 32-bit floats.
const FLOAT: u64 = 1;

/// The recurrent tensors, whose names are numbered by their exporter.
const FROM_INPUT: &str = "onnx::LSTM_209";
const FROM_HIDDEN: &str = "onnx::LSTM_210";
const BIASES: &str = "onnx::LSTM_211";
/// Every tensor of `silero_vad_16k_sequence.onnx` and its shape.
const TENSORS: [(&str, &[usize]); 14] = [
    ("stft.forward_basis_buffer", &[258, 1, 256]),
    ("encoder.0.weight", &[128, 129, 3]),
    ("encoder.0.bias", &[128]),
    ("encoder.1.weight", &[64, 128, 3]),
    ("encoder.1.bias", &[64]),
    ("encoder.2.weight", &[64, 64, 3]),
    ("encoder.2.bias", &[64]),
    ("encoder.3.weight", &[128, 64, 3]),
    ("encoder.3.bias", &[128]),
    ("output.weight", &[1, 128, 1]),
    ("output.bias", &[1]),
    (FROM_INPUT, &[1, 512, 128]),
    (FROM_HIDDEN, &[1, 512, 128]),
    (BIASES, &[1, 1024]),
];
/// Those that the network has under another name, and that name.
const RENAMED: [(&str, &str); 11] = [
    ("stft.forward_basis_buffer", "stft_conv.weight"),
    ("encoder.0.weight", "conv1.weight"),
    ("encoder.0.bias", "conv1.bias"),
    ("encoder.1.weight", "conv2.weight"),
    ("encoder.1.bias", "conv2.bias"),
    ("encoder.2.weight", "conv3.weight"),
    ("encoder.2.bias", "conv3.bias"),
    ("encoder.3.weight", "conv4.weight"),
    ("encoder.3.bias", "conv4.bias"),
    ("output.weight", "final_conv.weight"),
    ("output.bias", "final_conv.bias"),
];

/// The tensors of the network.
pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<&'static str, Vec<f32>>, Problem> {
    let stored = stored(bytes).map_err(|fault| Problem::Format("ONNX", Box::new(fault)))?;
    let tensors = checked(&stored, &TENSORS)?;
    let renamed = RENAMED
        .iter()
        .map(|&(name, new)| (new, tensors[name].clone()));
    let (input_bias, hidden_bias) = tensors[BIASES].split_at(tensors[BIASES].len() / 2);
    let recurrent = [
        ("lstm_cell.weight_ih", reordered(&tensors[FROM_INPUT])),
        ("lstm_cell.weight_hh", reordered(&tensors[FROM_HIDDEN])),
        ("lstm_cell.bias_ih", reordered(input_bias)),
        ("lstm_cell.bias_hh", reordered(hidden_bias)),
    ];
    Ok(renamed.chain(recurrent).collect())
}

/// Gates in the order of PyTorch (input, forget, candidate, output) from that of ONNX (input, output, forget,
/// candidate).
fn reordered(gates: &[f32]) -> Vec<f32> {
    let size = gates.len() / 4;
    [0, 2, 3, 1]
        .map(|gate| &gates[gate * size..][..size])
        .concat()
}

/// The initial tensors of the graph.
fn stored(file: &[u8]) -> Result<Vec<Stored<'_>>, FieldFault> {
    let mut found = Vec::new();
    for graph in messages(file, 0..file.len(), GRAPH) {
        for message in messages(file, graph?, INITIALIZER) {
            let message = message?;
            if found.len() == MOST_TENSORS {
                return Err(FieldFault {
                    position: message.start,
                    expected: "at most 100 tensors",
                });
            }
            found.push(tensor(file, message)?);
        }
    }
    Ok(found)
}

/// Where the messages of a field are.
fn messages(
    file: &[u8],
    message: Range<usize>,
    number: u64,
) -> impl Iterator<Item = Result<Range<usize>, FieldFault>> {
    Fields::new(file, message).filter_map(move |field| match field {
        Ok((field, Value::Bytes(range))) if field == number => Some(Ok(range)),
        Ok(_) => None,
        Err(fault) => Some(Err(fault)),
    })
}

fn tensor(file: &[u8], message: Range<usize>) -> Result<Stored<'_>, FieldFault> {
    let mut tensor = Stored {
        name: "",
        element_type: String::new(),
        shape: Vec::new(),
        bytes: &[],
    };
    for field in Fields::new(file, message) {
        match field? {
            (DIMS, Value::Number(size)) => tensor.shape.push(size as usize),
            (DIMS, Value::Bytes(range)) => {
                let mut sizes = Fields::new(file, range);
                while !sizes.is_empty() {
                    tensor.shape.push(sizes.number()? as usize);
                }
            }
            (DATA_TYPE, Value::Number(FLOAT)) => tensor.element_type = FLOATS.to_string(),
            (DATA_TYPE, Value::Number(other)) => {
                tensor.element_type = format!("number {other} of ONNX")
            }
            (NAME, Value::Bytes(range)) => {
                let fault = FieldFault {
                    position: range.start,
                    expected: "a name in UTF-8",
                };
                tensor.name = str::from_utf8(&file[range]).map_err(|_| fault)?;
            }
            (RAW_DATA, Value::Bytes(range)) => tensor.bytes = &file[range],
            _ => {}
        }
    }
    Ok(tensor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_change_places_as_a_whole() {
        assert_eq!(
            reordered(&[1.0, 1.5, 4.0, 4.5, 2.0, 2.5, 3.0, 3.5]),
            [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5]
        );
    }
}
