"""Could chance alone have produced this?

Permutation tests, placebo event sets and bootstraps. The same seed gives the same integers on every GPU and on the CPU,
from Python and on the command line: this module and the program ``placebo`` are one library.

>>> import pyplacebo as pb
>>> told = ["milk", "milk", "milk", "tea", "milk", "tea", "tea", "tea"]
>>> poured = [1, 1, 1, 1, 0, 0, 0, 0]
>>> pb.test("poured ~ told", {"told": told, "poured": poured}, alternative="greater").pvalue == 17 / 70
True

Tables are data frames of any library with the Arrow PyCapsule interface (polars, pyarrow, DuckDB, ..) or of pandas,
dicts of lists or NumPy arrays, or paths of CSV, Parquet and Arrow files. No other package is needed.
"""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

from . import _core
from ._command import keep_drivers_quiet as _keep_drivers_quiet
from ._errors import EngineError, InputError, refuse as _refuse
from ._frames import dates as _dates, is_list_of_dates as _is_list_of_dates, table as _table, to_bytes as _to_bytes
from ._progress import Progress, telling as _telling
from ._result import ConfidenceInterval, Result

__all__ = [
    "ConfidenceInterval",
    "EngineError",
    "InputError",
    "Result",
    "Study",
    "bench",
    "bootstrap",
    "devices",
    "event_study",
    "grid",
    "power",
    "studies",
    "test",
]

__version__ = _core.version()

#: Placebo draws a specification of a grid, and a data set of a simulation, unless more are asked for.
_GRID_DRAWS, _POWER_DRAWS = 10_000, 999


