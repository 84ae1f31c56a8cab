//! The null designs of a table, placed on its rows.

use super::data::Data;
use super::spec::TableNull;
use crate::error::{Error, Result};
use crate::load::{DataTable, Levels};
use crate::null::{
    CircularShift, Design, DesignError, Labels, Listed, NullDesign, Picks, Segment, Signs, Stratum,
};

/// The most groups that are dealt to clusters: the graph of their sets grows with them.
const MOST_DEALT: usize = 64;

/// A design on the rows of a test.
pub(super) struct Arranged {
    pub design: NullDesign,
    /// Picks of the observed arrangement.
    pub observed: Vec<u32>,
    /// The design in the rows' words, such as `relabeling(within block)`.
    pub name: String,
    /// What it assumes, as a clause that can follow "assumes that".
    pub assumption: String,
    /// Whether the observed arrangement is one of its own.
    pub admissible: bool,
}

/// What designs are placed with.
pub(super) struct Placing<'a> {
    pub table: &'a DataTable,
    pub data: &'a Data,
    /// In the words of the formula, such as `block + site`.
    pub strata: Option<String>,
    pub cluster: Option<&'a str>,
    /// The most sets that are made one by one; 0: none.
    pub enumerated: u64,
}

impl Arranged {
    /// The group of each slot of a draw.
    pub fn groups_of_slots(&self) -> Vec<usize> {
        let mut groups = vec![0; self.design.picks()];
        for (group, segment) in self.design.segments().iter().enumerate() {
            groups[segment.range()].fill(group);
        }
        groups
    }

    /// The observed rows of each group.
    pub fn observed_groups(&self) -> Vec<&[u32]> {
        let segments = self.design.segments().iter();
        segments.map(|segment| segment.of(&self.observed)).collect()
    }

    /// The table's row, from 1, of each value that is dealt.
    pub fn rows(&self, data: &Data) -> Vec<String> {
        let firsts = self.design.segments().iter().map(|segment| segment.start);
        firsts
            .map(|slot| (data.rows[self.observed[slot] as usize] + 1).to_string())
            .collect()
    }

    /// Whether groups have as many rows in every draw.
    pub fn keeps_sizes(&self) -> bool {
        !self
            .design
            .segments()
            .iter()
            .any(|segment| segment.varies())
    }
}

