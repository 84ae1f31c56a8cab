"""What the tests share: data of the repository, and the program beside the module."""

import csv
import json
import os
import subprocess
import sysconfig
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "tests" / "data"

#: Columns of results that say how many draws lie where.
COUNTS = ("draws", "below", "equal", "above")


def columns(name):
    """The columns of a CSV file under tests/data: numbers where all cells are."""
    with open(DATA / name, newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: _cells([row[key] for row in rows]) for key in rows[0]}


def _cells(cells):
    try:
        return [float(cell) if cell else None for cell in cells]
    except ValueError:
        return cells


def program(*words, cwd=DATA):
    """What the program of the same environment prints."""
    path = os.path.join(sysconfig.get_path("scripts"), "placebo")
    done = subprocess.run([path, *map(str, words)], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


def results(*words, cwd=DATA):
    """The rows that the program gives."""
    return json.loads(program(*words, "--format", "json", "--quiet", cwd=cwd))["results"]
