//! The forms, one file each; `docs/files.md` is made of them.

use super::{dated, plain, table};
use jiff::civil::Date;

fn comma(value: f64) -> String {
    format!("{value:.2}").replace('.', ",")
}

/// With the thousands parted.
fn grouped(value: f64, group: &str, decimal: &str) -> String {
    let text = format!("{value:.2}");
    let (whole, fraction) = text.split_once('.').unwrap();
    format!("{}{group}{}{decimal}{fraction}", &whole[..1], &whole[1..])
}

/// A form of a file: what it is, the file, what is said of it, flags that it needs.
pub struct Form {
    pub what: &'static str,
    pub bytes: Vec<u8>,
    pub rule: &'static str,
    pub flags: &'static [&'static str],
}

fn form(what: &'static str, text: String, rule: &'static str) -> Form {
    Form {
        what,
        bytes: text.into_bytes(),
        rule,
        flags: &[],
    }
}

fn with(form: Form, flags: &'static [&'static str]) -> Form {
    Form { flags, ..form }
}

fn dates() -> Vec<Form> {
    vec![
        form("dates as 2023-01-31", plain(), ""),
        form("dates as 2023/01/31", dated("%Y/%m/%d"), ""),
        form(
            "dates as 20230131",
            dated("%Y%m%d"),
            "dates are year, month and day: `20230102` in line 2 is 2023-01-02",
        ),
        form(
            "dates as 31.01.2023",
            dated("%d.%m.%Y"),
            "dates are day.month.year: `13.01.2023` in line 11 can be nothing else",
        ),
        form(
            "dates as 31/01/2023",
            dated("%d/%m/%Y"),
            "dates are day/month/year: `13/01/2023` in line 11 can be nothing else",
        ),
        form(
            "dates as 01/31/2023",
            dated("%m/%d/%Y"),
            "dates are month/day/year: `01/13/2023` in line 11 can be nothing else",
        ),
        form(
            "dates as Jan 31, 2023",
            dated("\"%b %d, %Y\""),
            "dates name their month: `Jan 02, 2023` in line 2 is 2023-01-02",
        ),
        form(
            "dates as 31-Jan-2023",
            dated("%d-%b-%Y"),
            "dates name their month: `02-Jan-2023` in line 2 is 2023-01-02",
        ),
        form(
            "dates as 31 January 2023",
            dated("%d %B %Y"),
            "dates name their month",
        ),
        form(
            "times at midnight, 2023-01-31T00:00:00Z",
            dated("%Y-%m-%dT00:00:00Z"),
            "times of day are midnight on their own clock and left out: `2023-01-02T00:00:00Z` in line 2 is 2023-01-02",
        ),
        form(
            "times at midnight with an offset, 2023-01-31 00:00:00-05:00",
            dated("%Y-%m-%d 00:00:00-05:00"),
            "times of day are midnight on their own clock",
        ),
        form(
            "times at midnight with a zone, 2023-01-31 00:00:00 UTC",
            dated("%Y-%m-%d 00:00:00 UTC"),
            "times of day are midnight on their own clock",
        ),
        form(
            "times at midnight of a 12-hour clock, 1/31/2023 12:00:00 AM",
            dated("%m/%d/%Y 12:00:00 AM"),
            "dates are month/day/year",
        ),
    ]
}

fn numbers() -> Vec<Form> {
    vec![
        form(
            "semicolons and decimal commas",
            table("Datum;Kurs", &|d, v| format!("{d};{}", comma(v))),
            "the decimal sign is the comma: `1500,00` in line 2",
        ),
        form(
            "tabs",
            plain().replace(',', "\t"),
            "fields are separated by tabs",
        ),
        form(
            "bars",
            plain().replace(',', "|"),
            "fields are separated by `|`",
        ),
        form(
            "thousands as 1,234.50",
            table("date,x", &|d, v| {
                format!("{d},\"{}\"", grouped(v, ",", "."))
            }),
            "marks between thousands are left out of `x`: `1,500.00` in line 2",
        ),
        form(
            "thousands as 1.234,50",
            table("date;x", &|d, v| format!("{d};{}", grouped(v, ".", ","))),
            "marks between thousands are left out of `x`: `1.500,00` in line 2",
        ),
        form(
            "thousands as 1 234,50",
            table("date;x", &|d, v| {
                format!("{d};{}", grouped(v, "\u{a0}", ","))
            }),
            "marks between thousands are left out of `x`",
        ),
        form(
            "percent signs",
            table("date,x", &|d, v| format!("{d},{v:.2}%")),
            "percent signs are left out of `x`; the values are percent",
        ),
        form(
            "dollar signs",
            table("date,x", &|d, v| format!("{d},${v:.2}")),
            "signs `$` are left out of `x`",
        ),
        with(
            form(
                "a delimiter and a decimal sign by key",
                table("date;x", &|d, v| format!("{d};{}", comma(v))),
                "",
            ),
            &["--delimiter", ";", "--decimal", ","],
        ),
    ]
}

