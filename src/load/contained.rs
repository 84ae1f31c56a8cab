//! Foreign readers, kept from taking the program down with them.

use std::thread;

use super::kind::Kind;
use crate::contained::quietly;
use crate::load::source::bad_file;
use crate::{Error, Result};

/// Stack that a reader needs whatever the file.
pub(super) const PLAIN_STACK: usize = 8 << 20;

/// Runs a reader of another crate over a file's bytes, on a thread of its own with
/// `stack` bytes of stack.
///
/// The Parquet and Arrow readers answer damaged files with an error nearly always,
/// and with a panic (an index out of bounds, a failed assertion) now and then. Such a
/// panic is the file's fault, and leaves nothing behind: the reader
/// and all that it built end with it, and nothing of it is printed.
pub(super) fn contained<T: Send>(
    file: &str,
    kind: Kind,
    stack: usize,
    read: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    thread::scope(|scope| {
        let reader = thread::Builder::new()
            .stack_size(stack)
            .spawn_scoped(scope, || quietly(read))
            .map_err(|error| damaged(file, kind, format!("no thread for it: {error}")))?;
        match reader.join() {
            Ok(Ok(outcome)) => outcome,
            _ => Err(damaged(file, kind, "its parts contradict each other")),
        }
    })
}

/// The error for a file that its reader does not take.
pub(super) fn damaged(file: &str, kind: Kind, problem: impl std::fmt::Display) -> Error {
    Error::input(
        file,
        format!("it cannot be read as {}: {problem}", kind.name()),
        "The file is damaged, cut off or of a newer kind: download or export it again (uncompressed, or with snappy, zstd, gzip or lz4).",
    )
    .because(bad_file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let read = || -> Result<()> { std::panic::panic_any("damaged") };
        let error = contained("a.parquet", Kind::Parquet, PLAIN_STACK, read).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert!(
            text.starts_with("a.parquet: it cannot be read as Parquet"),
            "{text}"
        );
    }
}
