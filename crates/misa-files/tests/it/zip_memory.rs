//! Memory that an archive takes while it is read.

use crate::support::archive::{Member, archive, deflated};
use crate::zip::read;
use flate2::{Compress, Compression, FlushCompress};
use misa_files::zip::Limits;

fn packed_zeros(mebibytes: usize) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let zeros = vec![0; 1 << 20];
    let mut piece = |flush| {
        let mut packed = Vec::with_capacity(1 << 16);
        compress.compress_vec(&zeros, &mut packed, flush).unwrap();
        packed
    };
    let mut packed = piece(FlushCompress::Sync);
    let alike = piece(FlushCompress::Sync);
    assert_eq!(piece(FlushCompress::Sync), alike);
    for _ in 2..mebibytes {
        packed.extend(&alike);
    }
    packed.extend(piece(FlushCompress::Finish));
    packed
}

fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kibibytes: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes / 1024
}

#[test]
fn a_gibibyte_of_zeros_takes_no_memory() {
    let bomb = Member {
        packed: packed_zeros(1 << 10),
        len: 1 << 30,
        ..deflated("zeros", b"")
    };
    assert!(bomb.packed.len() < 2 << 20);
    let bytes = archive(std::slice::from_ref(&bomb));
    let before = peak_mebibytes();
    let small = Limits {
        entry_bytes: 16 << 20,
        ..Limits::default()
    };
    let error = read(&bytes, &small).unwrap_err();
    assert_eq!(
        error,
        "\"zeros\": unpacked bytes, expected at most 16777216, found 1073741824"
    );
    // The same bytes with a small stated length.
    let lies = Member {
        len: 8 << 20,
        ..bomb
    };
    let error = read(&archive(&[lies]), &small).unwrap_err();
    assert!(
        error.starts_with("\"zeros\": expected 8388608 bytes, found"),
        "{error}"
    );
    let grown = peak_mebibytes() - before;
    assert!(grown < 48, "{grown} MiB");
}
