use super::form::Form;
use super::keys::Keyed;
use super::*;
use jiff::civil::date;
use proptest::prelude::*;

const SMALL: &str = r#"[data]
files = ["a.csv"]
[events]
file = "e.csv"
[[test]]
statistic = "mean-change"
window = [-1, 1]
"#;

fn parse(text: &str) -> crate::Result<Study> {
    Study::from_toml(text, "dir/mine.toml", Source::Bundled)
}

fn message(text: &str) -> String {
    let error = parse(text).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

/// `SMALL` with `key = value` added to a table, or in place of that key.
fn with(table: &str, line: &str) -> String {
    let key = line.split_once(" =").map_or(line, |(key, _)| key);
    let kept: Vec<&str> = SMALL
        .lines()
        .filter(|old| !old.starts_with(&format!("{key} =")))
        .collect();
    let text = kept.join("\n") + "\n";
    match text.contains(table) {
        true => text.replace(table, &format!("{table}\n{line}")),
        false => format!("{text}{table}\n{line}\n"),
    }
}

#[test]
fn defaults_are_the_stated_ones() {
    let study = parse(SMALL).unwrap();
    assert_eq!(study.name, "mine");
    assert_eq!(study.events.date, "date");
    assert_eq!(
        (study.run.draws, study.run.seed, study.run.raw),
        (1_000_000, 1, false)
    );
    assert_eq!(study.tests[0].statistic.as_slice(), ["mean-change"]);
    assert_eq!(study.tests[0].relative_days(), [1]);
    assert_eq!(study.tests[0].convention, Convention::EqualTailed);
}

#[test]
fn bundled_studies_open_by_name() {
    let names: Vec<_> = Study::bundled().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["bjorkegren", "andrews-farboodi"]);
    for (name, title) in Study::bundled() {
        let study = Study::open(name).unwrap();
        assert_eq!(study.name, name);
        assert!(title.contains("AI model releases"), "{title}");
        assert_eq!(study.source, Source::Bundled);
        let panel = crate::load::load_panel(&study.source, &study.data.reading()).unwrap();
        assert_eq!(panel.series.len(), 7);
    }
    let study = Study::open("andrews-farboodi").unwrap();
    let windows: Vec<_> = study.tests.iter().map(|test| test.window).collect();
    assert_eq!(windows, [[-15, 15], [-5, 5]]);
    assert!(
        study
            .tests
            .iter()
            .all(|test| test.statistic.as_slice().len() == 4)
    );
    assert_eq!(study.sample.from, Some(date(2023, 1, 1)));
    assert_eq!(study.sample.to, Some(date(2024, 12, 31)));
    let study = Study::open("bjorkegren").unwrap();
    assert_eq!(study.sample.around_events, Some(15));
    assert_eq!(study.calendar.kind, CalendarKind::Weekdays);
    assert_eq!(study.events.groups, ["open", "closed"]);
}

#[test]
fn a_path_opens_a_study_beside_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, SMALL).unwrap();
    let study = Study::open(path.to_str().unwrap()).unwrap();
    assert_eq!(study.name, "own");
    assert_eq!(study.source, Source::Folder(folder.path().to_owned()));

    let missing = folder.path().join("owm.toml");
    let text = Study::open(missing.to_str().unwrap())
        .unwrap_err()
        .to_string();
    assert!(text.contains("there is no such file"), "{text}");
    assert!(text.contains("Did you mean `own.toml`?"), "{text}");
}

#[test]
fn an_unknown_study_names_the_nearest() {
    let text = Study::open("bjoerkegren").unwrap_err().to_string();
    assert!(
        text.starts_with("study bjoerkegren: no bundled study has this name\n"),
        "{text}"
    );
    assert!(text.contains("Did you mean `bjorkegren`?"), "{text}");
    assert!(text.contains("ending in `.toml`"), "{text}");
}

