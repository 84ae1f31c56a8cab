"""``python -m pyplacebo`` is the program ``placebo``."""

from ._command import main

main()
