//! Files that hold tables and are not read, with what makes them readable.

use crate::{Fault, FaultKind, Place};

/// The fault of a table in a format of others, by the first bytes and the name of a file.
pub(super) fn refuse(name: &str, head: &[u8]) -> Result<(), Fault> {
    let is_named = |end: &str| name.to_ascii_lowercase().ends_with(end);
    let holds = |text: &[u8]| head.windows(text.len()).any(|window| window == text);
    let is_zip = head.starts_with(b"PK\x03\x04");
    let (found, advice) = if head.starts_with(b"PAR1") {
        let line = r#"pandas.read_parquet("FILE.parquet").to_csv("FILE.csv", index=False)"#;
        ("a parquet file", line)
    } else if head.starts_with(b"\xd0\xcf\x11\xe0")
        || is_zip && (is_named(".xlsx") || holds(b"xl/") || holds(b"[Content_Types].xml"))
    {
        let line = r#"pandas.read_excel("FILE.xlsx").to_csv("FILE.csv", index=False)"#;
        ("a workbook of Excel", line)
    } else if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        ("UTF-16", "save the file as UTF-8")
    } else {
        return Ok(());
    };
    let fault = Fault::new(
        FaultKind::Unsupported,
        Place::File,
        "a table in UTF-8",
        found,
    );
    Err(if found == "UTF-16" {
        fault.advised(advice)
    } else {
        fault.advised(format!("write it with Python: `{advice}`"))
    })
}
