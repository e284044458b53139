//! Values, compared with those that SciPy wrote.

use super::{element, file, fixture, kit, matrix, open, packed};
use misa_files::Source;
use misa_files::hdf5::{self, Hdf5};
use misa_files::mat::{Class, Value};

fn text(text: &str) -> Value {
    Value::Text(vec![text.to_string()])
}

#[test]
fn numbers_of_every_class_are_read() {
    let expected: [(&str, Class, &[usize], &[f64]); 10] = [
        ("i1", Class::Int(1), &[1, 3], &[-128.0, 1.0, 127.0]),
        ("i2", Class::Int(2), &[1, 3], &[-32768.0, 1.0, 32767.0]),
        (
            "i4",
            Class::Int(4),
            &[1, 3],
            &[-2147483648.0, 1.0, 2147483647.0],
        ),
        (
            "i8",
            Class::Int(8),
            &[1, 3],
            &[i64::MIN as f64, 1.0, i64::MAX as f64],
        ),
        ("u1", Class::Uint(1), &[1, 3], &[0.0, 1.0, 255.0]),
        ("u2", Class::Uint(2), &[1, 3], &[0.0, 1.0, 65535.0]),
        ("u4", Class::Uint(4), &[1, 3], &[0.0, 1.0, 4294967295.0]),
        ("u8", Class::Uint(8), &[1, 3], &[0.0, 1.0, u64::MAX as f64]),
        (
            "f8",
            Class::Double,
            &[2, 3],
            &[0.1, 1e300, -2.0, f64::INFINITY, 3.0, 6.0],
        ),
        ("logical", Class::Logical, &[2, 2], &[1.0, 1.0, 0.0, 1.0]),
    ];
    for name in ["numbers.mat", "packed.mat"] {
        let bytes = fixture(name);
        let mat = open(&bytes).unwrap();
        for (variable, class, shape, values) in expected {
            let found = mat.find(variable).unwrap();
            assert_eq!((found.class(), found.shape()), (class, shape), "{variable}");
            let array = mat.doubles(variable).unwrap();
            assert_eq!(
                (array.shape(), array.values()),
                (shape, values),
                "{variable}"
            );
        }
        let single = mat.floats("f4").unwrap();
        assert_eq!(single.values()[..1], [0.5]);
        assert!(single.values()[1].is_nan() && single.values()[2] == f32::NEG_INFINITY);
        assert_eq!(
            mat.floats("f8").unwrap().values()[..2],
            [0.1, f32::INFINITY]
        );
        let cube = mat.doubles("cube").unwrap();
        assert_eq!(cube.shape(), [2, 3, 4]);
        // The second axis is the fastest of a row.
        assert_eq!(cube.to_rows()[..4], [0.0, 4.0, 8.0, 1.0]);
        assert_eq!(mat.doubles("empty").unwrap().shape(), [0, 5]);
        assert_eq!(mat.doubles("scalar").unwrap().into_values(), [2.5]);
    }
}

#[test]
fn texts_cells_and_structs_are_read() {
    for name in ["others.mat", "others_packed.mat"] {
        let bytes = fixture(name);
        let mat = open(&bytes).unwrap();
        assert_eq!(mat.read("line").unwrap(), text("I love it"));
        let lines = ["one  ", "three"].map(str::to_string).to_vec();
        assert_eq!(mat.read("lines").unwrap(), Value::Text(lines));
        let unicode = text("\u{6211}\u{7231} caf\u{e9} \u{1f600}");
        assert_eq!(mat.read("unicode").unwrap(), unicode);
        assert_eq!(mat.read("nothing").unwrap(), Value::Text(Vec::new()));
        let Value::Cell(cells) = mat.read("cells").unwrap() else {
            panic!("a cell");
        };
        assert_eq!(cells.shape(), [1, 4]);
        assert_eq!(cells.values()[0], text("a"));
        let Value::Cell(inner) = &cells.values()[2] else {
            panic!("a cell");
        };
        assert_eq!(inner.values()[0], text("inner"));
        let Value::Numbers(empty) = &cells.values()[3] else {
            panic!("numbers");
        };
        assert_eq!(empty.shape(), [0, 0]);
        let Value::Struct(many) = mat.read("many").unwrap() else {
            panic!("a struct");
        };
        assert_eq!((many.shape(), many.fields().len()), (&[1, 2][..], 2));
        assert_eq!(many.get(1, "name"), Some(&text("y")));
    }
}

