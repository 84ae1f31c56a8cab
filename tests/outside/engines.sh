#!/usr/bin/env bash
# The scripts of `placebo jobs` by the engines themselves: Slurm, GNU parallel and HyperQueue, on one machine. Run by
# root of a Debian machine without systemd; installs what it lacks. A task is killed half-way under each of the first
# two, and the merged CSV must be that of one shot, byte for byte. Prints the receipt that stands beside this script.
#
# HyperQueue's package of PyPI has its server and its workers, and no `hq`: a stand-in of the two commands submits to them.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --release --locked --bin placebo >&2
PATH="$PWD/target/release:$PATH"
export DEBIAN_FRONTEND=noninteractive
work=$(mktemp -d)
# Killed by their numbers: there may be others of these names.
daemons=()
end() {
  for daemon in "${daemons[@]}"; do kill "$daemon" 2>/dev/null || true; done
  wait || true
  rm -rf "$work"
}
trap end EXIT
{
  apt-get install -y -q parallel slurm-wlm munge
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q hyperqueue
} >&2

cd "$work"
study="it's {} one.toml"
placebo studies --export . >/dev/null
cp andrews-farboodi.toml "$study"
draws=${1:-6e7}
jobs=("$study" --shards 6 --draws "$draws" --quiet --format csv)
placebo run "$study" --draws "$draws" --device cpu --quiet --format csv --out one-shot.csv

echo "date: $(date -u +%F)"
echo "commit: $(git -C "$OLDPWD" rev-parse --short=12 HEAD)"
echo "processor: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
echo "question: andrews-farboodi, $draws draws, 6 tasks of one thread"

# Waits until task 2 keeps draws, for a minute at most.
kept() {
  for _ in $(seq 600); do
    [[ -e "$1/checkpoint-2-of-6/checkpoint.json" ]] && return
    sleep 0.1
  done
  echo "task 2 kept nothing" >&2
  exit 1
}
same() {
  cmp one-shot.csv "$2"
  echo "$1: merged CSV equal to one shot byte for byte; $3"
}

# GNU parallel: a task is killed outright, and made again by --retries.
placebo jobs "${jobs[@]}" --parallel --parts parallel --out parallel.csv > parallel.sh
sh parallel.sh & script=$!
kept parallel
task=$(ps -C placebo -o pid=,args= | awk '/--shard 2\/6 --tally parallel/ {print $1; exit}')
kill -9 "$task"
wait "$script"
same "$(parallel --version | head -n 1)" parallel.csv "task 2 killed once (-9)"

# Slurm: a running task is requeued.
host=$(hostname -s)
mkdir state spool
cat > slurm.conf <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthInfo=socket=$work/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
export SLURM_CONF=$work/slurm.conf
mkdir munge
chmod 755 "$work"
head -c 1024 /dev/urandom > munge/key
chmod 600 munge/key
munged --foreground --force --key-file=munge/key --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
  --log-file="$work/munge/log" --seed-file="$work/munge/seed" & daemons+=($!)
sleep 1
slurmctld -D -i & daemons+=($!)
slurmd -D -N "$host" & daemons+=($!)
for _ in $(seq 60); do
  sinfo -h -t idle 2>/dev/null | grep -q idle && break
  sleep 1
done
placebo jobs "${jobs[@]}" --slurm --parts slurm --out slurm.csv | sh >&2
kept slurm
array=$(squeue -h -r -t R -o %F | head -n 1)
scontrol requeue "${array}_2"
for _ in $(seq 300); do
  [[ -e slurm.csv ]] && break
  sleep 1
done
same "$(sbatch --version)" slurm.csv "task 2 requeued while it ran: $(grep -ci requeue slurm-"${array}"_2.out) notice in its log"

# HyperQueue.
cat > hq <<'PYTHON'
"""`hq submit` to a cluster of its own, which it waits for, and `hq job wait`."""
import os, sys
from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

if sys.argv[1:3] != ["job", "wait"]:
    at = sys.argv.index("--")
    tasks = next(int(flag.split("-")[-1]) for flag in sys.argv if flag.startswith("--array=1-"))
    with LocalCluster(worker_config=WorkerConfig(cores=os.cpu_count())) as cluster:
        job = Job(default_workdir=os.getcwd(), default_env={"PATH": os.environ["PATH"]})
        # Tasks are numbered from 0 here, and an array from 1.
        job.program(["true"], stdout=None)
        for _ in range(tasks):
            job.program(sys.argv[at + 1 :], stdout=None)
        client = cluster.client()
        client.wait_for_jobs([client.submit(job)])
    print(1)
PYTHON
sed -i "1i #!$work/venv/bin/python" hq
chmod +x hq
placebo jobs "${jobs[@]}" --hyperqueue --parts hyperqueue --out hyperqueue.csv > hyperqueue.sh
PATH="$work:$PATH" sh hyperqueue.sh >&2
version=$("$work/venv/bin/pip" show hyperqueue | sed -n 's/^Version: //p')
same "HyperQueue $version (PyPI, by a stand-in of hq)" hyperqueue.csv "none killed"
