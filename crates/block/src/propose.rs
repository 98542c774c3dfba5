//! Chooses blocking rules for records from what they hold.
//!
//! The question is which rules find the most true pairs for the fewest candidates. What a rule
//! costs is counted on a sample of the records. What it finds is reckoned on invented true
//! pairs: each agrees on a field's forms as often as people's records are known to, and lacks a
//! field as often as these records do. Rules are then taken greedily, by newly found true pairs
//! for each candidate, until the pairs allowed are spent or nothing is left to find.

use rayon::prelude::*;
use record::{Field, Kind, Lists, Normalised};
use xxhash_rust::xxh3::xxh3_64;

use crate::index::Limits;
use crate::keys::keys_of_every;
use crate::{Form, Key, Rule};

const TRUE_PAIRS: u64 = 8_192;
const SAMPLE: usize = 30_000;
const RULES_MAX: usize = 40;
/// A rule that finds fewer of the invented true pairs than this is not worth its pass.
const GAIN_MIN: u64 = 2;
/// Pairs that any machine can afford, however few the records.
const PAIRS_MIN: f64 = 2e6;

/// The rules to block these records by.
#[must_use]
pub fn propose(normalised: &Normalised, limits: &Limits) -> Vec<Rule> {
    let forms = beliefs(normalised).map(|belief| Shared {
        pairs: (0..TRUE_PAIRS).map(|pair| belief.is_shared(pair)).collect(),
        key: belief.key,
    });
    choose(normalised, limits, &forms.collect::<Vec<Shared>>())
}

/// The keys that rules for these records may be made of.
pub fn choosable(normalised: &Normalised) -> impl Iterator<Item = Key> {
    forms(normalised).map(|form| form.key)
}

/// A key, and which of some pairs of one person share it: of the same pairs for every key.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The key.
    pub key: Key,
    /// For each pair, whether it does.
    pub pairs: Vec<bool>,
}

/// The rules that find most of the pairs of one person, given which of them share which keys.
#[must_use]
pub fn choose(normalised: &Normalised, limits: &Limits, shared: &[Shared]) -> Vec<Rule> {
    let stride = stride(normalised);
    let atoms: Vec<Atom> =
        shared.iter().map(|shared| Atom::new(shared, normalised, stride)).collect();
    let every = Marks::of(&vec![true; shared.first().map_or(1, |shared| shared.pairs.len())]);
    let mut choices: Vec<Choice> = combinations(&atoms)
        .into_par_iter()
        .map(|parts| Choice::new(&atoms, &parts, &every, normalised.n_records, stride))
        .collect();
    choices.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.rule.cmp(&b.rule)));

    #[expect(clippy::cast_precision_loss, reason = "a budget need not be exact")]
    let (n, per_record) = (normalised.n_records as f64, f64::from(limits.pairs_per_record_max));
    let mut budget = (n * per_record).max(PAIRS_MIN);
    let mut found = Marks::default();
    let mut rules = Vec::new();
    while rules.len() < RULES_MAX {
        let worth = |choice: &Choice| {
            let gain = choice.finds.beyond(&found);
            #[expect(clippy::cast_precision_loss, reason = "at most a few thousand")]
            // Every pass over the records costs about as much as a pair for each of them.
            let worth = gain as f64 / (choice.cost + n);
            (gain, worth)
        };
        let best = choices
            .par_iter()
            .filter(|choice| choice.cost <= budget)
            .map(|choice| (worth(choice), choice))
            .filter(|((gain, _), _)| *gain >= GAIN_MIN)
            .max_by(|((_, a), left), ((_, b), right)| {
                a.total_cmp(b).then_with(|| right.rule.cmp(&left.rule))
            });
        let Some((_, best)) = best else { break };
        budget -= best.cost;
        found = found.or(&best.finds);
        rules.push(best.rule.clone());
    }
    rules
}

/// Every so manieth record is in the sample.
fn stride(normalised: &Normalised) -> usize {
    normalised.n_records.div_ceil(SAMPLE).max(1)
}

/// What a block that is too large must also share, in the order to try.
#[must_use]
pub fn refinements(normalised: &Normalised) -> Vec<Rule> {
    let order = [
        (Kind::Date, Form::Year),
        (Kind::Forename, Form::Phonetic),
        (Kind::Surname, Form::Phonetic),
        (Kind::Address, Form::District),
        (Kind::Postcode, Form::District),
        (Kind::Date, Form::Month),
        (Kind::Text, Form::Prefix(3)),
        (Kind::Address, Form::Dwelling),
    ];
    let rules = order.iter().flat_map(|&(kind, form)| {
        let columns = normalised.columns.iter().filter(move |column| column.field.kind == kind);
        columns
            .map(move |column| Rule { keys: vec![Key { field: column.field.name.clone(), form }] })
    });
    rules.collect()
}

