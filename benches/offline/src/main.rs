//! Compiles pipelines with Mesa's RADV and its null device, which makes the machine code of an AMD GPU where
//! there is none, and writes what the driver says of each, with the code.
//!
//!     offline FOLDER OUT
//!
//! `FOLDER` has the pipelines as tests/all/shaders.rs writes them: source, entry point and constants, one JSON
//! file each. Into `OUT` goes for each a `.json` of the driver's statistics and an `.isa` with the code. The
//! family is chosen by `RADV_FORCE_FAMILY` (navi21, say), the driver by `VK_DRIVER_FILES`.

mod driver;
mod spirv;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::{Deserialize, Serialize};

/// A pipeline as it was written.
#[derive(Deserialize)]
pub struct Pipeline {
    pub name: String,
    pub entry_point: String,
    pub constants: BTreeMap<String, f64>,
    pub source: String,
}

/// What the driver makes of it.
#[derive(Serialize)]
pub struct Made {
    pub name: String,
    /// Lanes of a wave.
    pub wave: u32,
    pub statistics: BTreeMap<String, f64>,
    #[serde(skip)]
    pub code: String,
}

fn main() {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = folders.as_slice() else {
        panic!("two folders: of pipelines, and for what is made of them");
    };
    fs::create_dir_all(to).expect("the folder can be made");
    let mut files: Vec<PathBuf> = fs::read_dir(from)
        .expect("the folder of pipelines can be read")
        .map(|entry| entry.expect("its entries, too").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no pipelines", from.display());
    let driver = driver::Driver::open();
    println!("{}", driver.name());
    for file in files {
        let pipeline = read(&file);
        let words = spirv::words(&pipeline);
        let made = driver.compile(&pipeline, &words);
        let stem = file.file_stem().expect("it has a name").to_string_lossy();
        let json = serde_json::to_string_pretty(&made).expect("plain structs become JSON");
        fs::write(to.join(format!("{stem}.json")), json).expect("it can be written");
        fs::write(to.join(format!("{stem}.isa")), &made.code).expect("so can this");
    }
}

fn read(file: &Path) -> Pipeline {
    let text = fs::read_to_string(file).expect("a pipeline can be read");
    serde_json::from_str(&text).expect("it is one")
}
