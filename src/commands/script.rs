//! Scripts that have tasks made by what spreads them, and merged. A task that is made again goes on at its
//! checkpoint: all forms can be run again as they are.

use serde_json::json;

/// What spreads tasks.
pub enum Engine {
    Slurm,
    HyperQueue,
    Kubernetes { image: String, claim: String },
    Parallel,
    Shell,
}

/// Tasks that share the draws of a question, and their merge. All words are as the shell takes them.
pub struct Script {
    /// Name of the jobs.
    pub label: String,
    pub shards: u64,
    /// CPU threads of a task.
    pub threads: u64,
    /// Whether each task has a GPU.
    pub gpu: bool,
    /// Folder of tallies and checkpoints.
    pub parts: String,
    /// The subcommand of `placebo`.
    pub command: String,
    /// Its words.
    pub question: Vec<String>,
    pub quiet: bool,
    /// Flags of the merge.
    pub merge: Vec<String>,
}

/// A word that the shell takes for `text`, whatever is in it.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,=+@%".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// A name that every engine takes for a job.
pub fn label(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(40).collect();
    match name.trim_end_matches('-') {
        "" => "placebo".into(),
        name => format!("placebo-{name}"),
    }
}

impl Script {
    /// The script.
    pub fn text(&self, engine: &Engine) -> String {
        let body = match engine {
            Engine::Slurm => self.slurm(),
            Engine::HyperQueue => self.hyperqueue(),
            Engine::Kubernetes { image, claim } => self.kubernetes(image, claim),
            Engine::Parallel => self.parallel(),
            Engine::Shell => self.shell(),
        };
        format!(
            "#!/bin/sh\n# {} tasks share the draws, then they are merged. For sh; run again, it goes on.\nset -eu\n{body}",
            self.shards
        )
    }

    /// The command of a task: its `shard`, and its name among the files.
    fn task(&self, shard: &str, name: &str) -> String {
        let Script {
            command,
            parts,
            shards,
            threads,
            ..
        } = self;
        let device = if self.gpu { "gpu" } else { "cpu" };
        let quiet = if self.quiet { " --quiet" } else { "" };
        format!(
            "placebo {command} --shard {shard} --tally {parts}/part-{name}-of-{shards}.json \
             --checkpoint {parts}/checkpoint-{name}-of-{shards} --threads {threads} --device {device}{quiet} {}",
            self.question.join(" ")
        )
    }

    /// The command of the merge.
    fn merging(&self) -> String {
        let quiet = if self.quiet { " --quiet" } else { "" };
        let merge: String = self.merge.iter().map(|word| format!(" {word}")).collect();
        format!(
            "placebo merge{merge} --threads {}{quiet} {}/part-*-of-{}.json",
            self.threads, self.parts, self.shards
        )
    }

    /// Leaves no tally of another question for the merge to find; checkpoints say whose they are.
    fn afresh(&self) -> String {
        let Script { parts, shards, .. } = self;
        format!("mkdir -p {parts}\nrm -f {parts}/part-*-of-{shards}.json")
    }

    fn slurm(&self) -> String {
        let Script {
            label,
            shards,
            threads,
            ..
        } = self;
        let gpus = if self.gpu { " --gpus=1" } else { "" };
        let task = self.task("auto", "\"$SLURM_ARRAY_TASK_ID\"");
        let (afresh, merging) = (self.afresh(), self.merging());
        format!(
            "{afresh}
array=$(sbatch --parsable --job-name={label} --array=1-{shards} --cpus-per-task={threads}{gpus} --requeue --open-mode=append <<'TASK'
#!/bin/sh
exec {task}
TASK
)
array=${{array%%;*}}  # the cluster's name may follow
sbatch --job-name={label}-merge --dependency=afterok:\"$array\" --kill-on-invalid-dep=yes --cpus-per-task={threads} --requeue <<'MERGE'
#!/bin/sh
exec {merging}
MERGE
"
        )
    }

    fn hyperqueue(&self) -> String {
        let Script {
            label,
            shards,
            threads,
            ..
        } = self;
        let gpus = if self.gpu {
            " --resource=gpus/nvidia=1"
        } else {
            ""
        };
        let number = "\"$HQ_TASK_ID\"";
        let task = self.task(&format!("{number}/{shards}"), number);
        let task = quoted(&format!("exec {task}"));
        let (afresh, merging) = (self.afresh(), self.merging());
        format!(
            "{afresh}
job=$(hq --output-mode=quiet submit --name={label} --array=1-{shards} --cpus={threads}{gpus} --stdout=none -- sh -c {task})
hq job wait \"$job\"
{merging}
"
        )
    }

