//! Pictures and pages: their numbers against brute force, rows and published values; their words; their form.

use std::collections::HashSet;
use std::sync::LazyLock;

use placebo::campaign::grid::grid;
use placebo::campaign::power::{PowerOptions, SeriesLaw, power};
use placebo::inference::pointwise;
use placebo::picture::{COLOURS, Cell, MeanPath, Picture, Standing, short};
use placebo::report::{Figures, Labelled, Report, finding, multiplicity, pictures, to_html};
use placebo::run::{RunOptions, count, figures, prepare_on, read, report, run};
use placebo::study::{FamilySpec, Study};
use roxmltree::Document;

use crate::folder::{Folder, PRICES, STUDY, edit};
use crate::overlap::table;

/// A study run with so many draws, and the numbers of its figures.
fn drawn(study: &mut Study, draws: u64) -> (Report, Figures) {
    study.run.draws = draws;
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    let inputs = read(study).unwrap();
    let prepared = prepare_on(study, &inputs).unwrap();
    let counted = count(&prepared, 0..draws, draws, &options, &mut |_, _| true).unwrap();
    let drawn = figures(study, &inputs, &counted, &options, &mut |_, _| true).unwrap();
    let context = prepared.context(study);
    (report(context, counted, None, &|| false), drawn)
}

const DRAWS: u64 = 1_000;

static OPEN_CLOSED: LazyLock<(Report, Figures)> =
    LazyLock::new(|| drawn(&mut Study::open("bjorkegren").unwrap(), DRAWS));

static RELEASES: LazyLock<(Report, Figures)> =
    LazyLock::new(|| drawn(&mut Study::open("andrews-farboodi").unwrap(), DRAWS));

fn path<'f>(figures: &'f Figures, series: &str, group: &str, last: i32) -> &'f MeanPath {
    let is_it =
        |path: &&MeanPath| path.series == series && path.group == group && path.window[1] == last;
    figures.paths.iter().find(is_it).unwrap()
}

/// The path of the 30-year yield as it is published, and all of its days against statsmodels.
#[test]
fn the_published_path_of_the_30_year_yield() {
    let (_, figures) = &*OPEN_CLOSED;
    for (group, published) in [
        ("open", ["1.0", "4.7", "5.7", "8.1", "10.9", "12.8"]),
        (
            "closed",
            ["0.7", "-12.2", "-13.4", "-15.3", "-16.9", "-17.6"],
        ),
        (
            "open - closed",
            ["0.3", "16.9", "19.0", "23.4", "27.8", "30.4"],
        ),
    ] {
        let path = path(figures, "30 Yr", group, 15);
        assert_eq!(path.days, Vec::from_iter(-15..=15));
        for (day, printed) in [-15, -1, 0, 1, 5, 15].into_iter().zip(published) {
            let value = path.observed[(day + 15) as usize].unwrap();
            assert_eq!(format!("{value:.1}"), printed, "{group}, day {day}");
        }
    }
    let mut compared = 0;
    for line in table(include_str!("../reference/overlap_observed.tsv")) {
        let Ok(day) = line["day"].parse::<i32>() else {
            continue;
        };
        let path = path(figures, line["series"], line["contrast"], 15);
        let value = path.observed[(day + 15) as usize].unwrap();
        let effect: f64 = line["effect"].parse().unwrap();
        assert!((value - effect).abs() < 1e-6, "{line:?}");
        compared += 1;
    }
    assert_eq!(compared, 7 * 3 * 31);
}

