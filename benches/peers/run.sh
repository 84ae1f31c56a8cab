#!/usr/bin/env bash
# Times placebo and its peers at the same work: see peers.py. Installs R with coin and boot (Debian), and the packages of
# requirements.txt into a virtual environment of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${CARGO_TARGET_DIR:-target}
if ! command -v Rscript >/dev/null || ! Rscript -e 'library(coin); library(boot)' >/dev/null 2>&1; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends r-base-core r-cran-coin r-cran-boot python3-venv >&2
fi
[ -x "$target/peers/bin/python" ] || python3 -m venv "$target/peers"
"$target/peers/bin/pip" install --quiet --requirement benches/peers/requirements.txt >&2
cargo build --release --locked >&2
"$target/peers/bin/python" benches/peers/peers.py
