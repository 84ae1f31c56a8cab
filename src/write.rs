//! Files that appear whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::{Path, PathBuf};

/// Puts `bytes` in the place of `file`, in one step: a reader never sees half of it, and a full disk
/// leaves what was there.
///
/// A device or a pipe is written to and stays what it is; of a link the file behind it is replaced.
///
/// # Errors
///
/// The file cannot be written.
pub fn replace(file: &Path, bytes: &[u8]) -> Result<()> {
    if file.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return File::options().write(true).open(file)?.write_all(bytes);
    }
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    beside(&file, bytes)?.persist(file)?;
    Ok(())
}

/// Puts what `write` writes in the place of `file`, in one step, however long it is; where it answers `false`,
/// what was there stays, and so it does where it fails.
///
/// # Errors
///
/// Its own, or the file cannot be written.
pub fn replace_by(
    file: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> Result<bool>,
) -> Result<()> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let written = new_beside(&file)?;
    let mut to = BufWriter::new(written.as_file());
    let is_whole = write(&mut to)?;
    to.flush()?;
    drop(to);
    if is_whole {
        written.as_file().sync_all()?;
        written.persist(file)?;
    }
    Ok(())
}

/// Makes the new file `file` with `bytes`, in one step.
///
/// # Errors
///
/// There is a file of this name already ([`std::io::ErrorKind::AlreadyExists`]), or it cannot be
/// written; then there is none.
pub fn create(file: &Path, bytes: &[u8]) -> Result<()> {
    beside(file, bytes)?.persist_noclobber(file)?;
    Ok(())
}

/// The folder in which a file is, or is to be.
pub fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Of `inputs` the file that `output` names, by whatever way; a link leads to its file.
pub fn input_named<'i>(output: &Path, inputs: &'i [PathBuf]) -> Option<&'i Path> {
    let output = output.canonicalize().ok()?;
    let is_output = |input: &&PathBuf| input.canonicalize().is_ok_and(|input| input == output);
    inputs.iter().find(is_output).map(PathBuf::as_path)
}

/// The bytes in a file of its own in the same folder, which goes away unless it is kept. Made like any
/// other file, with the permissions that the user's settings give.
fn beside(file: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile<File>> {
    let mut written = new_beside(file)?;
    written.write_all(bytes)?;
    // A full disk may show only here.
    written.as_file().sync_all()?;
    Ok(written)
}

/// A new file in the same folder, which goes away unless it is kept.
fn new_beside(file: &Path) -> Result<tempfile::NamedTempFile<File>> {
    tempfile::Builder::new().make_in(folder(file), |path| File::create_new(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_or_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        create(&file, b"one").unwrap();
        let again = create(&file, b"two").unwrap_err();
        assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&file).unwrap(), b"one");
        replace(&file, b"three").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"three");
        // Nothing else is left.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let dotted = folder.path().join(".").join("a.csv");
        let inputs = [file];
        assert_eq!(input_named(&dotted, &inputs), Some(&*inputs[0]));
        let other = folder.path().join("b.csv");
        assert_eq!(input_named(&other, &inputs), None);
        create(&other, b"").unwrap();
        assert_eq!(input_named(&other, &inputs), None);
    }
}
