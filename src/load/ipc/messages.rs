//! What the messages of Arrow IPC claim, checked before the reader believes it: it
//! sets memory aside for the unfolded size that stands before a compressed buffer.

use arrow::ipc::reader::read_footer_length;
use arrow::ipc::{RecordBatch, root_as_footer, root_as_message};

use crate::load::ceiling::Ceiling;
use crate::load::contained::damaged;
use crate::load::kind::Kind;
use crate::load::source::bad_file;
use crate::{Error, Result};

const CONTINUATION: &[u8] = b"\xff\xff\xff\xff";

/// Checks every message that a file's footer names.
pub(super) fn check_file(file: &str, bytes: &[u8], ceiling: Ceiling) -> Result<()> {
    let refused = |error: &dyn std::fmt::Display| damaged(file, Kind::ArrowFile, error);
    let Some((rest, tail)) = bytes.split_last_chunk() else {
        return Err(cut_off(file));
    };
    let length = read_footer_length(*tail).map_err(|_| cut_off(file))?;
    let start = rest
        .len()
        .checked_sub(length)
        .ok_or_else(|| cut_off(file))?;
    let footer = root_as_footer(&rest[start..]).map_err(|error| refused(&error))?;
    let blocks = [footer.dictionaries(), footer.recordBatches()];
    for block in blocks.into_iter().flatten().flatten() {
        let message = usize::try_from(block.offset())
            .ok()
            .and_then(|start| bytes.get(start..))
            .zip(usize::try_from(block.metaDataLength()).ok())
            .zip(usize::try_from(block.bodyLength()).ok())
            .and_then(|((message, metadata), body)| {
                let (metadata, rest) = message.split_at_checked(metadata)?;
                Some((metadata, rest.get(..body)?))
            });
        let (metadata, body) = message.ok_or_else(|| refused(&"a part lies beyond the file"))?;
        let prefix = match metadata.starts_with(CONTINUATION) {
            true => 8,
            false => 4,
        };
        let metadata = metadata.get(prefix..).unwrap_or_default();
        check_message(file, Kind::ArrowFile, metadata, body, ceiling)?;
    }
    Ok(())
}

/// Checks every message of a stream, and that it ends with its end marker: a stream
/// cut off between two messages would otherwise pass for a shorter one.
pub(super) fn check_stream(file: &str, bytes: &[u8], ceiling: Ceiling) -> Result<()> {
    let mut rest = bytes;
    loop {
        let (length, after) = rest
            .strip_prefix(CONTINUATION)
            .and_then(|rest| rest.split_first_chunk())
            .ok_or_else(|| cut_off(file))?;
        let length = usize::try_from(i32::from_le_bytes(*length)).map_err(|_| cut_off(file))?;
        if length == 0 {
            return match after.is_empty() {
                true => Ok(()),
                false => Err(Error::input(
                    file,
                    format!("{} bytes follow the end of the Arrow stream", after.len()),
                    "Name one file a stream, rather than several joined.",
                )),
            };
        }
        let (metadata, after) = after
            .split_at_checked(length)
            .ok_or_else(|| cut_off(file))?;
        let message =
            root_as_message(metadata).map_err(|error| damaged(file, Kind::ArrowStream, error))?;
        let (body, after) = usize::try_from(message.bodyLength())
            .ok()
            .and_then(|length| after.split_at_checked(length))
            .ok_or_else(|| cut_off(file))?;
        check_message(file, Kind::ArrowStream, metadata, body, ceiling)?;
        rest = after;
    }
}

fn check_message(
    file: &str,
    kind: Kind,
    metadata: &[u8],
    body: &[u8],
    ceiling: Ceiling,
) -> Result<()> {
    let message = root_as_message(metadata).map_err(|error| damaged(file, kind, error))?;
    let dictionary = message.header_as_dictionary_batch();
    let rows = message
        .header_as_record_batch()
        .or_else(|| dictionary.and_then(|dictionary| dictionary.data()));
    let Some(rows) = rows else { return Ok(()) };
    // A negative length becomes a huge one and is refused.
    ceiling.check(file, rows.length() as u64, 1)?;
    let unfolded = unfolded_size(&rows, body);
    match ceiling.allows(unfolded) {
        true => Ok(()),
        false => Err(ceiling.refusal(file, unfolded)),
    }
}

/// The size that a message's compressed buffers claim: the integer before each.
fn unfolded_size(rows: &RecordBatch<'_>, body: &[u8]) -> u64 {
    if rows.compression().is_none() {
        return 0;
    }
    let buffers = rows.buffers().into_iter().flatten();
    buffers.fold(0, |sum: u64, buffer| {
        let claimed = usize::try_from(buffer.offset())
            .ok()
            .and_then(|start| body.get(start..)?.first_chunk())
            .map_or(0, |size| i64::from_le_bytes(*size));
        // -1 marks a buffer that is stored as it is.
        sum.saturating_add(u64::try_from(claimed).unwrap_or(0))
    })
}

fn cut_off(file: &str) -> Error {
    Error::input(
        file,
        "this Arrow IPC file is cut off: its end marker is missing",
        "Download or export it again.",
    )
    .because(bad_file(file))
}
