//! Graphs of ONNX that hold nothing but tensors.

use crate::made_up::MadeUp;

/// The graph of the network's tensors.
pub fn bytes(weights: &MadeUp) -> Vec<u8> {
    file(
        &initializers(weights)
            .iter()
            .map(|(_, tensor)| tensor.clone())
            .collect::<Vec<_>>(),
    )
}

/// The same with one tensor replaced.
pub fn replaced(weights: &MadeUp, name: &str, tensor: &[u8]) -> Vec<u8> {
    let tensors = initializers(weights).into_iter();
    let tensors = tensors.map(|(other, found)| {
        if other == name {
            tensor.to_vec()
        } else {
            found
        }
    });
    file(&tensors.collect::<Vec<_>>())
}

/// The same with one more tensor.
pub fn with_another(weights: &MadeUp, tensor: &[u8]) -> Vec<u8> {
    let mut tensors: Vec<_> = initializers(weights)
        .into_iter()
        .map(|(_, tensor)| tensor)
        .collect();
    tensors.push(tensor.to_vec());
    file(&tensors)
}

/// A graph of one tensor.
pub fn with(tensor: &[u8]) -> Vec<u8> {
    file(&[tensor.to_vec()])
}

/// A tensor: its sizes, the number of its type, its name, and its bytes.
pub fn tensor(name: &str, shape: &[usize], kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut tensor: Vec<u8> = shape
        .iter()
        .flat_map(|&size| [vec![0x08], number(size)].concat())
        .collect();
    tensor.extend([0x10, kind]);
    tensor.extend(field(8, name.as_bytes()));
    tensor.extend(field(9, bytes));
    tensor
}

/// Name and message of each tensor; the gates are input, output, forget, candidate.
fn initializers(weights: &MadeUp) -> Vec<(String, Vec<u8>)> {
    let mut tensors = Vec::new();
    let mut add = |name: &str, shape: &[usize], bytes: &[u8]| {
        tensors.push((name.to_string(), tensor(name, shape, 1, bytes)));
    };
    let mut copy = |name: &str, new: &str| {
        let stored = &weights.0[name];
        add(new, &stored.shape, &stored.bytes);
    };
    copy("stft_conv.weight", "stft.forward_basis_buffer");
    for layer in 0..4 {
        for part in ["weight", "bias"] {
            copy(
                &format!("conv{}.{part}", layer + 1),
                &format!("encoder.{layer}.{part}"),
            );
        }
    }
    copy("final_conv.weight", "output.weight");
    copy("final_conv.bias", "output.bias");
    let gates = |name: &str| {
        let bytes = &weights.0[name].bytes;
        let size = bytes.len() / 4;
        [0, 3, 1, 2]
            .map(|gate| &bytes[gate * size..][..size])
            .concat()
    };
    add(
        "onnx::LSTM_209",
        &[1, 512, 128],
        &gates("lstm_cell.weight_ih"),
    );
    add(
        "onnx::LSTM_210",
        &[1, 512, 128],
        &gates("lstm_cell.weight_hh"),
    );
    let biases = [gates("lstm_cell.bias_ih"), gates("lstm_cell.bias_hh")].concat();
    add("onnx::LSTM_211", &[1, 1024], &biases);
    tensors
}

/// A version, and the graph of these tensors.
pub fn file(tensors: &[Vec<u8>]) -> Vec<u8> {
    let graph: Vec<u8> = tensors.iter().flat_map(|tensor| field(5, tensor)).collect();
    [vec![0x08, 8], field(7, &graph)].concat()
}

fn field(number_of_field: u8, bytes: &[u8]) -> Vec<u8> {
    [
        vec![number_of_field << 3 | 2],
        number(bytes.len()),
        bytes.to_vec(),
    ]
    .concat()
}

fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
