//! What a draw yields, and the look-up of repeats. On a device: `shaders/common/picks.wgsl`.

/// A run of consecutive picks: one group, or all of them pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Index of the first pick.
    pub start: usize,
    /// Number of picks, at least 1; the most of them where their number varies from draw to draw.
    pub len: usize,
    /// The fewest picks that a draw has there: as many as `len`, unless their number varies.
    pub least: usize,
}

impl Segment {
    /// Of as many picks in every draw.
    pub fn new(start: usize, len: usize) -> Self {
        Segment {
            start,
            len,
            least: len,
        }
    }

    /// The indices of the segment's picks.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }

    /// Whether the number of picks varies from draw to draw.
    pub fn varies(self) -> bool {
        self.least < self.len
    }

    /// The fewest picks that a draw of distinct ones of `positions` has. Groups whose numbers vary share
    /// all positions among them (labels dealt anew), and together have more slots than there are.
    pub(crate) fn fewest_of(self, positions: usize) -> usize {
        match self.len > positions {
            true => positions,
            false => self.least,
        }
    }

    /// The segment's picks in a draw's row, without the slots that the draw leaves to
    /// [`Picks::NOBODY`]; these come last in a group.
    pub fn of(self, row: &[u32]) -> &[u32] {
        let slots = &row[self.range()];
        match slots.last() {
            Some(&Picks::NOBODY) => {
                &slots[..slots.partition_point(|&position| position != Picks::NOBODY)]
            }
            _ => slots,
        }
    }
}

/// Groups of these sizes, one after the other.
pub(super) fn segments_of(sizes: &[usize]) -> Vec<Segment> {
    let mut start = 0;
    let segments = sizes.iter().map(|&len| {
        start += len;
        Segment::new(start - len, len)
    });
    segments.collect()
}

/// Groups of at least and at most so many picks, one after the other.
pub(super) fn segments_between(sizes: &[(usize, usize)]) -> Vec<Segment> {
    let most: Vec<usize> = sizes.iter().map(|&(_, most)| most).collect();
    let segments = segments_of(&most).into_iter().zip(sizes);
    segments
        .map(|(segment, &(least, _))| Segment { least, ..segment })
        .collect()
}

/// The picks of several draws, one row a draw.
#[derive(Debug, Clone)]
pub struct Picks {
    positions: Vec<u32>,
    stride: usize,
    len: usize,
}

impl Picks {
    /// Room for `draws` draws of `len` picks. Designs may write up to [`Picks::SLACK`] words past
    /// a row's picks while they look for the last one.
    pub fn new(draws: usize, len: usize) -> Self {
        let stride = len + Self::SLACK;
        Picks {
            positions: vec![0; draws * stride],
            stride,
            len,
        }
    }

    /// What stands in a slot that a draw leaves empty, where the numbers of a group's picks vary.
    pub const NOBODY: u32 = u32::MAX;

    /// Words past a row's picks that a design may scribble on: the candidates of one block.
    pub const SLACK: usize = 8;

    /// The picks of one set of positions, such as the observed one.
    pub fn of(positions: &[u32]) -> Self {
        let mut picks = Picks::new(1, positions.len());
        picks.row_mut(0)[..positions.len()].copy_from_slice(positions);
        picks
    }

    /// The picks of draw `draw` of this buffer.
    pub fn row(&self, draw: usize) -> &[u32] {
        &self.positions[draw * self.stride..][..self.len]
    }

    /// The row of draw `draw`, slack included.
    pub fn row_mut(&mut self, draw: usize) -> &mut [u32] {
        &mut self.positions[draw * self.stride..][..self.stride]
    }
}

/// Which positions a draw has taken. A position is taken when it carries the stamp of the current
/// draw, so nothing is cleared between draws.
#[derive(Debug, Clone)]
pub struct Seen {
    stamps: Vec<u32>,
    current: u32,
}

impl Seen {
    /// For positions `0..positions`, and the one past them.
    pub fn new(positions: usize) -> Self {
        Seen {
            stamps: vec![0; positions + 1],
            current: 0,
        }
    }

    /// Forgets everything; `none`, the position past those of a draw, is taken from the first.
    #[inline(always)]
    pub fn clear(&mut self, none: u32) {
        if self.current == u32::MAX {
            self.stamps.fill(0);
            self.current = 0;
        }
        self.current += 1;
        self.stamps[none as usize] = self.current;
    }

    /// Takes `position`; true when it was free.
    #[inline(always)]
    pub fn insert(&mut self, position: u32) -> bool {
        let stamp = &mut self.stamps[position as usize];
        let fresh = *stamp != self.current;
        *stamp = self.current;
        fresh
    }

    /// Whether `position` is taken.
    pub fn contains(&self, position: u32) -> bool {
        self.stamps[position as usize] == self.current
    }
}
