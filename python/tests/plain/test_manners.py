"""What a caller may count on: errors that say where, nothing printed, interrupts, progress, files."""

import doctest
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import pyplacebo as pb
from common import DATA, columns


class Errors(unittest.TestCase):
    def refused(self, call, *parts):
        with self.assertRaises(pb.InputError) as caught:
            call()
        error = caught.exception
        self.assertIsInstance(error, ValueError)
        for part in parts:
            self.assertIn(part, str(error))
        self.assertIn(error.problem, str(error))
        return error

    def test_place_problem_remedy_and_cause(self):
        error = self.refused(lambda: pb.Study.open("no-such-study.toml"), "no such file")
        self.assertEqual(error.cause, {"kind": "no-file", "file": "no-such-study.toml"})
        self.assertEqual(error.place, "no-such-study.toml")
        self.assertIn("Paths in a study file", error.remedy)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(again), again.cause), (str(error), error.cause))
        error = self.refused(lambda: pb.Study({"data": {"fils": ["a"]}}), "Did you mean `files`?")
        self.assertEqual(error.cause, {"kind": "unknown-key", "key": "data.fils", "nearest": "files"})
        study = pb.Study.open("andrews-farboodi")
        self.refused(lambda: study.run(windw=(0, 1)), "keyword `windw`")
        self.refused(lambda: study.run(date_format="day-first"), "`data_date_format` or `events_date_format`")
        self.refused(lambda: study.run(null="unifrom"), "unifrom")
        self.refused(lambda: study.run(threads=0), "threads: it is 0")
        self.refused(lambda: study.run(device="no such adapter"), "no such adapter")

    def test_tables_and_their_keywords(self):
        table = {"y": [1.0, 2.0, 4.0, 3.0], "arm": ["a", "a", "b", "b"]}
        self.refused(lambda: pb.test("y ~ arm", table, statistics="f"), "Did you mean `statistic`?")
        self.refused(lambda: pb.test("y ~ arm", table, statistic="t"), "there is no statistic `t`")
        self.refused(lambda: pb.test("y ~ arm", table, draws="few"), "few")
        self.refused(lambda: pb.test("y ~ arm", table, tally="x"), "no such keyword")
        self.refused(lambda: pb.test("y ~ arm ~ x", table), "formula")
        self.refused(lambda: pb.test("y ~ arm", {**table, "arm": ["a"]}), "1 cells", "Give columns of one length.")
        self.refused(lambda: pb.test("y ~ arm", {**table, "y": [1.0, "x", 2.0, 3.0]}), "column y", "float, str")
        self.refused(lambda: pb.test("y ~ arm", 5), "int is no table")
        self.refused(lambda: pb.test("z ~ arm", table), "z")
        self.refused(lambda: pb.bootstrap(table, "mean", "y", scheme="moving"), "moving")
        self.refused(lambda: pb.event_study({"date": ["2024-01-01"], "a": [1.0]}, ["soon"]), "`soon` is no date")

    def test_output_that_cannot_be_written(self):
        result = pb.test("y ~ arm", {"y": [1.0, 2.0, 4.0, 3.0], "arm": ["a", "a", "b", "b"]})
        with self.assertRaises(pb.EngineError) as caught:
            result.save("/no/such/folder/results.json")
        self.assertIsInstance(caught.exception, RuntimeError)
        self.refused(lambda: result.save("results.xlsx"), ".xlsx")


