"""How far a run is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator, Optional, Union

Progress = Union[None, bool, Callable[[int, int], Any]]


@contextmanager
def telling(progress: Progress) -> Iterator[Optional[Callable[[int, int], Any]]]:
    """What is called with the draws done and those in all: a callback, or for True a bar where tqdm is there."""
    if progress is None or progress is False:
        yield None
    elif callable(progress):
        yield progress
    else:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            yield None
            return
        with tqdm(unit="draw", unit_scale=True, leave=False) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield show