/// Bands by sorting every draw's values, one by one.
#[test]
fn bands_by_brute_force() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.data.series = vec!["10 Yr".into()];
    study.tests.truncate(1);
    let (_, figures) = drawn(&mut study, 399);
    let path = path(&figures, "10 Yr", "all", 15);
    study.tests[0].statistic = "median-change".into();
    study.tests[0].days = (-14..=15).collect();
    let plan = prepare_on(&study, &read(&study).unwrap())
        .unwrap()
        .compiled
        .plans
        .remove(0);
    let values: Vec<Vec<f64>> = (0..399)
        .map(|draw| {
            let numerators = plan.draw(draw).numerators.into_iter();
            numerators
                .zip(&plan.hypotheses)
                .map(|(n, h)| h.value(n.unwrap()))
                .collect()
        })
        .collect();
    let days = plan.hypotheses.len();
    assert_eq!((days, path.days.len()), (30, 30));
    let of_day = |day: usize| -> Vec<f64> { values.iter().map(|draw| draw[day]).collect() };
    // A quantile is the smallest value that a share of the draws does not exceed.
    for band in &path.fan {
        let rest = (1.0 - band.share) / 2.0;
        for day in 0..days {
            let mut sorted = of_day(day);
            sorted.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| sorted[(share * 399.0 - 1e-9).ceil().max(1.0) as usize - 1];
            assert_eq!(
                band.ends[day],
                Some((at(rest), at(1.0 - rest))),
                "{} day {day}",
                band.share
            );
        }
    }
    // The observed set counts as one more draw in moments and in the law of the largest.
    let observed: Vec<f64> = path.observed.iter().map(|value| value.unwrap()).collect();
    let moments: Vec<(f64, f64)> = (0..days)
        .map(|day| {
            let all: Vec<f64> = of_day(day).into_iter().chain([observed[day]]).collect();
            let mean = all.iter().sum::<f64>() / 400.0;
            let variance = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 400.0;
            (mean, variance.sqrt())
        })
        .collect();
    let largest = |sign: f64| -> Vec<f64> {
        let out = |draw: &Vec<f64>| {
            let days = draw.iter().zip(&moments);
            days.map(|(x, (mean, sd))| sign * (x - mean) / sd)
                .fold(f64::MIN, f64::max)
        };
        values.iter().chain([&observed]).map(out).collect()
    };
    let band = path.simultaneous.as_ref().unwrap();
    let mut tails = Vec::new();
    for (sign, end) in [(-1.0, 0), (1.0, 1)] {
        let mut sorted = largest(sign);
        let reached = sorted.iter().filter(|&&x| x >= sorted[399] - 1e-9).count();
        tails.push(reached as f64 / 400.0);
        sorted.sort_unstable_by(f64::total_cmp);
        // Of 400, ten exceed at most.
        let reach = sorted[389];
        for (day, (mean, sd)) in moments.iter().enumerate() {
            let ends = band.ends[day].unwrap();
            let found = [ends.0, ends.1][end];
            assert!(
                (found - (mean + sign * reach * sd)).abs() < 1e-9,
                "day {day}"
            );
        }
    }
    let p = (2.0 * tails[0].min(tails[1])).min(1.0);
    assert!((path.p_sup.unwrap() - p).abs() < 1e-12);
}

/// A family of the same members over the same draws has the same band and the same p, by code of its own.
#[test]
fn the_band_of_a_path_is_that_of_a_family() {
    let mut study = Study::open("bjorkegren").unwrap();
    study.data.series = vec!["30 Yr".into()];
    study.tests.truncate(1);
    let (_, figures) = drawn(&mut study, DRAWS);
    let path = path(&figures, "30 Yr", "closed", 15);
    study.tests[0].statistic = "overlap-regression".into();
    study.tests[0].days = (-15..=15).collect();
    study.tests[0].family = Some(FamilySpec::default().groups(["closed".to_owned()]));
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    let report = run(&study, &options, &mut |_, _| true).unwrap();
    let mut compared = 0;
    for row in report.results.iter().filter(|row| row.p_maxt.is_some()) {
        let day = (row.relative_day() + 15) as usize;
        let (low, high) = path.simultaneous.as_ref().unwrap().ends[day].unwrap();
        assert!((low - row.sim_low.unwrap()).abs() < 1e-6, "{row:?}");
        assert!((high - row.sim_high.unwrap()).abs() < 1e-6, "{row:?}");
        compared += 1;
    }
    assert_eq!(compared, 31);
    let p_sup = report.manifest.families[0].p_sup;
    assert!((path.p_sup.unwrap() - p_sup).abs() < 1e-12);
}

