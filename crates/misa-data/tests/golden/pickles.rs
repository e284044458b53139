//! Pickles of every kind of value.

use super::*;

pub fn pickle_case(path: &Path) {
    let bytes = fs::read(path).unwrap();
    let pickle = Pickle::parse(&bytes, &Limits::default()).unwrap();
    let file = name(path);
    match file.split('.').next() {
        Some("shared_refs") => check_shared(pickle.root()),
        Some("dtypes") => {
            let expected = path.with_file_name("dtypes_expected.safetensors");
            check_types(pickle.root(), &Tensors::read(&expected));
        }
        _ => panic!("{file}: no test reads this case"),
    }
}

fn check_types(root: Value<'_>, golden: &Tensors) {
    for tensor in golden.names() {
        let array = root.get(tensor).unwrap().array().unwrap();
        let found = array.to_doubles().unwrap();
        let expected = golden.floats(tensor);
        assert_eq!(array.len(), expected.len(), "{tensor}");
        // Bits, so that NaN and -0 count.
        let bits = |values: &[f64]| -> Vec<u64> {
            let one_nan = |value: &f64| if value.is_nan() { f64::NAN } else { *value };
            values
                .iter()
                .map(|value| one_nan(value).to_bits())
                .collect()
        };
        assert_eq!(bits(&found), bits(&expected), "{tensor}");
    }
    let get = |key: &str| root.get(key).unwrap();
    assert_eq!(get("U").to_texts().unwrap(), ["ab", "\u{e9}\u{65e5}"]);
    assert_eq!(get("S").to_texts().unwrap(), ["xy", "z"]);
    assert_eq!(get("scalar_f32").as_float(), Some(1.5));
    assert_eq!(get("scalar_f64").as_float(), Some(-2.25));
    assert_eq!(get("scalar_i64").as_int(), Some(7));
    assert_eq!(get("empty").array().unwrap().shape(), [0, 4]);
    let max = get("u64").array().unwrap().to_doubles().unwrap();
    assert!(max.iter().all(|value| value.is_finite()));
    let objects: Vec<&str> = get("obj")
        .items()
        .unwrap()
        .iter()
        .map(|item| item.kind())
        .collect();
    assert_eq!(objects, ["text", "int", "none", "float"]);
    let plain = get("py").items().unwrap();
    assert!(plain.get(0).unwrap().is_none());
    assert_eq!(plain.get(3).unwrap().as_int(), Some(-1));
    assert_eq!(plain.get(6).unwrap().as_float(), Some(2.0_f64.powi(70)));
    assert_eq!(plain.get(6).unwrap().as_int(), None);
    assert_eq!(plain.get(8).unwrap().to_text().unwrap(), "s");
}

fn check_shared(root: Value<'_>) {
    let numbers = |value: Value<'_>| value.array().unwrap().to_doubles().unwrap();
    let one = numbers(root.get("one").unwrap());
    assert_eq!(one.len(), 4);
    assert_eq!(numbers(root.get("two").unwrap()), one);
    for key in ["t1", "t2"] {
        let pair = root.get(key).unwrap().items().unwrap();
        assert_eq!(numbers(pair.get(1).unwrap()), one);
    }
}
