//! How data files are read, where that is not plain from the files.

use clap::Args;
use placebo::study::{DataSpec, DateFormat};

use super::quick::known;

/// Keys of `[data]` about the files' form.
#[derive(Debug, Clone, Default, Args)]
pub struct Reading {
    /// Numbers in the data that stand for a missing value, such as -99.99
    #[arg(
        long,
        value_name = "NUMBER,...",
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "data"
    )]
    missing: Vec<f64>,
    /// Column of dates in the data [default: the first]
    #[arg(long, value_name = "COLUMN", requires = "data")]
    date_column: Option<String>,
    /// Dates in the data: year-first, month-first or day-first [default: as ISO, or if the file leaves no doubt]
    #[arg(long, value_name = "ORDER", value_parser = known::<DateFormat>, requires = "data")]
    date_format: Option<DateFormat>,
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
    }
}
