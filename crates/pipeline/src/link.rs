//! The whole engine on one screen: records in, persons and households out.

use std::collections::BTreeMap;
use std::mem::take;

use block::{Index, Rule, RuleCost};
use compare::{Comparer, Comparison, Condition, Rows};
use household::{Birth, Households};
use plan::counted;
use rayon::prelude::*;
use record::{Column, Kind, Lists, NONE, Normalised, RecordPair, Records};
use resolve::{Constraints, Persons, Resolved};
use score::{Frequencies, MatchWeight, Model, ScoredPair, Scorer};
use snapshot::Decision;
use train::{Convergence, Labels};

use crate::aside::{ColumnsAside, FormsAside, HomesAside, is_linked_by, is_of_homes};
use crate::births::{self, Heard};
use crate::candidates::{Evidence, Histogram, Proposed, Weighing, in_order, weigh};
use crate::error::Error;
use crate::filter::{Filter, asked};
use crate::learn::learn;
use crate::planner::Planner;
use crate::progress::{Progress, Stage};
use crate::relatives;
use crate::shelf::{Put, Shelf};

/// What linking depends on beside the records.
#[derive(Clone, Debug)]
pub struct Config {
    /// How values are normalised.
    pub normalise: normalise::Config,
    /// The fields made of others.
    pub derived: Vec<normalise::Derived>,
    /// The blocking rules; `None` chooses them from the records.
    pub rules: Option<Vec<Rule>>,
    /// What blocking may cost.
    pub limits: block::Limits,
    /// What is compared.
    pub comparisons: Vec<Comparison>,
    /// For each of the rules, what a pair must meet beside sharing its keys.
    pub conditions: Vec<Option<Condition>>,
    /// A model learned before; `None` learns one from the records.
    pub model: Option<Model>,
    /// What is known beforehand of pairs, for learning.
    pub labels: Labels,
    /// How a model is learned.
    pub train: train::Config,
    /// The field that names a record's person where that is known. It is for labels alone: no
    /// pair is proposed or compared by it.
    pub person_field: Option<String>,
    /// The fields that name a list on which each person stands once. No pair is proposed or compared
    /// by them.
    pub rosters: Vec<String>,
    /// How common values are, by field, in place of what the model carries.
    pub frequencies: BTreeMap<String, Frequencies>,
    /// From this weight up, a pair is a possible link.
    pub possible_link: MatchWeight,
    /// Of many times more pairs in blocks, those that are no possible links are counted by a sample
    /// of about so many.
    pub pairs_counted: u64,
    /// How persons are formed.
    pub resolve: resolve::Config,
    /// Whether relatives are heard once persons are found.
    pub relatives: bool,
    /// How households are formed.
    pub household: household::Config,
}

/// All that linking found out.
pub struct Linked {
    /// The records, normalised.
    pub normalised: Normalised,
    /// Values taken for defaults because they are too frequent.
    pub defaults: Vec<normalise::FoundDefault>,
    /// What each rule cost.
    pub rules: Vec<RuleOutcome>,
    /// For each rule, what it asked of a pair beside sharing its keys.
    pub conditions: Vec<Option<Condition>>,
    /// What the rules are expected to find of one person's pairs, if they were chosen here.
    pub expected: Option<recall::Expected>,
    /// Blocks over the limit.
    pub oversized: Vec<block::Oversized>,
    /// From this weight up, a pair is a link.
    pub threshold: MatchWeight,
    /// What was compared: the comparisons whose field some record has.
    pub comparisons: Vec<Comparison>,
    /// The model in force.
    pub model: Model,
    /// How learning it went, if it was learned here.
    pub convergence: Option<Convergence>,
    /// Pairs weighed.
    pub candidates: u64,
    /// Pairs by match weight.
    pub histogram: Histogram,
    /// Links and possible links, each with the rule that proposed it, in the order of their records;
    /// none while they are put away.
    pub links: Vec<ScoredPair>,
    /// What relatives added to the weights of some links, by their places, ascending.
    pub by_relatives: Vec<(usize, MatchWeight)>,
    /// The persons who were joined to others by that.
    pub joined_by_relatives: u64,
    /// The persons.
    pub resolved: Resolved,
    /// What each record tells of whether its person is born.
    pub births: Vec<Birth>,
    /// The households.
    pub households: Households,
}

/// What a rule cost and added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOutcome {
    /// What it cost.
    pub cost: RuleCost,
    /// The pairs that no earlier rule proposed.
    pub new_pairs: u64,
}