fn shapes() -> Vec<Form> {
    let reversed = || {
        let text = plain();
        let mut lines: Vec<&str> = text.lines().skip(1).collect();
        lines.reverse();
        format!("date,x\n{}\n", lines.join("\n"))
    };
    let two = |d: Date, v: f64| format!("{d},B,7.00,9\n{d},A,{v:.2},8");
    vec![
        form("newest first", reversed(), ""),
        form(
            "a byte order mark and lines that end in CR LF",
            format!("\u{feff}{}", plain().replace('\n', "\r\n")),
            "",
        ),
        form("pandas' unnamed index", plain().replace("date,x", ",x"), ""),
        form(
            "the numbers of rows as an unnamed column",
            {
                let text = plain();
                let lines = text.lines().enumerate();
                let lines = lines.map(|(row, line)| match row {
                    0 => format!(",{line}\n"),
                    row => format!("{},{line}\n", row - 1),
                });
                lines.collect()
            },
            "the dates are those of column `date`, number 2",
        ),
        form(
            "a column of dates that is not the first, and columns of text",
            table("KEY,FREQ,TIME_PERIOD,OBS_VALUE,OBS_STATUS", &|d, v| {
                format!("EXR.D,D,{d},{v:.2},A")
            }),
            "columns that hold no series are left out: `KEY`, `FREQ`, `OBS_STATUS`",
        ),
        form(
            "lines above the names",
            format!(
                "FRED Graph Observations\nLink: https://example.org\n\n{}",
                plain()
            ),
            "2 lines above the names of the columns are left out, from line 1 on: `FRED Graph Observations`",
        ),
        form(
            "descriptions and units above the names, as the Federal Reserve has them",
            format!(
                "Series Description,Yield\nUnit:,Percent\nMultiplier:,1\n{}",
                plain().replace("date,x", "Time Period,x")
            ),
            "3 lines above the names of the columns are left out, from line 1 on: `Series Description`",
        ),
        form(
            "units below the names",
            plain().replace("date,x\n", "date,x\n,USD\n"),
            "line 2, between the names and the first row, is left out: `USD`",
        ),
        form(
            "notes below the rows",
            format!(
                "{}\nSource: somebody\n\"Copyright 2023, all rights reserved\"\n",
                plain()
            ),
            "2 lines below the rows are left out, from line 63 on: `Source: somebody`",
        ),
        with(
            form(
                "yfinance's three lines of names",
                format!(
                    "Price,Close,High\nTicker,ABC,ABC\nDate,,\n{}",
                    table("", &|d, v| format!("{d},{v:.2},{:.2}", v + 1.0)).trim_start()
                ),
                "the names of the columns stand in lines 1 to 3; `Ticker` is `ABC` throughout",
            ),
            &["--series", "Close"],
        ),
        with(
            form(
                "yfinance's names of several tickers",
                format!(
                    "Price,Close,Close\nTicker,A,B\nDate,,\n{}",
                    table("", &|d, v| format!("{d},{v:.2},{:.2}", v + 1.0)).trim_start()
                ),
                "the names of the columns stand in lines 1 to 3; `Price` is `Close` throughout",
            ),
            &["--series", "A"],
        ),
        form(
            "prices: the adjusted close",
            table("Date,Open,High,Low,Close,Adj Close,Volume", &|d, v| {
                format!("{d},1,3,0.5,2,{v:.2},1000")
            }),
            "of its prices `Adj Close` is taken; `Open`, `High`, `Low`, `Close`, `Volume` left out",
        ),
        with(
            form(
                "a long table",
                table("date,ticker,close,other", &two),
                "a long table: 2 series named by `ticker`, values in `close`, `other`",
            ),
            &["--series", "A: close"],
        ),
        with(
            form(
                "a long table by keys",
                table("date,kind,close,other", &two),
                "a long table: 2 series named by `kind`, values in `close`",
            ),
            &[
                "--layout",
                "long",
                "--series-column",
                "kind",
                "--value-column",
                "close",
                "--series",
                "A",
            ],
        ),
    ]
}

fn packed() -> Vec<Form> {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(plain().as_bytes()).unwrap();
    let packed = |what, bytes| Form {
        what,
        bytes,
        rule: "",
        flags: &[],
    };
    vec![
        packed("gzip", gzip.finish().unwrap()),
        packed(
            "Zstandard",
            zstd::encode_all(plain().as_bytes(), 1).unwrap(),
        ),
    ]
}

/// All of them, by what they are about.
pub fn all() -> Vec<(&'static str, Vec<Form>)> {
    vec![
        ("Dates", dates()),
        ("Numbers", numbers()),
        ("Shapes", shapes()),
        ("Packing", packed()),
    ]
}
