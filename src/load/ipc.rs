//! Arrow IPC files (Feather version 2) and streams, read by the `arrow` crate.

use std::io::Cursor;

use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};

use super::FileHash;
use super::Reading;
use super::ceiling::Ceiling;
use super::columnar::{Columns, typed};
use super::contained::{PLAIN_STACK, contained, damaged};
use super::kind::Kind;
use super::table::Table;
use crate::Result;

mod messages;

/// The wanted series of a file; an empty list asks for all of them.
pub(super) fn read_file(file: &str, bytes: Vec<u8>, data: &Reading) -> Result<Table> {
    let kind = Kind::ArrowFile;
    let hash = FileHash::of(file, &bytes);
    let ceiling = Ceiling::of(bytes.len());
    let refused = |error: ArrowError| damaged(file, kind, error);
    contained(file, kind, PLAIN_STACK, || {
        messages::check_file(file, &bytes, ceiling)?;
        let reader = |columns| FileReader::try_new(Cursor::new(&bytes), columns).map_err(refused);
        let columns = Columns::of(file, reader(None)?.schema(), data)?;
        let batches = reader(Some(columns.projection()))?.map(|batch| batch.map_err(refused));
        typed(hash, columns, data, ceiling, batches)
    })
}

/// The same of a stream.
pub(super) fn read_stream(file: &str, bytes: Vec<u8>, data: &Reading) -> Result<Table> {
    let kind = Kind::ArrowStream;
    let hash = FileHash::of(file, &bytes);
    let ceiling = Ceiling::of(bytes.len());
    let refused = |error: ArrowError| damaged(file, kind, error);
    contained(file, kind, PLAIN_STACK, || {
        messages::check_stream(file, &bytes, ceiling)?;
        let reader = |columns| StreamReader::try_new(Cursor::new(&bytes), columns).map_err(refused);
        let columns = Columns::of(file, reader(None)?.schema(), data)?;
        let batches = reader(Some(columns.projection()))?.map(|batch| batch.map_err(refused));
        typed(hash, columns, data, ceiling, batches)
    })
}
