"""Data of every kind, and statistics of one's own; with NumPy, polars, pandas, pyarrow and DuckDB."""

import datetime
import doctest
import unittest
from unittest import mock

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyplacebo as pb
from common import COUNTS, DATA, columns


def frames(table):
    """One table by every package, and plain."""
    as_arrays = {name: np.array(cells) for name, cells in table.items()}
    of_pandas = pd.DataFrame(table)
    of_polars = pl.DataFrame(table)
    relation = duckdb.connect()
    relation.register("of_pandas", of_pandas)
    return {
        "dict": table,
        "numpy": as_arrays,
        "structured": pd.DataFrame(table).to_records(index=False),
        "pandas": of_pandas,
        "pandas categories": of_pandas.apply(lambda cells: cells.astype("category") if cells.dtype == object else cells),
        "polars": of_polars,
        "polars lazy": of_polars.lazy(),
        "polars columns": {name: of_polars[name] for name in table},
        "pyarrow": pa.table(table),
        "pyarrow batch": pa.table(table).to_batches()[0],
        "pyarrow dictionary": pa.table({name: pa.array(cells) for name, cells in table.items()}),
        "duckdb": relation.sql("from of_pandas"),
    }


class Frames(unittest.TestCase):
    def same(self, results):
        wanted = results.pop("dict")
        for name, result in results.items():
            for column in [*COUNTS, "observed", "p", "standard_error", "interval_low"]:
                if column in wanted.columns:
                    self.assertEqual(result[column], wanted[column], (name, column))

    def test_tables(self):
        table = columns("tables/plants.csv")
        run = lambda of: pb.test("weight ~ group", of, statistic="welch-t", exact=False, draws=2000, groups=["ctrl", "trt1"])
        self.same({name: run(of) for name, of in frames(table).items()})
        with mock.patch("pyplacebo._frames._has_pyarrow", lambda: False):
            self.same({"dict": run(table), "pandas alone": run(pd.DataFrame(table))})

    def test_numbers_and_gaps(self):
        table = {"y": [1.5, None, 2.5, 4.0, 3.0, 8.0], "x": [1, 2, 3, 4, 5, 6]}
        run = lambda of: pb.test("y ~ x", of, missing="drop")
        results = {name: run(of) for name, of in {
            "dict": table,
            "numpy": {"y": np.array([1.5, np.nan, 2.5, 4, 3, 8], "f4"), "x": np.arange(1, 7, dtype="u1")},
            "masked": {"y": np.ma.masked_invalid([1.5, np.nan, 2.5, 4, 3, 8]), "x": np.arange(1, 7)},
            "pandas": pd.DataFrame(table),
            "pandas nullable": pd.DataFrame(table).convert_dtypes(),
            "polars": pl.DataFrame(table),
            "pyarrow": pa.table(table),
        }.items()}
        self.same(results)
        with mock.patch("pyplacebo._frames._has_pyarrow", lambda: False):
            nullable = pd.DataFrame(table).convert_dtypes()
            self.same({"dict": run(table), "pandas": run(pd.DataFrame(table)), "nullable": run(nullable)})

    def test_prices_and_events(self):
        prices, events = columns("signs_prices.csv"), columns("signs_events.csv")
        days = [datetime.date.fromisoformat(cell) for cell in prices["date"]]
        dates = [datetime.date.fromisoformat(cell) for cell in events["date"]]
        run = lambda prices, events: pb.event_study(prices, events, draws=1000, unit="points", device="cpu")
        typed = {**prices, "date": days}
        of_pandas = pd.DataFrame(prices).set_index(pd.DatetimeIndex(prices["date"], name="date")).drop(columns="date")
        results = {name: run(of, dates) for name, of in frames(typed).items() if "categories" not in name}
        results["index"] = run(of_pandas, dates)
        results["texts"] = run(pl.DataFrame(prices), dates)
        for name, of in {
            "numpy": np.array(dates, "datetime64[D]"),
            "pandas series": pd.Series(pd.to_datetime(dates)),
            "pandas index": pd.DatetimeIndex(dates),
            "polars series": pl.Series(dates),
            "pyarrow array": pa.array(dates),
            "frame": pl.DataFrame({"date": dates}),
        }.items():
            results[f"events of {name}"] = run(typed, of)
        self.same(results)
        with mock.patch("pyplacebo._frames._has_pyarrow", lambda: False):
            self.same({"dict": run(typed, dates), "index": run(of_pandas, dates)})

    def test_results_are_frames(self):
        result = pb.Study.open("andrews-farboodi").run(draws=1000, device="cpu")
        for frame in (result.to_polars(), pl.DataFrame(result)):
            self.assertEqual(frame["below"].to_list(), result["below"])
            self.assertEqual(frame.columns, result.columns)
        self.assertEqual(result.to_pandas()["p"].tolist(), result["p"])
        self.assertEqual(pa.table(result)["above"].to_pylist(), result["above"])
        self.assertEqual(duckdb.sql("select sum(below) from result").fetchall()[0][0], sum(result["below"]))
        values = result.null_distribution
        self.assertEqual(values.shape, (len(result), 1000))
        below = (values < result.statistic[:, None]).sum(axis=1)
        self.assertEqual(below.tolist(), result["below"])
        self.assertIsInstance(result.pvalue, np.ndarray)