#[test]
fn fields_are_read_by_their_path() {
    for name in ["others.mat", "others_packed.mat"] {
        let bytes = fixture(name);
        let mat = open(&bytes).unwrap();
        let found = mat.find("data.inner.features").unwrap();
        assert_eq!(found.to_string(), "double [2, 3]");
        assert_eq!(found.name(), "data.inner.features");
        let features = mat.floats("data.inner.features").unwrap();
        assert_eq!(features.values(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        assert_eq!(features.to_rows(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(mat.read("data.inner.name").unwrap(), text("clip"));
        assert_eq!(mat.doubles("data.rate").unwrap().values(), [100.0]);
    }
}

#[test]
fn the_other_order_of_bytes_is_read() {
    let bytes = fixture("big_endian.mat");
    let mat = open(&bytes).unwrap();
    let numbers = mat.doubles("numbers").unwrap();
    assert_eq!(numbers.to_rows(), [1.5, 0.0, 4.0, -2.0, 3.0, 5.0]);
    assert_eq!(mat.floats("smaller").unwrap().values(), [-300.0, 7.0]);
    assert_eq!(mat.read("text").unwrap(), text("\u{6211}\u{7231}"));
    assert_eq!(mat.doubles("both.a").unwrap().values(), [9.0]);
    assert_eq!(mat.doubles("both.bc").unwrap().shape(), [0, 0]);
}

#[test]
fn what_is_not_read_does_not_hinder_the_rest() {
    let bytes = fixture("refused.mat");
    let mat = open(&bytes).unwrap();
    assert_eq!(mat.doubles("plain").unwrap().values(), [7.0]);
    assert_eq!(mat.doubles("data.features").unwrap().values(), [0.0, 1.0]);
}

#[test]
fn stored_types_may_be_smaller_or_small() {
    // A double stored as a byte, and the same name and value packed.
    let one = matrix(6, &[1, 1], "ab", &element(2, &[200]));
    let tiny = [&[2, 0, 1, 0][..], &[9, 0, 0, 0]].concat();
    let small = matrix(6, &[1, 1], "c", &tiny);
    let bytes = file(&[one, packed(&small)].concat());
    let mat = open(&bytes).unwrap();
    assert_eq!(mat.doubles("ab").unwrap().values(), [200.0]);
    assert_eq!(mat.doubles("c").unwrap().values(), [9.0]);
    // An element without a name belongs to objects; nothing at all is an empty array.
    let bytes = file(&[matrix(9, &[1, 1], "", &element(2, &[1])), element(14, &[])].concat());
    assert!(open(&bytes).unwrap().variables().is_empty());
}

#[test]
fn octave_counts_bytes_of_texts() {
    let bytes = file(&matrix(
        4,
        &[1, 5],
        "t",
        &element(16, "caf\u{e9}".as_bytes()),
    ));
    assert_eq!(open(&bytes).unwrap().read("t").unwrap(), text("caf\u{e9}"));
}

#[test]
fn the_samples_are_read_alike() {
    let rows = |name: &str| {
        let bytes = kit(name);
        let mat = open(&bytes).unwrap();
        let names = match mat.read("names").unwrap() {
            Value::Cell(cells) => cells.into_values(),
            other => panic!("{other:?}"),
        };
        assert_eq!((names.len(), &names[1]), (74, &text("VUV")));
        mat.doubles("features").unwrap().to_rows()
    };
    let plain = rows("covarep_v6.mat");
    assert_eq!(plain, rows("covarep_v7.mat"));
    assert_eq!(plain[5 * 74 + 7], f64::NEG_INFINITY);
    // The third version is HDF5 after 512 bytes, transposed.
    let bytes = kit("covarep_v73_like.mat");
    let file = Hdf5::open(Source::from(&bytes), &hdf5::Limits::default()).unwrap();
    let dataset = file.root().dataset("features").unwrap();
    assert_eq!(dataset.shape(), [74, 200]);
    let values = dataset.to_doubles().unwrap();
    let transposed = |i: usize| values[i % 74 * 200 + i / 74];
    assert!((0..plain.len()).all(|i| transposed(i) == plain[i]));
    let bytes = kit("struct_and_small_types.mat");
    let mat = open(&bytes).unwrap();
    assert_eq!(
        mat.doubles("whole").unwrap().to_rows(),
        [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    );
    assert_eq!(mat.find("empty").unwrap().shape(), [0, 74]);
    assert_eq!(mat.floats("single").unwrap().shape(), [2, 3]);
    assert_eq!(mat.find("data.features").unwrap().shape(), [3, 2]);
}

/// HDF5 may start after 512, 1024, 2048 … bytes of anything, to which its addresses relate.
#[test]
fn hdf5_starts_after_a_block_of_any_length() {
    let bytes = kit("covarep_v73_like.mat");
    for block in [512, 1024, 2048, 4096] {
        let mut moved = vec![b' '; block];
        moved.extend(&bytes[512..]);
        // Version 0 states the block at byte 24 of the superblock, and the end at byte 40.
        moved[block + 24..block + 32].copy_from_slice(&(block as u64).to_le_bytes());
        let end = moved.len() as u64;
        let field = &mut moved[block + 40..block + 48];
        let stated = u64::from_le_bytes(field.try_into().unwrap());
        if stated as usize == bytes.len() {
            field.copy_from_slice(&end.to_le_bytes());
        }
        let file = Hdf5::open(Source::from(&moved), &hdf5::Limits::default()).unwrap();
        let values = file
            .root()
            .dataset("features")
            .unwrap()
            .to_doubles()
            .unwrap();
        assert_eq!(values[7 * 200 + 5], f64::NEG_INFINITY, "{block}");
    }
}
