//! Gathers the statements that show in one form.

use rayon::prelude::*;
use record::{AddressKind, Dictionary, NONE, Texts};

use crate::columns::small;
use crate::postcode;

use super::{Packed, Statement};

/// An address as one form shows it.
pub(super) struct Entry<'a> {
    pub(super) words: Option<&'a Packed>,
    pub(super) postcode: Option<&'a str>,
    pub(super) kind: AddressKind,
    /// Whether only a gazetteer says so.
    pub(super) listed: bool,
    pub(super) uprn: Option<u64>,
    pub(super) count: u32,
    /// Whether its words may be of places in several postcodes.
    pub(super) anywhere: bool,
}

impl<'a> Entry<'a> {
    fn localities(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.words.into_iter().flat_map(Packed::locality)
    }

    /// Whether it may be the same as one with this postcode: what it says of its own postcode and
    /// locality does not speak against it.
    pub(super) fn may_be(&self, postcode: &str, other: &Entry<'_>) -> bool {
        self.postcode.is_none_or(|part| begins(postcode, part)) && self.may_lie_by(other)
    }

    /// Whether the localities that two addresses name do not speak against one place.
    pub(super) fn may_lie_by(&self, other: &Entry<'_>) -> bool {
        let (here, there) = (self.localities(), other.localities());
        // Two lines may have been run together.
        let one_names = |one: &str, line: &str| {
            one == line || one.ends_with(line) && one[..one.len() - line.len()].ends_with(' ')
        };
        let both_name = |a: &str, b: &str| one_names(a, b) || one_names(b, a);
        here.clone().next().is_none()
            || there.clone().next().is_none()
            || here.clone().any(|a| there.clone().any(|b| both_name(a, b)))
    }

    /// The number of the house; of a range, the first.
    pub(super) fn number(&self) -> &'a str {
        let number = self.words.map_or("", Packed::number);
        number.split('-').next().unwrap_or(number)
    }

    pub(super) fn unit(&self) -> &'a str {
        self.words.map_or("", Packed::unit)
    }

    pub(super) fn full_postcode(&self) -> Option<&'a str> {
        self.postcode.filter(|postcode| postcode::is_full(postcode))
    }

    /// Its postcode, or part of one, unless it is nowhere.
    pub(super) fn placed_postcode(&self) -> Option<&'a str> {
        self.postcode.filter(|_| self.kind != AddressKind::NoFixedAbode)
    }
}

/// Whether a postcode begins with a part of one: "AB11" can be a district, or the sector AB1 1.
fn begins(postcode: &str, part: &str) -> bool {
    let mut letters = postcode.bytes().filter(|b| *b != b' ');
    part.bytes().filter(|b| *b != b' ').all(|letter| letters.next() == Some(letter))
}

/// The statements that show in each form: the forms, and for each statement, by its place among all,
/// which it has, if it says anything.
pub(super) struct Entries<'a> {
    pub(super) all: Vec<Entry<'a>>,
    pub(super) forms: Dictionary,
    pub(super) of: Vec<u32>,
}

