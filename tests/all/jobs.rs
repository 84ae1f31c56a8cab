//! Scripts whose tasks share the draws: what they say, and that they give the results of one shot.
#![cfg(unix)]

use std::process::{Command, Output, Stdio};

use crate::folder::{Folder, STUDY, edit};

const FORMS: [&str; 4] = ["--slurm", "--hyperqueue", "--parallel", "--shell"];

/// The script that `placebo jobs ARGS` prints.
fn script(folder: &Folder, args: &[&str]) -> String {
    let output = folder.placebo(&[&["jobs"], args].concat());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Has `sh` read a script from a pipe, with this `placebo` and stand-ins of `tools`.
fn piped(folder: &Folder, script: &str, tools: &[(&str, &str)]) -> Output {
    let own = tempfile::tempdir().unwrap();
    for (name, text) in tools {
        let tool = own.path().join(name);
        std::fs::write(&tool, format!("#!/bin/sh\n{text}\n")).unwrap();
        assert!(
            Command::new("chmod")
                .arg("+x")
                .arg(&tool)
                .status()
                .unwrap()
                .success()
        );
    }
    let binary = assert_cmd::cargo::cargo_bin!("placebo");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = [
        own.path().to_str().unwrap(),
        binary.parent().unwrap().to_str().unwrap(),
        &path,
    ]
    .join(":");
    let mut shell = Command::new("sh")
        .current_dir(folder.0.path())
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = shell.stdin.take().unwrap();
    std::io::Write::write_all(&mut pipe, script.as_bytes()).unwrap();
    drop(pipe);
    shell.wait_with_output().unwrap()
}

/// Two stand-ins of engines that run one task after the other.
const SBATCH: &str = r#"
for flag; do case $flag in --array=1-*) n=${flag#--array=1-} ;; esac; done
cat > job.sh
case $n in
  '') sh job.sh ;;
  *)
    i=1
    while [ "$i" -le "$n" ]; do
      SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=$n SLURM_ARRAY_TASK_STEP=1 sh job.sh || exit
      i=$((i + 1))
    done
    echo "7;cluster" ;;
