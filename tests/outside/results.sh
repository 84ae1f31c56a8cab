#!/usr/bin/env bash
# Files of results, read back by the programs that people use: pandas, pyarrow and polars in a virtual environment, and
# R's own `read.csv`. Prints the receipt that stands beside this script; installs what it lacks (Debian, Python 3).
# R's arrow and nanoarrow are packages of CRAN alone; where one of them is installed it reads the files, too.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --release --locked --bin placebo >&2
PATH="$PWD/target/release:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
  command -v Rscript >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends r-base-core
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q pandas pyarrow polars
} >&2

commit=$(git rev-parse --short=12 HEAD)
cd "$work"
for study in andrews-farboodi bjorkegren; do
  placebo run "$study" --draws 2000 --device cpu --quiet --out "$study.json"
  for ending in csv parquet arrow; do
    placebo show "$study.json" --out "$study.$ending"
  done
done
placebo run andrews-farboodi --draws 2000 --device cpu --quiet --keep-draws draws.parquet --out kept.json

echo "date: $(date -u +%F)"
echo "commit: $commit"
cat > read.py <<'PYTHON'
import json

import pandas
import polars
import pyarrow
import pyarrow.feather
import pyarrow.parquet

print(f"pandas {pandas.__version__}, pyarrow {pyarrow.__version__}, polars {polars.__version__}")
WHOLE = ["events", "draws", "below", "equal", "above", "window_from", "window_to", "relative_day"]
NUMBERS = ["observed", "p", "p_exact", "null_mean", "null_sd"]
TEXT = ["study", "series", "group", "statistic", "null", "unit", "engine", "study_sha256"]


def expected(report, row, column):
    manifest = report["manifest"]
    if column in ("window_from", "window_to"):
        return row["window"][column == "window_to"]
    if column in ("seed", "placebo_version"):
        return manifest[column]
    if column == "study_sha256":
        return manifest["study"]["sha256"]
    if column == "data_sha256":
        return "; ".join(f"{file['sha256']} {file['file']}" for file in manifest["data"])
    return row[column]


for study in ("andrews-farboodi", "bjorkegren"):
    report = json.load(open(f"{study}.json"))
    rows = report["results"]
    table = pyarrow.parquet.read_table(f"{study}.parquet")
    feather = pyarrow.feather.read_table(f"{study}.arrow")
    assert table.equals(feather)
    schema = table.schema
    for name in WHOLE:
        assert schema.field(name).type == pyarrow.int64(), name
    for name in NUMBERS:
        assert schema.field(name).type == pyarrow.float64(), name
    for name in TEXT:
        assert schema.field(name).type == pyarrow.string(), name
    assert schema.field("complete").type == pyarrow.bool_()
    assert schema.field("seed").type == pyarrow.uint64()
    assert schema.field("p").metadata[b"convention"] == b"equal-tailed"
    about = json.loads(schema.metadata[b"placebo"])
    assert about["manifest"] == report["manifest"]
    cells = 0
    for column in table.column_names:
        values = table.column(column).to_pylist()
        assert values == [expected(report, row, column) for row in rows], column
        cells += len(values)
    frame = polars.read_parquet(f"{study}.parquet")
    assert frame.equals(polars.read_ipc(f"{study}.arrow"))
    assert frame.schema["below"] == polars.Int64 and frame.schema["p"] == polars.Float64
    assert frame["p"].to_list() == [row["p"] for row in rows]
    wide = pandas.read_parquet(f"{study}.parquet", dtype_backend="pyarrow")
    assert wide["observed"].tolist() == [row["observed"] for row in rows]
    csv = pandas.read_csv(f"{study}.csv")
    assert list(csv.columns) == table.column_names
    for name in NUMBERS:
        of_rows = [float("nan") if row[name] is None else row[name] for row in rows]
        assert csv[name].equals(pandas.Series(of_rows, name=name, dtype=float)), name
    print(f"{study}: {len(rows)} rows, {cells} cells of Parquet and Arrow equal those of JSON; CSV likewise")

draws = pyarrow.parquet.read_table("draws.parquet")
kept = json.load(open("kept.json"))["results"]
by_key = {
    (row["series"], row["statistic"], str(row["window"][1])): row for row in kept
}
counted = 0
for field in draws.schema:
    if field.name == "draw":
        continue
    about = {key.decode(): value.decode() for key, value in field.metadata.items()}
    row = by_key[(about["series"], about["statistic"], about["window_to"])]
    values = draws.column(field.name).to_pylist()
    observed = float(about["observed"])
    assert observed == row["observed"]
    assert sum(value < observed for value in values) == row["below"], field.name
    assert sum(value == observed for value in values) == row["equal"], field.name
    counted += 1
print(f"kept draws: {draws.num_rows} by {counted} statistics count the same below and equal as the results")
PYTHON
"$work/venv/bin/python" read.py

cat > read.R <<'R'
rows <- read.csv("bjorkegren.csv", check.names = FALSE)
stopifnot(is.integer(rows$below), is.numeric(rows$p), is.character(rows$series), is.integer(rows$relative_day))
stopifnot(all(rows$complete == "true") || is.logical(rows$complete))
cat(sprintf("%s: read.csv, %d rows, p from %.4f to %.4f\n", R.version.string, nrow(rows), min(rows$p, na.rm = TRUE),
            max(rows$p, na.rm = TRUE)))
for (package in c("arrow", "nanoarrow")) {
  if (!requireNamespace(package, quietly = TRUE)) {
    cat(sprintf("R's %s is not installed\n", package))
  } else if (package == "arrow") {
    same <- arrow::read_parquet("bjorkegren.parquet")
    stopifnot(isTRUE(all.equal(same$p, rows$p)))
    cat("R's arrow reads the Parquet file\n")
  } else {
    same <- as.data.frame(nanoarrow::read_nanoarrow("bjorkegren.arrow"))
    stopifnot(isTRUE(all.equal(same$p, rows$p)))
    cat("R's nanoarrow reads the Arrow file\n")
  }
}
R
Rscript read.R
