#!/usr/bin/env bash
# A newcomer's walk: the steps of docs/first-study.md in their order, each with the output that the page shows, and the
# first answer within the first 25 lines of the first command.
#
#     newcomer.sh            clones the repository into a folder of its own, builds and installs it there (minutes)
#     newcomer.sh PROGRAM    the same steps by a program that is built
#
# Prints the receipt that stands in tests/outside/.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
page=$root/docs/first-study.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/own" "$work/bin"
export PATH="$work/bin:$PATH" NO_COLOR=1
unset COLUMNS
at=$work/own

if [ $# = 0 ]; then
    git clone --quiet "$root" "$work/placebo"
    at=$work/placebo
    page=$at/docs/first-study.md
    # Of a clean machine: nothing that is built, and nobody's folder of programs.
    unset CARGO_TARGET_DIR
    export CARGO_INSTALL_ROOT=$work
else
    program=$(realpath "$1")
    ln -s "$program" "$work/bin/placebo"
fi

echo "date: $(date -u +%F)"
echo "commit: $(git -C "$root" rev-parse --short=12 HEAD)"
echo "system: $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), $(nproc) cores"

# Lines shown, `[...]` for those left out, against lines printed.
same() {
    awk '
        NR == FNR { shown[++shows] = $0; next }
        { printed[++prints] = $0 }
        END {
            for (i = 1; i <= shows; i++) {
                if (shown[i] == "[...]") { more = 1; continue }
                at++
                while (more && at <= prints && printed[at] != shown[i]) at++
                if (at > prints || printed[at] != shown[i]) { print "not printed there: " shown[i]; exit 1 }
                more = 0
            }
            if (!more && at < prints) { print "more is printed below line " at; exit 1 }
        }' "$1" "$2"
}

# Runs a command of the page, and compares what it prints with the lines below it.
step() {
    local command=$1 started=$SECONDS
    local run=$command
    [ "$command" != 'cargo run --release' ] || [ "$at" != "$work/own" ] || run=placebo
    if ! (cd "$at" && eval "$run") >"$work/printed" 2>"$work/said"; then
        cat "$work/said" >&2
        echo "failed: $command" >&2
        exit 1
    fi
    if ! same "$work/shown" "$work/printed"; then
        cat "$work/printed" >&2
        echo "not what the page shows: $command" >&2
        exit 1
    fi
    steps=$((steps + 1))
    if [ "$command" = 'cargo run --release' ]; then
        local answer
        answer=$(awk '/; p (=|from) / { print NR; exit }' "$work/printed")
        [ "${answer:-26}" -le 25 ] || { echo "no answer within 25 lines" >&2; exit 1; }
        [ -e "$at/placebo-report/index.html" ] || { echo "no page is written" >&2; exit 1; }
        echo "$command: as the page shows, the first answer in line $answer, $((SECONDS - started)) s"
    else
        echo "$command: as the page shows, $((SECONDS - started)) s"
    fi
}

# The third step: the program on the path. What follows is done in a folder of one's own.
install() {
    local started=$SECONDS
    if [ "$at" != "$work/own" ]; then
        (cd "$at" && eval "$1") >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
        [ "$(command -v placebo)" = "$work/bin/placebo" ]
        echo "$1: $(placebo -V) is on the path, $((SECONDS - started)) s"
    fi
    at=$work/own
}

steps=0 language='' command=''
: >"$work/shown"
while IFS= read -r line; do
    case $language:$line in
        :'```'*)
            language=${line#'```'}
            : >"$work/block"
            ;;
        console:'$ '* | console:'```')
            [ -z "$command" ] || step "$command"
            command=${line#'$ '}
            : >"$work/shown"
            [ "$line" != '```' ] || language='' command=''
            ;;
        console:*) printf '%s\n' "$line" >>"$work/shown" ;;
        bash:'```')
            (cd "$at" && bash -eu "$work/block")
            echo "files of one's own: $(cd "$at" && wc -l -- *.csv | awk '$2 ~ /csv/ { printf "%s%s of %s lines", (NR > 1 ? ", " : ""), $2, $1 }')"
            language=''
            ;;
        toml:'```')
            # What `init` wrote, line by line.
            while IFS= read -r shown; do
                grep -Fxq -e "$shown" "$at/launches.toml" || { echo "init does not write: $shown" >&2; exit 1; }
            done <"$work/block"
            language=''
            ;;
        *:'```') language='' ;;
        text:'cargo install '*) install "$line" ;;
        sh:'placebo '*)
            : >"$work/shown"
            echo '[...]' >"$work/shown"
            step "$line"
            ;;
        ?*:*) printf '%s\n' "$line" >>"$work/block" ;;
    esac
done <"$page"
[ "$steps" -ge 7 ] || { echo "only $steps steps" >&2; exit 1; }
[ -s "$work/own/launches.html" ] || { echo "no report is written" >&2; exit 1; }
echo "all $steps steps are as the page shows them"
