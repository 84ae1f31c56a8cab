#!/usr/bin/env bash
# The pages of both bundled studies, of a grid, of power, of a study with confidence sets, and of one whose names would act
# in a page, opened in headless Chromium (browser.py says what is checked). Run by root of a Debian machine; installs
# Chromium and fonts. Screenshots in light, in dark, as wide as a phone, and a PDF each stay in the folder that is named.
#
#     report.sh [SCREENSHOTS]
#
# Prints the receipt that stands beside this script.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --release --locked --bin placebo >&2
PATH="$PWD/target/release:$PATH"
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core python3 >&2
browser="$PWD/tests/outside/browser.py"
shots=$(realpath -m "${1:--}")
[ "${1:--}" = - ] && shots=-
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$PWD
cd "$work"

placebo >tables.txt
pages=(placebo-report/andrews-farboodi.html placebo-report/bjorkegren.html)

placebo grid andrews-farboodi --draws 1000 --quiet --report grid.html >/dev/null
placebo power andrews-farboodi --sets 100 --draws 199 --effect=-20,-10,0,10,20 --quiet --report power.html >/dev/null

placebo studies --export . >/dev/null
sed 's/^pool = "full-window"/&\ninterval = {}/' andrews-farboodi.toml >sets.toml
placebo run sets.toml --draws 2000 --quiet --report sets.html >/dev/null

# Names that would act: markup, an end of the script, marks that turn the direction of writing, control characters.
python3 - <<'PYTHON'
import random
random.seed(1)
names = ['<script>window.hacked = 1</script>', '</style></script><b class=hacked>', 'a\u202eb\u0007c', '"><svg onload=hacked=1>']
with open("hostile.csv", "w", encoding="utf-8", newline="") as file:
    quote = lambda name: '"' + name.replace('"', '""') + '"'
    file.write(",".join(["date"] + [quote(name) for name in names]) + "\n")
    levels = [100] * len(names)
    for day in range(120):
        levels = [round(level + random.choice([-1, 0, 1]), 1) for level in levels]
        file.write(",".join([f"2024-{1 + day // 28:02}-{1 + day % 28:02}"] + [str(level) for level in levels]) + "\n")
with open("hostile_events.csv", "w", encoding="utf-8", newline="") as file:
    file.write("date,kind\n")
    for i, day in enumerate(["2024-01-20", "2024-02-03", "2024-02-20", "2024-03-05", "2024-03-25", "2024-04-08"]):
        file.write(f"{day},{['<i>open</i>', '&amp;closed'][i % 2]}\n")
with open("hostile.toml", "w", encoding="utf-8") as file:
    file.write('''title = "<b class=hacked>t</b> </title><script>hacked = 1</script>"
[data]
files = ["hostile.csv"]
[events]
file = "hostile_events.csv"
group = "kind"
[[test]]
statistic = ["mean-change", "overlap-regression"]
window = [-3, 3]
[[test]]
statistic = ["mean-change", "overlap-regression"]
window = [-3, 3]
null = "labels"
[run]
draws = 500
''')
PYTHON
placebo run hostile.toml --quiet --report hostile.html >/dev/null

echo "date: $(date -u +%F)"
echo "commit: $(git -C "$root" rev-parse --short=12 HEAD)"
echo "browser: $(chromium --version 2>/dev/null)"
python3 "$browser" "$shots" "${pages[@]}" grid.html power.html sets.html hostile.html
