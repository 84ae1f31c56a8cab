//! Which shader makes a design's picks, with which constants and tables, at what cost.

use super::shaders::{
    CIRCULAR_SHIFT, GAP_SHUFFLE, LISTED, PATHS, SIGNS, SPACED_STORAGE, SPACED_WORKGROUP,
    STRATA_STORAGE, STRATA_WORKGROUP, UNIFORM_STORAGE, UNIFORM_WORKGROUP,
};
use crate::kernel::{Kernel, Shader, THREADS, within_budget};
use crate::null::{
    By, CircularShift, GapShuffle, HALF_POSITIONS, Listed, Machine, NullDesign, Part, Paths, Signs,
    Spaced, Uniform,
};

/// Workgroup memory that every device has.
const WORKGROUP_BYTES: usize = 16_384;
/// `MAX_GROUPS` of `paths.wgsl`.
const MAX_GROUPS: usize = 16;

/// The pass that makes the picks of a design.
pub(super) struct PicksPass {
    pub kernel: Kernel,
    /// Whether two picks share a word.
    pub packed: bool,
    /// Words of device memory a draw beside the picks.
    pub taken_words: usize,
    /// What the shader reads at the beginning of the shape.
    pub shape: Vec<i32>,
    picks: usize,
}

impl PicksPass {
    /// For a design, or why this engine cannot draw it.
    pub(super) fn new(design: &NullDesign) -> Result<Self, String> {
        let machine = Machine::new(design).map_err(|error| error.to_string())?;
        let mut pass = match &machine {
            Machine::Uniform { design, stream } => uniform(design, *stream),
            Machine::Strata { parts, stream } => strata(parts, *stream, design.positions()),
            Machine::Spaced { design, sampler } => spaced(design, sampler),
            Machine::GapShuffle(design) => gap_shuffle(design),
            Machine::Signs(design) => signs(design),
            Machine::CircularShift(design) => circular_shift(design),
            Machine::Listed(design) => listed(design),
            Machine::Paths { paths, by, stream } => of_paths(paths, *by, *stream),
        }?;
        pass.picks = design.picks();
        let packed = f64::from(u8::from(pass.packed));
        pass.kernel.constants.push(("PACKED", packed));
        Ok(pass)
    }

    /// Words of device memory a draw that its picks take.
    pub(super) fn words(&self) -> usize {
        self.picks.div_ceil(if self.packed { 2 } else { 1 })
    }
}