class Study:
    """An event study: data, events and the tests to run on them, in the words of a study file.

    Parameters
    ----------
    tables : dict or str
        The tables of a study file as a dict, such as ``{"data": {"files": [..]}, "events": {..}, "test": [{..}]}``, or
        its text.
    prices, events : table, optional
        Series, a column of dates and a column a series; events, a column of dates. They stand in the place of files.
    folder : str
        Where the study's other files are.

    Raises
    ------
    InputError
        A key that there is none of, with the nearest; a value that its key does not take.

    Examples
    --------
    >>> study = Study.open("andrews-farboodi")
    >>> result = study.run(draws=2000, device="cpu")
    >>> row = next(row for row in result if row["series"] == "10 Yr")
    >>> row["statistic"], row["observed"], row["unit"]
    ('median-change', -9.0, 'bp')
    """

    def __init__(
        self, tables: Union[Dict[str, Any], str], *, prices: Any = None, events: Any = None, folder: str = "."
    ) -> None:
        if isinstance(tables, str):
            native = _core.Study.parse(tables, "study.toml", os.fspath(folder))
        else:
            tables = {key: value for key, value in tables.items() if value is not None}
            if prices is not None:
                tables["data"] = {"files": ["prices"], **tables.get("data", {})}
            if events is not None:
                tables["events"] = {"file": "events", **tables.get("events", {})}
            native = _core.Study.from_tables(tables, os.fspath(folder))
        self._native = _held(native, prices, events)

    @classmethod
    def _of(cls, native: _core.Study) -> "Study":
        study = cls.__new__(cls)
        study._native = native
        return study

    @classmethod
    def open(cls, name_or_path: Any) -> "Study":
        """A bundled study by its name, or a study file by its path, which ends in ``.toml``."""
        return cls._of(_core.Study.open(os.fspath(name_or_path)))

    def on(self, prices: Any = None, events: Any = None) -> "Study":
        """The same study on other data, or other events: tables in the place of its files."""
        return Study._of(_held(self._native, prices, events))

    def with_keys(self, **keys: Any) -> "Study":
        """The same with other values of keys of a study file, such as ``null="labels"``: keys of tests are those of
        every test; a key of two tables is called by both names, ``data_date_format``, as is one of ``[grid]`` that a
        test has, too."""
        return Study._of(self._native.with_keys(keys))

    @property
    def name(self) -> str:
        """Its name."""
        return self._native.name

    @property
    def title(self) -> Optional[str]:
        """One line saying what is asked."""
        return self._native.title

    def to_toml(self) -> str:
        """The text of a study file that asks the same."""
        return self._native.to_toml()

    def __repr__(self) -> str:
        return f"<pyplacebo.Study {self.name}>"

    def run(
        self,
        *,
        draws: Optional[int] = None,
        seed: Optional[int] = None,
        device: str = "auto",
        threads: Optional[int] = None,
        chunk: Optional[int] = None,
        progress: Progress = None,
        **keys: Any,
    ) -> Result:
        """Runs the study, as ``placebo run`` does.

        Parameters
        ----------
        draws, seed : int, optional
            Draws a test, and their seed; by default the study's own.
        device : str
            ``auto`` (a hardware GPU where there is one, else the CPU), ``cpu``, ``gpu``, or an adapter's number or
            name. Counts do not depend on it.
        threads : int, optional
            CPU threads; by default one a processor.
        chunk : int, optional
            The most draws a chunk; results do not depend on it.
        progress : callable or True, optional
            Called with the draws done and those in all; True shows a bar where tqdm is there.
        **keys
            Other values of keys: see :meth:`with_keys`.

        Returns
        -------
        Result
            A row a series, group, statistic and day. Interrupted by Ctrl-C it is that of the draws done.

        Raises
        ------
        InputError, EngineError
        """
        study = self._native.with_keys({"draws": draws, "seed": seed, **_exact(keys)})
        _quiet(device)
        with _telling(progress) as tell:
            return Result(study.run(device, threads, chunk, tell))

    def grid(
        self,
        *,
        draws: int = _GRID_DRAWS,
        seed: Optional[int] = None,
        device: str = "cpu",
        threads: Optional[int] = None,
        progress: Progress = None,
        **keys: Any,
    ) -> Result:
        """Runs the tests with events left out, other pools, windows, statistics and controls, as ``placebo grid``
        does: what the keys of ``[grid]`` say. ``draws``: placebo draws a specification."""
        study = self._native.with_keys({"draws": draws, "seed": seed, **_exact(keys)})
        _quiet(device)
        with _telling(progress) as tell:
            return Result(study.grid(device, threads, tell))

    def power(
        self,
        *,
        effect: Union[float, Sequence[float]] = 0.0,
        sets: int = 1000,
        draws: int = _POWER_DRAWS,
        seed: Optional[int] = None,
        level: Union[float, Sequence[float]] = (0.01, 0.05, 0.1),
        series: str = "own",
        group: Optional[str] = None,
        threads: Optional[int] = None,
        progress: Progress = None,
        **keys: Any,
    ) -> Result:
        """Counts how often the tests reject with effects planted, and without, as ``placebo power`` does.

        ``effect``: steps on the day of each event of ``group``, in the reported unit; 0 checks the size. ``sets``: data
        sets an effect; ``draws``: placebo draws a data set; ``level``: levels of the tests; ``series``: ``own``,
        ``iid``, ``ar:PHI`` or ``garch:ALPHA,BETA``.
        """
        study = self._native.with_keys({"draws": draws, "seed": seed, **keys})
        with _telling(progress) as tell:
            return Result(study.power(_list(effect), sets, _list(level), series, group, threads, tell))


