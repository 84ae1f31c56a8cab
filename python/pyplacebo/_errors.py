"""What can go wrong, sorted by who can mend it."""

from __future__ import annotations

from typing import Any, Dict, Optional


class _Said:
    """An error that says where, what and what to do about it."""

    place: str
    problem: str
    remedy: Optional[str]
    cause: Optional[Dict[str, Any]]

    def __init__(
        self,
        message: str,
        place: str,
        problem: str,
        remedy: Optional[str] = None,
        cause: Optional[Dict[str, Any]] = None,
    ) -> None:
        super().__init__(message)  # type: ignore[call-arg]
        self.place = place
        self.problem = problem
        self.remedy = remedy
        self.cause = cause

    def __reduce__(self) -> Any:
        return type(self), (str(self), self.place, self.problem, self.remedy, self.cause)


class InputError(_Said, ValueError):
    """The input cannot be used as it is.

    Attributes
    ----------
    place : str
        File, line, column, date, key or keyword.
    problem : str
        What was found, and what was expected.
    remedy : str or None
        What to do about it.
    cause : dict or None
        What is wrong, for a program: its ``kind`` (``no-file``, ``no-column``, ``bad-cell``, ``unknown-key``, ..) and
        what that names; None where only the sentences tell.
    """


class EngineError(_Said, RuntimeError):
    """A device failed, or output could not be written; attributes as of :class:`InputError`."""


def refuse(place: str, problem: str, remedy: str) -> InputError:
    """An :class:`InputError` found on the way to the library."""
    return InputError(f"{place}: {problem}\n  {remedy}", place, problem, remedy)
