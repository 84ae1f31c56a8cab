//! The pictures of a page, chapter by chapter.

use std::collections::HashMap;

use super::{Asked, View, headlines, views};
use crate::inference::{COUNTED_AT, distinct};
use crate::picture::{
    ByNull, Calendar, Dot, MeanPath, NullLaw, Picture, Question, law_range, short,
};
use crate::report::answer::Answer;
use crate::report::comparison::short_name;
use crate::report::{Figures, Report, ResultRow};

/// A chapter of pictures.
pub(super) struct Chapter {
    pub id: &'static str,
    pub heading: &'static str,
    /// How to read them.
    pub reading: String,
    pub parts: Vec<Part>,
}

/// Pictures that are read side by side.
pub(super) struct Part {
    /// Empty where the chapter has one part.
    pub heading: String,
    /// Whether it is shown at once.
    pub is_open: bool,
    pub pictures: Vec<Picture>,
}

/// Questions of a picture that statistics share, and of any.
const SHARED_QUESTIONS: usize = 32;
pub(super) const MOST_QUESTIONS: usize = 150;

/// Pictures of a chapter, at most; a page of more would not open.
pub(super) const MOST_PICTURES: usize = 300;

/// The chapters that have something to show.
pub(super) fn chapters(report: &Report, figures: &Figures) -> Vec<Chapter> {
    let names = Names::of(report);
    let all = [
        by_null(report, &names),
        paths(report, figures, &names),
        laws(report, &names),
        effects(figures, &names),
        calendars(figures, &names),
    ];
    let mut shown: Vec<Chapter> = all
        .into_iter()
        .filter(|chapter| !chapter.parts.is_empty())
        .collect();
    name_apart(&mut shown);
    shown
}

/// Names that differ may make one id: the later ones get numbers.
pub(super) fn name_apart(chapters: &mut [Chapter]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let parts = chapters.iter_mut().flat_map(|chapter| &mut chapter.parts);
    for picture in parts.flat_map(|part| &mut part.pictures) {
        let times = seen.entry(picture.id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            picture.id += &format!("--{times}");
        }
    }
}

/// What series, groups and null designs are called here.
pub(super) struct Names {
    nulls: Vec<(String, String)>,
    has_groups: bool,
}

impl Names {
    pub fn of(report: &Report) -> Self {
        let mut nulls: Vec<(String, String)> = Vec::new();
        for null in distinct(report.results.iter().map(|row| row.null())) {
            let short = short_name(null);
            let alike = nulls
                .iter()
                .filter(|(_, had)| had.starts_with(&short))
                .count();
            let short = match alike {
                0 => short,
                had => format!("{short} ({})", had + 1),
            };
            nulls.push((null.to_owned(), short));
        }
        let rows = report.results.iter().filter(|row| !row.is_constant());
        Names {
            nulls,
            has_groups: distinct(rows.map(|row| row.group())).len() > 1,
        }
    }

    /// A null design in a few words.
    pub fn null<'n>(&'n self, null: &'n str) -> &'n str {
        let known = self.nulls.iter().find(|(long, _)| long == null);
        known.map_or(null, |(_, short)| short)
    }

    /// The colour of a null design.
    fn colour(&self, null: &str) -> usize {
        self.nulls
            .iter()
            .position(|(long, _)| long == null)
            .unwrap_or(0)
    }

    /// A series and its group, where there are several.
    fn question(&self, series: &str, group: &str) -> String {
        match self.has_groups {
            true => format!("{series}, {}", dashed(group)),
            false => series.to_owned(),
        }
    }
}

/// A difference with a true minus.
fn dashed(group: &str) -> String {
    group.replace(" - ", " \u{2212} ")
}

fn by_null(report: &Report, names: &Names) -> Chapter {
    let mut sets: Vec<ByNull> = Vec::new();
    for view in views(report) {
        let asked = view.asked();
        let questions: Vec<Question> = asked
            .iter()
            .take(MOST_QUESTIONS)
            .map(|asked| question(&view, asked, names))
            .collect();
        if questions.iter().all(|question| question.dots.is_empty()) {
            continue;
        }
        let day = asked.first().map_or(0, |asked| asked.day);
        let [from, to] = view.window;
        let about = match names.has_groups {
            true => format!("{}, day {day}", view.words()),
            false => format!("days {from} to {to}, {}, day {day}", view.measure),
        };
        // Statistics of one window share a picture while there is room.
        let shared = sets.iter_mut().find(|had| {
            !names.has_groups
                && had.about == about
                && had.questions.len() + questions.len() <= SHARED_QUESTIONS
        });
        match shared {
            Some(had) => had.questions.extend(questions),
            None => sets.push(ByNull {
                about,
                nulls: names.nulls.iter().map(|(_, short)| short.clone()).collect(),
                questions,
                level: COUNTED_AT,
            }),
        }
    }
    for set in &mut sets {
        keep_used_nulls(set);
    }
    let pictures: Vec<Picture> = sets
        .iter()
        .take(MOST_PICTURES)
        .map(ByNull::picture)
        .collect();
    let most = views(report).iter().map(|view| view.asked().len()).max();
    let cut = match most.filter(|most| *most > MOST_QUESTIONS) {
        Some(most) => format!(" Of {most} questions the first {MOST_QUESTIONS} are drawn."),
        None => String::new(),
    };
    Chapter {
        id: "by-null",
        heading: "p by null design",
        reading: format!(
            "A row is a question, a mark its p under one null design, on a logarithmic axis; the dashed line is {COUNTED_AT}. Marks that lie apart answer different questions of what chance is: each design assumes something of its own, said below. A pale line through a mark is the Monte Carlo interval of its p.{cut}"
        ),
        parts: one_part(pictures),
    }
}