/// A pass with a word a pick and nothing beside.
fn plain(shader: Shader, constants: Vec<(&'static str, f64)>, shape: Vec<i32>) -> PicksPass {
    PicksPass {
        kernel: Kernel { shader, constants },
        packed: false,
        taken_words: 0,
        shape,
        picks: 0,
    }
}

fn uniform(design: &Uniform, stream: u32) -> Result<PicksPass, String> {
    within_budget(sampler_loops(design), "drawing this many positions")?;
    let mut constants = sampler_constants(design, stream);
    let words = seen_words(design.positions());
    let (shader, taken_words) = match in_workgroup(words) {
        true => (UNIFORM_WORKGROUP, 0),
        false => (UNIFORM_STORAGE, words),
    };
    constants.extend(seen_constants(words));
    Ok(PicksPass {
        packed: design.halves(),
        taken_words,
        ..plain(shader, constants, Vec::new())
    })
}

fn strata(parts: &[Part], stream: u32, positions: usize) -> Result<PicksPass, String> {
    const PART_WORDS: usize = 8;
    let loops: usize = parts
        .iter()
        .map(|part| sampler_loops(&part.sampler) + 1)
        .sum();
    let words = seen_words(positions);
    within_budget(loops + words, "drawing from these strata")?;
    let mut shape = vec![0; parts.len() * PART_WORDS];
    for (p, part) in parts.iter().enumerate() {
        let sampler = &part.sampler;
        let list = shape.len();
        shape.extend(part.positions.iter().map(|&position| position as i32));
        let slots = shape.len();
        shape.extend(part.slots.iter().map(|&slot| slot as i32));
        shape[p * PART_WORDS..][..PART_WORDS].copy_from_slice(&[
            part.number as i32,
            sampler.positions() as i32,
            sampler.reject_below() as i32,
            sampler.drawn() as i32,
            sampler.stored() as i32,
            sampler.picks() as i32,
            list as i32,
            slots as i32,
        ]);
    }
    let picks: usize = parts.iter().map(|part| part.sampler.picks()).sum();
    let mut constants = vec![
        ("STREAM", stream.into()),
        ("PARTS", parts.len() as f64),
        ("PICKS", picks as f64),
    ];
    let (shader, taken_words) = match in_workgroup(words) {
        true => (STRATA_WORKGROUP, 0),
        false => (STRATA_STORAGE, words),
    };
    constants.extend(seen_constants(words));
    Ok(PicksPass {
        taken_words,
        ..plain(shader, constants, shape)
    })
}

fn spaced(design: &Spaced, sampler: &Uniform) -> Result<PicksPass, String> {
    let (picks, words) = (sampler.picks(), seen_words(sampler.positions()));
    let moving = picks.saturating_mul(picks + 2);
    within_budget(
        sampler_loops(sampler) + words + moving,
        "drawing this many dates apart",
    )?;
    let mut constants = sampler_constants(sampler, Spaced::STREAM);
    constants.push(("GAP", design.gap().into()));
    let (shader, taken_words) = match in_workgroup(words) {
        true => (SPACED_WORKGROUP, 0),
        false => (SPACED_STORAGE, words),
    };
    constants.extend(seen_constants(words));
    Ok(PicksPass {
        taken_words,
        ..plain(shader, constants, Vec::new())
    })
}

fn gap_shuffle(design: &GapShuffle) -> Result<PicksPass, String> {
    let gaps = design.gaps();
    // A number is read twice at most on average; an excess of 64 has no chance.
    within_budget(2 * (3 * gaps.len() + 64), "shuffling this many gaps")?;
    let shape = gaps.iter().chain(design.slots()).map(|&word| word as i32);
    Ok(PicksPass {
        taken_words: gaps.len(),
        ..plain(
            GAP_SHUFFLE,
            vec![
                ("STREAM", GapShuffle::STREAM.into()),
                ("GAPS", gaps.len() as f64),
                ("FIRST", design.first().into()),
                (
                    "PLACES",
                    if design.free_ends() {
                        design.places().into()
                    } else {
                        0.0
                    },
                ),
            ],
            shape.collect(),
        )
    })
}

fn signs(design: &Signs) -> Result<PicksPass, String> {
    let picks = design.order().len();
    within_budget(11 * picks, "changing this many signs")?;
    let shape = design
        .order()
        .iter()
        .flat_map(|&event| [event as i32, design.clusters()[event as usize] as i32]);
    Ok(plain(
        SIGNS,
        vec![
            ("STREAM", Signs::STREAM.into()),
            ("PICKS", picks as f64),
            ("EVENTS", design.events() as f64),
        ],
        shape.collect(),
    ))
}

fn circular_shift(design: &CircularShift) -> Result<PicksPass, String> {
    let picks = design.pattern().len();
    within_budget(picks, "moving this many events")?;
    let shape = design.pattern().iter().map(|&position| position as i32);
    Ok(PicksPass {
        packed: design.positions() <= HALF_POSITIONS,
        ..plain(
            CIRCULAR_SHIFT,
            vec![
                ("POSITIONS", design.positions() as f64),
                ("PICKS", picks as f64),
            ],
            shape.collect(),
        )
    })
}

fn listed(design: &Listed) -> Result<PicksPass, String> {
    within_budget(design.picks(), "copying this many picks")?;
    let shape = design.all_picks().iter().map(|&position| position as i32);
    Ok(plain(
        LISTED,
        vec![
            ("PICKS", design.picks() as f64),
            ("SETS", design.sets() as f64),
        ],
        shape.collect(),
    ))
}

fn of_paths(paths: &Paths, by: By, stream: u32) -> Result<PicksPass, String> {
    let groups = paths.starts.len();
    if groups > MAX_GROUPS {
        return Err(format!("{groups} groups; the shaders hold {MAX_GROUPS}"));
    }
    let nodes = &paths.first_choice;
    let widest = nodes.windows(2).map(|pair| pair[1] - pair[0]).max();
    let steps = paths.longest * (12 + widest.unwrap_or(1) as usize) + paths.picks_a_set();
    within_budget(steps, "choices this many")?;
    let slots = paths.starts.iter().chain(&paths.ends);
    let mut shape: Vec<i32> = slots.map(|&slot| slot as i32).collect();
    let nodes_at = shape.len();
    shape.extend(nodes.iter().map(|&first| first as i32));
    let choices_at = shape.len();
    for step in &paths.choices {
        shape.extend([
            step.below as i32,
            (step.below >> 32) as i32,
            step.next as i32,
            step.first_pick as i32,
            step.picks as i32,
        ]);
    }
    let picks_at = shape.len();
    shape.extend(paths.picks.iter().flatten().map(|&word| word as i32));
    Ok(plain(
        PATHS,
        vec![
            ("STREAM", stream.into()),
            ("BY_RANK", f64::from(u8::from(by == By::Rank))),
            ("GROUPS", groups as f64),
            ("PICKS", paths.picks_a_set() as f64),
            ("ROOT", (nodes.len() - 2) as f64),
            ("LONGEST", paths.longest as f64),
            ("NODES_AT", nodes_at as f64),
            ("CHOICES_AT", choices_at as f64),
            ("PICKS_AT", picks_at as f64),
        ],
        shape,
    ))
}

fn seen_words(positions: usize) -> usize {
    positions.div_ceil(32)
}

fn in_workgroup(words: usize) -> bool {
    words * THREADS * size_of::<u32>() <= WORKGROUP_BYTES
}

/// Words of a draw's bit set, and of those of a workgroup where it has them.
fn seen_constants(words: usize) -> impl Iterator<Item = (&'static str, f64)> {
    let cells = in_workgroup(words).then_some(("SEEN_CELLS", (words * THREADS) as f64));
    [("SEEN_WORDS", words as f64)].into_iter().chain(cells)
}

/// Loop iterations of a run of the sampler.
fn sampler_loops(design: &Uniform) -> usize {
    let n = design.positions() as f64;
    // Candidates until the last pick is accepted are a sum of geometric numbers: the mean and eight
    // standard deviations. Each is an iteration; a block has ten Philox rounds and its own.
    let (mut candidates, mut variance) = (0.0, 0.0);
    for taken in 0..design.drawn() {
        let fresh = (n - taken as f64) / n;
        candidates += 1.0 / fresh;
        variance += (1.0 - fresh) / (fresh * fresh);
    }
    candidates += 8.0 * f64::sqrt(variance) + 64.0;
    // Lemire's method rejects some numbers, nearly half of them at worst.
    let numbers = if design.halves() {
        65536.0
    } else {
        4294967296.0
    };
    candidates /= 1.0 - f64::from(design.reject_below()) / numbers;
    // The last block of a run may be used in part.
    let in_block = if design.halves() { 8.0 } else { 4.0 };
    let blocks = candidates / in_block + 1.0;
    let complement = if design.picks() > design.stored() {
        design.positions()
    } else {
        0
    };
    let words = seen_words(design.positions());
    let cleared = if in_workgroup(words) || design.drawn() > design.stored() {
        words
    } else {
        design.stored()
    };
    (in_block * blocks + 11.0 * blocks) as usize + complement + cleared
}

fn sampler_constants(design: &Uniform, stream: u32) -> Vec<(&'static str, f64)> {
    vec![
        ("POSITIONS", design.positions() as f64),
        ("REJECT_BELOW", design.reject_below().into()),
        ("STREAM", stream.into()),
        ("DRAWN", design.drawn() as f64),
        ("STORED", design.stored() as f64),
        ("PICKS", design.picks() as f64),
        ("HALVES", f64::from(u8::from(design.halves()))),
    ]
}
