//! Damaged files through the binary: mutants of valid CSV, Parquet, IPC and TOML files. None may panic,
//! end with another code than 0, 1 or 2, take more than 1 GB or more than 20 s.
//!
//! 500 here; `tests/outside/mutants.sh` makes 20,000.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::folder::{EVENTS, Folder, PRICES, STUDY};
use assert_cmd::cargo::cargo_bin;
use placebo::load::Panel;
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

/// A file with another digit, or with one to four changes that spare nothing: a bit, a byte, a part left
/// out, doubled or moved, an end cut off, a token put in.
fn mutant(of: &[u8], words: &mut Words) -> Vec<u8> {
    let mut bytes = of.to_vec();
    if words.next(2) == 0 {
        let digits: Vec<usize> = (0..of.len()).filter(|&i| of[i].is_ascii_digit()).collect();
        if !digits.is_empty() {
            bytes[digits[words.next(digits.len())]] = b'0' + words.next(10) as u8;
            return bytes;
        }
    }
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

/// A valid file, what stands beside it, and the command that reads both.
struct Seed {
    /// Its name in the folder.
    name: String,
    bytes: Vec<u8>,
    beside: Vec<(String, Vec<u8>)>,
    args: Vec<String>,
}

/// A data file, with two events on dates of its own.
fn data_seed((name, bytes): (String, Vec<u8>)) -> Seed {
    let ending = Path::new(&name).extension().unwrap_or_default();
    let data = format!("data.{}", ending.to_string_lossy());
    // What cannot be read meets any dates.
    let dates = Panel::from_bytes(&[(&data, &bytes)], &[]).map_or(vec![], |panel| panel.dates);
    let event = |third: usize| {
        dates
            .get(dates.len() * third / 3)
            .copied()
            .unwrap_or_default()
    };
    let events = format!("date\n{}\n{}\n", event(1), event(2));
    let gap = "--gap=carry-forward";
    let args = [
        "--data",
        &data,
        "--events",
        "events.csv",
        "--window=0..1",
        gap,
    ];
    Seed {
        args: args.map(str::to_owned).to_vec(),
        name: data,
        bytes,
        beside: vec![("events.csv".into(), events.into())],
    }
}

/// A file of a folder with a study.
fn study_seed(name: &str, bytes: Vec<u8>, beside: &[(String, Vec<u8>)]) -> Seed {
    Seed {
        args: vec!["study.toml".into()],
        name: name.into(),
        bytes,
        beside: beside.to_vec(),
    }
}

/// The valid files, by kind.
fn valid_files() -> Vec<Vec<Seed>> {
    let data = |kind: &str, more: &[(&str, &str)]| {
        let mut files = seeds(&format!("fuzz/seeds/{kind}"));
        files.extend(more.iter().map(|&(n, text)| (n.into(), text.into())));
        files.into_iter().map(data_seed).collect::<Vec<_>>()
    };
    let mut bundled = seeds("data");
    bundled.retain(|(name, _)| name.ends_with(".csv"));
    let studies = seeds("fuzz/seeds/study_toml").into_iter();
    let mut studies: Vec<Seed> = studies
        .map(|(_, bytes)| study_seed("study.toml", bytes, &bundled))
        .collect();
    studies.push(study_seed("study.toml", STUDY.into(), &[]));
    // The bundled yields have the dates of these events.
    let mut beside = bundled.clone();
    let of_yields = STUDY
        .replace("prices.csv", "treasury_par_yields_2023.csv")
        .replace("oil", "10 Yr");
    beside.push(("study.toml".into(), of_yields.into()));
    let events = seeds("fuzz/seeds/events_csv").into_iter();
    let mut events: Vec<Seed> = events
        .map(|(_, bytes)| study_seed("events.csv", bytes, &beside))
        .collect();
    events.push(study_seed("events.csv", EVENTS.into(), &[]));
    vec![
        data("csv_panel", &[("prices.csv", PRICES)]),
        events,
        data("ipc", &[]),
        data("parquet", &[]),
        studies,
    ]
}

/// Runs a seed with `bytes` for its own.
fn run_with(seed: &Seed, bytes: &[u8]) -> (Option<i32>, String, Duration) {
    let folder = Folder::with(&[]);
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.0.path().join(name), bytes).unwrap();
    };
    for (name, bytes) in &seed.beside {
        write(name, bytes);
    }
    write(&seed.name, bytes);
    let common = "--draws 50 --device cpu --threads 1 --quiet".split(' ');
    let own = seed.args.iter().map(String::as_str);
    let args: Vec<&str> = ["run"].into_iter().chain(own).chain(common).collect();
    run(&folder, &args)
}

#[test]
fn damaged_files_end_in_a_result_or_an_error() {
    let mutants: u32 = std::env::var("PLACEBO_MUTANTS").map_or(500, |n| n.parse().unwrap());
    let kinds = valid_files();
    // Much of what is damaged runs as it is; the rest is too short.
    for seeds in &kinds {
        let run = |seed: &&Seed| run_with(seed, &seed.bytes).0 == Some(0);
        let running = seeds.iter().filter(run).count();
        assert!(3 * running >= seeds.len(), "{running} of {}", seeds.len());
    }
    let mut codes = [0u32; 3];
    for number in 0..mutants {
        let mut words = Words(number, 0);
        let seeds = &kinds[number as usize % kinds.len()];
        let seed = &seeds[words.next(seeds.len())];
        let bytes = mutant(&seed.bytes, &mut words);
        let (code, told, took) = run_with(seed, &bytes);
        let context = || {
            let name = &seed.name;
            format!("mutant {number}, a {name}: {code:?} after {took:?}\n{told}")
        };
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
    // Most are refused, and many still run.
    assert!(
        codes[0] > mutants / 10 && codes[2] > mutants / 4,
        "{codes:?}"
    );
}