fn question(view: &View<'_>, asked: &Asked<'_>, names: &Names) -> Question {
    let dots = asked.rows.iter().filter_map(|row| {
        Some(Dot {
            null: names.colour(row.null()),
            p: row.p?,
            interval: Some((row.p_mc_low?, row.p_mc_high?)).filter(|(low, high)| low < high),
        })
    });
    Question {
        section: match names.has_groups {
            true => asked.series.to_owned(),
            false => view.statistic.to_owned(),
        },
        label: match names.has_groups {
            true => dashed(asked.group),
            false => asked.series.to_owned(),
        },
        dots: dots.collect(),
        hac: asked.rows.iter().find_map(|row| row.p_hac),
    }
}

/// The designs that some question of a picture was put under, and their marks.
fn keep_used_nulls(set: &mut ByNull) {
    let used = set.questions.iter().flat_map(|question| &question.dots);
    let mut used = distinct(used.map(|dot| dot.null));
    used.sort_unstable();
    // Designs keep their colours from picture to picture as long as all are used in order.
    let place = |null: usize| used.iter().position(|had| *had == null).unwrap_or(0);
    for question in &mut set.questions {
        for dot in &mut question.dots {
            dot.null = place(dot.null);
        }
    }
    set.nulls = used.iter().map(|&null| set.nulls[null].clone()).collect();
}

pub(super) fn one_part(pictures: Vec<Picture>) -> Vec<Part> {
    match pictures.is_empty() {
        true => Vec::new(),
        false => vec![Part {
            heading: String::new(),
            is_open: true,
            pictures,
        }],
    }
}

/// The series of what stands out: it is shown first.
fn foremost(report: &Report) -> Option<String> {
    let found = Answer::of(report).found();
    found.first().map(|row| row.series().to_owned())
}

/// Parts with the foremost one open and first.
fn sorted(parts: Vec<(String, Part)>, foremost: Option<&str>) -> Vec<Part> {
    let mut parts = parts;
    parts.sort_by_key(|(series, _)| Some(series.as_str()) != foremost);
    let is_first = |i: usize, series: &str| match foremost {
        Some(foremost) => series == foremost,
        None => i == 0,
    };
    let parts = parts.into_iter().enumerate();
    parts
        .map(|(i, (series, part))| Part {
            is_open: is_first(i, &series),
            ..part
        })
        .collect()
}

fn paths(report: &Report, figures: &Figures, names: &Names) -> Chapter {
    let mut parts = Vec::new();
    let several = distinct(figures.paths.iter().map(|path| path.window)).len() > 1;
    for series in distinct(figures.paths.iter().map(|path| path.series.as_str())) {
        let picture = |path: &MeanPath| {
            let mut path = path.clone();
            path.null = names.null(&path.null).to_owned();
            let [from, to] = path.window;
            let mut about = Vec::new();
            about.extend(names.has_groups.then(|| dashed(&path.group)));
            about.extend(several.then(|| format!("days {from} to {to}")));
            path.group = about.join(", ");
            path.picture()
        };
        let of_series = figures.paths.iter().filter(|path| path.series == series);
        let part = Part {
            heading: series.to_owned(),
            is_open: false,
            pictures: of_series.map(picture).collect(),
        };
        parts.push((series.to_owned(), part));
    }
    let draws = figures.paths.first().map_or(0, |path| path.draws);
    let null = figures
        .paths
        .first()
        .map_or("", |path| names.null(&path.null));
    let formula = figures
        .paths
        .first()
        .map_or("", |path| path.formula.as_str());
    Chapter {
        id: "paths",
        heading: "The path around the events",
        reading: format!(
            "The thick line is the observed path ({formula}); each thin line is one event's own change, from the same day on. The grey fans hold 50, 80 and 95 % of {} placebo paths ({null}) day by day; the dashed lines hold 95 % of them on all days at once (sup-t).",
            crate::error::thousands(draws)
        ),
        parts: sorted(parts, foremost(report).as_deref()),
    }
}

