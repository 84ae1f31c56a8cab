"""What a run answers."""

from __future__ import annotations

import html
import os
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import _core
from ._errors import EngineError, refuse

_FORMS = {
    ".json": "json",
    ".csv": "csv",
    ".tex": "latex",
    ".md": "markdown",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}


class ConfidenceInterval(NamedTuple):
    """The ends of an interval: two numbers, or two arrays with a number a row."""

    low: Any
    high: Any


class Result:
    """The answer of a run: a table with a row a question, and what people read of it.

    One row gives numbers, several rows arrays in their order. The whole table goes to any data frame by the Arrow
    PyCapsule interface: ``polars.DataFrame(result)``, ``pyarrow.table(result)``, ``duckdb.sql("from result")``.

    Attributes
    ----------
    statistic, pvalue
        The observed value in its unit, and its p-value; NaN where there is none, of which a column tells why.
    complete : bool
        False where the run was interrupted: the numbers are then those of the draws done.
    """

    def __init__(self, answer: _core.Answer) -> None:
        self._answer = answer
        self._drawn: Any = None

    # The table.

    @property
    def kind(self) -> str:
        """What was run: study, table, bootstrap, grid, power or table-power."""
        return self._answer.kind

    @property
    def complete(self) -> bool:
        """Whether all draws were made, or as many as a rule needed."""
        return self._answer.complete

    @property
    def columns(self) -> List[str]:
        """The names of the columns."""
        return self._answer.columns

    @property
    def definitions(self) -> Dict[str, str]:
        """What each column holds."""
        return dict(zip(self._answer.columns, self._answer.definitions))

    @property
    def about(self) -> Dict[str, Any]:
        """All that is said beside the rows: the manifest with the null designs, the data's hashes, the device."""
        return self._answer.about()

    def __len__(self) -> int:
        return len(self._answer)

    def __getitem__(self, column: str) -> List[Any]:
        cells = self._answer.column(column)
        if cells is None:
            raise KeyError(column)
        return cells

    @property
    def rows(self) -> List[Dict[str, Any]]:
        """The rows, a dict each."""
        return list(self)

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        names = self.columns
        cells = [self[name] for name in names]
        return (dict(zip(names, row)) for row in zip(*cells))

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._answer.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:
        """The rows as a ``pandas.DataFrame``; pandas has to be there."""
        import pandas

        return pandas.DataFrame({name: self[name] for name in self.columns})

    def to_polars(self) -> Any:
        """The rows as a ``polars.DataFrame``; polars has to be there."""
        import polars

        return polars.DataFrame(self)

    # The names that SciPy gives.

    @property
    def statistic(self) -> Any:
        """The observed value, in the unit of the column ``unit`` where there is one."""
        return self._numbers("observed")

    @property
    def pvalue(self) -> Any:
        """The p-value by the convention of the column ``convention``, NaN where there is none."""
        return self._numbers("p")

    @property
    def standard_error(self) -> Any:
        """The standard error, of a bootstrap."""
        return self._numbers("standard_error")

    @property
    def confidence_interval(self) -> ConfidenceInterval:
        """The interval at ``interval_level``, where one was asked for: of a bootstrap, or an inverted test."""
        return ConfidenceInterval(self._numbers("interval_low"), self._numbers("interval_high"))

    @property
    def null_distribution(self) -> Any:
        """The values of the draws, made again on the CPU when first asked for: float64, NaN where one has none.

        An array of one dimension where there is one row, else a row of it a row of the table. Where an exact law
        answered, they are the draws that would have been made. ``draws(row, n)`` gives the first ``n`` of one row.
        """
        if self._drawn is None:
            drawn = [self.draws(row) for row in range(len(self))]
            self._drawn = drawn[0] if len(drawn) == 1 else drawn
            if len(drawn) > 1 and len({len(values) for values in drawn}) == 1:
                numpy = _numpy()
                self._drawn = drawn if numpy is None else numpy.stack(drawn)
        return self._drawn

    @property
    def bootstrap_distribution(self) -> Any:
        """The replicates of a bootstrap: see :attr:`null_distribution`."""
        return self.null_distribution

    def draws(self, row: int = 0, draws: Optional[int] = None) -> Any:
        """The values of the first ``draws`` draws of a row, in its unit; all that were asked for by default."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        words = self._answer.draws(row, draws)
        numpy = _numpy()
        if numpy is not None:
            return numpy.frombuffer(words, dtype="<f8")
        import array

        return array.array("d", words)

    def _numbers(self, name: str) -> Any:
        if name not in self.columns:
            raise AttributeError(f"a result of kind {self.kind!r} has no column {name!r}")
        cells = [float("nan") if cell is None else cell for cell in self[name]]
        if len(cells) == 1:
            return cells[0]
        numpy = _numpy()
        return cells if numpy is None else numpy.array(cells, dtype=float)

    # What people read.

    def text(self, details: bool = False, width: Optional[int] = None) -> str:
        """The answer as the terminal shows it, in lines of at most ``width``; with ``details`` every row."""
        return self._answer.text(details, width)

    def __repr__(self) -> str:
        return self.text()

    def pictures(self) -> List[Tuple[str, str, str]]:
        """The pictures: a name, an SVG with its text alternative, and its numbers as CSV each."""
        return self._answer.pictures()

    def _repr_html_(self) -> str:
        shown = "".join(svg for _, svg, _ in self.pictures()[:1])
        text = html.escape(self.text(width=110))
        return f'<div>{shown}<pre style="font-family: monospace; line-height: 1.2">{text}</pre></div>'

    def report(self, path: Any) -> None:
        """Writes a page with pictures, tables and methods; it needs no network."""
        page = self._answer.page()
        if page is None:
            raise refuse(os.fspath(path), f"a result of kind {self.kind!r} has no page", "Take save(path).")
        _write(path, page.encode())

    def save(self, path: Any) -> None:
        """Writes the answer as the path ends: .json, .csv, .parquet, .arrow, .tex or .md."""
        ending = os.path.splitext(os.fspath(path))[1].lower()
        form = self._answer.form(_FORMS.get(ending, ""))
        if form is None:
            raise refuse(
                os.fspath(path),
                f"no form of results ends in {ending!r}",
                f"Take one of {', '.join(_FORMS)}; report(path) writes a page.",
            )
        _write(path, form)


def _write(path: Any, content: bytes) -> None:
    """In one step, so that nobody reads half of it."""
    import tempfile

    path = os.fspath(path)
    folder = os.path.dirname(path) or "."
    made = None
    try:
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            made = file.name
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(made, 0o666 & ~mask)
        os.replace(made, path)
    except OSError as error:
        if made is not None and os.path.exists(made):
            os.unlink(made)
        raise EngineError(f"{path}: {error}", path, str(error)) from error


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy
