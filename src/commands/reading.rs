//! How data files are read, where that is not plain from the files.

use crate::study::{DataSpec, DateFormat, Decimal, Delimiter, Layout, Missing};
use clap::Args;

use super::quick::known;

/// Keys of `[data]` about the files' form.
#[derive(Debug, Clone, Default, Args)]
pub struct Reading {
    /// Numbers and words in the data that stand for a missing value, such as -99.99
    #[arg(
        long,
        value_name = "VALUE,...",
        value_parser = missing,
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "data"
    )]
    missing: Vec<Missing>,
    /// Column of dates in the data [default: the first that holds dates]
    #[arg(long, value_name = "COLUMN", requires = "data")]
    date_column: Option<String>,
    /// Dates in the data: year-first, month-first or day-first [default: if the file leaves no doubt]
    #[arg(long, value_name = "ORDER", value_parser = known::<DateFormat>, requires = "data")]
    date_format: Option<DateFormat>,
    /// Layout of the data: wide, a column a series, or long, a row a date and series [default: found]
    #[arg(long, value_name = "NAME", value_parser = known::<Layout>, requires = "data")]
    layout: Option<Layout>,
    /// Column of long data that names the series [default: found]
    #[arg(long, value_name = "COLUMN", requires = "data")]
    series_column: Option<String>,
    /// Column of values of long data [default: every column of numbers]
    #[arg(long, value_name = "COLUMN", requires = "data")]
    value_column: Option<String>,
    /// What separates the fields of text data: `,`, `;`, `tab` or `|` [default: found]
    #[arg(long, value_name = "SIGN", value_parser = known::<Delimiter>, requires = "data")]
    delimiter: Option<Delimiter>,
    /// Decimal sign of text data: `.` or `,` [default: found]
    #[arg(long, value_name = "SIGN", value_parser = known::<Decimal>, requires = "data")]
    decimal: Option<Decimal>,
}

/// A number, or else a word.
fn missing(text: &str) -> Result<Missing, String> {
    Ok(match text.parse() {
        Ok(number) => Missing::Number(number),
        Err(_) => Missing::Word(text.to_owned()),
    })
}

impl Reading {
    /// Data files read so.
    pub fn data(&self, files: &[String], series: &[String]) -> DataSpec {
        DataSpec::default()
            .files(files)
            .series(series)
            .missing(self.missing.clone())
            .date_column(self.date_column.clone())
            .date_format(self.date_format)
            .layout(self.layout)
            .series_column(self.series_column.clone())
            .value_column(self.value_column.clone())
            .delimiter(self.delimiter)
            .decimal(self.decimal)
    }
}
