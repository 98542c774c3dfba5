//! Groups of persons and records by what a snapshot says of them, and how well each does.

use evaluate::{Contrast, PairMetrics, Proportion, Spread, Subgroup};
use rayon::prelude::*;
use record::{Date, NONE, PartialDate};

use super::Measure;
use super::view::BestValues;

/// How well each group of one kind does.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// What the groups are by.
    pub by: Kind,
    /// The groups, in order.
    pub groups: Vec<Group>,
}

/// How well one group does, and all the others of its kind.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The group.
    pub own: Subgroup,
    /// All the others.
    pub rest: Subgroup,
    /// How far chance may have moved what is said of the group.
    pub spread: Spread,
    /// The share of its true pairs that a blocking rule proposed, where that was counted.
    pub blocking: Option<Proportion>,
}

/// What records can be grouped by. All but the source are of the person they were put with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The sex.
    Sex,
    /// The age at the run date.
    Age,
    /// The ethnicity, where a source gives it.
    Ethnicity,
    /// The source of the record.
    Source,
    /// How many words its names have.
    NameTokens,
    /// Whether it has lived at several addresses.
    Mover,
    /// The kind of its household, or why it has none, such as no fixed abode.
    Home,
    /// How deprived its area is, where a source gives it.
    Deprivation,
    /// Whether it is looked after, where a source gives it.
    LookedAfter,
}

/// How records linked to others differ from those that stand alone.
#[derive(Clone, Debug)]
pub struct LoneRecords {
    /// The share that fills each field.
    pub fields: Vec<Trait>,
    /// The share of each sex, age band and source.
    pub groups: Vec<(Kind, Vec<Trait>)>,
}

/// A trait, and how many have it.
#[derive(Clone, Debug)]
pub struct Trait {
    /// Its name.
    pub name: String,
    /// How many have it.
    pub contrast: Contrast,
}

/// How well pairs between two sources do.
#[derive(Clone, Debug)]
pub struct SourcePair {
    /// The one source and the other, perhaps the same.
    pub sources: [String; 2],
    /// Its pairs.
    pub pairs: PairMetrics,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Kind; 9] = [
        Kind::Sex,
        Kind::Age,
        Kind::Ethnicity,
        Kind::Deprivation,
        Kind::LookedAfter,
        Kind::Source,
        Kind::NameTokens,
        Kind::Mover,
        Kind::Home,
    ];

    /// What it is, in a word or two.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Sex => "sex",
            Kind::Age => "age",
            Kind::Ethnicity => "ethnicity",
            Kind::Source => "source",
            Kind::NameTokens => "words in the name",
            Kind::Mover => "addresses",
            Kind::Home => "home",
            Kind::Deprivation => "deprivation",
            Kind::LookedAfter => "looked after",
        }
    }
}

impl Measure {
    /// How well each group does; nothing if the truth is not known.
    #[must_use]
    pub fn subgroups(&self) -> Vec<Grouping> {
        let Some(truth) = &self.truth else { return Vec::new() };
        let labels = &truth.labels.person;
        let against = evaluate::Against::new(&self.view.person, labels);
        let whole = against.by_group(&vec![0; labels.len()], 1)[0];
        let proposed = self.unproposed.as_deref().map(|unproposed| proposed(labels, unproposed));
        let groupings = Kind::ALL.into_par_iter().filter_map(|by| {
            let (names, group) = self.group(by)?;
            let found = against.by_group(&group, names.len());
            let spread = against.spread_by_group(&group, names.len());
            let blocking = proposed
                .as_deref()
                .map(|proposed| proposed_by_group(proposed, labels, &group, names.len()));
            let groups = names.into_iter().zip(found.into_iter().zip(spread)).enumerate();
            let groups = groups.filter(|(_, (_, (own, _)))| own.records > 0);
            let groups = groups.map(|(at, (name, (own, spread)))| {
                let blocking = blocking.as_ref().map(|blocking| blocking[at]);
                // Who has records in several groups is a person of each, and none of the rest.
                Group { name, rest: whole.less(&own), own, spread, blocking }
            });
            Some(Grouping { by, groups: groups.collect() })
        });
        groupings.collect()
    }

    /// How well pairs within and between sources do, those with most errors first.
    #[must_use]
    pub fn source_pairs(&self) -> Vec<SourcePair> {
        let Some(truth) = &self.truth else { return Vec::new() };
        let mut found =
            evaluate::by_source_pair(&self.view.person, &truth.labels.person, &self.view.sources());
        let wrong = |pairs: &PairMetrics| pairs.false_positive + pairs.false_negative;
        found.sort_by_key(|(sources, pairs)| (std::cmp::Reverse(wrong(pairs)), *sources));
        let name = |source: u16| {
            let source = self.view.records.sources.get(usize::from(source));
            source.map_or(String::new(), |source| source.name.clone())
        };
        let pairs = found.into_iter();
        pairs.map(|((a, b), pairs)| SourcePair { sources: [name(a), name(b)], pairs }).collect()
    }

