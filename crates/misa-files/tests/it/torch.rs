//! Pickles of PyTorch: consecutive pickles, values outside them, and names that are only labels.

use crate::support::limits;
use crate::support::py::Py;
use misa_files::Source;
use misa_files::pickle::{Global, Pickle, PickleError, Value};
use misa_testing::golden;

fn storage(key: &str) -> Py {
    let id = Py::Tuple(vec![
        Py::text("storage"),
        Py::Global("torch", "FloatStorage"),
        Py::text(key),
        Py::text("cpu"),
        Py::Int(6),
    ]);
    let mut bytes = id.pickle(1);
    *bytes.last_mut().unwrap() = b'Q';
    Py::Raw(bytes)
}

fn tensor() -> Py {
    let hooks = Py::call("collections", "OrderedDict", vec![]);
    Py::call(
        "torch._utils",
        "_rebuild_tensor_v2",
        vec![
            storage("0"),
            Py::Int(0),
            Py::ints(&[2, 3]),
            Py::ints(&[3, 1]),
            Py::Bool(false),
            hooks,
        ],
    )
}

fn torch(bytes: &[u8]) -> Result<(Pickle<'_>, u64), PickleError> {
    Pickle::parse_torch(bytes, 0, &limits())
}

#[test]
fn tensors_name_their_storage() {
    let bytes = tensor().pickle(2);
    let (pickle, end) = torch(&bytes).unwrap();
    assert_eq!(end, bytes.len() as u64);
    let (global, arguments) = pickle.root().call().unwrap();
    assert_eq!((global, arguments.len()), (Global::Tensor, 6));
    let id = arguments.get(0).unwrap().persistent().unwrap();
    let id: Vec<Value<'_>> = id.items().unwrap().iter().collect();
    assert_eq!(id[0].to_text().unwrap(), "storage");
    match id[1].global() {
        Some(Global::Storage(dtype)) => assert_eq!(dtype.to_string(), "f4"),
        other => panic!("{other:?}"),
    }
    assert_eq!(arguments.get(2).unwrap().to_ints().unwrap(), [2, 3]);
}

#[test]
fn parts_of_a_file_are_read_one_after_the_other() {
    let (first, second) = (Py::Int(7).pickle(2), tensor().pickle(2));
    let file = [&b"head"[..], &first, &second, b"raw bytes"].concat();
    let source = Source::from(&file);
    let (pickle, end) = Pickle::parse_torch(&source, 4, &limits()).unwrap();
    assert_eq!(pickle.root().as_int(), Some(7));
    assert_eq!(end as usize, 4 + first.len());
    let (pickle, end) = Pickle::parse_torch(&source, end, &limits()).unwrap();
    assert!(pickle.root().call().is_some());
    assert_eq!(file[end as usize..], *b"raw bytes");
    for start in [file.len() as u64, file.len() as u64 + 1, u64::MAX] {
        assert!(matches!(
            Pickle::parse_torch(&source, start, &limits()),
            Err(PickleError::Truncated { .. })
        ));
    }
}

#[test]
fn plain_pickles_have_no_tensors() {
    for (value, expected) in [
        (tensor(), "opcode `BINPERSID` is not allowed"),
        (storage("0"), "opcode `BINPERSID` is not allowed"),
        (
            Py::Global("torch", "FloatStorage"),
            "global `torch.FloatStorage` is not allowed",
        ),
        (Py::Raw(b"NQ".to_vec()), "opcode `BINPERSID` is not allowed"),
        (Py::Raw(b"Pid\n".to_vec()), "opcode `PERSID` is not allowed"),
    ] {
        let bytes = value.pickle(2);
        let error = Pickle::parse(&bytes, &limits()).unwrap_err();
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}

/// A `defaultdict`, as in the vocabulary that the official code saves.
fn vocabulary(factory: Py) -> Py {
    let empty = Py::call("collections", "defaultdict", vec![factory]);
    let Py::Call(function, arguments) = empty else {
        unreachable!()
    };
    let mut bytes = Py::Call(function, arguments).pickle(1);
    bytes.pop();
    bytes.extend(b"X\x05\0\0\0helloK\x02s");
    Py::Raw(bytes)
}

#[test]
fn a_default_factory_of_any_name_is_never_called() {
    let unknown = Py::Global("create_dataset", "return_unk");
    let bytes = vocabulary(unknown.clone()).pickle(2);
    let (pickle, _) = torch(&bytes).unwrap();
    assert_eq!(pickle.root().get("hello").unwrap().as_int(), Some(2));
    let name = "create_dataset.return_unk".to_string();
    let refused = |value: &Py| match torch(&value.pickle(2)).map(drop) {
        Err(PickleError::GlobalNotAllowed { name: found, .. }) => assert_eq!(found, name),
        other => panic!("{value:?}: {other:?}"),
    };
    // Any other use of the name is refused.
    refused(&unknown);
    refused(&Py::List(vec![unknown.clone()]));
    refused(&Py::Call(
        Box::new(unknown.clone()),
        Box::new(Py::Tuple(vec![])),
    ));
    refused(&Py::call(
        "collections",
        "OrderedDict",
        vec![Py::List(vec![Py::Tuple(vec![unknown.clone(), Py::None])])],
    ));
    refused(&Py::Dict(vec![(unknown, Py::None)]));
}

#[test]
fn a_factory_is_not_a_function_afterwards() {
    // Stored as memo entry 0, used as a factory, then called.
    let bytes = b"ccollections\ndefaultdict\ncos\nsystem\nq\0\x85R0h\0X\x02\0\0\0id\x85R.";
    assert!(matches!(torch(bytes), Err(PickleError::Stack { .. })));
}

#[test]
fn attributes_of_dictionaries_are_left_out() {
    let state = Py::Dict(vec![(Py::text("_metadata"), Py::Dict(vec![]))]);
    let tensors = Py::call("collections", "OrderedDict", vec![]);
    let bytes = Py::Build(Box::new(tensors), Box::new(state)).pickle(2);
    let (pickle, _) = torch(&bytes).unwrap();
    assert_eq!(pickle.root().describe(), "dict of 0");
    assert!(Pickle::parse(&bytes, &limits()).is_err());
}

#[test]
fn golden_torch_files_are_consecutive_pickles() {
    let folder = golden("data");
    for case in ["misa_mosi_f32", "misa_mosei_f64"] {
        let path = folder
            .join(case)
            .join("pkl/embedding_and_mapping.legacy.pt");
        let source = Source::open(path).unwrap();
        let mut offset = 0;
        let mut kinds = Vec::new();
        // Magic number, protocol, system, content, names of storages.
        for _ in 0..5 {
            let (pickle, end) = Pickle::parse_torch(&source, offset, &limits()).unwrap();
            kinds.push(pickle.root().kind());
            offset = end;
        }
        assert_eq!(kinds, ["int", "int", "dict", "tuple", "list"]);
    }
}