def event_study(
    prices: Any,
    events: Any,
    window: Tuple[int, int] = (-1, 1),
    null: str = "uniform",
    measure: str = "cumulative",
    *,
    statistic: Union[None, str, Sequence[str]] = None,
    event_date: Optional[str] = None,
    draws: Optional[int] = None,
    seed: Optional[int] = None,
    device: str = "auto",
    threads: Optional[int] = None,
    progress: Progress = None,
    **keys: Any,
) -> Result:
    """Compares what series do around events with what they do around placebo events.

    Parameters
    ----------
    prices : table or list of paths
        A column of dates, and a column of numbers a series.
    events : list of dates or table
        Dates; or a table with a column of them, and perhaps one that names ``group``. An event on no date of the
        prices counts on the next one, one without its whole window is left out, and the result says so.
    window : (int, int)
        First and last day around an event, in rows of the prices.
    null : str
        Which placebo sets are possible, by the name of a null design: ``uniform`` takes any days.
    measure : str
        ``cumulative``, the sum of the window's daily changes, or ``endpoints``.
    statistic : str or list, optional
        By default the median and the mean change.
    event_date : str, optional
        The events' column of dates, where it is not the only one.
    draws, seed, device, threads, progress
        As of :meth:`Study.run`; a million draws by default.
    **keys
        Any other key of a study file: ``group``, ``unit``, ``transform``, ``days``, ``pool``, ``min_gap``, .. A key of
        two tables is called by both names, ``data_date_format``.

    Returns
    -------
    Result
        A row a series, group, statistic and day; what ``placebo run --data .. --events .. --window ..`` gives.

    Raises
    ------
    InputError, EngineError

    Examples
    --------
    >>> import datetime
    >>> days = [datetime.date(2024, 1, 1) + datetime.timedelta(n) for n in range(90)]
    >>> prices = {"date": days, "mine": [100.0 + n * n % 17 for n in range(90)]}
    >>> result = event_study(prices, [days[20], days[45], days[70]], window=(0, 1), statistic="mean-change",
    ...                      transform="level-change", draws=1000, device="cpu")
    >>> len(result), result["events"]
    (1, [3])
    """
    several = isinstance(prices, (list, tuple)) and all(isinstance(of, (str, os.PathLike)) for of in prices)
    tables = [_table(of, "prices") for of in (prices if several else [prices])]
    files = [of if isinstance(of, str) else of[0] for of in tables]
    held = [of for of in tables if not isinstance(of, str)]
    event_file, event_dates = None, []
    if _is_list_of_dates(events):
        event_dates = _dates(events)
    else:
        found = _table(events, "events")
        event_file = found if isinstance(found, str) else found[0]
        held += [] if isinstance(found, str) else [found]
    name = os.path.splitext(os.path.basename(files[0]))[0]
    asked = {"null": null, "measure": measure, "statistic": statistic, "draws": draws, "seed": seed, **_exact(keys)}
    if event_file is not None:
        asked["event_date"] = event_date
    native = _core.Study.quick(name, files, held, event_file, event_dates, list(window), asked)
    return Study._of(native).run(device=device, threads=threads, progress=progress)