class Own(unittest.TestCase):
    """Callables count what the built-in statistics count."""

    def same(self, own, built_in, names=COUNTS):
        for name in names:
            self.assertEqual(own[name], built_in[name], name)
        self.assertEqual(own.pvalue, built_in.pvalue)
        self.assertEqual(own["p_mc_low"], built_in["p_mc_low"])
        self.assertAlmostEqual(own.statistic, built_in.statistic, 12)
        for name in ("null_mean", "null_sd"):
            self.assertAlmostEqual(own[name][0] / built_in[name][0], 1, 6, name)

    def test_groups(self):
        table = columns("tables/rotarod.csv")
        y, is_first = np.array(table["time"]), np.array(table["group"]) == table["group"][0]

        def difference(rows):
            dealt = y[rows]
            return dealt[:, is_first].mean(axis=1) - dealt[:, ~is_first].mean(axis=1)

        for keywords in (
            {"draws": 20_000, "exact": False},
            {"draws": 20_000, "exact": False, "alternative": "less", "seed": 5},
            {"draws": 50_000, "exact": False, "stop_at": 15},
            {"draws": 50_000, "exact": False, "until": 0.05},
        ):
            own = pb.test("time ~ group", table, statistic=difference, **keywords)
            built_in = pb.test("time ~ group", table, statistic="difference-of-means", device="cpu", **keywords)
            self.same(own, built_in)
            self.assertEqual(own["decision"], built_in["decision"])

    def test_strata_correlations_and_signs(self):
        table = columns("tables/npk.csv")
        y, treated = np.array(table["yield"]), np.array(table["N"]) == 1

        def difference(rows):
            dealt = y[rows]
            return dealt[:, treated].mean(axis=1) - dealt[:, ~treated].mean(axis=1)

        built_in = pb.test("yield ~ N | block", table, exact=False, draws=10_000, device="cpu")
        own = pb.test("yield ~ N | block", table, statistic=difference, exact=False, draws=10_000)
        self.same(own, built_in)
        pairs = {"y": [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0], "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.5]}
        y, x = np.array(pairs["y"]), np.array(pairs["x"])

        def pearson(rows):
            apart = y[rows] - y.mean()
            return apart @ (x - x.mean()) / np.sqrt(((y - y.mean()) ** 2).sum() * ((x - x.mean()) ** 2).sum())

        built_in = pb.test("y ~ x", pairs, statistic="pearson", exact=False, draws=10_000, device="cpu")
        own = pb.test("y ~ x", pairs, statistic=pearson, exact=False, draws=10_000)
        self.same(own, built_in)
        sleep = columns("tables/sleep.csv")
        gain = np.array(sleep["second"]) - np.array(sleep["first"])
        mean = lambda signs: (signs * gain).mean(axis=1)
        keywords = {"exact": False, "draws": 10_000}
        built_in = pb.test("second - first ~ 1", sleep, statistic="mean", device="cpu", **keywords)
        self.same(pb.test("second - first ~ 1", sleep, statistic=mean, **keywords), built_in)
        # 1024 sets of signs: all of them are made.
        own = pb.test("second - first ~ 1", sleep, statistic=mean)
        self.assertEqual(own["engine"], ["enumeration"])
        self.assertEqual(own.pvalue, pb.test("second - first ~ 1", sleep, statistic="mean").pvalue)

    def test_bootstraps(self):
        table = columns("nile.csv")
        flows = np.array(table["flow"])
        for keywords in (
            {"interval": ["percentile", "basic", "normal", "bc", "bca"]},
            {"scheme": "stationary", "block": 6, "interval": "percentile"},
            {"scheme": "moving-block", "block": 4, "interval": ["basic", "bca"]},
            {"scheme": "m-out-of-n", "size": 40, "interval": "basic"},
        ):
            keywords = {**keywords, "draws": 3000, "exact": False, "seed": 4}
            own = pb.bootstrap(table, lambda rows: flows[rows].mean(axis=1), "flow", **keywords)
            built_in = pb.bootstrap(table, "mean", "flow", device="cpu", **keywords)
            for name in ("standard_error", "bias", "interval_low", "interval_high"):
                np.testing.assert_allclose(own[name], built_in[name], rtol=1e-9, err_msg=f"{keywords} {name}")
        for scheme in ("poisson", "bayesian"):
            mean = lambda weights: (weights @ flows) / weights.sum(axis=1)
            own = pb.bootstrap(table, mean, "flow", scheme=scheme, interval="percentile", draws=3000, exact=False)
            built_in = pb.bootstrap(table, "mean", "flow", scheme=scheme, interval="percentile", draws=3000, exact=False)
            for name in ("standard_error", "interval_low", "interval_high"):
                np.testing.assert_allclose(own[name], built_in[name], rtol=1e-9, err_msg=f"{scheme} {name}")

    def test_what_a_callable_raises_or_gives(self):
        table = columns("tables/rotarod.csv")

        def broken(rows):
            raise ZeroDivisionError("of one's own")

        with self.assertRaisesRegex(ZeroDivisionError, "of one's own"):
            pb.test("time ~ group", table, statistic=broken)
        with self.assertRaisesRegex(pb.InputError, "values for 1 draws"):
            pb.test("time ~ group", table, statistic=lambda rows: np.zeros(7))
        with self.assertRaisesRegex(pb.InputError, "NaN"):
            pb.test("time ~ group", table, statistic=lambda rows: np.full(len(rows), np.nan))
        with self.assertRaisesRegex(pb.InputError, "a family"):
            pb.test("time ~ group", table, statistic=lambda rows: rows[:, 0], family="maxt")

    def test_examples(self):
        self.assertEqual(doctest.testmod(pb).failed, 0)
        page = DATA.parents[1] / "docs" / "python.md"
        done = doctest.testfile(str(page), module_relative=False)
        self.assertEqual(done.failed, 0)
        self.assertGreater(done.attempted, 10)


if __name__ == "__main__":
    unittest.main()
