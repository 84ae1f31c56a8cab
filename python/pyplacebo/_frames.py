"""Data frames, arrays, dicts and lists as bytes of the Arrow IPC format, which the library reads like a file."""

from __future__ import annotations

import array
import datetime
import os
import sys
from typing import Any, Iterable, List, Tuple, Union

from . import _core
from ._errors import refuse

Table = Union[str, Tuple[str, bytes]]

_EPOCH = datetime.date(1970, 1, 1).toordinal()
_ARROW = ("__arrow_c_stream__", "__arrow_c_array__")


def table(of: Any, name: str) -> Table:
    """The path of a file as it is, and anything else as ``name`` with its bytes."""
    if isinstance(of, (str, os.PathLike)):
        return os.fspath(of)
    return name, to_bytes(of, name)


def to_bytes(of: Any, name: str) -> bytes:
    """A table as an Arrow IPC stream."""
    if hasattr(of, "collect") and not hasattr(of, "__arrow_c_stream__"):
        of = of.collect()
    if _is_of(of, "pandas"):
        of = _of_pandas(of)
    dtype_names = getattr(getattr(of, "dtype", None), "names", None)
    if dtype_names:
        of = {column: of[column] for column in dtype_names}
    if hasattr(of, "items") and hasattr(of, "keys"):
        return _core.columns_to_bytes([_column(str(column), cells) for column, cells in of.items()])
    if any(hasattr(of, method) for method in _ARROW):
        return _core.stream_to_bytes(of, name)
    raise refuse(
        name,
        f"{type(of).__name__} is no table",
        "Give a data frame (polars, pandas, pyarrow, DuckDB, ..), a dict of columns, or the path of a file.",
    )


def is_list_of_dates(of: Any) -> bool:
    """Whether events are dates alone, rather than a table or a file."""
    if isinstance(of, (str, os.PathLike)) or hasattr(of, "keys"):
        return False
    is_table = any(hasattr(of, name) for name in ("columns", "column_names", "collect", "schema"))
    return not is_table


def dates(of: Any) -> List[str]:
    """Dates as texts such as 2024-01-31."""
    cells = of.to_pylist() if hasattr(of, "to_pylist") else of
    try:
        return [_date(cell) for cell in cells]
    except TypeError:
        raise refuse("events", f"{type(of).__name__} is no list of dates", "Give dates, a table or a file.") from None


def _date(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())[:10]
    if type(cell).__name__ == "datetime64":
        return str(cell)[:10]
    raise refuse("events", f"{cell!r} is no date", "Give dates, or texts such as 2024-01-31.")


def _is_of(of: Any, package: str) -> bool:
    return type(of).__module__.split(".")[0] == package


def _has_pyarrow() -> bool:
    # A frame of pandas has an Arrow interface that works where pyarrow is there.
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def _of_pandas(frame: Any) -> Any:
    """A frame whose index is a column, where that says something; its columns where pyarrow is not there."""
    if not hasattr(frame, "columns"):
        frame = frame.to_frame()
    if type(frame.index).__name__ != "RangeIndex":
        frame = frame.reset_index()
    if _has_pyarrow():
        return frame
    columns = {str(name): frame.iloc[:, at] for at, name in enumerate(frame.columns)}
    if len(columns) < frame.shape[1]:
        raise refuse("the data frame", "two columns have one name", "Rename one.")
    return columns


def _column(name: str, cells: Any) -> Tuple[str, str, Any]:
    """A column as its name, its kind and its cells."""
    if _is_of(cells, "pandas"):
        missing = cells.isna() if hasattr(cells, "isna") else None
        cells = cells.to_numpy() if missing is None or not missing.any() else cells.astype(object).to_numpy()
    elif any(hasattr(cells, method) for method in _ARROW):
        return name, "arrow", cells
    kind = getattr(getattr(cells, "dtype", None), "kind", None)
    if kind is not None and cells.ndim != 1:
        raise refuse(f"column {name}", f"it has {cells.ndim} dimensions", "Give columns of one.")
    if hasattr(cells, "mask") and hasattr(cells, "filled"):
        cells, kind = [None if value is None else value for value in cells.tolist()], None
    if kind == "f":
        is_single = cells.dtype.itemsize <= 4
        return name, "singles" if is_single else "numbers", cells.astype("<f4" if is_single else "<f8").tobytes()
    if kind == "i" or (kind == "u" and cells.dtype.itemsize < 8):
        return name, "whole", cells.astype("<i8").tobytes()
    if kind == "M":
        return name, "times", cells.astype("datetime64[us]").astype("<i8").tobytes()
    return _of_cells(name, cells.tolist() if kind is not None else list(cells))


def _of_cells(name: str, cells: List[Any]) -> Tuple[str, str, Any]:
    """A column of Python's own values."""
    cells = [_plain(cell) for cell in cells]
    there = [cell for cell in cells if cell is not None]
    if all(isinstance(cell, bool) for cell in there) and there:
        return name, "truths", cells
    if all(isinstance(cell, str) for cell in there) and there:
        return name, "texts", cells
    if all(_is_number(cell) for cell in there):
        is_whole = len(there) == len(cells) and all(isinstance(cell, int) for cell in there)
        if is_whole and all(-(2**63) <= cell < 2**63 for cell in there):
            return name, "whole", _words("q", cells)
        return name, "numbers", _words("d", [float("nan") if cell is None else float(cell) for cell in cells])
    if all(isinstance(cell, datetime.date) for cell in there):
        is_day = all(not isinstance(cell, datetime.datetime) for cell in there)
        if is_day:
            return name, "days", [None if cell is None else cell.toordinal() - _EPOCH for cell in cells]
        return name, "times", _words("q", [-(2**63) if cell is None else _microseconds(cell) for cell in cells])
    kinds = sorted({type(cell).__name__ for cell in there})
    raise refuse(
        f"column {name}",
        f"its cells are {', '.join(kinds)}",
        "Give numbers, texts, truth values or dates, one of these in a column.",
    )


def _plain(cell: Any) -> Any:
    """A scalar of NumPy's or pandas' as one of Python's, and what stands for a missing value as None."""
    if cell is None or isinstance(cell, (str, bool, int)):
        return cell
    if isinstance(cell, float):
        return None if cell != cell else cell
    if type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if type(cell).__name__ == "Decimal":
        return float(cell)
    if not isinstance(cell, datetime.date) and hasattr(cell, "item"):
        return _plain(cell.item())
    return cell


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _words(kind: str, cells: Iterable[Any]) -> bytes:
    words = array.array(kind, cells)
    if sys.byteorder == "big":
        words.byteswap()
    return words.tobytes()


def _microseconds(cell: datetime.date) -> int:
    """Since 1970, by the clock of the cell's own time zone."""
    days = cell.toordinal() - _EPOCH
    if not isinstance(cell, datetime.datetime):
        return days * 86_400_000_000
    seconds = (cell.hour * 60 + cell.minute) * 60 + cell.second
    return (days * 86_400 + seconds) * 1_000_000 + cell.microsecond
