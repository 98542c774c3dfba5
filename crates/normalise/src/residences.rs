//! Normalises the statements of where people lived, and the columns that come from them.

use rayon::prelude::*;
use record::{
    Column, Date, Dictionary, Field, Lists, NONE, PartialDate, RawResidence, RecordId, Records,
    Refused, Residence, Values,
};

use crate::address::{self, Listed, NO_FIXED_ABODE, Parsed, Reading, Statement, Words};
use crate::columns::{Outcome, Part, add, small, text_column};
use crate::dates::NOT_A_DATE;
use crate::{identifiers, postcode};

/// What came of all statements.
pub(crate) struct Residences {
    pub(crate) lists: Lists<Residence>,
    /// Of address, postcode and UPRN; none if nothing was stated.
    pub(crate) columns: Vec<Column>,
}

/// Words, postcode and UPRN as extracted, which together say where.
type Where = (u32, u32, u32);

/// Normalises every distinct statement once.
pub(crate) fn residences(
    records: &mut Records,
    run_date: Date,
    refused: &mut Vec<Refused>,
) -> Residences {
    let n_records = records.len();
    let raw = &std::mem::take(&mut records.residences);
    let text = &std::mem::take(&mut records.residence_text);
    let gazetteer = std::mem::take(&mut records.gazetteer);
    if raw.items().is_empty() {
        return Residences {
            lists: vec![Vec::new(); n_records].into_iter().collect(),
            columns: vec![],
        };
    }
    let distinct = Distinct::of(raw.items());
    let words = Role::of(text, distinct.all.iter().map(|at| at.0), address::read);
    let postcodes = Role::of(text, distinct.all.iter().map(|at| at.1), postcode::postcode);
    let uprns = Role::of(text, distinct.all.iter().map(|at| at.2), identifiers::uprn);
    refuse(raw, text, &words, &postcodes, &uprns, refused);

    let listed = Listed::of(gazetteer);
    let homeless: Reading = (Parsed::of_kind(record::AddressKind::NoFixedAbode), false);
    let mut statements: Vec<Statement<'_>> = distinct
        .all
        .iter()
        .zip(&distinct.counts)
        .map(|(&(words_id, code, uprn), &count)| {
            let mut reading = words.value(words_id);
            if reading.is_none() && postcodes.refusal(code) == Some(NO_FIXED_ABODE) {
                reading = Some(&homeless);
            }
            Statement {
                text: if words_id == NONE { "" } else { text.get(words_id) },
                words: reading.map(|(parsed, _)| Words::Read(parsed)),
                ambiguous: reading.is_some_and(|(_, ambiguous)| *ambiguous),
                postcode: postcodes
                    .value(code)
                    .or_else(|| reading?.0.postcode.as_ref())
                    .map(String::as_str),
                uprn: uprns.value(uprn).and_then(|uprn| listed.uprn(uprn)),
                count,
            }
        })
        .collect();
    let own = |value: Option<&str>| {
        value.map_or(Outcome::Missing, |value| Outcome::One(value.to_owned()))
    };
    let stated: Vec<Option<&str>> = statements.iter().map(|statement| statement.postcode).collect();
    statements.extend(listed.statements());
    let mut places = address::places(statements);
    let properties = listed.settle(&mut places, distinct.all.len());
    // What the gazetteer says of a place is right for all who state it.
    let found_postcodes = stated
        .iter()
        .zip(&properties)
        .map(|(stated, property)| own(property.and_then(|one| one.1).or(*stated)))
        .collect();
    let found_uprns = distinct
        .all
        .iter()
        .zip(&properties)
        .map(|(at, property)| match property {
            Some((uprn, _)) => Outcome::One(uprn.to_string()),
            None => own(uprns
                .value(at.2)
                .map(String::as_str)
                .filter(|uprn| listed.uprn(uprn).is_some())),
        })
        .collect();
    drop((words, postcodes, uprns));

    let order = present_first(raw, &distinct.of, text, run_date);
    let column = |name: &str, outcomes| {
        let field = Field::standard(name).expect("a standard field");
        text_column(field, n_records, &[Part { lists: &order, outcomes }])
    };
    let (postcode, uprn) =
        rayon::join(|| column("postcode", found_postcodes), || column("uprn", found_uprns));
    let address = Column {
        field: Field::standard("address").expect("a standard field"),
        values: Values::Addresses(places.addresses, places.forms),
        lists: crate::columns::rename(&order, &places.of),
    };
    let lists = residence_lists(raw, &distinct.of, &places.of, text);
    Residences { lists, columns: vec![address, postcode, uprn] }
}

/// The distinct places among statements, and which each statement names.
struct Distinct {
    all: Vec<Where>,
    counts: Vec<u32>,
    of: Vec<u32>,
}