def test(
    formula: str,
    table: Any,
    *,
    statistic: Union[None, str, Sequence[str], Callable[[Any], Any]] = None,
    tolerance: float = 1e-12,
    sets: Any = None,
    device: str = "auto",
    threads: Optional[int] = None,
    progress: Progress = None,
    **keywords: Any,
) -> Result:
    """Tests a table by permutations: groups, pairs, correlations, categories, coefficients.

    Parameters
    ----------
    formula : str
        What is asked: ``y ~ group``, ``y ~ group | block``, ``after - before ~ 1``, ``y ~ x``, ..
    table : table
        The table with the formula's columns.
    statistic : str, list or callable, optional
        By its name, such as ``difference-of-means`` or ``welch-t``; by default the one that the formula speaks for. Or
        a callable: it gets an array of draws by rows, and gives a value a draw (NaN: none). In ``rows[d, i]`` stands
        the row of the table, from 0, whose outcome draw ``d`` gives to row ``i``, beside the variable as it is: ``y[rows]``
        are the outcomes. Where draws change signs (``~ 1``) it gets these, 1 and -1. It is called on the CPU with blocks
        of draws; draws, tally, p, Monte Carlo interval and stopping rules are those of built-in statistics. All sets are
        made where they are no more than ``draws``.
    tolerance : float
        Values of a callable as near to the observed one as this share of it are equal to it.
    sets : table, optional
        Listed assignments that draws are taken from: a row for each row of the table, a column an assignment.
    device, threads, progress
        As of :meth:`Study.run`.
    **keywords
        The flags of ``placebo test``, with ``_`` for ``-``: ``null``, ``alternative``, ``groups``, ``cluster``,
        ``interval``, ``draws``, ``seed``, ``stop_at``, ``exact`` (False: draws alone answer), ..

    Returns
    -------
    Result
        A row an outcome, statistic and contrast.

    Raises
    ------
    InputError, EngineError

    Examples
    --------
    >>> table = {"y": [1.1, 2.0, 3.2, 4.1, 5.5, 6.0], "arm": ["a", "a", "a", "b", "b", "b"]}
    >>> round(test("y ~ arm", table).pvalue, 3)
    0.1

    A statistic of one's own, here the difference of the groups' maxima:

    >>> import numpy as np
    >>> y, is_a = np.array(table["y"]), np.array(table["arm"]) == "a"
    >>> def maxima(rows):
    ...     dealt = y[rows]
    ...     return dealt[:, ~is_a].max(axis=1) - dealt[:, is_a].max(axis=1)
    >>> result = test("y ~ arm", table, statistic=maxima, alternative="greater")
    >>> round(float(result.statistic), 1), result.pvalue
    (2.8, 0.05)
    """
    listed = None if sets is None else _table(sets, "sets")
    if callable(statistic):
        own = _name(statistic), float(tolerance)
        with _telling(progress) as tell:
            source = _table(table, "table")
            return Result(_core.test_own(formula, source, listed, _exact(keywords), statistic, own, tell))
    _quiet(device)
    asked = {"statistic": statistic, **_exact(keywords)}
    with _telling(progress) as tell:
        return Result(_core.test(formula, _table(table, "table"), listed, asked, device, threads, tell))


def bootstrap(
    table: Any,
    statistic: Union[str, Callable[[Any], Any]],
    *columns: str,
    tolerance: float = 1e-12,
    device: str = "auto",
    threads: Optional[int] = None,
    progress: Progress = None,
    **keywords: Any,
) -> Result:
    """Standard errors and intervals by resampling rows, blocks or clusters.

    Parameters
    ----------
    table : table
        The table with the columns.
    statistic : str
        ``mean``, ``median``, ``quantile(0.9)``, ``sharpe``, ``pearson``, ``ols``, .. Or a callable: it gets an array of
        draws by rows that a draw takes, numbers from 0, and gives a value a draw; of ``poisson``, ``bayesian`` and
        clusters it gets weights, one a row of the table. It is called on the CPU with blocks of draws.
    *columns : str
        What it is of: columns, terms such as ``log(price)``, or a formula of ``ols``. Of a callable: columns of numbers,
        which say what rows have values, and choose the length of blocks.
    tolerance : float
        Values of a callable as near to the observed one as this share of it are equal to it.
    device, threads, progress
        As of :meth:`Study.run`.
    **keywords
        The flags of ``placebo bootstrap``, with ``_`` for ``-``: ``scheme``, ``block``, ``group``, ``cluster``,
        ``interval``, ``level``, ``draws``, ``seed``, ``exact`` (False: draws alone answer), ..

    Returns
    -------
    Result
        A row a statistic and kind of interval, with ``standard_error`` and ``confidence_interval``.

    Raises
    ------
    InputError, EngineError

    Examples
    --------
    >>> flows = [1120.0, 1160.0, 963.0, 1210.0, 1160.0, 1160.0, 813.0]
    >>> round(bootstrap({"flow": flows}, "mean", "flow", interval="percentile").standard_error, 4)
    50.0166
    """
    if callable(statistic):
        own = _name(statistic), float(tolerance)
        with _telling(progress) as tell:
            source = _table(table, "table")
            return Result(_core.bootstrap_own(source, list(columns), _exact(keywords), statistic, own, tell))
    _quiet(device)
    with _telling(progress) as tell:
        return Result(
            _core.bootstrap(_table(table, "table"), statistic, list(columns), _exact(keywords), device, threads, tell)
        )


