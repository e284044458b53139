//! Folders of a user's own features.

use super::*;

/// A NumPy array of little-endian `f4`.
pub fn npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({axes})}}");
    while (11 + header.len()) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// An archive of these members, stored as they are.
pub fn npz(path: &Path, members: &[(&str, Vec<u8>)]) {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let name = format!("{name}.npy");
        let (size, offset) = ((content.len() as u32).to_le_bytes(), bytes.len() as u32);
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        fields.extend(crc(content).to_le_bytes());
        fields.extend([size, size].concat());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(content);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, start) = ((members.len() as u16).to_le_bytes(), bytes.len() as u32);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    fs::write(path, bytes).unwrap();
}

/// The checksum of zip archives, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

const TABLE: &str = "id,split,label,text\nx,test,1.5,so it goes\ny,train,-2,it is\n";

#[test]
fn own_features_come_as_arrays_over_all_utterances() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("labels.csv"), TABLE).unwrap();
    let visual = [1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.0];
    let members = [
        ("visual", npy(&[2, 3, 2], &visual)),
        ("acoustic", npy(&[2, 2, 1], &[1.0, 2.0, 3.0, 4.0])),
        ("acoustic_lengths", npy(&[2], &[2.0, 1.0])),
    ];
    npz(&folder.path().join("features.npz"), &members);
    let data = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(data.format(), Format::Own);
    let (train, test) = (&data.split(Split::Train)[0], &data.split(Split::Test)[0]);
    assert_eq!((&*train.id, train.label), ("y", -2.0));
    assert_eq!(train.visual.values(), &visual[6..]);
    assert_eq!(train.acoustic.values(), [3.0]);
    // Known words are those of the train split.
    assert_eq!(train.text, TextSequence::Words(vec![2, 3]));
    assert_eq!(test.text, TextSequence::Words(vec![0, 2, 0]));
    assert_eq!(test.words, ["so", "it", "goes"]);

    npz(&folder.path().join("features.npz"), &members[..1]);
    let error = UtteranceDataset::open(folder.path())
        .unwrap_err()
        .to_string();
    let expected = "expected an array `acoustic` in a .npz file, found none";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn a_changed_bit_of_stored_features_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("labels.csv"), TABLE).unwrap();
    let path = folder.path().join("features.npz");
    let array = npy(&[2, 1, 1], &[1.0, 2.0]);
    npz(
        &path,
        &[("visual", array.clone()), ("acoustic", array.clone())],
    );
    assert!(UtteranceDataset::open(folder.path()).is_ok());
    let mut bytes = fs::read(&path).unwrap();
    let start = bytes.windows(array.len()).position(|part| part == array);
    let numbers = start.unwrap()..start.unwrap() + array.len();
    bytes[numbers.end - 1] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let error = UtteranceDataset::open(folder.path()).unwrap_err();
    let expected = format!(
        "{}: \"visual.npy\": checksum 0x{:08x}, expected 0x{:08x}; the file is damaged: get it again",
        path.display(),
        crc(&bytes[numbers]),
        crc(&array),
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn labels_by_a_modality_are_those_of_a_whole_split() {
    let folder = tempfile::tempdir().unwrap();
    let one = |name| (name, npy(&[3, 1, 1], &[1.0; 3]));
    let archive = folder.path().join("features.npz");
    npz(&archive, &[one("visual"), one("acoustic")]);
    let opened = |[x, y, z]: [&str; 3]| {
        let rows = format!("x,train,1,so,{x}\ny,train,1,so,{y}\nz,test,1,so,{z}\n");
        let table = format!("id,split,label,text,label_V\n{rows}");
        fs::write(folder.path().join("labels.csv"), table).unwrap();
        UtteranceDataset::open(folder.path())
    };
    let data = opened(["0.5", "-1", ""]).unwrap();
    let label = |split| data.split(split)[0].modality_labels.visual;
    assert_eq!([Split::Train, Split::Test].map(label), [Some(0.5), None]);
    let error = opened(["0.5", "", ""]).unwrap_err().to_string();
    let expected =
        "utterance \"y\": label of visual: expected one, as the first utterance, found none";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn own_features_come_as_an_array_per_utterance() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("labels.csv"), TABLE).unwrap();
    let one = || npy(&[1, 2], &[1.0, 2.0]);
    for name in ["visual.npz", "acoustic.npz", "text.npz"] {
        let two = npy(&[2, 2], &[3.0, 4.0, 5.0, 6.0]);
        npz(&folder.path().join(name), &[("x", one()), ("y", two)]);
    }
    let data = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(data.split(Split::Train)[0].steps().into_array(), [2; 3]);
    assert_eq!(data.split(Split::Test)[0].visual.values(), [1.0, 2.0]);
    let text = TextSize::Features { d_input: 2 };
    assert_eq!(data.feature_sizes().text, text);

    npz(&folder.path().join("visual.npz"), &[("x", one())]);
    let error = UtteranceDataset::open(folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("visual.npz: array \"y\": expected one of"),
        "{error}"
    );
}