/// The median of the hairs is the observed median path, and a hair is the event's own change.
#[test]
fn hairs_are_the_events_own_changes() {
    let (report, figures) = &*RELEASES;
    let panel = read(&Study::open("andrews-farboodi").unwrap())
        .unwrap()
        .panel;
    for (last, events) in [(15, 15), (5, 16)] {
        let path = path(figures, "10 Yr", "all", last);
        assert_eq!(path.hairs.len(), events);
        for (i, observed) in path.observed.iter().enumerate() {
            let mut values: Vec<f64> = path
                .hairs
                .iter()
                .map(|hair| hair.values[i].unwrap())
                .collect();
            values.sort_unstable_by(f64::total_cmp);
            let median = (values[(events - 1) / 2] + values[events / 2]) / 2.0;
            assert!((observed.unwrap() - median).abs() < 1e-9);
        }
        let row = report.results.iter().find(|row| {
            row.series() == "10 Yr" && row.statistic() == "median-change" && row.window()[1] == last
        });
        assert_eq!(path.observed.last().unwrap(), &row.unwrap().observed);
    }
    // By hand: levels of rows that have a value.
    let series = panel
        .series
        .iter()
        .find(|series| series.name == "10 Yr")
        .unwrap();
    let rows: Vec<(String, f64)> = panel
        .dates
        .iter()
        .zip(&series.values)
        .filter_map(|(date, value)| Some((date.to_string(), (*value)?)))
        .collect();
    let hair = &path(figures, "10 Yr", "all", 15).hairs[0];
    let row = rows
        .iter()
        .position(|(date, _)| *date == hair.name)
        .unwrap();
    for (i, value) in hair.values.iter().enumerate() {
        let change = 100.0 * (rows[row - 14 + i].1 - rows[row - 15].1);
        assert!((value.unwrap() - change).abs() < 1e-9);
    }
}

#[test]
fn calendars_count_the_days_of_the_null_statement() {
    for (of, events) in [(&*OPEN_CLOSED, 47), (&*RELEASES, 15)] {
        let (report, figures) = of;
        assert!(!figures.calendars.is_empty());
        for calendar in &figures.calendars {
            let nulls = report.manifest.nulls.iter();
            let mut nulls = nulls.filter(|null| calendar.nulls.contains(&null.null));
            let eligible = calendar
                .days
                .iter()
                .filter(|day| day.standing == Standing::Eligible)
                .count();
            assert!(nulls.clone().count() >= calendar.nulls.len());
            assert!(nulls.any(|null| {
                (null.eligible_dates, null.sample.rows)
                    == (eligible as u64, calendar.days.len() as u64)
            }));
        }
        let marked = |calendar: &placebo::picture::Calendar| -> usize {
            calendar.days.iter().map(|day| day.events.len()).sum()
        };
        assert_eq!(marked(&figures.calendars[0]), events);
    }
}

fn numbers<'p>(picture: &'p Picture, column: &str) -> Vec<&'p Cell> {
    let at = picture
        .numbers
        .headings
        .iter()
        .position(|heading| heading == column);
    picture
        .numbers
        .rows
        .iter()
        .map(|row| &row[at.unwrap()])
        .collect()
}

