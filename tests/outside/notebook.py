"""A notebook from a data frame to the picture: run by nbclient, and its page looked at in headless Chromium.

In an environment with the wheel, polars, nbclient, nbconvert and ipykernel, and with Chromium on the machine:

    python tests/outside/notebook.py FOLDER

writes FOLDER/notebook.html and FOLDER/notebook.png, and fails where a cell fails or the page lacks the picture.
"""

import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

CELLS = [
    "import datetime as dt\nimport numpy as np\nimport polars as pl\nimport pyplacebo as pb",
    "rng = np.random.default_rng(7)\n"
    "days = pl.date_range(dt.date(2022, 1, 3), dt.date(2023, 12, 29), '1d', eager=True)\n"
    "prices = pl.DataFrame({'date': days, 'shop': np.round(100 + rng.normal(0, 0.4, len(days)).cumsum(), 2)})\n"
    "prices = prices.filter(pl.col('date').dt.weekday() <= 5)\nprices.head(3)",
    "launches = [dt.date(2022, 2, 15), dt.date(2022, 6, 7), dt.date(2022, 11, 8), dt.date(2023, 3, 14), dt.date(2023, 9, 12)]\n"
    "result = pb.event_study(prices, launches, window=(-2, 3), draws=20_000, device='cpu', transform='level-change')\n"
    "result",
    "plants = {'y': [1.1, 2.0, 3.2, 4.1, 5.5, 6.0], 'arm': ['a', 'a', 'a', 'b', 'b', 'b']}\npb.test('y ~ arm', plants)",
    "pl.DataFrame(result).select('series', 'statistic', 'observed', 'p')",
]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = notebook.cells[2].outputs[0]["data"]["text/html"]
    assert "<svg" in shown and "<pre" in shown, shown[:200]
    page = folder / "notebook.html"
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0])
    picture = folder / "notebook.png"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,2400"]
    subprocess.run([*command, f"--screenshot={picture.resolve()}", page.resolve().as_uri()], check=True, capture_output=True)
    print(f"{page}: {page.stat().st_size} bytes; {picture}: {picture.stat().st_size} bytes")


main()