    /// How records linked to others differ from those that stand alone.
    #[must_use]
    pub fn lone_records(&self) -> LoneRecords {
        let linked = self.view.linked();
        let mut fields: Vec<&str> =
            self.view.fields.iter().flat_map(|fields| fields.split_whitespace()).collect();
        fields.sort_unstable();
        fields.dedup();
        let fields = fields.into_iter().map(|field| {
            let filled: Vec<bool> = self
                .view
                .fields
                .iter()
                .map(|fields| fields.split_whitespace().any(|known| known == field))
                .collect();
            let has = self.view.filled.iter().map(|&fields| filled[fields as usize]);
            Trait {
                name: field.to_owned(),
                contrast: Contrast::of(linked.iter().copied().zip(has)),
            }
        });
        let of_group = |by: Kind| {
            let (names, group) = self.group(by)?;
            let traits = (0..).zip(names).map(|(at, name)| Trait {
                name,
                contrast: Contrast::of(
                    linked.iter().copied().zip(group.iter().map(|&group| group == at)),
                ),
            });
            let some = |one: &Trait| 0 < one.contrast.linked_with + one.contrast.alone_with;
            Some((by, traits.filter(some).collect()))
        };
        LoneRecords {
            fields: fields.collect(),
            groups: [Kind::Sex, Kind::Age, Kind::Ethnicity, Kind::Source]
                .into_iter()
                .filter_map(of_group)
                .collect(),
        }
    }

    /// The field that says something of a person for which plans have several names.
    fn field_like(&self, beginnings: &[&str]) -> Option<&str> {
        let mut fields = self.view.people.fields.iter();
        let is = |field: &&String| beginnings.iter().any(|one| field.starts_with(one));
        fields.find(is).map(String::as_str)
    }

    /// The names of the groups, and the group of each record; `None` if nothing tells them apart.
    fn group(&self, by: Kind) -> Option<(Vec<String>, Vec<u32>)> {
        let people = &self.view.people;
        let of_best = |field: &str| -> Option<(Vec<String>, Vec<u32>)> {
            let none = BestValues::default();
            let best = people.best(field).unwrap_or(&none);
            let values = best.names.iter().map(String::as_str);
            let lacks = (0..people.len()).any(|person| best.get(person).is_none());
            let names = record::Dictionary::of(values.chain(lacks.then_some(NOT_KNOWN)).collect());
            let rank = |value: &str| names.find(value).unwrap_or(NONE);
            let ranks: Vec<u32> = best.names.iter().map(|value| rank(value)).collect();
            let unknown = rank(NOT_KNOWN);
            let group = (0..people.len()).map(|person| {
                let value = best.of.get(person).copied().unwrap_or(NONE);
                ranks.get(value as usize).copied().unwrap_or(unknown)
            });
            Some((names.iter().map(str::to_owned).collect(), group.collect()))
        };
        let named = |names: &[&str], group: Vec<u32>| {
            Some((names.iter().map(|&name| name.to_owned()).collect(), group))
        };
        let (names, of_person): (Vec<String>, Vec<u32>) = match by {
            Kind::Source => {
                let sources = &self.view.records.sources;
                let group = self.view.sources().iter().map(|&source| u32::from(source)).collect();
                return Some((sources.iter().map(|source| source.name.clone()).collect(), group));
            }
            Kind::Sex => of_best("sex"),
            Kind::Home => {
                let names = self.view.homes.iter().map(|code| code.replace('_', " ")).collect();
                return Some((names, self.view.home.clone()));
            }
            Kind::Ethnicity => of_best(self.field_like(&ETHNICITY)?),
            Kind::Deprivation => of_best(self.field_like(&DEPRIVATION)?),
            Kind::LookedAfter => of_best(self.field_like(&LOOKED_AFTER)?),
            Kind::Age => {
                let best = people.best("date_of_birth");
                let names = best.map_or(&[][..], |best| &best.names);
                let bands: Vec<u32> =
                    names.iter().map(|born| age_band(Some(born), self.run_date)).collect();
                let unknown = age_band(None, self.run_date);
                let band = (0..people.len()).map(|person| {
                    let value = best.map_or(NONE, |best| best.of[person]);
                    bands.get(value as usize).copied().unwrap_or(unknown)
                });
                named(&AGE_BANDS, band.collect())
            }
            Kind::NameTokens => {
                let best = NAMES.iter().filter_map(|field| people.best(field));
                let words: Vec<(&BestValues, Vec<usize>)> = best
                    .map(|best| {
                        let words = best.names.iter().map(|name| name.split_whitespace().count());
                        (best, words.collect())
                    })
                    .collect();
                let words = (0..people.len()).map(|person| {
                    let of = |(best, words): &(&BestValues, Vec<usize>)| {
                        words.get(best.of[person] as usize).copied().unwrap_or(0)
                    };
                    u32::try_from(words.iter().map(of).sum::<usize>().min(4)).unwrap_or(0)
                });
                named(&["none", "1", "2", "3", "4 or more"], words.collect())
            }
            Kind::Mover => {
                let several = self.addresses.iter().map(|&addresses| addresses.min(3));
                named(&["none", "1", "2", "3 or more"], several.collect())
            }
        }?;
        let of = |&person: &u32| of_person.get(person as usize).copied().unwrap_or(NONE);
        Some((names, self.view.person.iter().map(of).collect()))
    }
}

