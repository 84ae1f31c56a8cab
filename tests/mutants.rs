//! Damaged files through the binary: mutants of valid CSV, Parquet, IPC and TOML files. None may panic,
//! end with another code than 0, 1 or 2, take more than 1 GB or more than 20 s.
//!
//! 500 here; `tests/outside/mutants.sh` makes 20,000.

mod folder;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use folder::{Folder, STUDY};
use placebo::null::philox4x32_10;

/// Address space of a run, in KiB: a little more than 1 GB, for the program itself and its threads'
/// stacks.
const MEMORY: u32 = 1 << 20;
const TIME: Duration = Duration::from_secs(20);

/// What belongs where, and sometimes elsewhere.
const TOKENS: [&str; 24] = [
    "\n",
    ",",
    ";",
    "\"",
    "\0",
    "\u{202e}",
    "é",
    "NaN",
    "-",
    "1e999",
    "0000-00-00",
    "9999-12-31",
    "2020-02-30",
    "=",
    "[",
    "]",
    "{",
    "}",
    "[[test]]",
    "-99.99",
    "4294967296",
    "99999999999999999999",
    "date",
    "\u{feff}",
];

/// The words of a mutant, one after the other.
struct Words(u32, u32);

impl Words {
    fn next(&mut self, below: usize) -> usize {
        self.1 += 1;
        philox4x32_10([self.0, self.1, 0, 17], [11, 13])[0] as usize % below.max(1)
    }
}

/// One to four changes of a file: a bit, a byte, a part left out, doubled or moved, an end cut off, a
/// token put in.
fn mutant(of: &[u8], words: &mut Words) -> Vec<u8> {
    let mut bytes = of.to_vec();
    for _ in 0..=words.next(4) {
        let n = bytes.len();
        let at = words.next(n);
        let end = (at + 1 + words.next(40)).min(n);
        match words.next(8) {
            0 if n > 0 => bytes[at] ^= 1 << words.next(8),
            1 if n > 0 => bytes[at] = words.next(256) as u8,
            2 if n > 0 => drop(bytes.drain(at..end)),
            3 if n > 0 => {
                let part = bytes[at..end].to_vec();
                let times = 1 + words.next(30);
                drop(bytes.splice(at..at, part.repeat(times)));
            }
            4 if n > 0 => {
                let part: Vec<u8> = bytes.drain(at..end).collect();
                let to = words.next(bytes.len() + 1);
                drop(bytes.splice(to..to, part));
            }
            5 => bytes.truncate(at),
            _ => {
                let token = TOKENS[words.next(TOKENS.len())];
                drop(bytes.splice(at..at, token.bytes()));
            }
        }
    }
    bytes
}

/// The files of a folder, by name.
fn seeds(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Runs the program in a folder within the limits: its exit code, what it says, and how long it took.
fn run(folder: &Folder, args: &[&str]) -> (Option<i32>, String, Duration) {
    let mut child = Command::new("bash")
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""))
        .arg(cargo_bin("placebo"))
        .args(args)
        .current_dir(folder.0.path())
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(folder.0.path().join("said")).unwrap())
        .stderr(std::fs::File::create(folder.0.path().join("told")).unwrap())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if started.elapsed() > 2 * TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let told = std::fs::read(folder.0.path().join("told")).unwrap();
    (
        status,
        String::from_utf8_lossy(&told).into_owned(),
        started.elapsed(),
    )
}

#[test]
fn damaged_files_end_in_a_result_or_an_error() {
    let mutants: u32 = std::env::var("PLACEBO_MUTANTS").map_or(500, |n| n.parse().unwrap());
    let kinds = ["csv_panel", "events_csv", "ipc", "parquet", "study_toml"];
    let mut kinds = kinds.map(|kind| seeds(&format!("fuzz/seeds/{kind}")));
    kinds[4].push(("study.toml".into(), STUDY.into()));
    let mut bundled = seeds("data");
    bundled.retain(|(name, _)| name.ends_with(".csv"));
    let quick = [
        "run",
        "--data",
        "data",
        "--events",
        "events.csv",
        "--window=-1..1",
    ];
    let study = ["run", "study.toml"];
    let common = [
        "--draws",
        "50",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--quiet",
    ];
    let mut codes = [0u32; 3];
    for number in 0..mutants {
        let mut words = Words(number, 0);
        let kind = number as usize % kinds.len();
        let files = &kinds[kind];
        let (name, seed) = &files[words.next(files.len())];
        let bytes = mutant(seed, &mut words);
        let folder = Folder::with(&[]);
        let path = |name: &str| folder.0.path().join(name);
        let ending = Path::new(name)
            .extension()
            .unwrap_or_default()
            .to_string_lossy();
        let data = format!("data.{ending}");
        let mut args: Vec<&str> = match kind {
            1 => {
                std::fs::write(path("events.csv"), &bytes).unwrap();
                study.to_vec()
            }
            4 => {
                for (name, bytes) in &bundled {
                    std::fs::write(path(name), bytes).unwrap();
                }
                std::fs::write(path("study.toml"), &bytes).unwrap();
                study.to_vec()
            }
            _ => {
                std::fs::write(path(&data), &bytes).unwrap();
                let mut args = quick.to_vec();
                args[2] = &data;
                args
            }
        };
        args.extend(common);
        let (code, told, took) = run(&folder, &args);
        let context = || format!("mutant {number} of {name}: {code:?} after {took:?}\n{told}");
        assert!(matches!(code, Some(0..=2)), "{}", context());
        assert!(
            !told.contains("panicked") && !told.contains("RUST_BACKTRACE"),
            "{}",
            context()
        );
        assert!(took < TIME, "{}", context());
        codes[code.unwrap() as usize] += 1;
    }
    println!("{mutants} mutants: exit codes 0, 1, 2 {codes:?} times");
    // Most are refused, and some still run.
    assert!(codes[0] > 0 && codes[2] > codes[0] / 10, "{codes:?}");
}
