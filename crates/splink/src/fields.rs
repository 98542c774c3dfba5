//! The fields that a plan needs for a model: columns as they are, and what is made of them.

use normalise::{Derived, Step};
use record::{Field, Kind};

use crate::value::Made;

/// The fields, each known by what it holds.
#[derive(Default)]
pub(crate) struct Fields {
    /// Columns that hold lists, and those that hold vectors; the others hold text.
    pub(crate) lists: Vec<String>,
    pub(crate) vectors: Vec<String>,
    /// Fields that are columns, with the column of each.
    pub(crate) mapped: Vec<(Field, String)>,
    pub(crate) derived: Vec<Derived>,
}

impl Fields {
    /// The name of the field that holds this, which is added if it is not there.
    pub(crate) fn of(&mut self, made: &Made) -> String {
        if made.apply.is_empty() && made.kind == Kind::Verbatim && made.from.len() == 1 {
            return self.column(&made.from[0]);
        }
        let from: Vec<String> = made.from.iter().map(|column| self.column(column)).collect();
        let same = self.derived.iter().find(|derived| {
            let kind = derived.field.kind == made.kind;
            let joins = derived.from == from && (from.len() == 1 || derived.join == made.join);
            kind && joins && derived.apply == made.apply
        });
        if let Some(derived) = same {
            return derived.field.name.clone();
        }
        let stem = match (made.kind, made.apply.last()) {
            (Kind::Point, _) => "place".to_owned(),
            (_, Some(Step::Seconds(_))) => format!("{}_seconds", from[0]),
            (Kind::Number, _) => format!("{}_number", from[0]),
            _ if from.len() > 1 => from.join("_"),
            _ => format!("{}_part", from[0]),
        };
        self.derive(&stem, from, made)
    }

    /// A field of its own that holds the same as this one.
    pub(crate) fn alias(&mut self, stem: &str, name: &str) -> String {
        if let Some(derived) = self.derived.iter().find(|derived| derived.field.name == name) {
            let mut derived = derived.clone();
            derived.field.name = self.free(&slug(stem));
            self.derived.push(derived.clone());
            return derived.field.name;
        }
        let found = self.mapped.iter().find(|(field, _)| field.name == name);
        let kind = found.map_or(Kind::Verbatim, |(field, _)| field.kind);
        let alias = self.free(&slug(stem));
        self.derived.push(Derived {
            field: Field { name: alias.clone(), kind },
            from: vec![name.to_owned()],
            join: " ".to_owned(),
            apply: Vec::new(),
        });
        alias
    }

    /// Whether a column holds lists.
    pub(crate) fn holds_lists(&self, column: &str) -> bool {
        self.lists.iter().any(|known| known.eq_ignore_ascii_case(column))
    }

    /// The field that a column is mapped to.
    pub(crate) fn column(&mut self, column: &str) -> String {
        let same = |other: &str| other.eq_ignore_ascii_case(column);
        if let Some((field, _)) = self.mapped.iter().find(|(_, known)| same(known)) {
            return field.name.clone();
        }
        let kind = if self.lists.iter().any(|known| same(known)) {
            Kind::Items
        } else if self.vectors.iter().any(|known| same(known)) {
            Kind::Vector
        } else {
            Kind::Verbatim
        };
        let name = self.free(&slug(column));
        self.mapped.push((Field { name: name.clone(), kind }, column.to_owned()));
        name
    }

    fn derive(&mut self, stem: &str, from: Vec<String>, made: &Made) -> String {
        let field = Field { name: self.free(stem), kind: made.kind };
        let name = field.name.clone();
        let (join, apply) = (made.join.clone(), made.apply.clone());
        self.derived.push(Derived { field, from, join, apply });
        name
    }

    /// A name like this one that no field has.
    fn free(&self, stem: &str) -> String {
        let taken = |name: &str| {
            self.mapped.iter().any(|(field, _)| field.name == name)
                || self.derived.iter().any(|derived| derived.field.name == name)
        };
        // The standard fields are normalised, and these are not.
        let stem = match Field::standard(stem) {
            Some(_) => format!("{stem}_verbatim"),
            None => stem.to_owned(),
        };
        if !taken(&stem) {
            return stem;
        }
        let most = self.mapped.len() + self.derived.len() + 2;
        let numbered = (2..=most).map(|n| format!("{stem}_{n}")).find(|name| !taken(name));
        numbered.expect("of more names than fields one is free")
    }
}

/// A column's name as a field's name is written.
fn slug(column: &str) -> String {
    let mut slug: String = column
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' })
        .collect();
    if !slug.starts_with(|c: char| c.is_ascii_lowercase()) {
        slug.insert_str(0, "field_");
    }
    slug
}
