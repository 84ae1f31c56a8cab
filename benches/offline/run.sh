#!/usr/bin/env bash
# Compiles the kernels of the standard shapes for an AMD GPU that need not be there, and prints what they cost as JSON.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${CARGO_TARGET_DIR:-target}
cargo test --release --locked --test all -- shaders_of_the_standard >&2
cargo build --release --locked --manifest-path benches/offline/Cargo.toml --target-dir "$target/offline" >&2
export VK_DRIVER_FILES=${VK_DRIVER_FILES:-/usr/share/vulkan/icd.d/radeon_icd.x86_64.json}
export RADV_FORCE_FAMILY=${RADV_FORCE_FAMILY:-navi21}
driver=$("$target/offline/release/offline" "$target/tmp/shapes" "$target/offline/made")
python3 benches/offline/receipt.py "$target/offline/made" "$driver"
