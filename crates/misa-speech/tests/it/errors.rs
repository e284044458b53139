//! Files that are no weights of the network, with the exact message.

use crate::graph;
use crate::made_up::{MadeUp, file};
use burn::tensor::Device;
use misa_speech::{SpeechDetector, SpeechError};
use safetensors::Dtype;
use std::fs::File;
use std::path::Path;

/// The message about a file, without the folder.
fn message(path: &Path, load: impl FnOnce(&Path) -> Result<SpeechDetector, SpeechError>) -> String {
    let message = load(path).unwrap_err().to_string();
    message.replace(path.to_str().unwrap(), "weights.safetensors")
}

/// The message about bytes that are loaded as other weights.
fn other(bytes: &[u8]) -> String {
    let (_folder, path) = file(bytes);
    message(&path, |path| {
        SpeechDetector::load_other(path, &Device::flex())
    })
}

/// The message about made-up weights after a change.
fn changed(change: impl Fn(&mut MadeUp)) -> String {
    let mut weights = MadeUp::new(1);
    change(&mut weights);
    other(&weights.bytes())
}

fn with_value(name: &str, position: usize, value: f32) -> String {
    changed(|weights| {
        let bytes = &mut weights.0.get_mut(name).unwrap().bytes;
        bytes[4 * position..][..4].copy_from_slice(&value.to_le_bytes());
    })
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let (folder, _) = file(b"");
    let path = folder.path().join("none");
    assert_eq!(
        message(&path, |path| SpeechDetector::load(path, &Device::flex())),
        "weights.safetensors: No such file or directory (os error 2)"
    );
}

#[test]
fn a_folder_is_no_file() {
    let (folder, _) = file(b"");
    assert_eq!(
        message(folder.path(), |path| SpeechDetector::load(
            path,
            &Device::flex()
        )),
        "weights.safetensors: Is a directory (os error 21)"
    );
}

/// `printf x | sha256sum`
#[test]
fn another_file_is_refused_with_both_hashes() {
    let (_folder, path) = file(b"x");
    assert_eq!(
        message(&path, |path| SpeechDetector::load(path, &Device::flex())),
        "weights.safetensors: expected SHA-256 9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85 \
         (`silero_vad_16k_sequence.onnx`) or c59271c284ae9c8335d795d60e0bfdb71aaaceec578d9bd9ffc1b8153c319ea1 \
         (`silero_vad_16k.safetensors`), found 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881; give \
         one of these files of the Python package silero-vad 6.2.3, or load this one as other weights"
    );
}

#[test]
fn made_up_weights_are_not_the_published_ones() {
    let (_folder, path) = file(&MadeUp::new(1).bytes());
    let error = SpeechDetector::load(&path, &Device::flex()).unwrap_err();
    assert!(matches!(error, SpeechError::OtherFile { .. }), "{error}");
}

/// A file of zeros that takes no space, one byte above the limit.
#[test]
fn a_large_file_is_refused_before_it_is_read() {
    let (_folder, path) = file(b"");
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len((16 << 20) + 1)
        .unwrap();
    let device = Device::flex();
    for loaded in [
        SpeechDetector::load(&path, &device),
        SpeechDetector::load_other(&path, &device),
    ] {
        assert_eq!(
            message(&path, |_| loaded),
            "weights.safetensors: expected at most 16777216 bytes, found more; give `silero_vad_16k_sequence.onnx` \
             of the Python package silero-vad 6.2.3"
        );
    }
}

#[test]
fn other_formats_are_refused() {
    for bytes in [
        &b""[..],
        b"\x80\x02}q\x00.",
        b"RIFF\0\0\0\0WAVE",
        b"PK\x03\x04",
    ] {
        assert_eq!(
            other(bytes),
            "weights.safetensors: expected a file of safetensors or ONNX, found neither; give \
             `silero_vad_16k_sequence.onnx` of the Python package silero-vad 6.2.3"
        );
    }
}

#[test]
fn damaged_files_are_refused_with_the_cause() {
    let (whole, graph) = (MadeUp::new(1).bytes(), graph::bytes(&MadeUp::new(1)));
    for (bytes, kind, cause) in [
        (
            &whole[..whole.len() - 1],
            "safetensors",
            "incomplete metadata, file not fully covered",
        ),
        (&whole[..100], "safetensors", "invalid header length"),
        (
            &graph[..graph.len() - 1],
            "ONNX",
            "byte 6: expected more bytes",
        ),
        (b"\x08\x08\xff", "ONNX", "byte 3: expected more bytes"),
    ] {
        assert_eq!(
            other(bytes),
            format!(
                "weights.safetensors: expected a whole file of {kind}, found another ({cause}); fetch the file again"
            )
        );
    }
}

