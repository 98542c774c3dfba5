//! Lays out a genogram: generations as rows, households side by side.
//!
//! Each household is a block of columns, so that its outline holds nobody else. Within a block,
//! partners stand side by side, and everybody stands in the row of their generation. Lines from
//! parents run down between columns, and along the gap above the children's row, each family on a
//! level of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::generations::generations;
use super::symbols::{Symbol, symbol, with_whole_postcode, wrapped};
use super::{FamilyPage, FamilyTie, TieKind};

/// A genogram, ready to be drawn.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Genogram {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) outlines: Vec<Outline>,
    pub(super) lines: Vec<Line>,
    pub(super) symbols: Vec<Symbol>,
}

/// The outline of a household.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Outline {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) labels: Vec<String>,
    pub(super) class: &'static str,
}

/// A line between persons.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Line {
    pub(super) path: String,
    pub(super) class: &'static str,
}

/// The width of a column and the radius of a symbol.
const PITCH: f64 = 98.0;
const RADIUS: f64 = 17.0;
/// The height of a line of words beneath a symbol, and what is free below them.
const WORDS: f64 = 13.5;
const BELOW: f64 = 16.0;
/// The gap above a row without lines, and what a level of lines adds.
const GAP: f64 = 34.0;
const LEVEL: f64 = 8.0;
/// Around the columns of a block, and between blocks.
const PAD: f64 = 8.0;
const BETWEEN: f64 = 14.0;
/// Above the first row, for the label of a household.
const HEAD: f64 = 36.0;
/// The width that a screen shows without moving.
const WIDTH_MAX: f64 = 1_180.0;

/// Somebody's place: the block, the generation, the line of it, and the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    block: usize,
    generation: usize,
    line: usize,
    column: usize,
}

/// A group of persons who stand together: by generation, in order.
struct Block {
    household: Option<usize>,
    /// What stands above a block that is no household.
    label: &'static str,
    rows: BTreeMap<usize, Vec<(usize, bool)>>,
}

pub(super) fn draw(page: &FamilyPage) -> Genogram {
    if page.persons.is_empty() {
        return Genogram::default();
    }
    let generations = generations(page);
    let blocks = blocks(page, &generations);
    let columns = columns(&blocks);
    let layout = Layout::of(page, blocks, columns, &generations);
    layout.drawn(page)
}

/// The households as blocks, one of whoever lives elsewhere and one of whoever has none. Who is expected stands with a parent.
fn blocks(page: &FamilyPage, generations: &[usize]) -> Vec<Block> {
    let mut home: Vec<Option<usize>> = vec![None; page.persons.len()];
    let mut blocks: Vec<Block> = Vec::new();
    for (at, household) in page.households.iter().enumerate() {
        let mut block = Block { household: Some(at), label: "", rows: BTreeMap::new() };
        for &member in &household.members {
            // A child with two homes stands in the one and is mentioned in the other.
            let is_first = home[member].is_none();
            home[member].get_or_insert(at);
            block.rows.entry(generations[member]).or_default().push((member, is_first));
        }
        blocks.push(block);
    }
    let none = |label| Block { household: None, label, rows: BTreeMap::new() };
    let mut others = [none("Households not shown"), none("No household known")];
    for person in 0..page.persons.len() {
        if home[person].is_some() {
            continue;
        }
        let parent = page.ties.iter().find(|tie| {
            let awaited = page.persons[person].is_expected;
            awaited && tie.kind == TieKind::Parent && tie.other == person && home[tie.one].is_some()
        });
        let block = match parent.and_then(|tie| home[tie.one]) {
            Some(at) => &mut blocks[at],
            None => &mut others[usize::from(!page.persons[person].lives_elsewhere)],
        };
        block.rows.entry(generations[person]).or_default().push((person, true));
    }
    blocks.extend(others);
    blocks.retain(|block| !block.rows.is_empty());
    for block in &mut blocks {
        for row in block.rows.values_mut() {
            in_order(page, row);
        }
    }
    blocks
}

/// The eldest first, partners side by side.
fn in_order(page: &FamilyPage, row: &mut Vec<(usize, bool)>) {
    row.sort_by(|a, b| {
        let birth = |at: &(usize, bool)| page.persons[at.0].birth.unwrap_or(f64::MAX);
        birth(a).total_cmp(&birth(b)).then(a.cmp(b))
    });
    let mut left = std::mem::take(row);
    while !left.is_empty() {
        let first = left.remove(0);
        row.push(first);
        let kinds = [TieKind::Partner, TieKind::CoParent, TieKind::FormerPartner];
        let partner = kinds.into_iter().find_map(|kind| {
            left.iter().position(|&(other, _)| {
                page.ties.iter().any(|tie| {
                    tie.kind == kind && couple(tie) == (first.0.min(other), first.0.max(other))
                })
            })
        });
        if let Some(at) = partner {
            let partner = left.remove(at);
            row.push(partner);
        }
    }
}

