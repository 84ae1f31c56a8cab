#!/usr/bin/env bash
# Builds the wheel, installs it alone in a fresh virtual environment, and runs the module's tests and the program
# there. With `frames` as its argument it goes on to install NumPy, polars, pandas, pyarrow and DuckDB, and runs the
# tests of these.
#
# After `tests/run.sh` this compiles little: the wheel's crates have the features of the tests', so that all of them
# but `python/` itself are there.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

# Debian's python3 has no `venv` of its own.
if [ "$(uname -s)" = Linux ] && ! python3 -c 'import ensurepip' 2>/dev/null; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends python3-venv
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/build"
"$folder/build/bin/pip" install --quiet --disable-pip-version-check 'maturin>=1.9,<2'
"$folder/build/bin/maturin" build --release --locked --manifest-path python/Cargo.toml --out "$folder/wheels"
wheel=$(echo "$folder"/wheels/*.whl)
size=$(wc -c <"$wheel")
echo "$(basename "$wheel"): $size bytes"
[ "$size" -le 15000000 ]

python3 -m venv "$folder/fresh"
python=$folder/fresh/bin/python
"$folder/fresh/bin/pip" install --quiet --disable-pip-version-check --no-index "$wheel"
"$folder/fresh/bin/placebo" --version

# Not in the repository, whose folder `python/` would be taken for the module.
tests() {
    (cd "$folder" && PYTHONPATH="$root/python/tests" "$python" -m unittest discover --start-directory "$root/python/tests/$1" "${@:2}")
}
tests plain
if [ "${1:-}" = frames ]; then
    "$folder/fresh/bin/pip" install --quiet --disable-pip-version-check numpy polars pandas pyarrow duckdb
    tests frames
    tests plain
fi
