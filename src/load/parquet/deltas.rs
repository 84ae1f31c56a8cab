//! Lengths in Parquet's delta encoding (DELTA_BINARY_PACKED), read to be checked before the reader
//! believes them.

/// The lengths at the beginning of some bytes, at most so many, and the bytes behind them. `None` where
/// they are cut off, more, or negative.
pub(super) fn lengths(bytes: &[u8], most: usize) -> Option<(Vec<usize>, &[u8])> {
    let (block, rest) = varint(bytes)?;
    let (parts, rest) = varint(rest)?;
    let (total, rest) = varint(rest)?;
    let (first, mut rest) = varint(rest)?;
    let total = usize::try_from(total).ok().filter(|&total| total <= most)?;
    let (block, parts) = (usize::try_from(block).ok()?, usize::try_from(parts).ok()?);
    // Eight values of any width end at a byte.
    let of_part = block
        .checked_div(parts)
        .filter(|part| part % 8 == 0 && *part > 0)?;
    let mut last = zigzag(first) as i32;
    let mut lengths = Vec::with_capacity(total);
    if total > 0 {
        lengths.push(usize::try_from(last).ok()?);
    }
    while lengths.len() < total {
        let (least, after) = varint(rest)?;
        let (widths, after) = after.split_at_checked(parts)?;
        rest = after;
        for &width in widths {
            let wanted = (total - lengths.len()).min(of_part);
            if wanted == 0 {
                break;
            }
            let width = usize::from(width);
            let (packed, after) = rest.split_at_checked(width.checked_mul(of_part / 8)?)?;
            rest = after;
            for at in 0..wanted {
                let delta = bits(packed, at * width, width)? as i32;
                last = last.wrapping_add(zigzag(least) as i32).wrapping_add(delta);
                lengths.push(usize::try_from(last).ok()?);
            }
        }
    }
    Some((lengths, rest))
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// So many bits from a place on, the lowest first.
fn bits(bytes: &[u8], from: usize, width: usize) -> Option<u64> {
    if width > 32 {
        return None;
    }
    let mut number = 0;
    for (at, bit) in (from..from + width).enumerate() {
        number |= u64::from(bytes.get(bit / 8)? >> (bit % 8) & 1) << at;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the format's specification, packed by hand: 7, 5, 3, 1, 2, 3, 4, 5 are a first
    /// value of 7, a least delta of -2, and deltas above it of 0, 0, 0, 3, 3, 3, 3 in two bits each.
    #[test]
    fn the_specified_example_is_read() {
        let header = [0x80, 0x01, 4, 8, 14];
        let packed = [0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0];
        let bytes = [&header[..], &[3, 2, 0, 0, 0], &packed, b"rest"].concat();
        let (lengths, rest) = lengths(&bytes, 8).unwrap();
        assert_eq!(lengths, [7, 5, 3, 1, 2, 3, 4, 5]);
        assert_eq!(rest, b"rest");
        assert_eq!(super::lengths(&bytes, 7), None, "more than there are rows");
        for end in 0..bytes.len() - 4 {
            assert_eq!(super::lengths(&bytes[..end], 8), None, "{end}");
        }
    }

    #[test]
    fn negative_lengths_and_wild_headers_are_refused() {
        assert_eq!(lengths(&[0x80, 0x01, 4, 1, 1], 8), None);
        assert_eq!(lengths(&[0x80, 0x01, 0, 2, 2, 0], 8), None);
        assert_eq!(lengths(&[0xff; 30], 8), None);
        assert_eq!(lengths(&[0x80, 0x01, 4, 0, 0], 8), Some((vec![], &[][..])));
    }
}