/// p of the signature picture, and the tails of null distributions, are those of the rows.
#[test]
fn pictures_hold_the_numbers_of_the_rows() {
    let (report, figures) = &*OPEN_CLOSED;
    let pictures = pictures(report, figures);
    // Pictures are for people, who know series by their labels.
    let report = report.labelled();
    let by_null = pictures.iter().find(|picture| {
        picture.title == "p by null design: overlap-regression, days -15 to 15, day 15"
    });
    let by_null = by_null.unwrap();
    let mut compared = 0;
    for (null, short) in [
        ("uniform(full-window)", "uniform"),
        ("labels", "labels"),
        ("circular-shift(all, wrap)", "shift wrap"),
    ] {
        let p = numbers(by_null, short);
        let (sections, questions) = (numbers(by_null, "section"), numbers(by_null, "question"));
        for ((p, section), question) in p.into_iter().zip(sections).zip(questions) {
            let row = report.results.iter().find(|row| {
                row.null() == null
                    && row.statistic() == "overlap-regression"
                    && row.relative_day() == 15
                    && row.series() == section.to_string()
                    && row.group().replace(" - ", " − ") == question.to_string()
            });
            assert_eq!(*p, Cell::Number(row.unwrap().p));
            compared += 1;
        }
    }
    assert_eq!(compared, 3 * 7 * 3);

    let mut laws = 0;
    for row in report.results.iter().filter(|row| {
        row.statistic() == "overlap-regression" && row.relative_day() == 15 && row.draws.is_some()
    }) {
        let is_of = |picture: &&Picture| {
            let group = row.group().replace(" - ", " − ");
            let question = format!(
                "{}, {group}, overlap-regression, day 15 under ",
                row.series()
            );
            let [below, equal, above] = [row.below, row.equal, row.above].map(Option::unwrap);
            picture.title.starts_with(&question)
                && picture
                    .description
                    .contains(&format!("values {} (", thousands(below + equal)))
                && picture
                    .description
                    .contains(&format!("and {} (", thousands(above + equal)))
                && picture.description.contains(&short(row.observed.unwrap()))
        };
        let found = pictures.iter().find(is_of);
        let found = found.unwrap_or_else(|| panic!("{row:?}"));
        let counts: f64 = numbers(found, "draws")
            .iter()
            .map(|cell| cell.to_string().parse::<f64>().unwrap())
            .sum();
        assert_eq!(
            counts as u64,
            row.draws.unwrap() - row.singular.unwrap_or(0)
        );
        laws += 1;
    }
    assert_eq!(laws, 6 * 21);
}

fn thousands(n: u64) -> String {
    match n {
        0..1000 => n.to_string(),
        _ => format!("{},{:03}", n / 1000, n % 1000),
    }
}

