"""The module gives what the program gives: same integers, same p."""

import datetime
import unittest

import pyplacebo as pb
from common import COUNTS, DATA, columns, program, results


class Same(unittest.TestCase):
    def assert_same(self, result, rows, names):
        self.assertTrue(result.complete)
        self.assertGreater(len(rows), 0)
        self.assertEqual(len(result), len(rows))
        for name in names:
            self.assertEqual(result[name], [row[name] for row in rows], name)

    def test_the_version_is_one(self):
        self.assertEqual(program("-V").split(), ["placebo", pb.__version__])

    def test_bundled_studies(self):
        self.assertEqual(list(pb.studies()), ["bjorkegren", "andrews-farboodi"])
        for name in pb.studies():
            result = pb.Study.open(name).run(draws=3000, seed=7, device="cpu")
            rows = results("run", name, "--draws", 3000, "--seed", 7, "--device", "cpu")
            self.assert_same(result, rows, [*COUNTS, "observed", "p", "p_mc_low", "p_mc_high", "null_mean", "p_exact"])

    def test_tables(self):
        cases = [
            ("tables/plants.csv", "weight ~ group", {"statistic": ["welch-t", "difference-of-medians"]}),
            ("tables/npk.csv", "yield ~ N | block", {"draws": 5000, "exact": False, "seed": 3}),
            ("tables/rotarod.csv", "time ~ group", {"alternative": "less", "stop_at": 20, "exact": False}),
            ("tables/sleep.csv", "second - first ~ 1", {"exact": False, "draws": 2000}),
        ]
        for file, formula, keywords in cases:
            words = ["test", file, formula, "--device", "cpu"]
            for name, value in keywords.items():
                values = value if isinstance(value, list) else ["never" if value is False else value]
                words += [word for value in values for word in (f"--{name.replace('_', '-')}", value)]
            result = pb.test(formula, columns(file), device="cpu", **keywords)
            self.assert_same(result, results(*words), [*COUNTS, "observed", "p", "p_lower", "p_upper"])

    def test_bootstraps(self):
        cases = [
            ("mean", {"scheme": "stationary", "block": 5, "draws": 4000, "exact": False}),
            ("median", {"interval": ["percentile", "bca"], "draws": 3000, "exact": False, "seed": 9}),
            ("mean", {}),
        ]
        for statistic, keywords in cases:
            words = ["bootstrap", "nile.csv", statistic, "flow", "--device", "cpu"]
            for name, value in keywords.items():
                values = value if isinstance(value, list) else ["never" if value is False else value]
                words += [word for value in values for word in (f"--{name}", value)]
            result = pb.bootstrap(columns("nile.csv"), statistic, "flow", device="cpu", **keywords)
            names = ["draws", "observed", "standard_error", "interval_low", "interval_high", "engine"]
            self.assert_same(result, results(*words), names)

    def test_event_studies(self):
        prices, events = columns("signs_prices.csv"), columns("signs_events.csv")
        date = next(iter(events))
        dates = [datetime.date.fromisoformat(cell) for cell in events[date]]
        words = ["run", "--data", "signs_prices.csv", "--events", "signs_events.csv", "--window=-1..1"]
        words += ["--draws", 2000, "--device", "cpu", "--unit", "points"]
        rows = results(*words)
        keys = {"window": (-1, 1), "draws": 2000, "device": "cpu", "unit": "points"}
        for of in (events, dates, [str(day) for day in dates], str(DATA / "signs_events.csv")):
            self.assert_same(pb.event_study(prices, of, **keys), rows, [*COUNTS, "observed", "p"])
        result = pb.event_study(str(DATA / "signs_prices.csv"), dates, **keys)
        self.assert_same(result, rows, [*COUNTS, "observed", "p"])
        # Lists of dates are those of a study, too.
        study = pb.Study(
            {
                "data": {"unit": "points"},
                "events": {"date": date, "off_calendar": "forward", "incomplete": "drop"},
                "test": [{"statistic": ["median-change", "mean-change"], "window": [-1, 1], "measure": "cumulative"}],
                "run": {"draws": 2000},
            },
            prices=prices,
            events=events,
        )
        self.assert_same(study.run(device="cpu"), rows, [*COUNTS, "observed", "p"])

    def test_grids_and_power(self):
        result = pb.power("andrews-farboodi", effect=[0, 5], sets=20, draws=19, seed=2)
        words = ["power", "andrews-farboodi", "--effect", "0,5", "--sets", 20, "--draws", 19, "--seed", 2]
        self.assert_same(result, results(*words), ["effect", "level", "sets", "rejections"])


if __name__ == "__main__":
    unittest.main()