/// Gathers the statements that show in one form, in the order of forms.
pub(super) fn entries<'a>(statements: &'a [Statement<'a>]) -> Entries<'a> {
    let shown = Shown::of(statements);
    let order = shown.in_order();
    let of_form = |group: &[(First, u32)]| shown.get(group[0].1);
    let groups: Vec<&[(First, u32)]> = order
        .chunk_by(|a, b| a.0 == b.0 && shown.get(a.1) == shown.get(b.1))
        .filter(|group| !of_form(group).is_empty())
        .collect();
    let all = || {
        let entries = groups.par_iter().with_min_len(256).map(|group| {
            let members = || group.iter().map(|(_, at)| &statements[*at as usize]);
            entry(members)
        });
        entries.collect()
    };
    let of = || {
        let mut of = vec![NONE; statements.len()];
        for (id, group) in (0..).zip(&groups) {
            for (_, at) in *group {
                of[statements[*at as usize].at as usize] = id;
            }
        }
        of
    };
    let forms = || {
        let bytes = groups.iter().map(|group| of_form(group).len()).sum();
        let mut forms = Texts::with_room(groups.len(), bytes);
        forms.extend(groups.iter().map(|group| of_form(group)));
        Dictionary::of_sorted(forms)
    };
    let (all, (of, forms)) = rayon::join(all, || rayon::join(of, forms));
    Entries { all, forms, of }
}

/// The entry of statements that show in one form.
fn entry<'a, S: Iterator<Item = &'a Statement<'a>>>(members: impl Fn() -> S) -> Entry<'a> {
    // What the form leaves out may differ: take what does not depend on the order.
    let first = members()
        .min_by_key(|statement| {
            let tells = statement.words.as_ref().is_some_and(|w| w.locality().next().is_some());
            (!tells, &statement.words)
        })
        .expect("a group has a member");
    let kinds =
        members().filter_map(|statement| Some((statement.words.as_ref()?.kind(), statement.count)));
    let kind = kind_of(kinds);
    // What a gazetteer lists has no text of its own.
    let mut told = members()
        .filter(|statement| statement.words.as_ref().is_some_and(|words| words.kind() == kind));
    Entry {
        words: first.words.as_deref(),
        postcode: first.postcode,
        kind,
        listed: kind != AddressKind::Home && told.all(|statement| statement.text.is_empty()),
        uprn: most_frequent_uprn(members()),
        count: members().fold(0, |sum, statement| sum.saturating_add(statement.count)),
        anywhere: false,
    }
}

/// The forms of statements, some thousands together.
struct Shown(Vec<Texts>);

/// The first letters of a form, by which most are told apart.
type First = [u32; 4];

impl Shown {
    const TOGETHER: usize = 1 << 13;

    fn of(statements: &[Statement<'_>]) -> Shown {
        let shown = statements.par_chunks(Shown::TOGETHER).map(|some| {
            let mut texts = Texts::default();
            let mut form = String::new();
            for statement in some {
                form.clear();
                add_form(statement, &mut form);
                texts.push(&form);
            }
            texts.fitted()
        });
        Shown(shown.collect())
    }

    fn get(&self, at: u32) -> &str {
        &self.0[at as usize / Shown::TOGETHER][at as usize % Shown::TOGETHER]
    }

    /// The places of all, in the order of their forms.
    fn in_order(&self) -> Vec<(First, u32)> {
        let n: usize = self.0.iter().map(Texts::len).sum();
        let mut order: Vec<(First, u32)> =
            (0..small(n)).into_par_iter().map(|at| (first(self.get(at)), at)).collect();
        order.par_sort_unstable_by(|a, b| {
            let rest = || self.get(a.1).cmp(self.get(b.1)).then(a.1.cmp(&b.1));
            a.0.cmp(&b.0).then_with(rest)
        });
        order
    }
}

/// The first letters, in the order of texts; of a shorter text followed by zeros.
fn first(text: &str) -> First {
    let mut letters = [0; size_of::<First>()];
    let n = text.len().min(letters.len());
    letters[..n].copy_from_slice(&text.as_bytes()[..n]);
    let (words, _) = letters.as_chunks::<4>();
    std::array::from_fn(|at| u32::from_be_bytes(words[at]))
}

fn add_form(statement: &Statement<'_>, form: &mut String) {
    if let Some(words) = &statement.words {
        words.add_form(statement.postcode, form);
        return;
    }
    if let Some(uprn) = statement.uprn {
        form.push_str("uprn ");
        form.push_str(&uprn.to_string());
    }
    if let Some(postcode) = statement.postcode {
        form.push_str(if form.is_empty() { "" } else { ", " });
        form.push_str(postcode);
    }
}

/// The reference number stated most often; of equals the lowest.
fn most_frequent_uprn<'a>(members: impl Iterator<Item = &'a Statement<'a>>) -> Option<u64> {
    let mut uprns: Vec<(u64, u32)> =
        members.filter_map(|statement| Some((statement.uprn?, statement.count))).collect();
    uprns.sort_unstable();
    let best = uprns
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same.iter().map(|(_, count)| u64::from(*count)).sum::<u64>(), same[0].0))
        .max_by_key(|&(count, uprn)| (count, std::cmp::Reverse(uprn)))?;
    Some(best.1)
}

/// Of all that is said of one form, the share that must call it a hostel, say, before it is one
/// for those too who leave the word out: one person's slip does not make it one.
const TELLING_SHARE: u64 = 4;

/// What sort of place a form is, by how often each is said of it.
///
/// A refuge is one if anybody says so, since it must not be told. Whether that goes for the other
/// addresses of a building is not settled here: who lives there has a say in it.
fn kind_of(said: impl Iterator<Item = (AddressKind, u32)>) -> AddressKind {
    let mut said: Vec<(AddressKind, u64)> =
        said.map(|(kind, count)| (kind, u64::from(count))).collect();
    said.sort_unstable_by_key(|(kind, _)| *kind);
    let total: u64 = said.iter().map(|(_, count)| count).sum();
    let told = said.chunk_by(|a, b| a.0 == b.0).filter_map(|same| {
        let (kind, count) = (same[0].0, same.iter().map(|(_, count)| count).sum::<u64>());
        let enough = kind == AddressKind::Refuge || total <= TELLING_SHARE * count;
        enough.then_some((precedence(kind), count, kind))
    });
    told.max().map_or(AddressKind::Home, |(_, _, kind)| kind)
}

/// Of two kinds said of one place, the one that must be heeded more.
fn precedence(kind: AddressKind) -> u8 {
    match kind {
        AddressKind::Home => 0,
        AddressKind::Office => 1,
        AddressKind::CareOf => 2,
        AddressKind::PoBox => 3,
        AddressKind::NoFixedAbode => 4,
        AddressKind::Hostel => 5,
        AddressKind::Communal => 6,
        AddressKind::Refuge => 7,
    }
}
