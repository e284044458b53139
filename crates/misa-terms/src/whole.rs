//! Writing files completely or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes a temporary file, syncs it, and renames it, so a reader sees either the old or the new
/// file. Returns the number of bytes.
///
/// # Errors
///
/// The error of `content` or of the system; `path` is unchanged then.
pub fn write_whole(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<u64> {
    let folder = folder(path);
    let mut file = BufWriter::new(temporary(folder)?);
    content(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    let file = file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)?;
    Ok(file.metadata()?.len())
}

/// The folder of a file.
#[doc(hidden)]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A temporary file with the usual permissions, unlike the default of temporary files.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".misa-").suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes a rename survive a loss of power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Other systems do not open folders as files.
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
