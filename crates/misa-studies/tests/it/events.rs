//! Event files, whole and damaged.

use misa_studies::{Event, EventError, EventFile, event_files, keep_events, read_events};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

/// A file with the steps 1, 2 and 3.
fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = EventFile::create(folder.path(), "host").unwrap();
    for step in 1..=3 {
        add(&mut file, step);
    }
    let path = file.path().to_path_buf();
    drop(file);
    (folder, path)
}

fn add(file: &mut EventFile, step: i64) {
    let time = UNIX_EPOCH + Duration::from_millis(1500);
    let scalars = [("valid/mae", 0.25 * step as f64), ("valid/corr", f64::NAN)];
    file.add_scalars(step, time, scalars).unwrap();
    file.flush().unwrap();
}

fn steps(path: &Path) -> Vec<i64> {
    read_events(path)
        .unwrap()
        .iter()
        .map(|event| event.step)
        .collect()
}

/// Where each record ends.
fn ends(content: &[u8]) -> Vec<usize> {
    let mut ends = vec![0];
    while let Some(head) = content
        .get(ends[ends.len() - 1]..)
        .and_then(|it| it.first_chunk())
    {
        let length = u64::from_le_bytes(*head) as usize;
        ends.push(ends[ends.len() - 1] + length + 16);
    }
    ends
}

#[test]
fn scalars_are_read_again() {
    let (_folder, path) = file();
    let events = read_events(&path).unwrap();
    assert_eq!(events[0].file_version.as_deref(), Some("brain.Event:2"));
    assert_eq!(events[3].step, 3);
    assert_eq!(events[3].wall_time, 1.5);
    assert_eq!(events[3].scalars[0], ("valid/mae".to_string(), 0.75));
    assert_eq!(events[3].scalars[1].0, "valid/corr");
    assert!(events[3].scalars[1].1.is_nan());
    assert_eq!(events.len(), 4);
}

#[test]
fn the_name_is_one_of_tensorboard() {
    let folder = tempfile::tempdir().unwrap();
    let file = EventFile::create(&folder.path().join("new"), "a/b.c").unwrap();
    let name = file.path().file_name().unwrap().to_str().unwrap();
    let rest = name.strip_prefix("events.out.tfevents.").unwrap();
    let parts: Vec<&str> = rest.split('.').collect();
    assert_eq!(parts[0].len(), 10);
    assert_eq!(parts[1..3], ["a_b_c", &std::process::id().to_string()]);
    assert_eq!(parts.len(), 4);
}

#[test]
fn files_of_a_folder_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new");
    assert_eq!(event_files(&folder).unwrap(), [] as [PathBuf; 0]);
    let create = |_| EventFile::create(&folder, "host").unwrap();
    let mut paths: Vec<PathBuf> = (0..3)
        .map(create)
        .map(|it| it.path().to_path_buf())
        .collect();
    fs::write(folder.join("metrics.jsonl"), "").unwrap();
    paths.sort();
    assert_eq!(event_files(&folder).unwrap(), paths);
    assert!(event_files(&paths[0]).is_err());
}

/// What a kill leaves at any moment, as far as the file goes.
#[test]
fn a_file_cut_anywhere_goes_on() {
    let (_folder, path) = file();
    let content = fs::read(&path).unwrap();
    let ends = ends(&content);
    for end in 0..=content.len() {
        fs::write(&path, &content[..end]).unwrap();
        let complete = ends.iter().filter(|&&it| it <= end).count() - 1;
        assert_eq!(read_events(&path).unwrap().len(), complete);
        add(&mut EventFile::open(&path).unwrap(), 9);
        // A file of nothing gets its version first.
        let mut expected: Vec<i64> = (0..complete.max(1) as i64).collect();
        expected.push(9);
        assert_eq!(steps(&path), expected, "{end}");
    }
}

#[test]
fn a_wrong_last_record_is_cut_off() {
    let (_folder, path) = file();
    let content = fs::read(&path).unwrap();
    let last = ends(&content)[3];
    for position in last + 12..content.len() {
        let mut content = content.clone();
        content[position] ^= 1;
        fs::write(&path, &content).unwrap();
        assert_eq!(steps(&path), [0, 1, 2]);
        add(&mut EventFile::open(&path).unwrap(), 3);
        assert_eq!(steps(&path), [0, 1, 2, 3]);
    }
}