#[test]
fn a_graph_of_another_network_is_refused() {
    let message = |tensor: &[u8]| other(&graph::with(tensor));
    // An initializer without a name, and one of a type that is not a float, in a graph of no other.
    assert_eq!(
        message(&[]),
        "weights.safetensors: tensor ``: expected no such tensor, found one; give weights of Silero's network for 16 kHz"
    );
    assert_eq!(
        message(b"\x42\x0boutput.bias\x08\x01\x10\x0a"),
        "weights.safetensors: tensor `stft.forward_basis_buffer`: expected in the file, found none; give weights of \
         Silero's network for 16 kHz"
    );
    assert_eq!(
        message(b"\x42\x01\xff"),
        "weights.safetensors: expected a whole file of ONNX, found another (byte 8: expected a name in UTF-8); fetch \
         the file again"
    );
}

#[test]
fn a_tensor_of_a_graph_is_checked_as_one_of_a_file() {
    let message = |shape: &[usize], kind, bytes: &[u8]| {
        let replaced = graph::tensor("stft.forward_basis_buffer", shape, kind, bytes);
        other(&graph::replaced(
            &MadeUp::new(1),
            "stft.forward_basis_buffer",
            &replaced,
        ))
    };
    let start = "weights.safetensors: tensor `stft.forward_basis_buffer`: ";
    let end = "; give weights of Silero's network for 16 kHz";
    for (found, fault) in [
        (
            message(&[258, 256], 1, &[0; 4]),
            "expected shape [258, 1, 256], found [258, 256]",
        ),
        (
            message(&[258, 1, 256], 10, &[0; 4]),
            "expected element type F32, found number 10 of ONNX",
        ),
        (
            message(&[258, 1, 256], 1, &[0; 4]),
            "expected 264192 bytes, found 4",
        ),
    ] {
        assert_eq!(found, format!("{start}{fault}{end}"));
    }
    let tensor = graph::tensor("output.bias", &[1], 1, &[0; 4]);
    let twice = graph::replaced(&MadeUp::new(1), "stft.forward_basis_buffer", &tensor);
    assert_eq!(
        other(&twice),
        format!("{start}expected in the file, found none{end}")
    );
    let twice = graph::with_another(&MadeUp::new(1), &tensor);
    assert_eq!(
        other(&twice),
        format!(
            "weights.safetensors: tensor `output.bias`: expected once, found several times{end}"
        )
    );
}

#[test]
fn a_missing_tensor_is_named() {
    assert_eq!(
        changed(|weights| drop(weights.0.remove("conv3.bias"))),
        "weights.safetensors: tensor `conv3.bias`: expected in the file, found none; give weights of Silero's network \
         for 16 kHz"
    );
}

#[test]
fn a_tensor_too_many_is_named() {
    assert_eq!(
        changed(|weights| {
            let bias = weights.0["conv3.bias"].clone();
            weights.0.insert("conv5.bias".to_string(), bias);
        }),
        "weights.safetensors: tensor `conv5.bias`: expected no such tensor, found one; give weights of Silero's \
         network for 16 kHz"
    );
}

#[test]
fn a_shape_is_that_of_the_network() {
    assert_eq!(
        changed(|weights| weights.0.get_mut("lstm_cell.weight_hh").unwrap().shape = vec![128, 512]),
        "weights.safetensors: tensor `lstm_cell.weight_hh`: expected shape [512, 128], found [128, 512]; give weights \
         of Silero's network for 16 kHz"
    );
}

#[test]
fn elements_are_floats_of_32_bits() {
    assert_eq!(
        changed(|weights| weights.0.get_mut("conv1.bias").unwrap().dtype = Dtype::I32),
        "weights.safetensors: tensor `conv1.bias`: expected element type F32, found I32; give weights of Silero's \
         network for 16 kHz"
    );
}

#[test]
fn a_value_that_is_not_finite_is_named_with_its_position() {
    assert_eq!(
        with_value("conv2.weight", 7, f32::NAN),
        "weights.safetensors: tensor `conv2.weight`: expected finite values, found NaN at position 7; give weights of \
         Silero's network for 16 kHz"
    );
    assert_eq!(
        with_value("final_conv.bias", 0, f32::NEG_INFINITY),
        "weights.safetensors: tensor `final_conv.bias`: expected finite values, found -inf at position 0; give weights \
         of Silero's network for 16 kHz"
    );
}

#[test]
fn the_cause_of_an_error_is_kept() {
    let error = |bytes: &[u8]| {
        let (_folder, path) = file(bytes);
        std::error::Error::source(&SpeechDetector::load_other(path, &Device::flex()).unwrap_err())
            .map(ToString::to_string)
    };
    assert_eq!(error(&[8]).as_deref(), Some("byte 1: expected more bytes"));
}
