//! Where files come from: the bundled data, or a folder.

use std::path::PathBuf;

use serde::Serialize;

/// Where a study's relative paths are looked up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// The data compiled into the program.
    #[default]
    Bundled,
    /// A folder; absolute paths are taken as they are.
    Folder(PathBuf),
}

/// A file that was read, and the SHA-256 of its bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileHash {
    /// The file as the study names it.
    pub file: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}