/// `x` is twice in train and once in test.
#[test]
fn a_repeated_id_has_the_features_of_its_split_from_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let [main, other] = ["main.pkl", "other.pkl"].map(|name| folder.path().join(name));
    let train = platform(&["a", "b"], vec![("id", texts(&["x", "x"]))]);
    let test = platform(&["c"], vec![("id", texts(&["x"]))]);
    fs::write(&main, splits(train, test).pickle()).unwrap();
    let heard = |utterances: &[&[f32]]| {
        let ids = vec!["x"; utterances.len()];
        Py::Dict(vec![("id", texts(&ids)), ("audio", column(utterances))])
    };
    let opened = |file: Py| {
        fs::write(&other, file.pickle()).unwrap();
        let options = OpenOptions::new().with_replacement(Modality::Acoustic, &other);
        let opened = options.open(&main);
        opened.map_err(|error| without(&error, folder.path()))
    };
    let found = |data: &UtteranceDataset| {
        let utterances = [Split::Train, Split::Test].map(|split| data.split(split));
        let values = |utterance: &misa_data::Utterance| utterance.acoustic.values()[0];
        let utterances = utterances.into_iter().flatten();
        utterances.map(values).collect::<Vec<f32>>()
    };
    let file = splits(heard(&[&[1.0], &[2.0]]), heard(&[&[3.0]]));
    assert_eq!(found(&opened(file).unwrap()), [1.0, 2.0, 3.0]);
    let once = Py::Dict(vec![("test", heard(&[&[4.0]]))]);
    assert_eq!(found(&opened(once).unwrap()), [4.0; 3]);
    let others: [(&[&[f32]], usize); 2] = [(&[&[1.0]], 2), (&[&[1.0], &[2.0], &[3.0]], 4)];
    for (train, count) in others {
        let error = opened(splits(heard(train), heard(&[&[3.0]]))).unwrap_err();
        let expected = format!(
            "other.pkl: id \"x\": expected it once, or in each split as often as in the data, found \
             {count} times"
        );
        assert_eq!(error, expected);
    }
}

#[test]
fn one_of_several_archives_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("labels.csv"), TABLE).unwrap();
    let acoustic = ("acoustic", npy(&[2, 1, 1], &[1.0, 2.0]));
    let facet = ("visual", npy(&[2, 2, 1], &[1.0, 2.0, 3.0, 4.0]));
    let openface = ("visual", npy(&[2, 2, 1], &[5.0, 6.0, 7.0, 8.0]));
    let lengths = ("visual_lengths", npy(&[2], &[2.0, 1.0]));
    npz(&path("facet.npz"), &[facet, acoustic]);
    npz(&path("openface.npz"), &[openface, lengths]);
    let opened = |file: &str| {
        let options = OpenOptions::new();
        let options = options.with_replacement(Modality::Visual, path(file));
        options.open(folder.path()).unwrap()
    };
    let shown = folder.path().display();
    assert_eq!(
        UtteranceDataset::open(folder.path())
            .unwrap_err()
            .to_string(),
        format!(
            "{shown}: expected one file with visual features, found {shown}/facet.npz, \
             {shown}/openface.npz; choose one with --visual FILE"
        )
    );
    // Lengths are those of the features that are read.
    let facet = opened("facet.npz");
    assert_eq!(facet.split(Split::Train)[0].visual.values(), [3.0, 4.0]);
    let openface = opened("openface.npz");
    assert_eq!(openface.split(Split::Train)[0].visual.values(), [7.0]);
    assert_eq!(openface.split(Split::Train)[0].acoustic.values(), [2.0]);
}

#[test]
fn an_archive_by_id_may_have_any_name_if_it_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("labels.csv"), TABLE).unwrap();
    let members = |value: f32| {
        let one = npy(&[1, 1], &[value]);
        [("x", one.clone()), ("y", one)]
    };
    npz(&path("visual.npz"), &members(1.0));
    npz(&path("acoustic.npz"), &members(2.0));
    npz(&path("openface.npz"), &members(3.0));
    let options = OpenOptions::new().with_replacement(Modality::Visual, path("openface.npz"));
    let data = options.open(folder.path()).unwrap();
    assert_eq!(data.split(Split::Train)[0].visual.values(), [3.0]);
    let data = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(data.split(Split::Train)[0].visual.values(), [1.0]);
}