/// Links `records` into persons and households.
///
/// `constraints` says what must and cannot be one person; what the records themselves forbid
/// (a source with each person once, two persons in one row) is added to it. The values of the
/// records are let go once they are normalised.
///
/// # Panics
///
/// Never: nothing is put away that could not be taken back.
#[must_use]
pub fn link(
    records: &mut Records,
    constraints: Constraints,
    config: &Config,
    progress: &dyn Progress,
) -> Linked {
    let heard = births::heard(records);
    let all = || {
        let room = Room { shelf: Shelf::new(None), sketches: true, afford: &mut |_| Ok(()) };
        let columns = ColumnsAside::default();
        let linked = link_with(records, columns, heard, constraints, config, room, progress)?;
        let (linked, links) = linked;
        Ok::<_, Error>(Linked { links: links.take()?, ..linked })
    };
    all().expect("nothing is put away")
}

/// What linking has room for.
pub(crate) struct Room<'a> {
    /// Where things are put away that no stage looks at for a while.
    pub(crate) shelf: Shelf<'a>,
    /// Whether there is any for sketches of the records, which only save time.
    pub(crate) sketches: bool,
    /// Is told how many links there are, and says if they are too many.
    pub(crate) afford: &'a mut dyn FnMut(usize) -> Result<(), Error>,
}

/// The same, in so much room. The links are still on the shelf at the end, for whoever publishes them.
/// What was heard of births is read from dealings, which may be on it from the beginning, as are the
/// columns.
///
/// # Errors
///
/// If something cannot be put away or taken back, or the links are too many.
pub(crate) fn link_with(
    records: &mut Records,
    columns: ColumnsAside,
    heard: Vec<Heard>,
    mut constraints: Constraints,
    config: &Config,
    Room { shelf, sketches, afford }: Room<'_>,
    progress: &dyn Progress,
) -> Result<(Linked, Put<Vec<ScoredPair>>), Error> {
    let shelf = &shelf;
    progress.begin(Stage::Normalise, None);
    let (mut normalised, defaults) = normalised_with(records, columns, config, shelf)?;
    progress.end(Stage::Normalise, &(many(normalised.refused.len(), "value") + " refused"));
    let births = births::births(heard, &normalised);
    let homes_aside = HomesAside::put(records, &mut normalised, shelf)?;
    let levels = config.comparisons.iter().flat_map(|comparison| &comparison.levels);
    let conditions = levels.chain(config.conditions.iter().flatten()).flat_map(Condition::leaves);
    let forms_aside = FormsAside::put(&mut normalised, shelf, conditions)?;

    let Ready { index, comparisons } = ready(&normalised, config, progress);
    let mut columns_aside = ColumnsAside::default();
    // A condition may look at any column.
    if config.conditions.iter().all(Option::is_none) {
        let is_wanted = is_linked_by(index.rules(), &comparisons);
        columns_aside.put(&mut normalised.columns, shelf, is_wanted)?;
    }
    let rows = Rows::new(&normalised, &comparisons);
    if config.conditions.iter().all(Option::is_none) {
        rows.relieve(&mut normalised.columns);
    }
    forbid(records, &mut constraints);
    let asked = asked(&normalised, &config.conditions);
    let filter = Filter::new(&normalised, &index, &asked);
    let proposed = Proposed { index: &index, filter: &filter, constraints: &constraints };
    let comparer = Comparer::over(&normalised, &comparisons, rows);
    let (model, convergence) =
        learn(&proposed, &comparer, &comparisons, config, sketches, progress);

    let costs = index.costs().to_vec();
    progress.begin(Stage::Score, Some(costs.iter().map(|cost| cost.pairs).sum()));
    let known = informed(&model, config);
    let scorer = Scorer::new(&known, &comparer, &comparisons);
    // Of a mother's partner who is a forename, nobody knows who he is, however rare the name.
    let nameless = nameless(&comparer, comparisons.len());
    let kept = |link: &ScoredPair| !nameless.is_some_and(|it| link.vector.is_only_of(it));
    let weighing = Weighing::new(&known, &scorer, &comparer, config.possible_link, sketches);
    let scored = weigh(&proposed, &weighing, config.pairs_counted, kept, shelf, progress)?;
    drop(weighing);
    afford(scored.n_links)?;
    progress.end(Stage::Score, &(counted(scored.candidates, "pair") + " weighed"));

    // What a plan's own rules miss takes others to tell, which is not for every night.
    let expected = config.rules.is_none().then(|| {
        progress.begin(Stage::Expect, None);
        let planner = Planner {
            normalised: &normalised,
            comparer: &comparer,
            comparisons: &comparisons,
            constraints: &constraints,
            config,
        };
        let (expected, _) = planner.plan(&index, Some(&model), false);
        progress.end(Stage::Expect, &many(expected.rules.len(), "rule"));
        expected
    });

    // No more pairs are proposed, and what follows needs the room.
    let oversized = index.oversized().to_vec();
    drop(index);
    progress.begin(Stage::Resolve, None);
    let mut links = in_order(scored.n_links, scored.links, &constraints.cannot_link)?;
    let weigher = Evidence::new(&scorer, &comparer, &links);
    let resolved = resolve::resolve(records.len(), &links, &weigher, &constraints, &config.resolve);
    drop(weigher);
    let heard = config.relatives.then(|| {
        let by = (&scorer, &comparer);
        relatives::hear(&records.declared, &resolved, &links, by, &constraints, &config.resolve)
    });
    let n_persons = resolved.persons.len();
    let (resolved, by_relatives) =
        heard.map_or((resolved, Vec::new()), |heard| (heard.resolved, heard.added));
    add(&mut links, &by_relatives);
    progress.end(Stage::Resolve, &many(resolved.persons.len(), "person"));

    drop((scorer, constraints));
    let links = shelf.put(links)?;
    comparer.into_rows().restore(&mut normalised.columns);
    columns_aside.put(&mut normalised.columns, shelf, is_of_homes)?;
    columns_aside.take_some(&mut normalised.columns, is_of_homes)?;
    homes_aside.take(records, &mut normalised)?;
    // After the columns, which were put away without them.
    forms_aside.take(&mut normalised)?;
    let aside = (&mut columns_aside, shelf);
    let (households, homes_aside) =
        households(records, &mut normalised, &resolved.persons, &births, config, aside, progress)?;
    columns_aside.take(&mut normalised.columns)?;
    homes_aside.take(records, &mut normalised)?;

    let rules = costs.into_iter().zip(scored.new_pairs);
    let linked = Linked {
        defaults,
        rules: rules.map(|(cost, new_pairs)| RuleOutcome { cost, new_pairs }).collect(),
        conditions: config.conditions.clone(),
        expected,
        threshold: config.resolve.threshold,
        model,
        convergence,
        candidates: scored.candidates,
        histogram: scored.histogram,
        links: Vec::new(),
        joined_by_relatives: (n_persons - resolved.persons.len()) as u64,
        by_relatives,
        resolved,
        births,
        households,
        comparisons,
        normalised,
        oversized,
    };
    Ok((linked, links))
}

