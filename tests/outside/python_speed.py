"""What the wheel costs: import, a million draws beside the program, a callable beside SciPy, an interrupt.

In an environment with the wheel, NumPy and SciPy, from the repository's root:

    python tests/outside/python_speed.py
"""

import os
import signal
import statistics
import subprocess
import sys
import sysconfig
import threading
import time

import numpy as np
import pyplacebo as pb
import scipy
from scipy import stats

PROGRAM = os.path.join(sysconfig.get_path("scripts"), "placebo")


def seconds(run, times=5):
    """The median, and the spread."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return statistics.median(took), min(took), max(took)


def say(what, of):
    print(f"{what}: {of[0]:.3f} s ({of[1]:.3f} to {of[2]:.3f})")


def imports():
    plain = seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    module = seconds(lambda: subprocess.run([sys.executable, "-c", "import pyplacebo"], check=True))
    print(f"import pyplacebo: {module[0] - plain[0]:.3f} s beside an interpreter's {plain[0]:.3f} s")


def million():
    words = [PROGRAM, "run", "andrews-farboodi", "--draws", "1000000", "--device", "cpu", "--exact", "never", "--quiet"]
    study = pb.Study.open("andrews-farboodi")
    program, module = [], []
    # One after the other, so that both meet the same neighbours.
    for _ in range(9):
        program.append(seconds(lambda: subprocess.run(words, check=True, capture_output=True), 1)[0])
        module.append(seconds(lambda: study.run(draws=1_000_000, device="cpu", exact=False), 1)[0])
    for name, took in (("the program", program), ("from Python, in an interpreter that runs", module)):
        say(f"10^6 draws a test, {name}", (statistics.median(took), min(took), max(took)))


def callables():
    rng = np.random.default_rng(1)
    y = np.round(rng.normal(size=200), 3)
    is_a = np.arange(200) < 100
    table = {"y": y, "arm": np.where(is_a, "a", "b")}

    def difference(x, y, axis=-1):
        return x.mean(axis=axis) - y.mean(axis=axis)

    draws = 100_000
    own = lambda rows: difference(y[rows[:, is_a]], y[rows[:, ~is_a]])
    ours = lambda: pb.test("y ~ arm", table, statistic=own, draws=draws, exact=False)
    built_in = lambda: pb.test("y ~ arm", table, draws=draws, exact=False, device="cpu")
    theirs = lambda: stats.permutation_test(
        (y[is_a], y[~is_a]), difference, vectorized=True, n_resamples=draws, batch=4096, rng=np.random.default_rng(1)
    )
    print(f"difference of means of 100 and 100, {draws} draws")
    say("  the built-in statistic", seconds(built_in, 3))
    say("  a callable", seconds(ours, 3))
    say(f"  the same callable, scipy.stats.permutation_test {scipy.__version__}", seconds(theirs, 3))


def interrupt():
    study = pb.Study.open("andrews-farboodi")
    took = []
    for _ in range(5):
        sent = []

        def send():
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)

        threading.Timer(1.0, send).start()
        result = study.run(draws=10**10, device="cpu", exact=False)
        took.append(time.perf_counter() - sent[0])
        assert not result.complete and result["draws"][0] > 0
    say("from Ctrl-C to the answer", (statistics.median(took), min(took), max(took)))


for part in (imports, million, callables, interrupt):
    part()
