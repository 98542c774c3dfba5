//! What a gazetteer says of the addresses that are stated.
//!
//! A property of the gazetteer is one more statement of an address, which counts for more than
//! those of clerks: so whatever tells which statements are one place tells which property they are.

use record::{Address, AddressKind, Dictionary, NONE, Property};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Packed, Statement, Words, places::Places, read};
use crate::columns::small;
use crate::postcode;

/// A property counts for as many statements as this.
const COUNT: u32 = 1000;

/// The properties of a gazetteer, read.
pub(crate) struct Listed {
    properties: Vec<(Option<Packed>, Option<String>, u64)>,
    /// The numbers of properties that are made of others: whoever states one states no home.
    parents: FxHashSet<u64>,
    /// If the gazetteer has numbers and no words, those there are.
    numbers: Option<FxHashSet<u64>>,
}

impl Listed {
    /// Reads properties, of which some may have no words.
    pub(crate) fn of(properties: Vec<Property>) -> Listed {
        let is_worded = |one: &Property| !one.address.is_empty() || !one.postcode.is_empty();
        let parents = properties.iter().filter_map(|one| one.parent).collect();
        let numbers = (!properties.is_empty() && !properties.iter().any(is_worded))
            .then(|| properties.iter().map(|one| one.uprn).collect());
        let properties = properties.into_iter().filter(is_worded).map(|one| {
            let reading = read(&one.address).ok().flatten().map(|(mut words, ambiguous)| {
                if let Some(kind) = one.kind.filter(|_| words.kind != AddressKind::Refuge) {
                    words.kind = kind;
                }
                Packed::of(&words, ambiguous)
            });
            (reading, postcode::postcode(&one.postcode).ok().flatten(), one.uprn)
        });
        Listed { properties: properties.collect(), parents, numbers }
    }

    /// The reference number in a text, if it is of one property that can be a home.
    pub(crate) fn uprn(&self, text: &str) -> Option<u64> {
        let number = text.parse().ok()?;
        let is_there = self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&number));
        (is_there && !self.parents.contains(&number)).then_some(number)
    }

    /// The number of properties.
    pub(crate) fn len(&self) -> usize {
        self.properties.len()
    }

    /// The properties as statements behind `n_stated` others.
    pub(crate) fn statements(&self, n_stated: usize) -> impl Iterator<Item = Statement<'_>> {
        (small(n_stated)..).zip(&self.properties).map(|(at, (reading, postcode, uprn))| Statement {
            at,
            text: "",
            words: reading.as_ref().map(Words::Read),
            ambiguous: reading.as_ref().is_some_and(Packed::is_ambiguous),
            postcode: postcode.as_deref(),
            uprn: Some(*uprn).filter(|uprn| !self.parents.contains(uprn)),
            count: COUNT,
        })
    }

    /// Takes the properties back out of the places of all statements, where they stand behind
    /// `n_stated` others; and says for each of these which property it is, by its number and its
    /// postcode.
    pub(crate) fn settle(
        &self,
        places: &mut Places,
        n_stated: usize,
    ) -> Vec<Option<(u64, Option<&str>)>> {
        let listed = places.of.split_off(n_stated);
        let mut known: FxHashMap<u32, usize> = FxHashMap::default();
        for (at, &address) in listed.iter().enumerate().filter(|(_, address)| **address != NONE) {
            let dwelling = places.addresses[address as usize].dwelling;
            if dwelling != NONE && !self.parents.contains(&self.properties[at].2) {
                known.entry(dwelling).or_insert(at);
            }
        }
        let property = |address: u32| {
            let address = places.addresses.get(address as usize)?;
            let (_, postcode, uprn) = &self.properties[*known.get(&address.dwelling)?];
            Some((*uprn, postcode.as_deref()))
        };
        let found = places.of.iter().map(|&at| property(at)).collect();
        keep_stated(places);
        for address in &mut places.addresses {
            if let Some(&at) = known.get(&address.dwelling) {
                address.uprn = Some(self.properties[at].2);
                let kind = self.properties[at].0.as_ref().map(Packed::kind);
                if let Some(kind) = kind.filter(|_| address.kind == AddressKind::Home) {
                    address.kind = kind;
                    address.listed = kind != AddressKind::Home;
                }
            }
        }
        found
    }
}

/// Leaves out the addresses that no statement is left of.
fn keep_stated(places: &mut Places) {
    let mut renamed = vec![NONE; places.addresses.len()];
    for &at in places.of.iter().filter(|at| **at != NONE) {
        renamed[at as usize] = 0;
    }
    let mut kept: Vec<Address> = Vec::new();
    let mut forms: Vec<&str> = Vec::new();
    for (at, new) in (0..).zip(&mut renamed).filter(|(_, new)| **new != NONE) {
        *new = small(kept.len());
        kept.push(places.addresses[at as usize]);
        forms.push(places.forms.get(at));
    }
    let forms = Dictionary::of(forms);
    for at in places.of.iter_mut().filter(|at| **at != NONE) {
        *at = renamed[*at as usize];
    }
    (places.addresses, places.forms) = (kept, forms);
}