esac"#;
const HQ: &str = r#"
[ "$1" != job ] || exit 0
for flag; do
  shift
  case $flag in --array=1-*) n=${flag#--array=1-} ;; --) break ;; esac
done
i=1
while [ "$i" -le "$n" ]; do HQ_TASK_ID=$i "$@" || exit; i=$((i + 1)); done
echo 1"#;

fn read(folder: &Folder, file: &str) -> String {
    std::fs::read_to_string(folder.0.path().join(file)).unwrap()
}

/// Names with spaces, quotes and what shells expand, through every form that runs here.
#[test]
fn merged_results_are_those_of_one_shot_byte_for_byte() {
    let study = "it's $(a) {} study.toml";
    let folder = Folder::with(&[(study, STUDY)]);
    let one_shot = folder.placebo(&["run", study, "--draws", "5000", "--format", "csv"]);
    assert!(one_shot.status.success(), "{one_shot:?}");
    let one_shot = String::from_utf8(one_shot.stdout).unwrap();
    for form in ["--slurm", "--hyperqueue", "--shell"] {
        let args = [
            study,
            form,
            "--shards",
            "5",
            "--draws",
            "5000",
            "--format",
            "csv",
            "--out",
            "o' $x.csv",
        ];
        let script = script(&folder, &args);
        // The same again goes on at the checkpoints, and ends the same.
        for _ in 0..2 {
            let done = piped(&folder, &script, &[("sbatch", SBATCH), ("hq", HQ)]);
            assert!(done.status.success(), "{form} {done:?}");
            assert_eq!(read(&folder, "o' $x.csv"), one_shot, "{form}");
            std::fs::remove_file(folder.0.path().join("o' $x.csv")).unwrap();
        }
    }
    let kept = folder.0.path().join("it's $(a) {} study-parts");
    assert!(kept.join("part-5-of-5.json").is_file());
    assert!(kept.join("checkpoint-5-of-5").is_dir());

    // Of another study the tasks refuse what is kept, and nothing old is merged.
    let args = [study, "--shell", "--shards", "5", "--draws", "5000"];
    let script = script(&folder, &args);
    let other = edit(STUDY, &[("[-1, 1]", "[-1, 2]")]);
    std::fs::write(folder.0.path().join(study), other).unwrap();
    let done = piped(&folder, &script, &[]);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    assert!(done.stdout.is_empty());
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(
        said.contains("it keeps the draws of another question"),
        "{said}"
    );
    assert!(!kept.join("part-1-of-5.json").exists());
}

/// A table and a bootstrap, after `--`.
#[test]
fn tests_and_bootstraps_are_shared_too() {
    let mut table = String::from("y,arm\n");
    for row in 0..40 {
        table += &format!("{},{}\n", (row * row * 7 + 3) % 31, ["new", "old"][row % 2]);
    }
    let folder = Folder::with(&[("a table.csv", &table)]);
    for question in [
        &[
            "test",
            "a table.csv",
            "y ~ arm",
            "--statistic",
            "difference-of-medians",
            "--draws",
            "2000",
            "--exact",
            "never",
        ][..],
        &["bootstrap", "a table.csv", "sd", "y", "--draws", "500"],
    ] {
        let one_shot = folder.placebo(&[question, &["--format", "csv"]].concat());
        assert!(one_shot.status.success(), "{one_shot:?}");
        let args = [
            "--shell",
            "--shards",
            "3",
            "--format",
            "csv",
            "--quiet",
            "--parts",
            question[0],
            "--",
        ];
        let script = script(&folder, &[&args, question].concat());
        let done = piped(&folder, &script, &[]);
        assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
        assert_eq!(
            String::from_utf8(done.stdout).unwrap(),
            String::from_utf8(one_shot.stdout).unwrap()
        );
    }
}

#[test]
fn each_form_says_it_as_its_engine_does() {
    let folder = Folder::with(&[]);
    let args = [
        "study.toml",
        "--shards",
        "64",
        "--draws",
        "1e6",
        "--seed",
        "3",
        "--gpus",
        "1",
        "--threads",
        "4",
        "--format",
        "csv",
        "--out",
        "r.csv",
    ];
    let of = |form: &[&str]| script(&folder, &[form, &args].concat());
    let task = |shard: &str, number: &str| {
        format!(
            "exec placebo run --shard {shard} --tally study-parts/part-{number}-of-64.json \
             --checkpoint study-parts/checkpoint-{number}-of-64 --threads 4 --device gpu study.toml \
             --draws 1000000 --seed 3"
        )
    };
    let merge =
        "placebo merge --format csv --out r.csv --threads 4 study-parts/part-*-of-64.json\n";
    let has = |text: &str, lines: &[&str]| {
        let mut rest = text;
        for line in lines {
            let at = rest.find(line);
            rest =
                &rest[at.unwrap_or_else(|| panic!("{line}\nis not (in this order) in\n{text}"))..];
        }
        assert!(text.starts_with("#!/bin/sh\n# 64 tasks"));
    };
    let head = "set -eu\nmkdir -p study-parts\nrm -f study-parts/part-*-of-64.json\n";
    has(
        &of(&["--slurm"]),
        &[
            head,
            "array=$(sbatch --parsable --job-name=placebo-study --array=1-64 --cpus-per-task=4 --gpus=1 \
             --requeue --open-mode=append <<'TASK'\n#!/bin/sh\n",
            &task("auto", "\"$SLURM_ARRAY_TASK_ID\""),
            "\nTASK\n)\n",
            "sbatch --job-name=placebo-study-merge --dependency=afterok:\"$array\" --kill-on-invalid-dep=yes",
            "<<'MERGE'\n#!/bin/sh\nexec ",
            merge,
            "MERGE\n",
        ],
    );
    let number = "\"$HQ_TASK_ID\"";
    has(
        &of(&["--hyperqueue"]),
        &[
            head,
            "job=$(hq --output-mode=quiet submit --name=placebo-study --array=1-64 --cpus=4 \
             --resource=gpus/nvidia=1 --stdout=none -- sh -c '",
            &task(&format!("{number}/64"), number),
            "')\nhq job wait \"$job\"\n",
            merge,
        ],
    );
    has(
        &of(&["--parallel"]),
        &[
            head,
            "task='",
            &task("\"$1\"/64", "\"$1\""),
            "'\nPARALLEL_SHELL=/bin/sh\nexport task PARALLEL_SHELL\nseq 64 | parallel --jobs=1 --retries=2 \
             --joblog=study-parts/tasks-of-64.log 'sh -c \"$task\" task {}'\n",
            merge,
        ],
    );
    has(
        &of(&["--shell"]),
        &[
            head,
            "-le 64",
            "placebo run --shard \"$task\"/64",
            "done\n",
            merge,
        ],
    );
    // Without a GPU draws are made by the CPU, and tasks take all processors together.
    let cpu = [
        "study.toml",
        "--parallel",
        "--shards",
        "4",
        "--threads",
        "4",
    ];
    has_in(
        &script(&folder, &cpu),
        &["--jobs=25%", "--device cpu", "placebo merge --threads 4"],
    );
}

fn has_in(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

#[test]
fn kubernetes_merges_after_the_indexed_job() {
    let study = "a $(HOME) \"b\".toml";
    let folder = Folder::with(&[(study, STUDY)]);
    let args = [
        "jobs",
        study,
        "--kubernetes",
        "--shards",
        "64",
        "--gpus",
        "1",
        "--image",
        "i: #1",
        "--claim",
        "c",
    ];
    let output = folder.placebo(&args);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let manifests: Vec<&str> = text
        .split("kubectl apply --filename=- <<'")
        .skip(1)
        .map(|rest| rest.split_once("'\n").unwrap().1)
        .collect();
    let [draws, merge] = manifests[..] else {
        panic!("{text}")
    };
    let (draws, after) = draws.split_once("\nDRAWS\n").unwrap();
    assert_eq!(after, "finished placebo-a-home-b-draws\n");
    let (merge, after) = merge.split_once("\nMERGE\n").unwrap();
    assert_eq!(
        after,
        "finished placebo-a-home-b-merge\nkubectl logs job/placebo-a-home-b-merge\n"
    );
    has_in(
        draws,
        &[
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: placebo-a-home-b-draws\nspec:\n",
            "\n  completionMode: Indexed\n  completions: 64\n  parallelism: 64\n  backoffLimit: 64\n",
            "\n      restartPolicy: Never\n",
            "\n        image: \"i: #1\"\n",
            "\n          requests:\n            cpu: 1\n          limits:\n            nvidia.com/gpu: 1\n",
            "\n          claimName: \"c\"",
        ],
    );
    assert!(
        !merge.contains("gpu") && !merge.contains("Indexed"),
        "{merge}"
    );
    // Kubernetes takes `$$` for `$`: what is left is what the shell gets.
    let line = |manifest: &str| {
        let line = manifest
            .lines()
            .find_map(|line| line.trim().strip_prefix("command: "));
        let words: Vec<String> = serde_json::from_str(line.unwrap()).unwrap();
        assert_eq!(words[..2], ["/bin/sh", "-c"]);
        let text = words[2].replace("$$", "");
        assert!(!text.contains('$'), "{text}");
        words[2].replace("$$", "$")
    };
    let parts = "'a $(HOME) \"b\"-parts'";
    let number = "\"$JOB_COMPLETION_INDEX\"";
    assert_eq!(
        line(draws),
        format!(
            "mkdir -p {parts} && exec placebo run --shard auto/64 --tally {parts}/part-{number}-of-64.json \
             --checkpoint {parts}/checkpoint-{number}-of-64 --threads 1 --device gpu '{study}'"
        )
    );
    assert_eq!(
        line(merge),
        format!("exec placebo merge --threads 1 {parts}/part-*-of-64.json")
    );
    // No tab, and steps of two.
    for manifest in [draws, merge] {
        assert!(manifest.lines().all(|line| {
            let indent = line.len() - line.trim_start().len();
            indent % 2 == 0 && !line.contains('\t')
        }));
    }
}

#[test]
fn what_no_task_can_run_is_refused() {
    let family = "[test.family]\nlevel = 0.1\n[run]\n";
    let family = edit(STUDY, &[("[run]\n", family)]);
    let folder = Folder::with(&[("family.toml", &family)]);
    let refused = |args: &[&str]| {
        let output = folder.placebo(&[&["jobs"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?} {output:?}");
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    // The words of `run --shard`.
    let shard = ["run", "family.toml", "--shard", "1/4", "--tally", "t"];
    let run = folder.placebo(&shard);
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    let run = String::from_utf8(run.stderr).unwrap();
    let why = run.split_once("a family").unwrap().1;
    for form in FORMS {
        let jobs = refused(&["family.toml", form, "--shards", "4"]);
        assert!(jobs.contains("placebo jobs: a family"), "{jobs}");
        assert_eq!(jobs.split_once("a family").unwrap().1, why);
    }
    for (args, says) in [
        (
            &["study.toml", "--shell", "--shards", "101"][..],
            "100 draws leave none for shard 1 of 101",
        ),
        (&["study.toml", "--shards", "4"], "--slurm"),
        (
            &["study.toml", "--shell", "--slurm", "--shards", "4"],
            "cannot be used with",
        ),
        (&["study.toml", "--shell"], "--shards"),
        (&["study.toml", "--kubernetes", "--shards", "4"], "--image"),
        (
            &["study.toml", "--shell", "--shards", "4", "--gpus", "2"],
            "1",
        ),
        (
            &[
                "study.toml",
                "--shell",
                "--shards",
                "4",
                "--out",
                "prices.csv",
            ],
            "which this command reads",
        ),
        (&["absent.toml", "--shell", "--shards", "4"], "absent.toml"),
        (
            &["--shell", "--shards", "4", "--", "check", "study.toml"],
            "check",
        ),
        (&["--shell", "--shards", "4", "--", "devices"], "devices"),
        (
            &["--shell", "--shards", "4", "--", "test", "-", "y ~ x"],
            "no standard input",
        ),
        (
            &[
                "--shell",
                "--shards",
                "4",
                "--",
                "run",
                "study.toml",
                "--stop-at",
                "9",
            ],
            "cannot be used with",
        ),
        (
            &[
                "--shell",
                "--shards",
                "4",
                "--",
                "run",
                "study.toml",
                "--convention",
                "odd",
            ],
            "odd",
        ),
        (
            &["study.toml", "--shell", "--shards", "4", "--parts", "a\nb"],
            "control character",
        ),
    ] {
        let error = refused(args);
        assert!(error.contains(says), "{args:?}: {error}");
    }
}