/// A quantile of a row is the end of the pointwise band of the same draws.
#[test]
fn pointwise_bands_end_at_the_quantiles_of_rows() {
    let mut study = Study::open("bjorkegren").unwrap();
    study.tests.truncate(1);
    study.run.draws = DRAWS;
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    let prepared = prepare_on(&study, &read(&study).unwrap()).unwrap();
    let counted = count(&prepared, 0..DRAWS, DRAWS, &options, &mut |_, _| true).unwrap();
    let answer = counted.answers[0].clone();
    let report = report(prepared.context(&study), counted, None, &|| false);
    let mut compared = 0;
    for (h, label) in answer.plan.labels.iter().enumerate() {
        let row = report
            .results
            .iter()
            .find(|row| row.key == label.key)
            .unwrap();
        let band = pointwise(
            &answer.plan.hypotheses[h],
            &answer.tally.hypotheses[h],
            0.95,
        );
        if let (Some(low), Some(high)) = (row.null_q025, row.null_q975) {
            assert_eq!(band, Some((low, high)));
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

/// Every picture is XML that stands by itself, with a title, a description, and numbers.
#[test]
fn pictures_are_sound_and_have_words() {
    let mut names = HashSet::new();
    for (report, figures) in [&*OPEN_CLOSED, &*RELEASES] {
        let pictures = pictures(report, figures);
        assert!(pictures.len() > 20, "{}", pictures.len());
        for picture in &pictures {
            let svg = picture.to_svg();
            let xml = Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
            let root = xml.root_element();
            assert_eq!(
                (root.tag_name().name(), root.attribute("role")),
                ("svg", Some("img"))
            );
            let child = |name: &str| {
                let mut children = root.children();
                children
                    .find(|child| child.tag_name().name() == name)
                    .unwrap()
            };
            let (title, description) = (child("title"), child("desc"));
            assert_eq!(title.text(), Some(picture.title.as_str()));
            assert_eq!(description.text(), Some(picture.description.as_str()));
            let named: Vec<&str> = root
                .attribute("aria-labelledby")
                .unwrap()
                .split(' ')
                .collect();
            assert_eq!(
                named,
                [
                    title.attribute("id").unwrap(),
                    description.attribute("id").unwrap()
                ]
            );
            assert!(
                picture.description.len() > 40
                    && picture.description.chars().any(|c| c.is_ascii_digit())
            );
            assert!(!picture.numbers.rows.is_empty(), "{}", picture.id);
            assert!(
                picture
                    .numbers
                    .rows
                    .iter()
                    .all(|row| row.len() == picture.numbers.headings.len())
            );
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(
                names.insert((report.study.name.clone(), picture.id.clone())),
                "{}",
                picture.id
            );
            let lines = picture.numbers.to_csv().lines().count();
            assert_eq!(lines, picture.numbers.rows.len() + 1);
        }
    }
}

/// WCAG 2: the contrast of two colours.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let share = f64::from(value) / 255.0;
            match share <= 0.040_45 {
                true => share / 12.92,
                false => ((share + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn inks_stand_out_from_every_ground() {
    assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
    let of = |name: &str| COLOURS.iter().find(|colour| colour.name == name).unwrap();
    let mut inks = 0;
    for ink in COLOURS.iter().filter(|colour| colour.is_ink) {
        for ground in ["ground", "raised"].map(of) {
            for (ink_of, ground_of) in [(ink.light, ground.light), (ink.dark, ground.dark)] {
                let found = contrast(ink_of, ground_of);
                assert!(found >= 4.5, "{} on {}: {found:.2}", ink.name, ground.name);
            }
        }
        inks += 1;
    }
    assert_eq!(inks, 11);
}

fn page(of: &(Report, Figures)) -> String {
    to_html(&of.0, &of.1)
}

/// Nothing in a page leads out of it, and all that it needs to be repeated is in it.
#[test]
fn pages_need_nothing_else() {
    for of in [&*OPEN_CLOSED, &*RELEASES] {
        let html = page(of);
        for attribute in ["href=\"", "src=\"", "url("] {
            let mut found = 0;
            for rest in html.split(attribute).skip(1) {
                assert!(
                    rest.starts_with('#') || rest.starts_with("data:"),
                    "{}",
                    &rest[..60]
                );
                found += 1;
            }
            assert!(found > 0 || attribute == "src=\"", "{attribute}");
        }
        assert!(
            !html.contains("@import")
                && !html.contains("<iframe")
                && !html.contains("<link rel=\"style")
        );
        assert_eq!(html.matches("<script").count(), 1);
        for file in &of.0.manifest.head.data {
            assert!(html.contains(&file.sha256), "{}", file.file);
        }
        let study = of.0.manifest.head.study.as_ref().unwrap();
        let escaped = |text: &str| text.replace('&', "&#38;").replace('"', "&#34;");
        for line in study
            .text
            .lines()
            .filter(|line| !line.contains(['<', '>', '\'']))
        {
            assert!(html.contains(&escaped(line)), "{line}");
        }
        // The terminal's answer, with the labels of the study.
        for sentence in [finding(&of.0), multiplicity(&of.0)] {
            assert!(html.contains(&escaped(&sentence)), "{sentence}");
        }
        assert!(html.contains("30-year Treasury"));
        assert!(html.contains("@software{placebo,") && html.contains("aria-label"));
        assert_eq!(
            html.matches("role=\"img\"").count(),
            pictures(&of.0, &of.1).len()
        );
    }
}

/// Names that would act in a page are shown as text, in the page, in pictures and in their files.
#[test]
fn hostile_names_are_text() {
    let hostile = "<script>window.hacked=1</script>";
    let study = edit(STUDY, &[("series = [\"oil\"]", "")]);
    let prices = PRICES.replacen("oil", hostile, 1);
    let folder = Folder::with(&[("study.toml", &study), ("prices.csv", &prices)]);
    let path = folder.0.path().join("study.toml");
    let mut study = Study::open(path.to_str().unwrap()).unwrap();
    study.title = Some("<b class=\"hacked\">\u{202e}title\u{7}</b>".into());
    let of = drawn(&mut study, 100);
    let html = page(&of);
    assert!(html.contains("&#60;script&#62;window.hacked=1&#60;/script&#62;"));
    assert!(!html.contains(hostile) && !html.contains("<b class"));
    assert!(!html.contains(['\u{202e}', '\u{7}']));
    assert!(html.contains("\\u{202e}title\\u{7}"));
    for picture in pictures(&of.0, &of.1) {
        assert!(
            picture
                .id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-')
        );
        let svg = picture.to_svg();
        assert!(Document::parse(&svg).is_ok() && !svg.contains("<script"));
    }
}

/// The flags write a page and a file of each picture and its numbers, and nothing else.
#[test]
fn flags_write_pages_and_pictures() {
    let folder = Folder::with(&[]);
    let flags = ["--quiet", "--report", "page.html", "--figures", "pictures"];
    let run = folder.placebo(&[&["run", "study.toml"][..], &flags].concat());
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    let html = std::fs::read_to_string(folder.0.path().join("page.html")).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>"));
    assert!(html.contains("placebo run study.toml --quiet --report page.html --figures pictures"));
    let names = |of: &std::path::Path| -> HashSet<String> {
        let entries = std::fs::read_dir(of).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let pictures = names(&folder.0.path().join("pictures"));
    let svg = pictures.iter().filter_map(|name| name.strip_suffix(".svg"));
    let svg: HashSet<&str> = svg.collect();
    assert!(
        [
            "p-by-null-days-1-to-1-endpoints-day-1",
            "path-oil",
            "calendar-uniform"
        ]
        .iter()
        .all(|id| svg.contains(id)),
        "{svg:?}"
    );
    assert!(
        svg.iter()
            .all(|name| pictures.contains(&format!("{name}.csv")))
    );
    let files = 2 + usize::from(cfg!(feature = "png"));
    assert_eq!(pictures.len(), files * svg.len());
    assert_eq!(html.matches("role=\"img\"").count(), svg.len());
    let mut files = vec![
        "study.toml",
        "prices.csv",
        "events.csv",
        "page.html",
        "pictures",
    ];
    files.sort_unstable();
    let mut found: Vec<String> = names(folder.0.path()).into_iter().collect();
    found.sort_unstable();
    assert_eq!(found, files);
}

/// Places that cannot be written, or are read, are refused before a draw is made.
#[test]
fn bad_places_are_refused() {
    let folder = Folder::with(&[]);
    for (flag, place, problem) in [
        ("--report", "study.toml", "it would replace study.toml"),
        ("--report", "prices.csv", "it would replace"),
        ("--report", "nowhere/page.html", "its folder does not exist"),
        ("--figures", "prices.csv", "it is no folder"),
    ] {
        let run = folder.placebo(&["run", "study.toml", flag, place]);
        let stderr = String::from_utf8(run.stderr).unwrap();
        assert_eq!(
            (run.status.code(), run.stdout.len()),
            (Some(2), 0),
            "{flag} {place}"
        );
        assert!(
            stderr.contains(problem) && stderr.contains(flag),
            "{stderr}"
        );
    }
}

/// p-value functions of a linear statistic, against the test of the data without each effect.
#[test]
fn p_of_an_effect_is_that_of_the_data_without_it() {
    let with = |shift: f64| {
        let mut prices = String::new();
        for (row, line) in PRICES.lines().enumerate() {
            let cells: Vec<&str> = line.split(',').collect();
            let after = |event: usize| f64::from(u8::from(row > event)) * shift;
            match cells[1].parse::<f64>() {
                // The events stand on the third and the sixth row, below the heading.
                Ok(value) => {
                    prices += &format!("{},{:.4}\n", cells[0], value - after(2) - after(5))
                }
                Err(_) => prices += &format!("{},{}\n", cells[0], cells[1]),
            }
        }
        prices
    };
    let interval = edit(STUDY, &[("measure = \"endpoints\"", "interval = {}")]);
    let plain = edit(STUDY, &[("measure = \"endpoints\"\n", "")]);
    let folder = Folder::with(&[
        ("sets.toml", &interval),
        ("plain.toml", &plain),
        ("prices.csv", &with(0.0)),
    ]);
    let open = |name: &str| Study::open(folder.0.path().join(name).to_str().unwrap()).unwrap();
    let (_, figures) = drawn(&mut open("sets.toml"), 200);
    let effect = &figures.effects[0];
    assert!(effect.points.len() > 5 && effect.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let mut compared = 0;
    for &(tau, p) in effect
        .points
        .iter()
        .filter(|(tau, _)| ((tau * 1e4).round() / 1e4 - tau).abs() < 1e-12)
    {
        std::fs::write(folder.0.path().join("prices.csv"), with(tau)).unwrap();
        let (report, _) = drawn(&mut open("plain.toml"), 200);
        assert!(
            (report.results[0].p.unwrap() - p).abs() < 1e-12,
            "effect {tau}: {p} and {:?}",
            report.results[0].p
        );
        compared += 1;
    }
    assert!(compared > 5, "{compared} of {:?}", effect.points);
    let kept = |p: f64| p > 0.05 * (1.0 + 1e-12);
    for &(tau, p) in &effect.points {
        let inside = effect.set.iter().any(|[low, high]| {
            low.is_none_or(|low| low <= tau) && high.is_none_or(|high| tau <= high)
        });
        assert_eq!(inside, kept(p), "{tau}");
    }
}

/// A picture that stands by itself as XML, and its numbers in a column.
fn sound(picture: &Picture) {
    let svg = picture.to_svg();
    let xml = Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let title = xml
        .descendants()
        .find(|node| node.tag_name().name() == "title");
    assert_eq!(title.unwrap().text(), Some(picture.title.as_str()));
    assert!(
        picture.description.len() > 40 && !svg.contains("NaN"),
        "{svg}"
    );
}

fn value(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(Some(number)) => *number,
        other => panic!("{other:?} is no number"),
    }
}

/// Specification curves have every specification of the rows once, in order, and their page stands alone.
#[test]
fn specification_curves_hold_the_rows_of_a_grid() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.data.series = vec!["10 Yr".into()];
    study.grid.controls.clear();
    study.run.draws = 100;
    let report = grid(&study, &RunOptions::default(), &mut |_, _| true).unwrap();
    let pictures = report.pictures();
    let mut drawn = 0;
    for picture in &pictures {
        sound(picture);
        let values: Vec<f64> = numbers(picture, "value").into_iter().map(value).collect();
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        let (dimensions, choices) = (numbers(picture, "dimension"), numbers(picture, "choice"));
        for ((value, dimension), choice) in values.iter().zip(dimensions).zip(choices) {
            let row = report.results.iter().find(|row| {
                row.dimension == dimension.to_string()
                    && row.choice == choice.to_string()
                    && row.observed == Some(*value)
            });
            assert!(row.is_some(), "{dimension} {choice} {value}");
        }
        drawn += values.len();
    }
    let rows = report
        .results
        .iter()
        .filter(|row| row.observed.is_some())
        .count();
    assert_eq!(drawn, rows);
    assert!(drawn > 500, "{drawn}");
    let own = report
        .results
        .iter()
        .find(|row| row.dimension == "own")
        .unwrap();
    let own = format!("The study's own is {} bp", short(own.observed.unwrap()));
    assert!(
        pictures[0].description.contains(&own),
        "{}",
        pictures[0].description
    );
    let html = report.to_html();
    assert_eq!(html.matches("role=\"img\"").count(), pictures.len());
    assert_eq!(
        (
            html.matches("<script").count(),
            html.matches("href=\"http").count()
        ),
        (1, 0)
    );
}

/// Power curves have the rates of the rows at the level nearest to 5 %.
#[test]
fn power_curves_hold_the_rates_of_rows() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.data.series = vec!["10 Yr".into(), "1 Yr".into()];
    study.tests.truncate(1);
    let options = PowerOptions {
        effects: vec![20.0, 0.0, -20.0],
        sets: 20,
        draws: 39,
        levels: vec![0.1, 0.05],
        law: SeriesLaw::Own,
        group: None,
        threads: None,
    };
    let report = power(&study, &options, &mut |_, _| true).unwrap();
    let report = report.labelled();
    let pictures = report.pictures();
    // Four statistics of two series.
    assert_eq!(pictures.len(), 8);
    let mut compared = 0;
    for picture in &pictures {
        sound(picture);
        let effects: Vec<f64> = numbers(picture, "effect").into_iter().map(value).collect();
        assert_eq!(effects, [-20.0, 0.0, 20.0]);
        for (effect, rate) in effects.iter().zip(numbers(picture, "rate")) {
            let row = report.results.iter().find(|row| {
                let title = format!("{}, {}, days", row.series, row.statistic);
                (row.level, row.effect) == (0.05, *effect) && picture.title.starts_with(&title)
            });
            assert_eq!(value(rate), row.unwrap().rate);
            compared += 1;
        }
    }
    assert_eq!(compared, 24);
    assert!(report.to_html().contains("at a level of 5 %"));
}