#[test]
fn dates_are_bare_or_text() {
    for (value, good) in [
        ("2023-01-01", true),
        ("\"2023-01-01\"", true),
        ("2023-01-01T10:00:00", false),
        ("10:00:00", false),
        ("\"2023-13-01\"", false),
        ("\"2023-01-01T10:00\"", false),
        ("\"20230101\"", false),
        ("2023", false),
    ] {
        let result = parse(&with("[sample]", &format!("from = {value}")));
        match good {
            true => assert_eq!(result.unwrap().sample.from, Some(date(2023, 1, 1))),
            false => {
                let text = result.unwrap_err().to_string();
                assert!(
                    text.starts_with("dir/mine.toml, line 9, key sample.from: "),
                    "{text}"
                );
                assert!(
                    text.contains("Allowed: a date such as 2023-01-31."),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn two_sided_is_another_word_for_convention() {
    let study = parse(&with("[[test]]", "two_sided = \"lower\"")).unwrap();
    assert_eq!(study.tests[0].convention, Convention::Lower);
}

#[test]
fn unknown_keys_name_line_and_nearest() {
    for (table, line, place, nearest) in [
        (
            "[data]",
            "fils = 1",
            "line 2, key data.fils: unknown key `fils`",
            "Did you mean `files`?",
        ),
        (
            "[events]",
            "same_days = 1",
            "line 4, key events.same_days: unknown key `same_days`",
            "Did you mean `same_day`?",
        ),
        (
            "[[test]]",
            "statistics = 1",
            "line 6, key test.statistics: unknown key `statistics`",
            "Did you mean `statistic`?",
        ),
        (
            "[run]",
            "drawz = 1",
            "line 9, key run.drawz: unknown key `drawz`",
            "Did you mean `draws`?",
        ),
        (
            "[sampel]",
            "from = 1",
            "line 8, key sampel: unknown key `sampel`",
            "Did you mean `sample`?",
        ),
    ] {
        let text = message(&with(table, line));
        assert!(
            text.starts_with(&format!("dir/mine.toml, {place}")),
            "{text}"
        );
        assert!(text.contains(nearest), "{text}");
    }
}

#[test]
fn a_key_of_another_table_is_shown_its_own() {
    let text = message(&with("[run]", "window = [0, 1]"));
    assert!(
        text.contains(
            "line 8, key run.window: unknown key `window`\n  It is a key of [[test]]. Known"
        ),
        "{text}"
    );
    let text = message(&with("[data]", "same_day = \"count\""));
    assert!(
        text.contains("It is a key of [events] and of [[test]]."),
        "{text}"
    );
}

#[test]
fn tables_inside_take_no_bare_values() {
    for (line, key) in [
        ("hac = [30, true]", "test.hac"),
        ("dates = [\"a.csv\"]", "test.dates"),
        ("within = [\"developer\", \"a.csv\"]", "test.within"),
    ] {
        let text = message(&with("[[test]]", line));
        let expected = format!(
            "line 6, key {key}: `{}` takes no list",
            &key["test.".len()..]
        );
        assert!(text.contains(&expected), "{text}");
    }
    let text = message(&with("[grid]", "pools = [[\"a.csv\"]]"));
    assert!(
        text.contains("key grid.pools: `pools` takes no list of bare"),
        "{text}"
    );
}

/// The names that serde knows for a struct's fields.
fn fields<T: serde::de::DeserializeOwned>() -> Vec<String> {
    let error = toml::from_str::<T>("no_such_key = 1")
        .err()
        .expect("it is refused");
    let names = error.message().split('`').skip(1).step_by(2);
    names.skip(1).map(str::to_owned).collect()
}

/// What stands in the table of keys is what serde reads.
#[test]
fn the_table_of_keys_is_that_of_the_structs() {
    fn same<T: serde::de::DeserializeOwned>(keys: Vec<keys::Key>) {
        let names = keys
            .iter()
            .flat_map(|key| [Some(key.name), key.also])
            .flatten();
        let mut names: Vec<&str> = names.collect();
        let mut fields = fields::<T>();
        names.sort_unstable();
        fields.sort_unstable();
        assert_eq!(names, fields);
        // Serde is content with what is required, and with no less.
        let least = schema::least(&keys);
        let read = |value| serde_json::from_value::<T>(value).map_err(|error| error.to_string());
        assert_eq!(read(least.clone()).err(), None, "{least}");
        for key in keys.iter().filter(|key| key.is_required) {
            let mut less = least.clone();
            less.as_object_mut().unwrap().remove(key.name);
            let missing = format!("missing field `{}`", key.name);
            assert_eq!(read(less).err(), Some(missing));
        }
    }
    same::<Study>(Study::keys());
    same::<DataSpec>(DataSpec::keys());
    same::<CalendarSpec>(CalendarSpec::keys());
    same::<SampleSpec>(SampleSpec::keys());
    same::<EventsSpec>(EventsSpec::keys());
    same::<TestSpec>(test::keys());
    same::<HacSpec>(HacSpec::keys());
    same::<FamilySpec>(FamilySpec::keys());
    same::<IntervalSpec>(IntervalSpec::keys());
    same::<DatesSpec>(DatesSpec::keys());
    same::<ColumnSpec>(ColumnSpec::keys());
    same::<BlackoutSpec>(BlackoutSpec::keys());
    same::<SetsSpec>(SetsSpec::keys());
    same::<GridSpec>(GridSpec::keys());
    same::<ControlsSpec>(ControlsSpec::keys());
    same::<RunSpec>(RunSpec::keys());
}

/// A form is a table's where there are keys inside, and has words where it is one of words.
#[test]
fn forms_are_those_of_what_keys_hold() {
    fn parts(form: &Form) -> Vec<&Form> {
        match form {
            Form::List(of) | Form::Pair(of) | Form::Named(of) => parts(of),
            Form::Either(forms) => forms.iter().flat_map(parts).collect(),
            _ => vec![form],
        }
    }
    fn walk(keys: &[keys::Key]) {
        for key in keys {
            let parts = parts(&key.form);
            let has_table = parts.contains(&&Form::Table);
            assert_eq!(
                has_table,
                !matches!(key.holds, Holds::Value),
                "{}",
                key.name
            );
            assert!(!parts.contains(&&Form::Words(Vec::new())), "{}", key.name);
            let is_list = matches!(key.form, Form::List(_));
            let holds_list = matches!(key.holds, Holds::Tables(_));
            assert!(!has_table || is_list == holds_list, "{}", key.name);
            walk(key.inner());
        }
    }
    walk(keys::keys());
}

/// The values that a key of names takes are all those that there are.
#[test]
fn the_table_of_keys_names_every_value() {
    fn walk(above: &str, keys: &[keys::Key], compared: &mut usize) {
        for key in keys {
            let path = format!("{above}{}", key.name);
            walk(&format!("{path}."), key.inner(), compared);
            let parts: Vec<&str> = key.takes.split('"').collect();
            let is_names = parts
                .iter()
                .step_by(2)
                .all(|part| ["", ", ", " or "].contains(part));
            let (Some((table, rest)), true) = (path.split_once('.'), is_names) else {
                continue;
            };
            let table = if table == "test" {
                "[[test]]".into()
            } else {
                format!("[{table}]")
            };
            // A value of tables is given as one.
            let line = match rest.split_once('.') {
                Some((tables, key)) if table == "[grid]" => {
                    format!("{tables} = [{{ {key} = \"no-such\" }}]")
                }
                _ => format!("{rest} = \"no-such\""),
            };
            let text = message(&with(&table, &line));
            let (_, known) = text.split_once("Known here: ").unwrap_or_default();
            // Of one of two forms serde tells nothing.
            if known.is_empty()
                && ["within", "cluster", "leave_out_by"]
                    .iter()
                    .any(|of| rest.starts_with(of))
            {
                continue;
            }
            let mut known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
            let mut names: Vec<&str> = parts.into_iter().skip(1).step_by(2).collect();
            // It cannot be left out of its set, which a check says.
            known.retain(|name| rest != "sets.off_calendar" || *name != "drop");
            names.sort_unstable();
            known.sort_unstable();
            assert_eq!(names, known, "{path}: {text}");
            *compared += 1;
        }
    }
    let mut compared = 0;
    walk("", keys::keys(), &mut compared);
    assert!(compared >= 15, "{compared}");
}

#[test]
fn keys_that_say_something_are_told() {
    let test = TestSpec::new("mean-change", [0, 1]);
    assert_eq!(test.given(), [""; 0]);
    let test = test.days([1]).min_gap(3).hac(HacSpec::default().lags(2));
    let mut test = test.null(Null::Spaced);
    test.trim = Some(0.2);
    assert_eq!(test.given(), ["null", "min_gap", "days", "hac", "trim"]);
}

#[test]
fn wrong_values_name_key_and_what_is_allowed() {
    for (table, line, place, remedy) in [
        (
            "[data]",
            "transform = \"levl-change\"",
            "line 2, key data.transform: unknown value `levl-change`",
            "Did you mean `level-change`? Known here: `level-change`, `log-change`",
        ),
        (
            "[data]",
            "files = \"a.csv\"",
            "line 2, key data.files: invalid type",
            "Allowed: a list of file names.",
        ),
        (
            "[data]",
            "files = [1]",
            "line 2, key data.files: invalid type",
            "Allowed: a list of file names.",
        ),
        (
            "[run]",
            "draws = 1e6",
            "line 9, key run.draws: invalid type",
            "Allowed: a whole number such as 1_000_000.",
        ),
        (
            "[run]",
            "draws = -1",
            "line 9, key run.draws: invalid value",
            "Allowed: a whole number",
        ),
        (
            "[run]",
            "raw = 1",
            "line 9, key run.raw: invalid type",
            "Allowed: true or false.",
        ),
        (
            "[[test]]",
            "window = [1]",
            "line 6, key test.window: a window has two days, not 1",
            "Allowed: two whole numbers",
        ),
        (
            "[[test]]",
            "window = [-1, 0, 1]",
            "line 6, key test.window: a window has two days, not 3",
            "Allowed: two whole numbers",
        ),
        (
            "[[test]]",
            "window = 5",
            "line 6, key test.window: invalid type",
            "Allowed: two whole numbers",
        ),
        (
            "[[test]]",
            "statistic = 5",
            "line 6, key test.statistic: ",
            "Allowed: a statistic's name",
        ),
        (
            "[events]",
            "filter = { x = 2024-01-01 }",
            "line 4, key events.filter.x: ",
            "Allowed: column = value",
        ),
        (
            "[[test]]",
            "pool = \"some\"",
            "line 6, key test.pool: unknown value `some`",
            "Known here: `full-window`, `all`",
        ),
    ] {
        let text = message(&with(table, line));
        assert!(
            text.starts_with(&format!("dir/mine.toml, {place}")),
            "{text}"
        );
        assert!(text.contains(remedy), "{text}");
    }
}

#[test]
fn lists_are_not_taken_for_tables() {
    for (text, expected) in [
        (
            SMALL.replace("[[test]]", "[test]"),
            "line 5, key test: `test` must be written as [[test]]",
        ),
        (
            SMALL.replace("[events]", "[[events]]"),
            "line 3, key events: `events` must be written as [events]",
        ),
        (
            format!("run = [5]\n{SMALL}"),
            "line 1, key run: `run` must be written as [run]",
        ),
        (
            format!(
                "test = [[\"mean-change\"]]\n{}",
                SMALL.split_once("[[test]]").unwrap().0
            ),
            "line 1, key test: `test` must be written as [[test]]",
        ),
    ] {
        let text = message(&text);
        assert!(
            text.starts_with(&format!("dir/mine.toml, {expected}")),
            "{text}"
        );
    }
}

#[test]
fn missing_keys_are_named() {
    let text = message("[data]\nfiles = [\"a\"]\n");
    assert!(
        text.contains("the key `events` is missing\n  Add `events`: a table [events]"),
        "{text}"
    );
    let text = message(&SMALL.replace("file = \"e.csv\"\n", ""));
    assert!(
        text.contains("key events.file: there is neither a file of events nor their dates"),
        "{text}"
    );
    let text = message(&SMALL.replace("window = [-1, 1]\n", ""));
    assert!(
        text.starts_with("dir/mine.toml, line 5, key test: the key `window` is missing"),
        "{text}"
    );
    assert!(
        text.contains("two whole numbers such as [-15, 15]"),
        "{text}"
    );
}

#[test]
fn broken_toml_names_its_line() {
    let text = message("[data]\nfiles = [\n\"a\"\n[events]\n");
    assert!(text.starts_with("dir/mine.toml, line "), "{text}");
    let text = message("[data]\nfiles = []\nfiles = []\n");
    assert!(
        text.starts_with("dir/mine.toml, line 3: duplicate key"),
        "{text}"
    );
}

#[test]
fn senseless_values_are_refused() {
    for (table, line, expected, remedy) in [
        (
            "[run]",
            "draws = 0",
            "line 9, key run.draws: zero draws",
            "at least one draw",
        ),
        (
            "[data]",
            "files = []",
            "line 2, key data.files: the list is empty",
            "at least one",
        ),
        (
            "[data]",
            "files = [\"a\", \"a\"]",
            "line 2, key data.files: the file `a` is named twice",
            "once",
        ),
        (
            "[data]",
            "series = [\"x\", \"y\", \"x\"]",
            "line 2, key data.series: the series `x` is named twice",
            "once",
        ),
        (
            "[data]",
            "quantum = 0",
            "line 2, key data.quantum: 0 is not a positive, finite number",
            "0.01",
        ),
        (
            "[data]",
            "quantum = inf",
            "line 2, key data.quantum: inf is not a positive",
            "0.01",
        ),
        (
            "[data]",
            "quantum = nan",
            "line 2, key data.quantum: NaN is not a positive",
            "0.01",
        ),
        (
            "[sample]",
            "from = 2024-01-02\nto = 2024-01-01",
            "line 10, key sample.to: 2024-01-01 is before `from`, 2024-01-02",
            "Exchange",
        ),
        (
            "[sample]",
            "around_events = 5\nto = 2024-01-01",
            "line 9, key sample.around_events: it excludes `from` and `to`",
            "either",
        ),
        (
            "[events]",
            "groups = [\"a\"]",
            "line 4, key events.groups: groups are listed",
            "Add `group`",
        ),
        (
            "[events]",
            "group = \"g\"\ngroups = [\"a\", \"a\"]",
            "line 5, key events.groups: the group `a` is named twice",
            "once",
        ),
        (
            "[events]",
            "shift = 20000",
            "line 4, key events.shift: 20000 is more than 10000 rows",
            "calendar rows",
        ),
        (
            "[[test]]",
            "statistic = []",
            "line 6, key test.statistic: the list is empty",
            "`mean-change`",
        ),
        (
            "[[test]]",
            "statistic = \"mean-chnge\"",
            "line 6, key test.statistic: unknown statistic `mean-chnge`",
            "Did you mean `mean-change`?",
        ),
        (
            "[[test]]",
            "statistic = [\"mean-change\", \"mean-change\"]",
            "line 6, key test.statistic: the statistic `mean-change` is named twice",
            "once",
        ),
        (
            "[[test]]",
            "window = [1, 0]",
            "line 6, key test.window: the window's first day 1 is after its last day 0",
            "earlier day first",
        ),
        (
            "[[test]]",
            "window = [-20000, 1]",
            "line 6, key test.window: -20000 is more than",
            "calendar rows",
        ),
        (
            "[[test]]",
            "days = [2]",
            "line 6, key test.days: day 2 lies outside the window [-1, 1]",
            "Widen",
        ),
        (
            "[[test]]",
            "days = [0, 0]",
            "line 6, key test.days: the day `0` is named twice",
            "once",
        ),
        (
            "[[test]]",
            "measure = \"endpoints\"\ndays = [-1]",
            "line 7, key test.days: between its ends the change up to day -1",
            "cumulative",
        ),
        (
            "[[test]]",
            "window = [1, 1]\nmeasure = \"endpoints\"",
            "line 6, key test.window: between its ends the change over the window [1, 1] is zero",
            "Begin the window one day earlier",
        ),
        (
            "[[test]]",
            "measure = \"endpoints\"\nstarts = [1]\ndays = [1]",
            "line 7, key test.starts: day 1 is no later start",
            "before its last",
        ),
        (
            "[[test]]",
            "starts = [2]",
            "line 6, key test.starts: day 2 is no later start",
            "up to its last",
        ),
        (
            "[[test]]",
            "statistic = \"overlap-regression\"\nmeasure = \"endpoints\"",
            "line 7, key test.measure: the overlap regression sums the effects of single days",
            "\"mean-change\"",
        ),
        (
            "[[test]]",
            "measure = \"endpoint\"",
            "line 6, key test.measure: unknown value `endpoint`",
            "Did you mean `endpoints`?",
        ),
    ] {
        let text = message(&with(table, line));
        assert!(
            text.starts_with(&format!("dir/mine.toml, {expected}")),
            "{text}"
        );
        let given_remedy = text.split_once("\n  ").unwrap().1;
        assert!(given_remedy.contains(remedy), "{text}");
    }
}

#[test]
fn sums_have_a_first_day_and_windows_of_one() {
    for keys in [
        "days = [-1]",
        "window = [0, 0]",
        "starts = [0, 1]\ndays = [0, 1]",
    ] {
        let text = with("[[test]]", keys);
        assert!(parse(&text).is_ok());
        let text = text.replace("[data]", "[data]\ntransform = \"none\"");
        assert!(parse(&text).is_ok());
    }
    let text = with("[[test]]", "measure = \"endpoints\"");
    let text = message(&text.replace("[data]", "[data]\ntransform = \"none\""));
    assert!(
        text.contains("key test.measure: the series hold changes"),
        "{text}"
    );
}

#[test]
fn tests_may_differ_in_their_measure() {
    let (_, test) = SMALL.split_once("[[test]]").unwrap();
    let both = format!("{SMALL}[[test]]{test}measure = \"endpoints\"\n");
    assert!(parse(&both).is_ok());
    // The regression beside the changes has one measure: its rows would be the same twice.
    let mixed = "[\"mean-change\", \"overlap-regression\"]";
    let text = message(&both.replace("\"mean-change\"", mixed));
    assert!(text.contains("it repeats a statistic"), "{text}");
}

#[test]
fn a_study_needs_tests_that_differ() {
    let (head, test) = SMALL.split_once("[[test]]").unwrap();
    assert!(message(head).contains("key test: there is no test"));
    let twice = format!("{SMALL}[[test]]{test}");
    let text = message(&twice);
    assert!(
        text.starts_with("dir/mine.toml, line 8, key test: it repeats"),
        "{text}"
    );
    assert!(text.contains("[[test]] number 1"), "{text}");
    assert!(parse(&format!("{twice}days = [0]\n")).is_ok());
}

#[test]
fn a_changed_study_can_be_checked_again() {
    let mut study = parse(SMALL).unwrap();
    study.run.draws = 0;
    let text = study.check().unwrap_err().to_string();
    assert!(
        text.starts_with("study mine, key run.draws: zero draws"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_change_of_a_study_makes_it_panic(
        at in 0..3000usize,
        gone in 0..40usize,
        new in "[\\PC\n\"\\[\\]=.{}0-9-]{0,4}",
    ) {
        let (_, text) = crate::load::bundled::STUDIES[1];
        let mut letters: Vec<char> = text.chars().collect();
        let at = at.min(letters.len());
        let end = (at + gone).min(letters.len());
        letters.splice(at..end, new.chars());
        let _ = parse(&letters.into_iter().collect::<String>());
    }
}