def grid(study: Any, **keywords: Any) -> Result:
    """Runs a study's tests with one thing changed at a time: see :meth:`Study.grid`. ``study``: a :class:`Study`, a
    bundled study's name or a path."""
    return _study(study).grid(**keywords)


def power(study: Any, formula: Optional[str] = None, **keywords: Any) -> Result:
    """Counts how often tests reject with effects planted, and without.

    Of a study (a :class:`Study`, a bundled study's name or a path): see :meth:`Study.power`. With a ``formula``, of a
    test of a table, whose keywords are then those of :func:`test` beside ``effect``, ``sets``, ``draws`` and ``level``.
    """
    if formula is None:
        return _study(study).power(**keywords)
    effect = _list(keywords.pop("effect", 0.0))
    level = _list(keywords.pop("level", (0.01, 0.05, 0.1)))
    sets, draws = keywords.pop("sets", 1000), keywords.pop("draws", _POWER_DRAWS)
    threads = keywords.pop("threads", None)
    with _telling(keywords.pop("progress", None)) as tell:
        table = _table(study, "table")
        return Result(_core.table_power(formula, table, _exact(keywords), effect, sets, draws, level, threads, tell))


def studies() -> Dict[str, str]:
    """The bundled studies: their names, each with its title."""
    return dict(_core.bundled())


def devices() -> List[Dict[str, Any]]:
    """The CPU and every GPU adapter that can run draws; ``device`` is what calls take for it."""
    _quiet("auto")
    return _core.devices()


def bench(
    shape: Union[str, Sequence[str]] = (),
    *,
    device: Optional[str] = None,
    seconds: int = 1,
    threads: Optional[int] = None,
    progress: Progress = None,
) -> Dict[str, Any]:
    """Measures standard shapes on the CPU and on every GPU, the same counts checked first, as ``placebo bench`` does.

    ``shape``: their names, by default all; ``device``: beside the CPU, by default every adapter, ``cpu`` for none;
    ``seconds``: how long a shape takes on a device. Gives what ``placebo bench --format json`` prints.
    """
    _quiet(device or "auto")
    shapes = [shape] if isinstance(shape, str) else list(shape)
    with _telling(progress) as tell:
        return _core.bench(shapes, device, seconds, threads, tell)


def _held(native: _core.Study, prices: Any, events: Any) -> _core.Study:
    for of, name, frame in (("data", "prices", prices), ("events", "events", events)):
        if frame is not None:
            if isinstance(frame, (str, os.PathLike)):
                raise _refuse(name, "a path stands in the study itself", "Give a table, or change the study's keys.")
            native = native.holding(of, name, _to_bytes(frame, name))
    return native


def _study(of: Any) -> Study:
    return of if isinstance(of, Study) else Study.open(of)


def _exact(keywords: Dict[str, Any]) -> Dict[str, Any]:
    """``exact`` as a truth value in the words of the command line."""
    exact = keywords.get("exact")
    if isinstance(exact, bool):
        return {**keywords, "exact": "auto" if exact else "never"}
    return keywords


def _name(of: Callable[[Any], Any]) -> str:
    """What results call a callable."""
    name = getattr(of, "__name__", type(of).__name__)
    return "own" if name == "<lambda>" else name


def _list(of: Any) -> List[float]:
    return [float(of)] if isinstance(of, (int, float)) else [float(item) for item in of]


def _quiet(device: str) -> None:
    if device != "cpu":
        _keep_drivers_quiet()
