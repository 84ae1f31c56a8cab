//! Made-up data of a fixed size, the same on every machine.

use jiff::ToSpan;
use jiff::civil::date;

use crate::load::{Event, Events, FileHash, Panel, Series};
use crate::null::philox4x32_10;

/// Random-walk yields (hundredths of a percent, steps of up to 12) on `rows` consecutive days.
pub fn walks(rows: usize, series: usize) -> Panel {
    let start = date(2020, 1, 1);
    let walk = |s: usize| {
        let mut level = 400i64;
        (0..rows)
            .map(|t| {
                let word = philox4x32_10([t as u32, s as u32, 0, 99], [7, 7])[0];
                level += i64::from(word % 25) - 12;
                Some(level as f64 / 100.0)
            })
            .collect()
    };
    Panel {
        dates: (0..rows).map(|t| start + (t as i64).days()).collect(),
        series: (0..series)
            .map(|s| Series {
                name: format!("walk {s}"),
                values: walk(s),
            })
            .collect(),
        files: vec![],
        rules: vec![],
    }
}

/// Events of groups `a`, `b`, .. spread over the rows `from..to` of the panel.
pub fn events(panel: &Panel, groups: &[usize], from: usize, to: usize) -> Events {
    let total: usize = groups.iter().sum();
    let labels = (0..).flat_map(|round| {
        groups
            .iter()
            .enumerate()
            .filter(move |&(_, &size)| round < size)
            .map(|(g, _)| g)
    });
    Events {
        rows: labels
            .take(total)
            .enumerate()
            .map(|(i, g)| Event {
                date: panel.dates[from + i * (to - from) / total],
                group: char::from(b'a' + g as u8).to_string(),
                line: i as u64 + 2,
                after_close: false,
            })
            .collect(),
        file: FileHash {
            file: "events.csv".into(),
            sha256: String::new(),
        },
        rules: vec![],
        numbered: false,
    }
}

/// `rows` values of two decimals in each of `columns` columns, between -9.99 and 9.99.
pub(super) fn outcomes(rows: usize, columns: usize) -> impl Iterator<Item = Vec<f64>> {
    (0..columns).map(move |column| {
        let cell = |row: usize| {
            let [a, b, ..] = philox4x32_10([row as u32, column as u32, 1, 99], [7, 7]);
            // The sum of two, so that the middle is likelier than the ends.
            f64::from((a % 1000 + b % 999) as i32 - 999) / 100.0
        };
        (0..rows).map(cell).collect()
    })
}