/// Adds to the weights of the links at these places.
fn add(links: &mut [ScoredPair], added: &[(usize, MatchWeight)]) {
    for &(at, added) in added {
        links[at].weight = links[at].weight + added;
    }
}

/// The households. What they are gathered from is put away before they are settled, until the last
/// files are made of it.
fn households(
    records: &mut Records,
    normalised: &mut Normalised,
    persons: &Persons,
    births: &[Birth],
    config: &Config,
    (columns_aside, shelf): (&mut ColumnsAside, &Shelf<'_>),
    progress: &dyn Progress,
) -> Result<(Households, HomesAside), Error> {
    progress.begin(Stage::Household, None);
    let gathered = household::gather(records, normalised, persons, births, &config.household);
    let homes_aside = HomesAside::put(records, normalised, shelf)?;
    columns_aside.put(&mut normalised.columns, shelf, |name| name == "address")?;
    let households = gathered.households(records, normalised, persons, &config.household);
    progress.end(Stage::Household, &many(households.households.len(), "household"));
    Ok((households, homes_aside))
}

impl Linked {
    /// Lets go of what only some of the files are made of: values, homes and spells.
    pub(crate) fn let_go(&mut self) {
        self.normalised.columns = Vec::new();
        self.normalised.residences = Lists::default();
        self.households.spells = Lists::default();
        self.households.support = Lists::default();
    }

    /// What relatives added to the weight of the link at this place.
    #[must_use]
    pub fn by_relatives(&self, at: usize) -> MatchWeight {
        let known = self.by_relatives.binary_search_by_key(&at, |(place, _)| *place);
        known.map_or(MatchWeight::default(), |known| self.by_relatives[known].1)
    }

    /// What was decided about a pair that was kept.
    #[must_use]
    pub fn decision(&self, link: &ScoredPair) -> Decision {
        let person_of = self.resolved.persons.person_of();
        let [a, b] = [link.lower, link.upper].map(|record| person_of[record.index()]);
        if a != b && self.resolved.is_either(a, b) {
            Decision::Many
        } else if self.threshold <= link.weight {
            Decision::Link
        } else {
            Decision::PossibleLink
        }
    }
}

/// A bit for each comparison that cannot tell who somebody is without another: those of forenames
/// and sexes, if there are others.
fn nameless(comparer: &Comparer<'_>, comparisons: usize) -> Option<u16> {
    let is_nameless =
        |at: &usize| matches!(comparer.column(*at).field.kind, Kind::Forename | Kind::Sex);
    let nameless: Vec<usize> = (0..comparisons).filter(is_nameless).collect();
    let places = nameless.iter().fold(0, |places, at| places | 1 << at);
    (nameless.len() < comparisons).then_some(places)
}

fn many(n: usize, one: &str) -> String {
    counted(n as u64, one)
}

/// A model learned from `records`, and how that went.
///
/// A model given in `config` is only restricted to what these records have.
#[must_use]
pub fn learned(
    records: &mut Records,
    mut constraints: Constraints,
    config: &Config,
    progress: &dyn Progress,
) -> (Model, Option<Convergence>) {
    progress.begin(Stage::Normalise, None);
    let (normalised, _) = normalised(records, config);
    progress.end(Stage::Normalise, &(many(normalised.refused.len(), "value") + " refused"));
    let Ready { index, comparisons } = ready(&normalised, config, progress);
    forbid(records, &mut constraints);
    let asked = asked(&normalised, &config.conditions);
    let filter = Filter::new(&normalised, &index, &asked);
    let proposed = Proposed { index: &index, filter: &filter, constraints: &constraints };
    let comparer = Comparer::new(&normalised, &comparisons);
    let (mut model, convergence) =
        learn(&proposed, &comparer, &comparisons, config, true, progress);
    if convergence.is_some() {
        model.frequencies = score::carried(&model, &comparer, &comparisons);
    }
    (model, convergence)
}

/// A model with what the plan says of how common values are, in place of what the model says.
pub(crate) fn informed(model: &Model, config: &Config) -> Model {
    let mut informed = model.clone();
    informed.frequencies.extend(config.frequencies.clone());
    informed
}

/// Records made ready to be compared.
struct Ready {
    index: Index,
    comparisons: Vec<Comparison>,
}

fn ready(normalised: &Normalised, config: &Config, progress: &dyn Progress) -> Ready {
    progress.begin(Stage::Block, None);
    let index = blocks(normalised, config);
    let costs = index.costs();
    let pairs: u64 = costs.iter().map(|cost| cost.pairs).sum();
    progress
        .end(Stage::Block, &format!("{}, {}", many(costs.len(), "rule"), counted(pairs, "pair")));

    let comparisons = held(normalised, config);
    Ready { index, comparisons }
}

/// The records, normalised, with the fields that are made of others; and the values that were
/// taken for defaults. Those extracted are let go.
///
/// # Panics
///
/// Never: nothing is put away that could not be taken back.
#[must_use]
pub fn normalised(
    records: &mut Records,
    config: &Config,
) -> (Normalised, Vec<normalise::FoundDefault>) {
    let here = ColumnsAside::default();
    normalised_with(records, here, config, &Shelf::new(None)).expect("nothing is put away")
}

/// The same, with a shelf for the values that wait while others are normalised; some may be on it.
fn normalised_with(
    records: &mut Records,
    mut aside: ColumnsAside,
    config: &Config,
    shelf: &Shelf<'_>,
) -> Result<(Normalised, Vec<normalise::FoundDefault>), Error> {
    aside
        .take_some(&mut records.columns, |name| config.rosters.iter().any(|field| field == name))?;
    records.roster = rosters(records, &config.rosters);
    let (mut normalised, defaults) = if shelf.is_memory() {
        aside.take(&mut records.columns)?;
        normalise::normalise(records, &config.normalise)
    } else {
        let origin = shelf.put(take(&mut records.origin))?;
        aside.put(&mut records.columns, shelf, |_| false)?;
        let mut homes = normalise::homes(records, &config.normalise);
        aside.take(&mut records.columns)?;
        let mut aside = ColumnsAside::default();
        aside.put(&mut homes.columns, shelf, |_| false)?;
        let residences = shelf.put(take(&mut homes.residences))?;
        let raw = take(&mut records.columns);
        let columns = normalise::columns(raw, records.len(), &config.normalise);
        aside.take(&mut homes.columns)?;
        homes.residences = residences.take()?;
        let joined = normalise::joined(records, columns, homes, &config.normalise);
        records.origin = origin.take()?;
        joined
    };
    normalise::derive(&mut normalised, &config.derived);
    normalised.columns.retain(|column| {
        let name = &column.field.name;
        config.person_field.as_ref() != Some(name) && !config.rosters.contains(name)
    });
    Ok((normalised, defaults))
}

/// For each record the list it stands on by the first of these fields that it has: a list is of one
/// source.
fn rosters(records: &Records, fields: &[String]) -> Vec<u32> {
    let columns: Vec<&Column> = fields.iter().filter_map(|field| records.column(field)).collect();
    if columns.is_empty() {
        return Vec::new();
    }
    let list = |record: usize| {
        let values = columns.iter().enumerate();
        let first =
            values.filter_map(|(at, column)| Some((at, *column.lists.get(record).first()?)));
        first.min().map(|named| (records.source[record], named))
    };
    let lists: Vec<Option<_>> = (0..records.len()).map(list).collect();
    let mut known: Vec<_> = lists.iter().flatten().copied().collect();
    known.par_sort_unstable();
    known.dedup();
    let number = |list: Option<_>| {
        let place = list.and_then(|list| known.binary_search(&list).ok());
        place.map_or(NONE, |place| u32::try_from(place).expect("fewer lists than records"))
    };
    lists.into_iter().map(number).collect()
}

/// The blocks of the rules given, or of those chosen for the records.
#[must_use]
pub fn blocks(normalised: &Normalised, config: &Config) -> Index {
    let chosen = || block::propose(normalised, &config.limits);
    let rules = config.rules.clone().unwrap_or_else(chosen);
    blocks_under(normalised, &rules, config.limits)
}

/// The blocks of these rules.
pub(crate) fn blocks_under(
    normalised: &Normalised,
    rules: &[Rule],
    limits: block::Limits,
) -> Index {
    Index::new(normalised, rules, &block::refinements(normalised), &limits)
}

/// The comparisons of fields that the records have, and a given model knows; a partner they lack
/// is left out.
#[must_use]
pub fn held(normalised: &Normalised, config: &Config) -> Vec<Comparison> {
    let has = |name: &str| normalised.column(name).is_some();
    let known = |name: &str| config.model.as_ref().is_none_or(|model| model.of(name).is_some());
    let held = config
        .comparisons
        .iter()
        .filter(|comparison| has(&comparison.field) && known(&comparison.field));
    held.cloned()
        .map(|comparison| Comparison {
            partner: comparison.partner.filter(|partner| has(partner)),
            ..comparison
        })
        .collect()
}

/// Adds what the records themselves say cannot be one person.
pub(crate) fn forbid(records: &Records, constraints: &mut Constraints) {
    let exclusive = records.source.iter().zip(&records.is_subject).map(|(source, &is_subject)| {
        // Only the person whom a row is about is there once; a mother may be named in many rows.
        let once = records.sources[source.index()].unique && is_subject;
        if once { u32::from(source.0) } else { NONE }
    });
    // Lists are numbered on after the sources.
    let n_sources = u32::try_from(records.sources.len()).expect("fewer than 2^16 sources");
    let lists = records.roster.iter().map(|&list| list.saturating_add(n_sources));
    let lists = lists.chain(std::iter::repeat(NONE));
    let either = |(source, list): (u32, u32)| if source == NONE { list } else { source };
    let exclusive: Vec<u32> = exclusive.zip(lists).map(either).collect();
    let any = exclusive.iter().any(|group| *group != NONE);
    constraints.exclusive = if any { exclusive } else { Vec::new() };
    let declared = records.declared.iter().filter(|declared| declared.subject != declared.other);
    constraints
        .cannot_link
        .extend(declared.map(|declared| RecordPair::new(declared.subject, declared.other)));
    // Whose children are listed is listed each once: two of them are twins at most.
    let lists = records.declared.chunk_by(|a, b| (a.subject, a.is) == (b.subject, b.is));
    for list in lists.filter(|list| list[0].is.lists_each_once() && list.len() <= LISTED_MAX) {
        for (at, one) in list.iter().enumerate() {
            let others = list[at + 1..].iter().filter(|other| other.other != one.other);
            constraints
                .cannot_link
                .extend(others.map(|other| RecordPair::new(one.other, other.other)));
        }
    }
    // A mother and a father of one child are two, and so are a parent and a brother.
    let rows = records.declared.chunk_by(|a, b| a.subject == b.subject);
    for row in rows.filter(|row| row.len() <= LISTED_MAX) {
        for (at, one) in row.iter().enumerate() {
            let excluded = row[at + 1..].iter().filter(|other| one.is.excludes(other.is));
            let others = excluded.filter(|other| other.other != one.other);
            constraints
                .cannot_link
                .extend(others.map(|other| RecordPair::new(one.other, other.other)));
        }
    }
    constraints.cannot_link.par_sort_unstable();
    constraints.cannot_link.dedup();
}

/// No family has more children; a longer list is of something else.
const LISTED_MAX: usize = 30;