/// A key, the pairs of one person that share it, and what a sample of the records have for it.
struct Atom {
    key: Key,
    shared: Marks,
    keys: Lists<u64>,
}

impl Atom {
    fn new(shared: &Shared, normalised: &Normalised, stride: usize) -> Atom {
        let rule = Rule { keys: vec![shared.key.clone()] };
        let keys = keys_of_every(normalised, &rule, stride);
        Atom { key: shared.key.clone(), shared: Marks::of(&shared.pairs), keys }
    }
}

/// Some of a number of pairs, a bit for each.
#[derive(Clone, Default)]
struct Marks(Vec<u64>);

impl Marks {
    fn of(pairs: &[bool]) -> Marks {
        let word = |pairs: &[bool]| {
            pairs.iter().rev().fold(0, |word, &marked| word << 1 | u64::from(marked))
        };
        Marks(pairs.chunks(64).map(word).collect())
    }

    fn and(&self, other: &Marks) -> Marks {
        Marks(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    fn or(&self, other: &Marks) -> Marks {
        let old = self.0.iter().copied().chain(std::iter::repeat(0));
        Marks(other.0.iter().zip(old).map(|(a, b)| a | b).collect())
    }

    /// How many of these are not among those.
    fn beyond(&self, those: &Marks) -> u64 {
        let old = those.0.iter().copied().chain(std::iter::repeat(0));
        self.0.iter().zip(old).map(|(new, old)| u64::from((new & !old).count_ones())).sum()
    }
}

/// A key, and how often two records of one person are believed to share it.
struct Belief {
    key: Key,
    /// What is drawn for it: who shares one form of a field shares the looser ones.
    draw: u64,
    /// How often they do, if both have the form.
    shared: f64,
    /// How often both have it.
    present: f64,
}

/// How often two records of one person share a form of a field: round figures for people's
/// records at large, from published linkages, not of any one set. Looser forms are shared more.
fn shared_forms(kind: Kind) -> &'static [(Form, f64)] {
    match kind {
        Kind::Forename => &[
            (Form::Equal, 0.80),
            (Form::Phonetic, 0.86),
            (Form::Prefix(3), 0.87),
            (Form::Prefix(1), 0.93),
        ],
        Kind::Surname => &[
            (Form::Equal, 0.82),
            (Form::Phonetic, 0.87),
            (Form::Prefix(3), 0.88),
            (Form::Word, 0.86),
            (Form::Prefix(1), 0.92),
        ],
        Kind::MiddleName => &[(Form::Equal, 0.65), (Form::Prefix(1), 0.80)],
        Kind::Date => {
            &[(Form::Equal, 0.88), (Form::DayMonth, 0.92), (Form::Month, 0.93), (Form::Year, 0.95)]
        }
        Kind::Address => &[
            (Form::Dwelling, 0.55),
            (Form::Postcode, 0.65),
            (Form::Sector, 0.70),
            (Form::District, 0.80),
        ],
        Kind::Postcode => &[(Form::Equal, 0.65), (Form::Sector, 0.70), (Form::District, 0.80)],
        Kind::NhsNumber | Kind::Upn | Kind::Uln | Kind::Nino => &[(Form::Equal, 0.95)],
        Kind::Uprn | Kind::Phone => &[(Form::Equal, 0.55)],
        Kind::Email => &[(Form::Equal, 0.60), (Form::Prefix(5), 0.75)],
        Kind::Text => &[
            (Form::Equal, 0.80),
            (Form::Phonetic, 0.86),
            (Form::Prefix(4), 0.87),
            (Form::Word, 0.88),
        ],
        Kind::Code => &[(Form::Equal, 0.90), (Form::Prefix(3), 0.94), (Form::Suffix(3), 0.94)],
        Kind::Category | Kind::Number | Kind::Point => &[(Form::Equal, 0.88)],
        Kind::Verbatim => &[(Form::Equal, 0.75)],
        Kind::List | Kind::Items => &[(Form::Equal, 0.70)],
        Kind::Sex | Kind::FullName | Kind::Vector | Kind::Statement => &[],
    }
}

/// A form of a field that records may share.
struct Shareable {
    key: Key,
    draw: u64,
    shared: f64,
}

fn forms(normalised: &Normalised) -> impl Iterator<Item = Shareable> {
    let columns = normalised.columns.iter().enumerate();
    columns.filter(|(_, column)| column.lists.items().len() > 1).flat_map(|(at, column)| {
        let Field { name, kind } = &column.field;
        // A postcode beside an address is that of the address.
        let draw = match kind {
            Kind::Address | Kind::Postcode => ADDRESS,
            _ => at as u64,
        };
        shared_forms(*kind).iter().map(move |&(form, shared)| Shareable {
            key: Key { field: name.clone(), form },
            draw,
            shared,
        })
    })
}

fn beliefs(normalised: &Normalised) -> impl Iterator<Item = Belief> {
    forms(normalised).map(|Shareable { key, draw, shared }| {
        // Many an address has a district and no dwelling.
        let rule = Rule { keys: vec![key.clone()] };
        let keys = keys_of_every(normalised, &rule, stride(normalised));
        let keyed = keys.iter().filter(|keys| !keys.is_empty()).count();
        #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
        let share = keyed as f64 / keys.len().max(1) as f64;
        Belief { key, draw, shared, present: share * share }
    })
}

/// What is drawn for addresses and postcodes alike.
const ADDRESS: u64 = u64::MAX;

/// No atom, every atom, and every two atoms of different fields.
fn combinations(atoms: &[Atom]) -> Vec<Vec<usize>> {
    let mut combinations = vec![vec![]];
    for a in 0..atoms.len() {
        combinations.push(vec![a]);
        let others = (a + 1..atoms.len()).filter(|&b| atoms[b].key.field != atoms[a].key.field);
        combinations.extend(others.map(|b| vec![a, b]));
    }
    combinations
}

/// A rule that might be taken.
struct Choice {
    rule: Rule,
    /// Candidate pairs.
    cost: f64,
    /// Which of the pairs of one person it finds.
    finds: Marks,
}

impl Choice {
    fn new(
        atoms: &[Atom],
        parts: &[usize],
        every: &Marks,
        n_records: usize,
        stride: usize,
    ) -> Choice {
        let keys = parts.iter().map(|&part| atoms[part].key.clone()).collect();
        let finds = parts.iter().fold(every.clone(), |finds, &part| finds.and(&atoms[part].shared));
        Choice { rule: Rule { keys }, cost: cost(atoms, parts, n_records, stride), finds }
    }
}

impl Belief {
    /// Whether an invented pair shares the key: one draw decides how well it agrees on the field,
    /// so that who shares the stricter form shares the looser one too.
    fn is_shared(&self, pair: u64) -> bool {
        let draw = |what: u64| {
            let mut bytes = [0; 24];
            bytes[..8].copy_from_slice(&pair.to_le_bytes());
            bytes[8..16].copy_from_slice(&self.draw.to_le_bytes());
            bytes[16..].copy_from_slice(&what.to_le_bytes());
            #[expect(clippy::cast_precision_loss, reason = "53 bits of a hash are kept")]
            let draw = (xxh3_64(&bytes) >> 11) as f64 / (1_u64 << 53) as f64;
            draw
        };
        // Errors come together: some pairs were taken down well, some badly.
        let effort = [1, 1, 2, 4][usize::try_from(pair % 4).unwrap_or(0)];
        draw(0) < self.present && draw(1) < self.shared.powi(effort)
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate from a sample")]
fn cost(atoms: &[Atom], parts: &[usize], n_records: usize, stride: usize) -> f64 {
    let n = n_records as f64;
    let Some((&first, rest)) = parts.split_first() else { return n * (n - 1.0).max(0.0) / 2.0 };
    let mut all: Vec<u64> = Vec::new();
    for record in 0..atoms[first].keys.len() {
        for &key in atoms[first].keys.get(record) {
            match rest {
                [] => all.push(key),
                rest => all.extend(rest.iter().flat_map(|&part| {
                    let others = atoms[part].keys.get(record).iter();
                    others.map(move |other| {
                        key.rotate_left(17) ^ other.wrapping_mul(0x9E37_79B9_7F4A_7C15)
                    })
                })),
            }
        }
    }
    all.sort_unstable();
    let pairs = all
        .chunk_by(|a, b| a == b)
        .map(|block| block.len() as f64 * (block.len() as f64 - 1.0) / 2.0);
    // Pairs fall with the square of the sampled share; a rule always costs a little.
    pairs.sum::<f64>() * (stride * stride) as f64
}
