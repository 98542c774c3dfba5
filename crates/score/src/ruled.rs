//! What rarity adds by rules of its own.

use compare::Comparer;
use record::{NONE, RecordId};

use crate::{MatchWeight, Rarity};

/// The rules of all comparisons, and what each adds for each record's value.
pub(crate) struct Ruled {
    rules: Vec<Rule>,
    /// By record and rule, so that what a pair needs of a record lies side by side;
    /// [`Ruled::NOTHING`] of a record without the value.
    added: Vec<MatchWeight>,
}

struct Rule {
    /// Whether rare values add more than common ones: of two, the commoner's counts.
    rare_adds: bool,
    /// The most it ever adds.
    most: MatchWeight,
    /// The most it ever adds or takes off.
    extent: u32,
}

impl Ruled {
    const NOTHING: MatchWeight = MatchWeight(i32::MIN);

    /// Of these rules, each of a field that some record has.
    pub(crate) fn new(rules: &[&Rarity], comparer: &Comparer<'_>) -> Ruled {
        let mut added = vec![Ruled::NOTHING; comparer.n_records() * rules.len()];
        let rule = |(at, rule): (usize, &&Rarity)| {
            Rule::new(rule, comparer, |record, weight| {
                added[record * rules.len() + at] = weight;
            })
        };
        let rules = rules.iter().enumerate().map(rule).collect();
        Ruled { rules, added }
    }

    #[inline]
    fn added(&self, rule: usize, record: RecordId) -> MatchWeight {
        self.added[record.index() * self.rules.len() + rule]
    }

    /// What a rule adds to a pair.
    #[inline]
    pub(crate) fn of(&self, rule: usize, lower: RecordId, upper: RecordId) -> MatchWeight {
        match [lower, upper].map(|record| self.added(rule, record)) {
            [Ruled::NOTHING, Ruled::NOTHING] => MatchWeight::default(),
            [Ruled::NOTHING, one] | [one, Ruled::NOTHING] => one,
            [one, other] if self.rules[rule].rare_adds => one.min(other),
            [one, other] => one.max(other),
        }
    }

    /// The most that a rule adds to a pair with this record.
    #[inline]
    pub(crate) fn most_of(&self, rule: usize, record: RecordId) -> MatchWeight {
        match self.added(rule, record) {
            // Of two values the commoner's counts, and so adds no more than this one would.
            added if added != Ruled::NOTHING && self.rules[rule].rare_adds => added,
            _ => self.rules[rule].most,
        }
    }

    /// The most that a rule ever adds.
    pub(crate) fn most(&self, rule: usize) -> MatchWeight {
        self.rules[rule].most
    }

    /// The most that a rule ever adds or takes off.
    pub(crate) fn extent(&self, rule: usize) -> u32 {
        self.rules[rule].extent
    }
}

impl Rule {
    /// Gives what it adds for each record that has the value.
    fn new(
        rule: &Rarity,
        comparer: &Comparer<'_>,
        mut give: impl FnMut(usize, MatchWeight),
    ) -> Rule {
        let column = comparer.column_of(&rule.of).expect("some record has the field");
        let ids = comparer.ids_in(&rule.of).expect("some record has the field");
        let first = |record| ids(record).first().copied().unwrap_or(NONE);
        let values: Vec<u32> = (0..).map(RecordId).take(comparer.n_records()).map(first).collect();
        let values = || values.iter().enumerate().filter(|(_, id)| **id != NONE);
        let mut counts = vec![0_u32; column.values.len()];
        values().for_each(|(_, id)| counts[*id as usize] += 1);
        let filled: u32 = counts.iter().sum();
        let added = counts.into_iter().map(|count| {
            let frequency = (f64::from(count) / f64::from(filled.max(1))).max(rule.least);
            let added = libm::log2(rule.usual) - libm::log2(frequency);
            MatchWeight::from_bits(rule.weight * added)
        });
        let added: Vec<MatchWeight> = added.collect();
        values().for_each(|(record, id)| give(record, added[*id as usize]));
        let most = added.iter().copied().max().unwrap_or_default().max(MatchWeight::default());
        let extent = added.iter().map(|weight| weight.0.unsigned_abs()).max().unwrap_or(0);
        Rule { rare_adds: 0.0 <= rule.weight, most, extent }
    }
}
