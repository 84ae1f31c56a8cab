//! What the pages of a Parquet file claim, checked before the reader believes it: it
//! sets memory aside for the sizes and counts in a page's header, and a header of
//! twenty bytes can ask for gigabytes.

use std::sync::Arc;

use bytes::Bytes;
use bytes::buf::Reader;
use parquet::arrow::ProjectionMask;
use parquet::basic::{Encoding, Type};
use parquet::column::page::Page;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};
use parquet::schema::types::ColumnDescriptor;

use super::deltas;
use crate::load::ceiling::Ceiling;

/// A file's bytes that give out no page which claims to unfold beyond the ceiling.
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    bytes: Bytes,
    ceiling: Ceiling,
}

impl Bounded {
    pub fn new(bytes: Bytes, ceiling: Ceiling) -> Self {
        Bounded { bytes, ceiling }
    }
}

impl Length for Bounded {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl ChunkReader for Bounded {
    type T = Reader<Bytes>;

    /// Where the reader looks for a page's header.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let read = self.bytes.get_read(start)?;
        match claimed_size(read.get_ref()) {
            Some(bytes) if !self.ceiling.allows(bytes) => Err(ParquetError::General(format!(
                "a page claims to unfold to {bytes} bytes"
            ))),
            _ => Ok(read),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        match start.checked_add(length as u64) {
            Some(end) if end <= self.len() => self.bytes.get_bytes(start, length),
            _ => Err(ParquetError::EOF("a part lies beyond the file".to_owned())),
        }
    }
}

/// The unfolded size in a page's header as every writer begins it: Thrift fields 1
/// (the type of page) and 2 (the size), both zigzag integers.
fn claimed_size(header: &[u8]) -> Option<u64> {
    const INTEGER_FIELD: u8 = 0x15;
    let [INTEGER_FIELD, 0 | 2 | 4 | 6, INTEGER_FIELD, digits @ ..] = header else {
        return None;
    };
    let mut zigzag = 0;
    for (place, byte) in digits.iter().enumerate().take(9) {
        zigzag |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(zigzag >> 1)
}

/// Unfolds every page of the columns in `mask` once and checks its counts.
pub(super) fn check(
    bytes: &Bounded,
    metadata: &ParquetMetaData,
    mask: &ProjectionMask,
) -> Result<()> {
    let bytes = Arc::new(bytes.clone());
    for group in metadata.row_groups() {
        let rows = usize::try_from(group.num_rows())?;
        for (leaf, chunk) in group.columns().iter().enumerate() {
            if !mask.leaf_included(leaf) {
                continue;
            }
            let kind = chunk.column_type();
            if kind == Type::FIXED_LEN_BYTE_ARRAY && chunk.column_descr().type_length() > LONGEST {
                return Err(too_long(chunk.column_descr().type_length() as usize));
            }
            for page in SerializedPageReader::new(bytes.clone(), chunk, rows, None)? {
                let page = page?;
                check_page(&page, chunk.column_descr())?;
                if let (Page::DictionaryPage { buf, .. }, Type::BYTE_ARRAY) = (&page, kind) {
                    check_texts(buf)?;
                }
            }
        }
    }
    Ok(())
}

fn check_page(page: &Page, column: &ColumnDescriptor) -> Result<()> {
    let problem = match (page, page.encoding()) {
        (Page::DictionaryPage { .. }, _) if page.num_values() as usize > page.buffer().len() => {
            "a dictionary claims more values than it has bytes".to_owned()
        }
        // These hold a count and lengths of their own, by which the reader sets memory aside.
        (_, encoding @ (Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY)) => {
            let lengths = values(page, column).and_then(|bytes| {
                let most = page.num_values() as usize;
                let (first, rest) = deltas::lengths(bytes, most)?;
                match encoding {
                    Encoding::DELTA_BYTE_ARRAY => {
                        let (second, _) = deltas::lengths(rest, most)?;
                        // A value is the beginning of the one before, and more.
                        let same = first.len() == second.len();
                        let both = first.iter().zip(second);
                        same.then(|| both.map(|(a, b)| a.saturating_add(b)).collect())
                    }
                    _ => Some(first),
                }
            });
            match lengths {
                None => format!("its lengths, encoded as {encoding}, contradict each other"),
                Some(lengths) => match lengths.iter().find(|&&length| length > LONGEST as usize) {
                    Some(&length) => return Err(too_long(length)),
                    None => return Ok(()),
                },
            }
        }
        _ => return Ok(()),
    };
    Err(ParquetError::General(problem))
}

/// The part of a data page that holds values, behind the levels that say where there are none.
fn values<'a>(page: &'a Page, column: &ColumnDescriptor) -> Option<&'a [u8]> {
    let bytes: &[u8] = page.buffer();
    match page {
        Page::DataPageV2 {
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => bytes.get(*def_levels_byte_len as usize + *rep_levels_byte_len as usize..),
        _ => {
            let mut rest = bytes;
            for level in [column.max_rep_level(), column.max_def_level()] {
                if level > 0 {
                    let (length, after) = rest.split_first_chunk()?;
                    rest = after.get(u32::from_le_bytes(*length) as usize..)?;
                }
            }
            Some(rest)
        }
    }
}

/// The longest text of a dictionary, and number of fixed length: far beyond any date or decimal.
const LONGEST: i32 = 1000;

/// Refuses long texts in a dictionary: the reader writes one out for every row that has it.
fn check_texts(mut dictionary: &[u8]) -> Result<()> {
    while let Some((length, rest)) = dictionary.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        if length > LONGEST as usize {
            return Err(too_long(length));
        }
        dictionary = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

fn too_long(bytes: usize) -> ParquetError {
    ParquetError::General(format!(
        "a value of {bytes} bytes stands where dates, names and numbers do"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_headers() {
        // The header of a data page of 32,895 bytes.
        let header = [0x15, 0x00, 0x15, 0xfe, 0x81, 0x04, 0x15, 0x02];
        assert_eq!(claimed_size(&header), Some(32_895));
        assert_eq!(claimed_size(&[0x15, 0x00, 0x15]), Some(0));
        assert_eq!(claimed_size(b"PAR1"), None);
    }

    #[test]
    fn a_page_that_claims_gigabytes_is_not_given_out() {
        let header = [0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x02];
        let bytes = Bounded::new(Bytes::copy_from_slice(&header), Ceiling::of(header.len()));
        let text = bytes.get_read(0).unwrap_err().to_string();
        assert!(
            text.contains("claims to unfold to 2147483647 bytes"),
            "{text}"
        );
        assert!(bytes.get_read(1).is_ok());
        assert!(bytes.get_bytes(u64::MAX, 2).is_err());
    }
}
