//! What a pair agrees on: for each field, which of the forms that rules ask for are shared.

use block::{Key, Rule};
use compare::Comparer;
use record::RecordPair;

/// The fields that rules ask for, and the forms of each.
pub(crate) struct Forms {
    fields: Vec<Vec<Key>>,
}

/// For each field, a bit for each form shared; [`LACKING`] if one of the two lacks the field.
pub(crate) type Pattern = Vec<u32>;

/// Stands for a field that one of the two records lacks.
pub(crate) const LACKING: u32 = u32::MAX;

/// What a rule asks for: fields by their places, and the bits of each.
pub(crate) type Asked = Vec<(usize, u32)>;

impl Forms {
    pub(crate) fn of_rules(rules: &[Rule]) -> Forms {
        let mut keys: Vec<Key> = rules.iter().flat_map(|rule| rule.keys.clone()).collect();
        keys.sort();
        keys.dedup();
        Forms { fields: keys.chunk_by(|a, b| a.field == b.field).map(<[Key]>::to_vec).collect() }
    }

    /// The fields' names.
    pub(crate) fn fields(&self) -> impl ExactSizeIterator<Item = &str> {
        self.fields.iter().map(|keys| keys[0].field.as_str())
    }

    pub(crate) fn pattern(&self, comparer: &Comparer<'_>, pair: RecordPair) -> Pattern {
        let bits = |keys: &Vec<Key>| {
            let field = &keys[0].field;
            let (column, ids) = comparer.column_of(field).zip(comparer.ids_in(field))?;
            let ids = [pair.lower(), pair.upper()].map(ids);
            let shared = |bits: u32, key: &Key| {
                Some(bits << 1 | u32::from(block::shared(column, key.form, ids)?))
            };
            keys.iter().rev().try_fold(0, shared)
        };
        self.fields.iter().map(|keys| bits(keys).unwrap_or(LACKING)).collect()
    }

    /// Whether a pattern shares this key.
    pub(crate) fn shares(&self, pattern: &[u32], key: &Key) -> bool {
        self.place(key).is_some_and(|(field, bit)| meets(pattern, &[(field, bit)]))
    }

    /// What the rule asks for; every key is one of these forms.
    pub(crate) fn asked(&self, rule: &Rule) -> Asked {
        rule.keys.iter().filter_map(|key| self.place(key)).collect()
    }

    fn place(&self, key: &Key) -> Option<(usize, u32)> {
        let field = self.fields.binary_search_by(|keys| keys[0].field.cmp(&key.field)).ok()?;
        let form = self.fields[field].binary_search(key).ok()?;
        Some((field, 1 << form))
    }
}

/// Whether a pattern shares all that is asked for.
pub(crate) fn meets(pattern: &[u32], asked: &[(usize, u32)]) -> bool {
    asked.iter().all(|&(field, bits)| pattern[field] != LACKING && pattern[field] & bits == bits)
}