    fn parallel(&self) -> String {
        let Script { parts, shards, .. } = self;
        // One GPU has one task; of the processors, each task takes its threads.
        let jobs = match self.gpu {
            true => "1".to_owned(),
            false => format!("{}%", (100 / self.threads).max(1)),
        };
        let number = "\"$1\"";
        let task = self.task(&format!("{number}/{shards}"), number);
        let task = quoted(&format!("exec {task}"));
        let (afresh, merging) = (self.afresh(), self.merging());
        // In a variable, the braces of a name are none of parallel's.
        format!(
            "{afresh}
task={task}
PARALLEL_SHELL=/bin/sh
export task PARALLEL_SHELL
seq {shards} | parallel --jobs={jobs} --retries=2 --joblog={parts}/tasks-of-{shards}.log 'sh -c \"$task\" task {{}}'
{merging}
"
        )
    }

    fn shell(&self) -> String {
        let shards = self.shards;
        let number = "\"$task\"";
        let task = self.task(&format!("{number}/{shards}"), number);
        let (afresh, merging) = (self.afresh(), self.merging());
        format!(
            "{afresh}
task=1
while [ \"$task\" -le {shards} ]; do
  {task} </dev/null
  task=$((task + 1))
done
{merging}
"
        )
    }

    /// Kubernetes knows no order of jobs, so that the script waits for the first.
    fn kubernetes(&self, image: &str, claim: &str) -> String {
        let Script {
            label,
            parts,
            shards,
            ..
        } = self;
        let number = "\"$JOB_COMPLETION_INDEX\"";
        let task = self.task(&format!("auto/{shards}"), number);
        let task = format!("mkdir -p {parts} && exec {task}");
        let indexed = format!(
            "  completionMode: Indexed\n  completions: {shards}\n  parallelism: {shards}\n"
        );
        let draws = self.job(
            &format!("{label}-draws"),
            &indexed,
            self.gpu,
            &task,
            (image, claim),
        );
        let merging = format!("exec {}", self.merging());
        let merge = self.job(
            &format!("{label}-merge"),
            "",
            false,
            &merging,
            (image, claim),
        );
        format!(
            "finished() {{
  until kubectl wait --for=condition=complete --timeout=30s \"job/$1\" >/dev/null 2>&1; do
    conditions=$(kubectl get \"job/$1\" --output='jsonpath={{.status.conditions[*].type}}')
    case $conditions in
      *Failed*) echo \"job $1 failed\" >&2; exit 1 ;;
    esac
  done
}}
kubectl apply --filename=- <<'DRAWS'
{draws}DRAWS
finished {label}-draws
kubectl apply --filename=- <<'MERGE'
{merge}MERGE
finished {label}-merge
kubectl logs job/{label}-merge
"
        )
    }

    /// A job's manifest. Strings of JSON are strings of YAML.
    fn job(
        &self,
        name: &str,
        indexed: &str,
        gpu: bool,
        line: &str,
        (image, claim): (&str, &str),
    ) -> String {
        // What stands in `$(..)` would be a variable of Kubernetes.
        let line = json!(line.replace('$', "$$"));
        let (image, claim) = (json!(image), json!(claim));
        let gpu = match gpu {
            true => "\n          limits:\n            nvidia.com/gpu: 1",
            false => "",
        };
        // A refusal, exit code 2, comes again each time; a pod that was moved is no failure.
        format!(
            "apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
{indexed}  backoffLimit: {}
  podFailurePolicy:
    rules:
    - action: FailJob
      onExitCodes:
        operator: In
        values: [2]
    - action: Ignore
      onPodConditions:
      - type: DisruptionTarget
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: placebo
        image: {image}
        workingDir: /study
        command: [\"/bin/sh\", \"-c\", {line}]
        resources:
          requests:
            cpu: {}{gpu}
        volumeMounts:
        - name: study
          mountPath: /study
      volumes:
      - name: study
        persistentVolumeClaim:
          claimName: {claim}
",
            self.shards.max(6),
            self.threads
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn words_come_back_from_the_shell() {
        assert_eq!(quoted("a/b-c_1.csv"), "a/b-c_1.csv");
        assert_eq!(quoted("y ~ x"), "'y ~ x'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        let words = [
            "",
            " ",
            "a b",
            "it's",
            "'",
            "''",
            "\"",
            "$HOME",
            "`id`",
            "\\",
            "a\\'b",
            "*",
            "~",
            "#",
            "!x",
            "a;b",
            "{}",
            "é",
            "-x",
            "$(id)",
            "(a|b)&c<d>e",
        ];
        let line = words.map(quoted).join(" ");
        // Once as it is, and once within a word of a second shell.
        let inner = format!("printf '%s\\n' {line}");
        let outer = format!("sh -c {}", quoted(&inner));
        for script in [inner, outer] {
            let printed = std::process::Command::new("sh")
                .args(["-c", &script])
                .output();
            let printed = String::from_utf8(printed.expect("there is a shell").stdout).unwrap();
            assert_eq!(printed.lines().collect::<Vec<_>>(), words);
        }
    }

    #[test]
    fn labels_are_names_of_jobs() {
        assert_eq!(label("launches"), "placebo-launches");
        assert_eq!(label("My_File (2)"), "placebo-my-file-2");
        assert_eq!(label("…"), "placebo");
        assert!(label(&"ab-".repeat(50)).len() <= 48 && !label(&"ab-".repeat(50)).ends_with('-'));
    }
}