/// What is said of persons for which nothing is known.
const NOT_KNOWN: &str = "not known";
const NAMES: [&str; 3] = ["forename", "middle_name", "surname"];
/// How the names of fields begin for which plans have several names.
const ETHNICITY: [&str; 1] = ["ethnic"];
const DEPRIVATION: [&str; 2] = ["deprivation", "imd"];
const LOOKED_AFTER: [&str; 2] = ["looked_after", "lac"];

/// Whether anything is measured by persons' best values of a field.
pub(super) fn is_measured(field: &str) -> bool {
    let mut beginnings = [&ETHNICITY[..], &DEPRIVATION, &LOOKED_AFTER].concat().into_iter();
    ["sex", "date_of_birth"].contains(&field)
        || NAMES.contains(&field)
        || beginnings.any(|one| field.starts_with(one))
}

/// The true pairs, person by person, and whether each was proposed.
fn proposed(labels: &[u32], unproposed: &[(u32, u32)]) -> Vec<(u32, u32, bool)> {
    let pairs = evaluate::true_pairs(labels, None);
    pairs.map(|(a, b)| (a, b, unproposed.binary_search(&(a, b)).is_err())).collect()
}

/// The share of the true pairs of each group that were proposed, each seen from both its records.
fn proposed_by_group(
    true_pairs: &[(u32, u32, bool)],
    person: &[u32],
    group: &[u32],
    n: usize,
) -> Vec<Proportion> {
    let mut found = vec![Proportion::default(); n];
    let mut ends: Vec<(u32, bool)> = Vec::new();
    let of = |pair: &(u32, u32, bool)| person[pair.0 as usize];
    for pairs in true_pairs.chunk_by(|a, b| of(a) == of(b)) {
        ends.clear();
        ends.extend(
            pairs.iter().flat_map(|&(a, b, proposed)| {
                [a, b].map(|record| (group[record as usize], proposed))
            }),
        );
        ends.retain(|end| end.0 != NONE);
        ends.sort_unstable();
        for cluster in ends.chunk_by(|a, b| a.0 == b.0) {
            let proposed = cluster.iter().filter(|end| end.1).count() as u64;
            found[cluster[0].0 as usize].add(proposed, cluster.len() as u64);
        }
    }
    found
}

const AGE_BANDS: [&str; 9] = [
    "under 1",
    "1 to 4",
    "5 to 10",
    "11 to 17",
    "18 to 24",
    "25 to 44",
    "45 to 64",
    "65 and over",
    "not known",
];

/// The place of an age among the bands.
fn age_band(born: Option<&str>, run_date: Date) -> u32 {
    let Some(born) = born.and_then(PartialDate::parse) else { return 8 };
    let born = born.first_day();
    let birthday = (born.month(), born.day()) <= (run_date.month(), run_date.day());
    match run_date.year() - born.year() - i16::from(!birthday) {
        ..1 => 0,
        1..5 => 1,
        5..11 => 2,
        11..18 => 3,
        18..25 => 4,
        25..45 => 5,
        45..65 => 6,
        65.. => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_those_on_the_run_date() {
        let run_date = Date::constant(2026, 3, 31);
        for (born, band) in [
            (Some("2026-03-31"), "under 1"),
            (Some("2026-09"), "under 1"),
            (Some("2025-04-01"), "under 1"),
            (Some("2025-03-31"), "1 to 4"),
            (Some("2008-04-01"), "11 to 17"),
            (Some("2008-03"), "18 to 24"),
            (Some("1961-03-31"), "65 and over"),
            (Some("1961-04-01"), "45 to 64"),
            (None, "not known"),
        ] {
            assert_eq!(AGE_BANDS[age_band(born, run_date) as usize], band, "{born:?}");
        }
    }
}
