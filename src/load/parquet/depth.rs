//! How deep the schema in a Parquet footer is, found without descending into it.

/// Levels that a skipped value may have: those of the format have fewer.
const MOST_SKIPPED: usize = 32;

/// The levels of the schema in a footer, the root's among them: its elements stand in the order of a
/// walk through the tree, each with the number of its children.
///
/// The footer is a struct in Thrift's compact protocol, whose second field is the list of elements;
/// their fifth field is the number of children (parquet.thrift, `FileMetaData` and `SchemaElement`).
/// `None` where it is not such a footer.
pub(super) fn of_schema(footer: &[u8]) -> Option<usize> {
    let mut bytes = Compact { rest: footer };
    let (mut field, mut deepest) = (0, None);
    loop {
        match (bytes.field(&mut field)?, field) {
            (STOP, _) => return deepest,
            // A reader may take any of them, if there are several.
            (LIST, 2) => deepest = deepest.max(Some(bytes.levels()?)),
            (kind, _) => bytes.skip(kind, 0)?,
        }
    }
}

const STOP: u8 = 0;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// Bytes of Thrift's compact protocol.
struct Compact<'a> {
    rest: &'a [u8],
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// The kind of the next field, whose number becomes `field`; [`STOP`] at the end of a struct.
    fn field(&mut self, field: &mut u64) -> Option<u8> {
        let head = self.byte()?;
        if head == STOP {
            return Some(STOP);
        }
        *field = match head >> 4 {
            // Zigzag; numbers of fields are positive.
            0 => self.varint()? >> 1,
            step => field.checked_add(step.into())?,
        };
        Some(head & 0x0f)
    }

    /// The length of a list and the kind of its elements.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.varint()?,
            short => short.into(),
        };
        Some((length, head & 0x0f))
    }

    /// The levels of a list of schema elements; passes it.
    fn levels(&mut self) -> Option<usize> {
        let (elements, STRUCT) = self.list()? else {
            return None;
        };
        // Children that are still to come, level by level.
        let mut open: Vec<u64> = Vec::new();
        let mut deepest = 0;
        for _ in 0..elements {
            while open.last() == Some(&0) {
                open.pop();
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            let children = self.children()?;
            deepest = deepest.max(open.len() + 1);
            if children > 0 {
                open.push(children);
            }
        }
        Some(deepest)
    }

    /// The number of children of a schema element; passes it.
    fn children(&mut self) -> Option<u64> {
        let (mut field, mut children) = (0, 0);
        loop {
            let kind = self.field(&mut field)?;
            match (field, kind) {
                (_, STOP) => return Some(children),
                // A negative number has no children.
                (5, 4..=6) => {
                    let zigzag = self.varint()?;
                    children = if zigzag & 1 == 0 { zigzag >> 1 } else { 0 };
                }
                _ => self.skip(kind, 0)?,
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > MOST_SKIPPED {
            return None;
        }
        match kind {
            // Truth values are in the head.
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            LIST | 10 => {
                let (length, kind) = self.list()?;
                for _ in 0..length {
                    match kind {
                        1 | 2 => self.pass(1)?,
                        _ => self.skip(kind, depth + 1)?,
                    }
                }
                Some(())
            }
            STRUCT => {
                let mut field = 0;
                loop {
                    match self.field(&mut field)? {
                        STOP => return Some(()),
                        kind => self.skip(kind, depth + 1)?,
                    }
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted() {
        // Version 1; a list of structs: the root of two children, a group of one, its leaf, a leaf.
        let footer = [
            &b"\x15\x02\x19\x4c"[..],
            b"\x48\x01r\x15\x04\x00",
            b"\x35\x00\x18\x01a\x15\x02\x00",
            b"\x15\x02\x25\x00\x18\x01b\x00",
            b"\x15\x02\x25\x00\x18\x01c\x00\x00",
        ]
        .concat();
        assert_eq!(of_schema(&footer), Some(3));
        for end in 0..footer.len() {
            assert_eq!(of_schema(&footer[..end]), None, "{end}");
        }
        assert_eq!(of_schema(b"\x00"), None);
    }
}