impl Placing<'_> {
    /// Deals `groups` anew over the rows, within strata and by clusters where there are such.
    ///
    /// # Errors
    ///
    /// Clusters with rows of two groups or strata, or more rows than the design takes.
    pub fn relabeled(&self, groups: &Levels, null: TableNull, variable: &str) -> Result<Arranged> {
        let rows = self.data.rows.len();
        let count = groups.names.len();
        if self.data.clusters.is_some() && count > MOST_DEALT {
            return Err(Error::input(
                "--cluster",
                format!(
                    "`{variable}` has {count} different values; at most {MOST_DEALT} are dealt to clusters"
                ),
                "Take groups of its values, or a row a cluster (means of its rows, say).",
            ));
        }
        let items: Vec<Vec<u32>> = match &self.data.clusters {
            None => (0..rows as u32).map(|row| vec![row]).collect(),
            Some(clusters) => {
                self.unless_split(clusters, groups, "groups", variable)?;
                if let Some(strata) = &self.data.strata {
                    self.unless_split(clusters, strata, "strata", "strata")?;
                }
                members(clusters)
            }
        };
        let by_cluster = self.data.clusters.is_some();
        let parts = self.data.strata.as_ref();
        let mut strata: Vec<Stratum> = (0..parts.map_or(1, |parts| parts.names.len()))
            .map(|_| Stratum {
                items: Vec::new(),
                sizes: vec![0; count],
            })
            .collect();
        for item in items {
            let first = item[0] as usize;
            let stratum = parts.map_or(0, |parts| parts.codes[first] as usize);
            // A cluster takes one place of its group.
            strata[stratum].sizes[groups.codes[first] as usize] += 1;
            strata[stratum].items.push(item);
        }
        let labels = match by_cluster {
            true => Labels::by_cluster(strata),
            false => Labels::new(strata),
        };
        let design = self.design(labels.map(Design::Labels))?;
        let mut observed = vec![Picks::NOBODY; design.picks()];
        let mut next: Vec<usize> = design
            .segments()
            .iter()
            .map(|s: &Segment| s.start)
            .collect();
        for (row, &group) in groups.codes.iter().enumerate() {
            let slot = &mut next[group as usize];
            observed[*slot] = row as u32;
            *slot += 1;
        }
        let mut of = Vec::new();
        of.extend(
            self.strata
                .as_ref()
                .map(|strata| format!("within {strata}")),
        );
        of.extend(self.cluster.map(|cluster| format!("by {cluster}")));
        let name = match of.is_empty() {
            true => null.name().to_owned(),
            false => format!("{}({})", null.name(), of.join(", ")),
        };
        let what = match null {
            TableNull::Relabeling => format!("the groups of `{variable}`"),
            _ => format!("the values of `{variable}`"),
        };
        let over = match self.cluster {
            Some(cluster) => format!("whole clusters of `{cluster}`"),
            None => "rows".to_owned(),
        };
        let within = match &self.strata {
            Some(strata) => format!("within each stratum of {strata} "),
            None => String::new(),
        };
        let assumption = format!(
            "{within}{what} are exchangeable over {over}: any of these could have had any of them"
        );
        Ok(Arranged {
            design,
            observed,
            name,
            assumption,
            admissible: true,
        })
    }

    /// Changes the signs of rows, or of whole clusters, by chance.
    ///
    /// # Errors
    ///
    /// More rows than the design takes.
    pub fn signed(&self) -> Result<Arranged> {
        let rows = self.data.rows.len() as u32;
        let clusters = match &self.data.clusters {
            Some(clusters) => clusters.codes.clone(),
            None => (0..rows).collect(),
        };
        let signs = Signs::new(clusters, &[(0..rows).collect()]);
        let each = match self.cluster {
            Some(cluster) => format!("each cluster of `{cluster}`"),
            None => "each row".to_owned(),
        };
        Ok(Arranged {
            design: self.design(signs.map(Design::Signs))?,
            observed: (0..rows).collect(),
            name: match self.cluster {
                Some(cluster) => format!("signs(by {cluster})"),
                None => "signs".into(),
            },
            assumption: format!(
                "outcomes are symmetric about zero: {each} could as well have had the other sign, whatever the others"
            ),
            admissible: true,
        })
    }

    /// Moves the outcomes against the variable around a circle of all rows, or by at most `max_shift` rows
    /// either way against the variable's middle ones, which then meet no row beyond the ends.
    ///
    /// # Errors
    ///
    /// More rows than the design takes, or shifts that leave fewer than three.
    pub fn rotated(&self, max_shift: Option<usize>) -> Result<Arranged> {
        let rows = self.data.rows.len();
        if let Some(most) = max_shift {
            return self.shifted(rows, most);
        }
        let all: Vec<u32> = (0..rows as u32).collect();
        let shift = CircularShift::new(rows, std::slice::from_ref(&all));
        Ok(Arranged {
            design: self.design(shift.map(Design::CircularShift))?,
            observed: all,
            name: "circular-shift".into(),
            assumption: "one of the two series is stationary: its law stays the same when it is moved against the other, end to beginning".into(),
            admissible: true,
        })
    }

    /// The truncated shifts of Yuan and Shou (2024, PLOS Biology 22).
    fn shifted(&self, rows: usize, most: usize) -> Result<Arranged> {
        let middle = most.checked_mul(2).and_then(|cut| rows.checked_sub(cut));
        let Some(middle) = middle.filter(|&middle| most > 0 && middle >= 3) else {
            return Err(Error::input(
                "--max-shift",
                format!(
                    "shifts of up to {most} rows either way do not leave three of {rows} rows to correlate, or none is made"
                ),
                "Give a number from 1 up, well below half of the rows.",
            ));
        };
        let shift = CircularShift::without_seam(rows, middle);
        Ok(Arranged {
            design: self.design(shift.map(Design::CircularShift))?,
            observed: (most as u32..(most + middle) as u32).collect(),
            name: format!("circular-shift(max-shift {most})"),
            assumption: format!(
                "each outcome is stationary, whatever the variable: any {middle} of its rows in a row could as well have met the variable's middle {middle}. \
                 Neighbouring shifts resemble each other; p times {}/{} is never too small, however much they do (Yuan and Shou 2024)",
                2 * most + 1,
                most + 1
            ),
            admissible: true,
        })
    }

    /// The assignments of a table, a column each, over the rows of the test.
    ///
    /// # Errors
    ///
    /// Other rows or groups than those of the test, or other sizes of groups.
    pub fn listed(&self, groups: &Levels, sets: &DataTable) -> Result<Arranged> {
        let refuse = |place: String, problem: String, remedy: &str| {
            Err(Error::input(place, problem, remedy))
        };
        let file = &sets.file.file;
        if sets.rows() != self.table.rows() {
            return refuse(
                file.clone(),
                format!(
                    "it has {} rows, and the table {}",
                    sets.rows(),
                    self.table.rows()
                ),
                "Give a row for each row of the table, and a column for each assignment.",
            );
        }
        let mut sizes = vec![0; groups.names.len()];
        for &group in &groups.codes {
            sizes[group as usize] += 1;
        }
        let mut picks = Vec::new();
        for set in sets.columns() {
            let levels = set.levels();
            let mut members = vec![Vec::new(); sizes.len()];
            for (row, &of_table) in (0..).zip(&self.data.rows) {
                let name = levels.names.get(levels.codes[of_table] as usize);
                let group = name.and_then(|name| groups.names.iter().position(|had| had == name));
                let Some(group) = group else {
                    return refuse(
                        format!("{}, column {}", sets.place(of_table), set.name),
                        "its value is none of the groups that are tested".to_owned(),
                        "Write the names of the groups as the table has them.",
                    );
                };
                members[group].push(row);
            }
            if !members.iter().map(Vec::len).eq(sizes.iter().copied()) {
                return refuse(
                    format!("{file}, column {}", set.name),
                    "its groups have other numbers of rows than the observed ones".to_owned(),
                    "List assignments with the observed numbers of rows.",
                );
            }
            picks.extend(members.concat());
        }
        let observed = members(groups).concat();
        let admissible = picks.chunks(observed.len()).any(|set| set == observed);
        let listed = Listed::new(groups.codes.len(), &sizes, picks);
        Ok(Arranged {
            design: self.design(listed.map(Design::Listed))?,
            observed,
            name: TableNull::List.name().into(),
            assumption: "each of the listed assignments could as well have been made".into(),
            admissible,
        })
    }

    fn design(&self, design: std::result::Result<Design, DesignError>) -> Result<NullDesign> {
        let design = design.and_then(NullDesign::new);
        let design = design.map_err(|error| {
            Error::input(
                &self.table.file.file,
                format!("its rows cannot be arranged anew: {error}"),
                "Test fewer rows, strata or clusters.",
            )
        })?;
        Ok(design.enumerated_up_to(self.enumerated))
    }

    /// Refuses clusters with rows in two parts.
    fn unless_split(&self, clusters: &Levels, parts: &Levels, what: &str, of: &str) -> Result<()> {
        let mut firsts: Vec<Option<usize>> = vec![None; clusters.names.len()];
        for (row, &cluster) in clusters.codes.iter().enumerate() {
            let first = *firsts[cluster as usize].get_or_insert(row);
            if parts.codes[first] != parts.codes[row] {
                let [a, b] = [first, row].map(|row| self.data.rows[row]);
                let name = |row: usize| &parts.names[parts.codes[row] as usize];
                return Err(Error::input(
                    format!("{}, --cluster", self.table.place(b)),
                    format!(
                        "the cluster `{}` has rows in two {what}: `{}` here, and `{}` ({})",
                        clusters.names[cluster as usize],
                        name(row),
                        name(first),
                        self.table.place(a)
                    ),
                    format!("Clusters keep together: give each one value of {of}."),
                ));
            }
        }
        Ok(())
    }
}

/// The rows of each level.
fn members(levels: &Levels) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); levels.names.len()];
    for (row, &code) in levels.codes.iter().enumerate() {
        members[code as usize].push(row as u32);
    }
    members
}
