//! The driver that fails on demand, built for a test and put before the machine's software driver.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with the driver and its manifest.
pub struct FaultyDriver {
    folder: TempDir,
    real: PathBuf,
}

impl FaultyDriver {
    /// Compiles the driver.
    pub fn build() -> Self {
        let (real, version) = real_driver();
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("libfault.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/fault/driver.c");
        let compiled = Command::new("cc")
            .args([
                "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
            ])
            .args([&library, &source])
            .arg("-ldl")
            .output()
            .expect("a C compiler, which Rust links with too");
        assert!(
            compiled.status.success(),
            "{}",
            String::from_utf8_lossy(&compiled.stderr)
        );
        let manifest = json!({
            "file_format_version": "1.0.0",
            "ICD": {"library_path": library, "api_version": version},
        });
        fs::write(folder.path().join("fault.json"), manifest.to_string()).expect("a file");
        FaultyDriver { folder, real }
    }

    /// The environment in which Vulkan finds this driver alone, and in which it fails by `fault` from
    /// its `from`-th call on.
    pub fn environment(&self, fault: &str, from: u32) -> [(&'static str, String); 5] {
        let manifest = self.folder.path().join("fault.json").display().to_string();
        [
            ("FAULT", fault.to_owned()),
            ("FAULT_FROM", from.to_string()),
            ("FAULT_DRIVER", self.real.display().to_string()),
            ("VK_DRIVER_FILES", manifest.clone()),
            ("VK_ICD_FILENAMES", manifest),
        ]
    }
}

/// The library of a driver of this machine, and its version of Vulkan: the one that the environment
/// names, else Mesa's software driver.
fn real_driver() -> (PathBuf, Value) {
    let named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .into_iter()
        .filter_map(env::var_os)
        .flat_map(|paths| env::split_paths(&paths).collect::<Vec<_>>());
    let folders = ["/usr/share", "/usr/local/share", "/etc"];
    let found = folders
        .into_iter()
        .filter_map(|folder| fs::read_dir(Path::new(folder).join("vulkan/icd.d")).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().contains("lvp_icd"));
    let manifest = named
        .chain(found)
        .find(|path| path.is_file())
        .expect("no software Vulkan driver: install one (Debian: mesa-vulkan-drivers)");
    let text = fs::read_to_string(&manifest).expect("a manifest is text");
    let icd = &serde_json::from_str::<Value>(&text).expect("a manifest is JSON")["ICD"];
    let library = Path::new(icd["library_path"].as_str().expect("it names a library"));
    // A bare name is looked for where libraries are.
    let library = match library.parent() {
        Some(folder) if folder.as_os_str().is_empty() => library.to_owned(),
        _ => manifest.with_file_name("").join(library),
    };
    (library, icd["api_version"].clone())
}
