#!/usr/bin/env bash
# Runs every test. The shaders run on the machine's GPU driver; where there is none, Mesa's software
# driver is installed first (Debian, Ubuntu), so that they are really run.
set -euo pipefail
cd "$(dirname "$0")/.."

has_vulkan_driver() {
    [ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && return 0
    ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' || return 1
    local folder
    for folder in /usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d /etc/vulkan/icd.d; do
        compgen -G "$folder/*.json" >/dev/null && return 0
    done
    return 1
}

if [ "$(uname -s)" = Linux ] && ! has_vulkan_driver; then
    echo "No Vulkan driver: installing Mesa's software driver." >&2
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends mesa-vulkan-drivers libvulkan1
fi

# Mesa complains when there is no such folder.
if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
    XDG_RUNTIME_DIR=$(mktemp -d)
    export XDG_RUNTIME_DIR
    trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
fi

cargo test --release --locked "$@"
