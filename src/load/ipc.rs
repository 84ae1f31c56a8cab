//! Arrow IPC files (Feather version 2) and streams, read by the `arrow` crate.

use std::io::Cursor;

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use bytes::Bytes;

use super::FileHash;
use super::ceiling::Ceiling;
use super::columnar::Take;
use super::contained::{PLAIN_STACK, contained, damaged};
use super::kind::Kind;
use crate::Result;

mod messages;

/// What `choose` takes of a file.
pub(super) fn read_file<T: Take>(
    hash: FileHash,
    bytes: Bytes,
    choose: impl FnOnce(SchemaRef) -> Result<T> + Send,
) -> Result<T::Made> {
    let file = &*hash.file.clone();
    let kind = Kind::ArrowFile;
    let ceiling = Ceiling::of(bytes.len());
    let refused = |error: ArrowError| damaged(file, kind, error);
    contained(file, kind, PLAIN_STACK, || {
        messages::check_file(file, &bytes, ceiling)?;
        let reader = |columns| FileReader::try_new(Cursor::new(&bytes), columns).map_err(refused);
        let taken = choose(reader(None)?.schema())?;
        let columns = Some(taken.projection());
        let mut batches = reader(columns)?.map(|batch| batch.map_err(refused));
        taken.take(hash, ceiling, &mut batches)
    })
}

/// The same of a stream.
pub(super) fn read_stream<T: Take>(
    hash: FileHash,
    bytes: Bytes,
    choose: impl FnOnce(SchemaRef) -> Result<T> + Send,
) -> Result<T::Made> {
    let file = &*hash.file.clone();
    let kind = Kind::ArrowStream;
    let ceiling = Ceiling::of(bytes.len());
    let refused = |error: ArrowError| damaged(file, kind, error);
    contained(file, kind, PLAIN_STACK, || {
        messages::check_stream(file, &bytes, ceiling)?;
        let reader = |columns| StreamReader::try_new(Cursor::new(&bytes), columns).map_err(refused);
        let taken = choose(reader(None)?.schema())?;
        let columns = Some(taken.projection());
        let mut batches = reader(columns)?.map(|batch| batch.map_err(refused));
        taken.take(hash, ceiling, &mut batches)
    })
}
