//! Normalises the statements of where people lived, and the columns that come from them.

use rayon::prelude::*;
use record::{
    Column, Date, Dictionary, Field, Lists, NONE, PartialDate, RawResidence, RecordId, Records,
    Refused, Residence, Values,
};

use crate::address::{self, Listed, NO_FIXED_ABODE, Packed, Parsed, Statement, Words};
use crate::columns::{Outcome, Part, add, small, text_column};
use crate::dates;
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
    let all = &distinct.all;
    let days = || raw.items().iter().flat_map(|raw| [raw.from, raw.to, raw.seen]);
    let ((words, postcodes), (uprns, days)) = rayon::join(
        || {
            rayon::join(
                || Role::of(text, all.iter().map(|at| at.0), address::packed),
                || Role::of(text, all.iter().map(|at| at.1), postcode::postcode),
            )
        },
        || {
            rayon::join(
                || Role::of(text, all.iter().map(|at| at.2), identifiers::uprn),
                || Role::of(text, days(), dates::date),
            )
        },
    );
    refuse(raw, &words, &postcodes, &uprns, &days, refused);

    let listed = Listed::of(gazetteer);
    let homeless = Packed::of(&Parsed::of_kind(record::AddressKind::NoFixedAbode), false);
    // What a statement says, and the postcode that it gives.
    let stated = |(words_id, code, _): Where| {
        let mut said = words.value(words_id);
        if said.is_none() && postcodes.refusal(code) == Some(NO_FIXED_ABODE) {
            said = Some(&homeless);
        }
        let postcode = postcodes.value(code).map(String::as_str);
        (said, postcode.or_else(|| said?.postcode()))
    };
    let mut statements = Vec::with_capacity(all.len() + listed.len());
    let counted = all.par_iter().zip(&distinct.counts).enumerate();
    statements.par_extend(counted.map(|(at, (&place, &count))| {
        let (said, postcode) = stated(place);
        Statement {
            at: small(at),
            text: if place.0 == NONE { "" } else { text.get(place.0) },
            words: said.map(Words::Read),
            ambiguous: said.is_some_and(Packed::is_ambiguous),
            postcode,
            uprn: uprns.value(place.2).and_then(|uprn| listed.uprn(uprn)),
            count,
        }
    }));
    statements.extend(listed.statements(all.len()));
    let mut places = address::places(statements);
    let properties = listed.settle(&mut places, all.len());
    let own = |value: Option<&str>| {
        value.map_or(Outcome::Missing, |value| Outcome::One(value.to_owned()))
    };
    // What the gazetteer says of a place is right for all who state it.
    let found_postcodes = all
        .par_iter()
        .zip(&properties)
        .map(|(at, property)| own(property.and_then(|one| one.1).or_else(|| stated(*at).1)))
        .collect();
    let found_uprns = all
        .par_iter()
        .zip(&properties)
        .map(|(at, property)| match property {
            Some((uprn, _)) => Outcome::One(uprn.to_string()),
            None => own(uprns
                .value(at.2)
                .map(String::as_str)
                .filter(|uprn| listed.uprn(uprn).is_some())),
        })
        .collect();
    drop(properties);
    drop((words, postcodes, uprns, listed));

    let (order, lists) = rayon::join(
        || present_first(raw, &distinct.of, &days, run_date),
        || residence_lists(raw, &distinct.of, &places.of, &days),
    );
    let column = |name: &str, outcomes| {
        let field = Field::standard(name).expect("a standard field");
        text_column(field, n_records, &[Part { lists: &order, outcomes }])
    };
    let (address, (postcode, uprn)) = rayon::join(
        || crate::columns::rename(&order, &places.of),
        || rayon::join(|| column("postcode", found_postcodes), || column("uprn", found_uprns)),
    );
    let address = Column {
        field: Field::standard("address").expect("a standard field"),
        values: Values::Addresses(places.addresses, places.forms),
        lists: address,
    };
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
    words: &Role<Packed>,
    postcodes: &Role<String>,
    uprns: &Role<String>,
    days: &Role<PartialDate>,
    refused: &mut Vec<Refused>,
) {
    let dates = ["address_from", "address_to", "seen"];
    if !(words.refuses() || postcodes.refuses() || uprns.refuses() || days.refuses()) {
        return;
    }
    let mut found: Vec<(&str, u32, &'static str)> = Vec::new();
    for (record, raw) in (0..).map(RecordId).zip(residences.iter()) {
        for raw in raw {
            let of_text = words.refusal(raw.text).map(|why| ("address", raw.text, why));
            let of_code =
                postcodes.refusal(raw.postcode).map(|why| ("postcode", raw.postcode, why));
            let of_uprn = uprns.refusal(raw.uprn).map(|why| ("uprn", raw.uprn, why));
            found.extend([of_text, of_code, of_uprn].into_iter().flatten());
            for (field, id) in dates.into_iter().zip([raw.from, raw.to, raw.seen]) {
                found.extend(days.refusal(id).map(|why| (field, id, why)));
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

/// For each record the places it names, those it has not left first.
fn present_first(
    raw: &Lists<RawResidence>,
    distinct: &[u32],
    days: &Role<PartialDate>,
    run_date: Date,
) -> Lists<u32> {
    let left = |raw: &RawResidence| days.value(raw.to).is_some_and(|to| to.last_day() < run_date);
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
    days: &Role<PartialDate>,
) -> Lists<Residence> {
    let mut lists = Lists::with_capacity(raw.len());
    for record in 0..raw.len() {
        let stated = raw.get(record).iter().zip(&distinct[raw.range(record)]);
        lists.push(stated.filter_map(|(raw, &at)| {
            let address = address_of[at as usize];
            (address != NONE).then(|| Residence {
                address,
                from: days.value(raw.from).copied(),
                to: days.value(raw.to).copied(),
                seen: days.value(raw.seen).copied(),
            })
        }));
    }
    lists.fitted()
}