impl Distinct {
    fn of(raw: &[RawResidence]) -> Distinct {
        let mut sorted: Vec<(Where, u32)> =
            (0..).zip(raw).map(|(at, raw)| ((raw.text, raw.postcode, raw.uprn), at)).collect();
        sorted.par_sort_unstable();
        let mut distinct = Distinct { all: Vec::new(), counts: Vec::new(), of: vec![0; raw.len()] };
        for same in sorted.chunk_by(|a, b| a.0 == b.0) {
            for (_, at) in same {
                distinct.of[*at as usize] = small(distinct.all.len());
            }
            distinct.all.push(same[0].0);
            distinct.counts.push(small(same.len()));
        }
        distinct
    }
}

/// What became of the texts that stand in one place of a statement.
struct Role<T> {
    /// For each text its outcome, or [`NONE`] if it never stands there.
    rank: Vec<u32>,
    outcomes: Vec<Result<Option<T>, &'static str>>,
}

impl<T: Send> Role<T> {
    fn of(
        text: &Dictionary,
        ids: impl Iterator<Item = u32>,
        rule: fn(&str) -> Result<Option<T>, &'static str>,
    ) -> Role<T> {
        let mut rank = vec![NONE; text.len()];
        let mut used: Vec<u32> = Vec::new();
        for id in ids.filter(|id| *id != NONE) {
            if rank[id as usize] == NONE {
                rank[id as usize] = small(used.len());
                used.push(id);
            }
        }
        let outcomes = used.par_iter().with_min_len(128).map(|id| rule(text.get(*id))).collect();
        Role { rank, outcomes }
    }

    fn outcome(&self, id: u32) -> Option<&Result<Option<T>, &'static str>> {
        (id != NONE).then(|| &self.outcomes[self.rank[id as usize] as usize])
    }

    fn value(&self, id: u32) -> Option<&T> {
        self.outcome(id)?.as_ref().ok()?.as_ref()
    }

    fn refusal(&self, id: u32) -> Option<&'static str> {
        self.outcome(id)?.as_ref().err().copied()
    }

    fn refuses(&self) -> bool {
        self.outcomes.iter().any(Result::is_err)
    }
}

/// A refusal for each record and each refused text it has.
fn refuse(
    residences: &Lists<RawResidence>,
    text: &Dictionary,
    words: &Role<Reading>,
    postcodes: &Role<String>,
    uprns: &Role<String>,
    refused: &mut Vec<Refused>,
) {
    let dates = ["address_from", "address_to", "seen"];
    let any = words.refuses() || postcodes.refuses() || uprns.refuses();
    let mut found: Vec<(&str, u32, &'static str)> = Vec::new();
    for (record, raw) in (0..).map(RecordId).zip(residences.iter()) {
        for raw in raw {
            if any {
                found.extend(words.refusal(raw.text).map(|why| ("address", raw.text, why)));
                found.extend(
                    postcodes.refusal(raw.postcode).map(|why| ("postcode", raw.postcode, why)),
                );
                found.extend(uprns.refusal(raw.uprn).map(|why| ("uprn", raw.uprn, why)));
            }
            for (field, id) in dates.into_iter().zip([raw.from, raw.to, raw.seen]) {
                if id != NONE && !is_date_or_blank(text.get(id)) {
                    found.push((field, id, NOT_A_DATE));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        refused.extend(found.drain(..).map(|(field, _, reason)| Refused {
            record,
            field: field.to_owned(),
            reason,
        }));
    }
}

fn is_date_or_blank(text: &str) -> bool {
    text.trim().is_empty() || PartialDate::parse(text.trim()).is_some()
}

/// For each record the places it names, those it has not left first.
fn present_first(
    raw: &Lists<RawResidence>,
    distinct: &[u32],
    text: &Dictionary,
    run_date: Date,
) -> Lists<u32> {
    let left = |raw: &RawResidence| date(text, raw.to).is_some_and(|to| to.last_day() < run_date);
    let mut order = Lists::with_capacity(raw.len());
    let mut found = Vec::new();
    for record in 0..raw.len() {
        let stated = || raw.get(record).iter().zip(&distinct[raw.range(record)]);
        for (_, &at) in stated().filter(|(raw, _)| !left(raw)) {
            add(&mut found, at);
        }
        for (_, &at) in stated() {
            add(&mut found, at);
        }
        order.push(found.drain(..));
    }
    order.fitted()
}

fn residence_lists(
    raw: &Lists<RawResidence>,
    distinct: &[u32],
    address_of: &[u32],
    text: &Dictionary,
) -> Lists<Residence> {
    let mut lists = Lists::with_capacity(raw.len());
    for record in 0..raw.len() {
        let stated = raw.get(record).iter().zip(&distinct[raw.range(record)]);
        lists.push(stated.filter_map(|(raw, &at)| {
            let address = address_of[at as usize];
            (address != NONE).then(|| Residence {
                address,
                from: date(text, raw.from),
                to: date(text, raw.to),
                seen: date(text, raw.seen),
            })
        }));
    }
    lists.fitted()
}

fn date(text: &Dictionary, id: u32) -> Option<PartialDate> {
    (id != NONE).then(|| PartialDate::parse(text.get(id).trim())).flatten()
}