fn couple(tie: &FamilyTie) -> (usize, usize) {
    (tie.one.min(tie.other), tie.one.max(tie.other))
}

/// The most columns of a block with which all fit a screen; two at the least, for partners.
fn columns(blocks: &[Block]) -> usize {
    let width = |columns: usize| {
        let each = blocks.iter().map(|block| block_width(block, columns) + BETWEEN);
        each.sum::<f64>() <= WIDTH_MAX
    };
    (2..=8).rev().find(|&columns| width(columns)).unwrap_or(2)
}

fn block_width(block: &Block, columns: usize) -> f64 {
    // An address needs room as well.
    PITCH * as_f64(block_columns(block, columns)).max(1.35) + 2.0 * PAD
}

fn block_columns(block: &Block, columns: usize) -> usize {
    block.rows.values().map(Vec::len).max().unwrap_or(0).min(columns)
}

struct Layout<'a> {
    blocks: Vec<Block>,
    block_x: Vec<f64>,
    columns: usize,
    /// For each generation, the lines that its persons take, and the height of one.
    lines: Vec<usize>,
    heights: Vec<f64>,
    cells: BTreeMap<usize, Cell>,
    families: Vec<Family>,
    levels: Vec<usize>,
    page: &'a FamilyPage,
}

/// Children with the same parents, of one generation.
struct Family {
    parents: Vec<usize>,
    children: Vec<usize>,
    generation: usize,
    class: &'static str,
    level: usize,
}

