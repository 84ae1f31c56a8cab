#!/usr/bin/env bash
# Compiles every pipeline with a second compiler of WGSL: see compile.mjs. Where there is no Node.js,
# Debian's is installed first.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    if ! command -v apt-get >/dev/null; then
        echo "No Node.js: install it, with npm." >&2
        exit 1
    fi
    echo "No Node.js: installing it." >&2
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends nodejs npm
fi

# Packages stay out of the sources.
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/tint"
cp tests/tint/compile.mjs tests/tint/package.json tests/tint/package-lock.json "$target/tint"
npm ci --prefix "$target/tint" --ignore-scripts --no-audit --no-fund
cargo test --release --locked --test all -- joined_shaders_are_written
node "$target/tint/compile.mjs" "$target/tmp/shaders"