class Manners(unittest.TestCase):
    def run_python(self, code, **options):
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=DATA, **options)

    def test_nothing_is_printed(self):
        code = (
            "import pyplacebo as pb\n"
            "pb.Study.open('andrews-farboodi').run(draws=2000)\n"
            "pb.test('weight ~ group', 'tables/plants.csv')\n"
            "pb.bootstrap('nile.csv', 'median', 'flow', interval='percentile', exact=False, draws=1000)\n"
            "pb.devices()\n"
        )
        done = self.run_python(code)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("", "", 0))

    def test_nothing_is_imported_but_the_standard_library(self):
        code = (
            "import sys, pyplacebo\n"
            "from pyplacebo import _core\n"
            "print(sorted({'numpy', 'pandas', 'polars', 'pyarrow', 'tqdm'} & set(sys.modules)))\n"
        )
        self.assertEqual(self.run_python(code).stdout, "[]\n")

    @unittest.skipUnless(os.name == "posix", "signals are sent as POSIX has them")
    def test_an_interrupt_gives_what_is_done(self):
        code = (
            "import os, signal, threading, pyplacebo as pb\n"
            "told = []\n"
            "def progress(done, total):\n"
            "    told.append((done, total))\n"
            "    if done > 0 and len(told) == 2:\n"
            "        os.kill(os.getpid(), signal.SIGINT)\n"
            "study = pb.Study.open('andrews-farboodi')\n"
            "result = study.run(draws=10**9, device='cpu', progress=progress)\n"
            "print(result.complete, 0 < max(result['draws']) < 10**9, told[-1][1] >= 10**9, len(result) > 0)\n"
        )
        done = self.run_python(code)
        self.assertEqual((done.stdout, done.stderr), ("False True True True\n", ""))

    def test_progress_is_told_and_may_raise(self):
        told = []
        study = pb.Study.open("andrews-farboodi")
        result = study.run(draws=3000, device="cpu", progress=lambda *of: told.append(of))
        self.assertTrue(result.complete)
        self.assertEqual(told[-1][0], told[-1][1])

        def progress(done, total):
            raise KeyError(total)

        with self.assertRaises(KeyError):
            study.run(draws=10**9, device="cpu", progress=progress)

    def test_the_program_ends_as_it_does(self):
        script = [sys.executable, "-m", "pyplacebo"]
        done = subprocess.run([*script, "run", "no-such.toml"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no-such.toml: there is no such file", done.stderr)
        done = subprocess.run([*script, "--help"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("placebo [COMMAND]", done.stdout)


class Answers(unittest.TestCase):
    def test_columns_rows_and_forms(self):
        study = pb.Study.open("andrews-farboodi")
        result = study.run(draws=2000, device="cpu")
        self.assertEqual(result.kind, "study")
        first = next(iter(result))
        self.assertEqual(list(first), result.columns)
        self.assertEqual(first, result.rows[0])
        self.assertEqual(set(result.definitions), set(result.columns))
        self.assertEqual(result.about["manifest"]["seed"], first["seed"])
        self.assertRaises(KeyError, lambda: result["no such column"])
        self.assertRaises(AttributeError, lambda: result.standard_error)
        self.assertEqual(len(result.statistic), len(result))
        self.assertIn("p", repr(result))
        shown = result._repr_html_()
        self.assertIn("<svg", shown)
        self.assertIn("<pre", shown)
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            for name in ["a.json", "a.csv", "a.parquet", "a.arrow", "a.tex", "a.md"]:
                result.save(folder / name)
            result.report(folder / "a.html")
            self.assertIn("</html>", (folder / "a.html").read_text())
            with open(folder / "a.json") as file:
                rows = json.load(file)["results"]
            self.assertEqual([row["below"] for row in rows], result["below"])
            # Results are tables like any other.
            for of in (result, folder / "a.parquet", folder / "a.arrow", folder / "a.csv"):
                again = pb.bootstrap(of, "mean", "below", draws=100)
                self.assertEqual(again.statistic, sum(result["below"]) / len(result))

    def test_tables_have_pictures_and_pages(self):
        plants = columns("tables/plants.csv")
        results = [
            pb.test("weight ~ group", plants, exact=False, draws=2000),
            pb.bootstrap(columns("nile.csv"), "median", "flow", interval="percentile", exact=False, draws=2000),
        ]
        with tempfile.TemporaryDirectory() as folder:
            for result in results:
                self.assertIn("<svg", result._repr_html_())
                page = Path(folder) / "page.html"
                result.report(page)
                self.assertIn("<svg", page.read_text())

    def test_draws_are_those_that_were_counted(self):
        study = pb.Study.open("andrews-farboodi")
        result = study.run(draws=1500, device="cpu")
        for row in range(0, len(result), 7):
            observed = result["observed"][row]
            drawn = result.draws(row)
            self.assertEqual(len(drawn), result["draws"][row])
            counts = [sum(value < observed for value in drawn), sum(value > observed for value in drawn)]
            self.assertEqual(counts, [result["below"][row], result["above"][row]])
        self.assertEqual(list(result.draws(0, 20)), list(result.draws(0)[:20]))
        table = columns("tables/plants.csv")
        table = {name: cells[:20] for name, cells in table.items()}
        result = pb.test("weight ~ group", table, exact=False, draws=900)
        above = sum(value > result.statistic for value in result.null_distribution)
        self.assertEqual([above], result["above"])
        flows = columns("nile.csv")
        result = pb.bootstrap(flows, "median", "flow", scheme="circular-block", draws=700, exact=False)
        drawn = result.draws(0)
        mean = sum(drawn) / 700
        self.assertAlmostEqual(sum((value - mean) ** 2 for value in drawn) / 699, result["standard_error"][0] ** 2, 8)

    def test_examples(self):
        finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
        for found in finder.find(pb, "pyplacebo"):
            if "numpy" not in found.docstring:
                runner.run(found)
        self.assertEqual(runner.failures, 0)
        self.assertGreater(runner.tries, 10)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