impl Layout<'_> {
    fn of<'a>(
        page: &'a FamilyPage,
        blocks: Vec<Block>,
        columns: usize,
        generations: &[usize],
    ) -> Layout<'a> {
        let n = generations.iter().max().map_or(0, |last| last + 1);
        let mut lines = vec![0; n];
        let mut words = vec![2; n];
        let mut cells = BTreeMap::new();
        let mut block_x = Vec::new();
        let mut x = BETWEEN / 2.0;
        for (at, block) in blocks.iter().enumerate() {
            for (&generation, row) in &block.rows {
                lines[generation] = lines[generation].max(row.len().div_ceil(columns));
                for (place, &(person, is_first)) in row.iter().enumerate() {
                    let (line, column) = (place / columns, place % columns);
                    let n = symbol(page, person, is_first, 0.0, 0.0).labels.len();
                    words[generation] = n.max(words[generation]);
                    if is_first {
                        cells.insert(person, Cell { block: at, generation, line, column });
                    }
                }
            }
            block_x.push(x);
            x += block_width(block, columns) + BETWEEN;
        }
        let mut layout = Layout {
            blocks,
            block_x,
            columns,
            lines,
            heights: words.iter().map(|&n| 2.0 * RADIUS + WORDS * as_f64(n) + BELOW).collect(),
            cells,
            families: Vec::new(),
            levels: vec![0; n],
            page,
        };
        layout.families = layout.families(generations);
        layout.level();
        layout
    }

    /// Children by their parents, or by whoever else stands in for them.
    fn families(&self, generations: &[usize]) -> Vec<Family> {
        let parents_of = |child: usize| -> BTreeSet<usize> {
            let ties = self.page.ties.iter();
            let own = ties.filter(|tie| tie.kind == TieKind::Parent && tie.other == child);
            own.map(|tie| tie.one).collect()
        };
        let mut all: BTreeMap<(usize, Vec<usize>, &str), BTreeSet<usize>> = BTreeMap::new();
        for (child, &generation) in generations.iter().enumerate() {
            let parents = parents_of(child);
            let mut groups: Vec<(Vec<usize>, &str)> = Vec::new();
            if !parents.is_empty() {
                groups.push((parents.iter().copied().collect(), "own"));
            }
            for tie in self.page.ties.iter().filter(|tie| tie.other == child) {
                let between =
                    || parents.iter().any(|&parent| parents_of(parent).contains(&tie.one));
                match tie.kind {
                    TieKind::Carer => groups.push((vec![tie.one], "care")),
                    TieKind::Grandparent if !between() => groups.push((vec![tie.one], "kin")),
                    _ => {}
                }
            }
            for (parents, class) in groups {
                all.entry((generation, parents, class)).or_default().insert(child);
            }
        }
        let families = all.into_iter().map(|((generation, parents, class), children)| Family {
            parents,
            children: children.into_iter().collect(),
            generation,
            class: match class {
                "own" => "own",
                "care" => "care",
                _ => "kin",
            },
            level: 0,
        });
        families.collect()
    }

    /// Gives each family a level of its own in the gap above its children, where others are near.
    fn level(&mut self) {
        let mut taken: BTreeMap<usize, Vec<Vec<(f64, f64)>>> = BTreeMap::new();
        let spans: Vec<(f64, f64)> = self.families.iter().map(|family| self.span(family)).collect();
        let mut order: Vec<usize> = (0..self.families.len()).collect();
        order.sort_by(|&a, &b| {
            let length = |at: usize| spans[at].1 - spans[at].0;
            length(a).total_cmp(&length(b)).then(a.cmp(&b))
        });
        for at in order {
            let (from, to) = spans[at];
            let levels = taken.entry(self.families[at].generation).or_default();
            let free = levels.iter().position(|level| {
                level.iter().all(|&(start, end)| to + 6.0 < start || end + 6.0 < from)
            });
            let level = free.unwrap_or(levels.len());
            if level == levels.len() {
                levels.push(Vec::new());
            }
            levels[level].push((from, to));
            self.families[at].level = level;
        }
        for (generation, levels) in taken {
            self.levels[generation] = levels.len();
        }
    }

    /// How far along a family's line goes.
    fn span(&self, family: &Family) -> (f64, f64) {
        let children = family.children.iter().map(|&child| self.x(child));
        let drops = self.drops(family).into_iter().map(|(x, ..)| x);
        let (mut from, mut to) = (f64::MAX, f64::MIN);
        for x in children.chain(drops) {
            (from, to) = (from.min(x), to.max(x));
        }
        (from, to)
    }

    /// Where a family's line comes down from its parents: between two who stand side by side, or
    /// to the right of each; with the place where it begins.
    fn drops(&self, family: &Family) -> Vec<(f64, f64, f64)> {
        let aside = match family.class {
            "own" => 0.0,
            "care" => -6.0,
            _ => 6.0,
        };
        if let [one, other] = family.parents[..]
            && self.are_side_by_side(one, other)
        {
            let x = f64::midpoint(self.x(one), self.x(other)) + aside;
            return vec![(x, x, self.y(one))];
        }
        let each = family.parents.iter().map(|&parent| {
            let (x, y) = (self.x(parent), self.y(parent));
            // Who stands beside a partner has the line on the other side.
            let side = if self.has_partner_to_the_right(parent) { -1.0 } else { 1.0 };
            // A parent of two families has a line for each.
            let others = self.families.iter().filter(|other| other.parents.contains(&parent));
            let before = others.take_while(|other| other.parents != family.parents).count();
            let away = PITCH / 2.0 + aside - 6.0 * as_f64(before);
            (x + side * away, x + side * RADIUS, y)
        });
        each.collect()
    }

    fn are_side_by_side(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.cells[&one], self.cells[&other]);
        (one.block, one.generation, one.line) == (other.block, other.generation, other.line)
            && one.column.abs_diff(other.column) == 1
    }

    fn has_partner_to_the_right(&self, person: usize) -> bool {
        self.page.ties.iter().any(|tie| {
            let other = if tie.one == person { tie.other } else { tie.one };
            let couple =
                matches!(tie.kind, TieKind::Partner | TieKind::FormerPartner | TieKind::CoParent);
            couple
                && (tie.one == person || tie.other == person)
                && self.are_side_by_side(person, other)
                && self.x(person) < self.x(other)
        })
    }

    fn x(&self, person: usize) -> f64 {
        let cell = self.cells[&person];
        self.cell_x(cell.block, cell.column)
    }

    fn cell_x(&self, block: usize, column: usize) -> f64 {
        self.block_x[block] + PAD + PITCH * (as_f64(column) + 0.5)
    }

    /// The middle of a person's symbol.
    fn y(&self, person: usize) -> f64 {
        let cell = self.cells[&person];
        self.cell_y(cell.generation, cell.line)
    }

    fn cell_y(&self, generation: usize, line: usize) -> f64 {
        self.top(generation) + as_f64(line) * self.heights[generation] + RADIUS
    }

    /// The top of a generation's first row of symbols.
    fn top(&self, generation: usize) -> f64 {
        let above = (0..=generation).map(|at| {
            let rows =
                if at < generation { as_f64(self.lines[at]) * self.heights[at] } else { 0.0 };
            rows + GAP + LEVEL * as_f64(self.levels[at])
        });
        HEAD + above.sum::<f64>()
    }

    fn drawn(&self, page: &FamilyPage) -> Genogram {
        let n = self.lines.len();
        let bottom = self.top(n - 1) + as_f64(self.lines[n - 1]) * self.heights[n - 1];
        let width = self.blocks.iter().zip(&self.block_x);
        let width = width.map(|(block, x)| x + block_width(block, self.columns) + BETWEEN / 2.0);
        let mut drawn = Genogram {
            width: width.fold(0.0, f64::max),
            height: bottom + 12.0,
            ..Genogram::default()
        };
        for (at, block) in self.blocks.iter().enumerate() {
            drawn.outlines.push(self.outline(page, at, block));
            for (&generation, row) in &block.rows {
                for (place, &(person, is_first)) in row.iter().enumerate() {
                    let (line, column) = (place / self.columns, place % self.columns);
                    let (x, y) = (self.cell_x(at, column), self.cell_y(generation, line));
                    drawn.symbols.push(symbol(page, person, is_first, x, y));
                }
            }
        }
        for family in &self.families {
            drawn.lines.push(self.family_line(family));
        }
        let couples = page.ties.iter().filter_map(|tie| {
            let class = match tie.kind {
                TieKind::Partner => "partner",
                TieKind::FormerPartner => "former",
                TieKind::CoParent => "co-parent",
                _ => return None,
            };
            Some(Line { path: self.couple_path(tie.one, tie.other), class })
        });
        drawn.lines.extend(couples);
        drawn
    }

    fn outline(&self, page: &FamilyPage, at: usize, block: &Block) -> Outline {
        let first = *block.rows.keys().next().expect("a block has somebody in it");
        let (&last, row) = block.rows.last_key_value().expect("likewise");
        let lines = row.len().div_ceil(self.columns);
        let width = block_width(block, self.columns);
        let y = self.top(first) - 12.0 - LEVEL * as_f64(self.levels[first]) - HEAD;
        let bottom = self.cell_y(last, lines - 1) - RADIUS + self.heights[last] - 6.0;
        let labels = match block.household.map(|at| &page.households[at]) {
            Some(household) => {
                let letters = (16 * block_columns(block, self.columns)).max(20);
                wrapped(&with_whole_postcode(&household.address), letters, 2)
            }
            None => vec![block.label.to_owned()],
        };
        let class = if block.household.is_some() { "household" } else { "nowhere" };
        Outline { x: self.block_x[at], y, width, height: bottom - y, labels, class }
    }

    /// From the parents down to the level, along it, and down to each child.
    fn family_line(&self, family: &Family) -> Line {
        let mut path = String::new();
        let gap = self.top(family.generation) - 12.0;
        let bus = gap - LEVEL * as_f64(family.level);
        let drops = self.drops(family);
        for &(x, from, y) in &drops {
            // Who is no generation before the child is joined to it directly.
            if bus <= y {
                for &child in &family.children {
                    path += &format!("M{from} {y}L{} {}", self.x(child), self.y(child) - RADIUS);
                }
                return Line { path, class: "doubted" };
            }
            path += &format!("M{from} {y}H{x}V{bus}");
        }
        let (mut from, mut to) = (f64::MAX, f64::MIN);
        for &(x, ..) in &drops {
            (from, to) = (from.min(x), to.max(x));
        }
        for &child in &family.children {
            let cell = self.cells[&child];
            let (x, top) = (self.x(child), self.y(child) - RADIUS);
            let down = if cell.line == 0 { x } else { x - PITCH / 2.0 + 2.0 };
            (from, to) = (from.min(down), to.max(down));
            path += &match cell.line {
                0 => format!("M{x} {bus}V{top}"),
                // Past the row above, between its columns.
                _ => format!("M{down} {bus}V{}H{x}V{top}", top - 6.0),
            };
        }
        path += &format!("M{from} {bus}H{to}");
        Line { path, class: family.class }
    }

    fn couple_path(&self, one: usize, other: usize) -> String {
        let (mut left, mut right) = (one, other);
        if self.x(right) < self.x(left) {
            std::mem::swap(&mut left, &mut right);
        }
        let (x1, y1, x2, y2) = (self.x(left), self.y(left), self.x(right), self.y(right));
        if self.are_side_by_side(one, other) {
            return format!("M{} {y1}H{}", x1 + RADIUS, x2 - RADIUS);
        }
        // Over the heads of those between.
        let over = y1.min(y2) - RADIUS - 8.0;
        format!("M{x1} {}V{over}H{x2}V{}", y1 - RADIUS, y2 - RADIUS)
    }
}

#[expect(clippy::cast_precision_loss, reason = "places are few")]
fn as_f64(n: usize) -> f64 {
    n as f64
}