#[test]
fn zeros_at_the_end_are_cut_off() {
    let (_folder, path) = file();
    let mut end = OpenOptions::new().append(true).open(&path).unwrap();
    end.write_all(&[0; 4096]).unwrap();
    assert_eq!(steps(&path), [0, 1, 2, 3]);
    add(&mut EventFile::open(&path).unwrap(), 4);
    assert_eq!(steps(&path), [0, 1, 2, 3, 4]);
    end.write_all(&[0; 4096]).unwrap();
    end.write_all(&[1]).unwrap();
    assert!(read_events(&path).is_err());
}

#[test]
fn damage_before_the_end_is_an_error() {
    let (_folder, path) = file();
    let content = fs::read(&path).unwrap();
    let second = ends(&content)[1];
    for position in second..ends(&content)[2] {
        let mut content = content.clone();
        content[position] ^= 1;
        fs::write(&path, &content).unwrap();
        let name = path.display();
        let found = if position < second + 12 {
            "a length with another checksum, expected its own"
        } else {
            "bytes with another checksum, expected their own"
        };
        let message =
            format!("{name}: byte {second}: found {found}, remove the file or what begins there");
        assert_eq!(read_events(&path).unwrap_err().to_string(), message);
        assert!(EventFile::open(&path).is_err());
        assert!(keep_events(&path, 1).is_err());
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

/// A length of 2^40 with the right checksum, of which nothing is allocated.
#[test]
fn a_huge_record_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tfevents");
    let mut content = (1_u64 << 40).to_le_bytes().to_vec();
    // By TensorBoard 2.21's `masked_crc32c`.
    content.extend(0xe46b3daa_u32.to_le_bytes());
    content.extend([0; 100]);
    fs::write(&path, content).unwrap();
    let error = read_events(&path).unwrap_err();
    assert!(matches!(error, EventError::Record { offset: 0, .. }));
    assert!(
        error.to_string().contains("found 1099511627776 bytes"),
        "{error}"
    );
}

#[test]
fn later_events_are_left_out() {
    let (_folder, path) = file();
    let mut file = EventFile::open(&path).unwrap();
    // Not in order, as two splits may be.
    for step in [2, 5, 1] {
        add(&mut file, step);
    }
    drop(file);
    assert_eq!(keep_events(&path, 2).unwrap(), 2);
    assert_eq!(steps(&path), [0, 1, 2, 2, 1]);
    let content = fs::read(&path).unwrap();
    assert_eq!(keep_events(&path, 2).unwrap(), 0);
    assert_eq!(fs::read(&path).unwrap(), content);
    // The version stays in any case.
    assert_eq!(keep_events(&path, -1).unwrap(), 4);
    assert_eq!(steps(&path), [0]);
}

/// Written by TensorBoard 2.21 itself, with a step of -1, two values in one event, and a tensor that is no scalar.
#[test]
fn files_of_tensorboard_are_read() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/tensorboard_2_21.tfevents");
    let events = read_events(&path).unwrap();
    let scalars: Vec<(i64, &str, f32)> = events
        .iter()
        .flat_map(|event: &Event| {
            let step = event.step;
            event
                .scalars
                .iter()
                .map(move |(tag, value)| (step, tag.as_str(), *value))
        })
        .collect();
    assert_eq!(
        scalars,
        [(300, "a/b", 0.25), (-1, "é", -1.5), (-1, "z", 0.0)]
    );
    let copy = tempfile::NamedTempFile::new().unwrap();
    fs::copy(&path, copy.path()).unwrap();
    let before = fs::read(copy.path()).unwrap();
    assert_eq!(keep_events(copy.path(), 7).unwrap(), 1);
    let after = fs::read(copy.path()).unwrap();
    let ends = ends(&before);
    // What is kept has its bytes, also the tensor.
    assert_eq!(after, [&before[..ends[1]], &before[ends[2]..]].concat());
}

#[test]
fn a_missing_file_is_told() {
    let error = EventFile::open(Path::new("no/such/file")).unwrap_err();
    assert_eq!(error.to_string(), "no/such/file: cannot open it");
    assert!(File::open("no/such/file").is_err());
}