fn laws(report: &Report, names: &Names) -> Chapter {
    let views = headlines(report);
    let several = views.len() > 1;
    let mut found: Vec<(&str, &str, Vec<NullLaw>)> = Vec::new();
    for view in &views {
        for asked in view.asked() {
            let laws: Vec<NullLaw> = asked
                .rows
                .iter()
                .filter_map(|row| law(view, row, names, several))
                .collect();
            match found
                .iter_mut()
                .find(|(series, group, _)| (*series, *group) == (asked.series, asked.group))
            {
                Some((.., had)) => had.extend(laws),
                None => found.push((asked.series, asked.group, laws)),
            }
        }
    }
    found.retain(|(.., laws)| !laws.is_empty());
    let mut drawn = 0;
    found.retain(|(.., laws)| {
        drawn += laws.len();
        drawn <= MOST_PICTURES
    });
    let parts = found.into_iter().map(|(series, group, mut laws)| {
        if !several {
            let range = law_range(&laws);
            laws.iter_mut().for_each(|law| law.range = range);
        }
        let part = Part {
            heading: names.question(series, group),
            is_open: false,
            pictures: laws.iter().map(NullLaw::picture).collect(),
        };
        (series.to_owned(), part)
    });
    let mut parts = sorted(parts.collect(), foremost(report).as_deref());
    // Of the groups of a series the last one is shown: the difference, where there is one.
    let last = parts.iter().rposition(|part| part.is_open);
    for (i, part) in parts.iter_mut().enumerate() {
        part.is_open = Some(i) == last;
    }
    parts.sort_by_key(|part| !part.is_open);
    Chapter {
        id: "nulls",
        heading: "The null distributions",
        reading: "The values of the placebo sets that were made under one design; the line is the observed value, and what lies beyond it on the rarer side is red. Below each stands the share of placebo values on either side, the observed value counting to both.".into(),
        parts,
    }
}

fn law(view: &View<'_>, row: &ResultRow, names: &Names, several: bool) -> Option<NullLaw> {
    let [from, to] = view.window;
    let null = names.null(row.null());
    let question = format!(
        "{}, {}, day {}",
        names.question(row.series(), row.group()),
        view.statistic,
        row.relative_day()
    );
    let null = match several {
        true => format!("{null}, days {from} to {to}"),
        false => null.to_owned(),
    };
    law_of(row, question, null, names.colour(row.null()))
}

/// The null distribution of a row, where its histogram is kept, as that of a question under a design with this colour.
pub(super) fn law_of(
    row: &ResultRow,
    question: String,
    null: String,
    colour: usize,
) -> Option<NullLaw> {
    let (edges, counts, outside) = row.null_bars()?;
    let mut law = NullLaw {
        question,
        null,
        colour,
        unit: row.unit.clone(),
        edges: edges.to_vec(),
        counts: counts.to_vec(),
        outside,
        observed: row.observed?,
        tails: (row.below?, row.equal?, row.above?),
        p: row.p,
        convention: row.convention_label().to_owned(),
        quantiles: (row.null_q025, row.null_q975),
        range: (0.0, 0.0),
    };
    law.range = law_range(std::slice::from_ref(&law));
    Some(law)
}

fn effects(figures: &Figures, names: &Names) -> Chapter {
    let pictures = figures.effects.iter().take(MOST_PICTURES).map(|effect| {
        let mut effect = effect.clone();
        effect.null = names.null(&effect.null).to_owned();
        effect.group = match names.has_groups {
            true => dashed(&effect.group),
            false => String::new(),
        };
        effect.picture()
    });
    let level = figures
        .effects
        .first()
        .map_or(0.0, |effect| 1.0 - effect.level);
    Chapter {
        id: "effects",
        heading: "The effects that are not rejected",
        reading: format!(
            "p of every effect, once it is taken out of the data; those above the dashed line, {}, are the confidence set.",
            short(level)
        ),
        parts: one_part(pictures.collect()),
    }
}

fn calendars(figures: &Figures, names: &Names) -> Chapter {
    let several = distinct(figures.calendars.iter().map(|calendar| calendar.window)).len() > 1;
    let pictures = figures.calendars.iter().map(|calendar| {
        let [from, to] = calendar.window;
        let nulls = calendar.nulls.iter().map(|null| match several {
            true => format!("{}, days {from} to {to}", names.null(null)),
            false => names.null(null).to_owned(),
        });
        let calendar = Calendar {
            nulls: nulls.collect(),
            ..calendar.clone()
        };
        calendar.picture()
    });
    Chapter {
        id: "calendar",
        heading: "The days that could have been drawn",
        reading: "A strip is a year of the sample, a mark an event. A placebo set takes its days from the eligible ones.".into(),
        parts: one_part(pictures.collect()),
    }
}
