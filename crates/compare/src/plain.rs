//! Levels the plain way, to which the quick one is held: condition by condition.

use proptest::prelude::*;
use record::{
    Column, Dictionary, Field, Kind, LANES, Lists, Normalised, PartialDate, RecordPair, SourceId,
    Values,
};

use super::*;

impl Prepared<'_> {
    /// The level of two records, looking at each condition in turn.
    fn plain_level(&self, whole: Pair<'_>, rows: &Rows) -> Level {
        let Pair { a, b, left, right } = whole;
        let first = |pair| {
            let mut levels = self.levels.iter();
            let met = levels.position(|level| self.meets(level, pair, whole, rows) == Some(true));
            met.unwrap_or(self.levels.len())
        };
        let of = |other: &Other<'_>, record| other.side.column.lists.get(record).is_empty();
        let lacks = |other: &usize| {
            self.others[*other].as_ref().is_none_or(|other| of(other, a) || of(other, b))
        };
        if left.is_empty() || right.is_empty() {
            let unknown = !self.provides_for_missing && self.compared.iter().all(lacks);
            return if unknown { Level::MISSING } else { Level::new(first(whole) + 1) };
        }
        if self.own.is_list() {
            return Level::new(first(whole) + 1);
        }
        let pairs = left.chunks(1).flat_map(|x| right.chunks(1).map(move |y| (x, y)));
        let met = pairs.filter(|(x, y)| self.own.comparable(x[0], y[0])).filter_map(|(x, y)| {
            let met = first(Pair { left: x, right: y, ..whole });
            (met < self.levels.len() || self.own.both_can_be(x[0], y[0])).then_some(met)
        });
        met.min().map_or(Level::MISSING, |met| Level::new(met + 1))
    }
}

impl Comparer<'_> {
    fn plain_vector(&self, a: usize, b: usize) -> ComparisonVector {
        let mut vector = ComparisonVector::default();
        let mut counted = None;
        for (place, field) in self.fields.iter().enumerate() {
            if counted != Some(place) {
                let of = |record| self.column(place).lists.get(record);
                let level = field.plain_level(Pair { a, b, left: of(a), right: of(b) }, &self.rows);
                vector = vector.with(place, level);
                let crossing = field.crossing.as_ref().filter(|it| it.level == level);
                counted = crossing.map_or(counted, |crossing| crossing.place);
            }
        }
        vector
    }
}

/// What of a record's values: none, one or two of those there are.
type Cells = Vec<Vec<usize>>;

const FIELDS: [(&str, Kind, &[&str]); 10] = [
    (
        "forename",
        Kind::Forename,
        &["ann", "anna", "liz", "elizabeth", "a", "mary jane", "jane", "rose", "smyth", "smith"],
    ),
    ("middle_name", Kind::MiddleName, &["rose", "ann rose", "jane", "r", "mary jane"]),
    ("surname", Kind::Surname, &["smith", "smyth", "ann", "jones", "smith jones", "rose", "josén"]),
    (
        "date_of_birth",
        Kind::Date,
        &["2001-02-03", "2001-03-02", "2001-13-03", "2001-12-03", "2001-02", "2001", "2001-99-99"],
    ),
    ("note", Kind::Verbatim, &["", "Ann", "ann", "àn", "Anna", "ana"]),
    ("tags", Kind::List, &["a", "b", "c", "ab"]),
    ("nhs_number", Kind::NhsNumber, &["4857773456", "4857773465", "9434765919", "943476591"]),
    ("sex", Kind::Sex, &["f", "m"]),
    (
        "day",
        Kind::Verbatim,
        &["1978-03-21", "1978-03-12", "1987-03-21", "1978-3-21", "", "178-03-2", "1978-03-2"],
    ),
    ("seconds", Kind::Number, &["0", "1.5", "-20", "86400", "172800"]),
];

const COMPARISONS: [(&str, &str); 16] = [
    (
        "forename~surname",
        "exact; crossed; nickname; initial; middle_name:holds; other_name; osa(1); \
         jaro_winkler(0.9); phonetic; jaro_winkler(0.8)",
    ),
    ("surname~forename", "exact; crossed and forename:osa(1); subset; osa(2); jaro(0.6)"),
    ("middle_name", "exact; initial; subset and not surname:exact; levenshtein(1)"),
    ("date_of_birth", "exact; compatible; slip; day_month_swapped; digits(1); parts(2); same_year"),
    ("date_of_birth", "exact; compatible; slip; day_month_swapped; digits(1); parts(2); digits(2)"),
    ("date_of_birth", "damerau_levenshtein(1); osa(2); days(31) or years(1); hamming(3)"),
    ("note", "exact; is('Ann') or jaro_winkler(0.9); jaccard(0.5); levenshtein(1); missing"),
    ("note", "first_is('ann'); not exact and jaro_winkler(0.7); surname:exact"),
    ("tags", "exact; contained; common(1); osa(1)"),
    ("nhs_number", "exact; osa(1)"),
    ("sex", "exact"),
    ("day", "missing; exact; levenshtein(1); damerau_levenshtein(1); osa(2); hamming(3)"),
    ("seconds", "missing; day:exact; within(2); day:levenshtein(1); within_share(0.6)"),
    ("surname", "missing; exact; day:missing; day:levenshtein(2); jaro_winkler(0.8)"),
    ("forename", "exact; jaro_winkler(0.9); tags:missing"),
    ("surname", "crossed(forename) or exact; first_crossed(middle_name); damerau_levenshtein(2)"),
];

fn normalised(records: &[Cells]) -> Normalised {
    let column = |(place, (name, kind, known)): (usize, &(&str, Kind, &[&str]))| {
        let field = Field { name: (*name).to_owned(), kind: *kind };
        let texts = Dictionary::of(known.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let mut dates: Vec<PartialDate> =
            known.iter().filter_map(|text| PartialDate::parse(text)).collect();
        dates.sort_unstable();
        let lists: Lists<u32> = records
            .iter()
            .map(|cells| {
                cells[place].iter().map(|at| u32::try_from(at % known.len()).unwrap()).collect()
            })
            .collect();
        let values = match kind {
            Kind::Date => Values::Dates(dates),
            Kind::Number => Values::Numbers(known.iter().map(|it| it.parse().unwrap()).collect()),
            _ => Values::Text(texts),
        };
        Column { field, values, lists }
    };
    Normalised {
        n_records: records.len(),
        sources: vec!["a".to_owned()],
        source: vec![SourceId(0); records.len()],
        columns: FIELDS.iter().enumerate().map(column).collect(),
        residences: records.iter().map(|_| Vec::new()).collect(),
        refused: Vec::new(),
    }
}

fn comparisons() -> Vec<Comparison> {
    let comparison = |(field, levels): &(&str, &str)| {
        let (field, partner) = field.split_once('~').unwrap_or((field, ""));
        Comparison {
            field: field.to_owned(),
            partner: (!partner.is_empty()).then(|| partner.to_owned()),
            levels: levels.split(';').map(|level| level.trim().parse().unwrap()).collect(),
            term_frequency: true,
            changes: false,
        }
    };
    COMPARISONS.iter().map(comparison).collect()
}

proptest! {
    #[test]
    fn the_quick_way_is_the_plain_way(
        records in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(0_usize..100, 0..3), FIELDS.len()),
            0..12,
        ),
    ) {
        let normalised = normalised(&records);
        let comparisons = comparisons();
        let comparer = Comparer::new(&normalised, &comparisons);
        let ids = 0..u32::try_from(records.len()).unwrap();
        let mut pairs = Vec::new();
        for (a, b) in ids.clone().flat_map(|a| ids.clone().map(move |b| (a, b))) {
            let quick = comparer.vector(RecordId(a), RecordId(b));
            prop_assert_eq!(quick, comparer.plain_vector(a as usize, b as usize));
            if a < b {
                pairs.push((RecordPair::new(RecordId(a), RecordId(b)), quick));
            }
        }
        // More than once, so that what is remembered is asked for; and more than go at a time.
        let rare = |place: usize| {
            let rarity: Rarity<'_> = Box::new(|record| i32::try_from(record.0).unwrap() - 5);
            place.is_multiple_of(2).then_some(rarity)
        };
        let rare: Vec<Option<Rarity<'_>>> = (0..comparisons.len()).map(rare).collect();
        let order: Vec<usize> = (0..comparisons.len()).rev().collect();
        let sketches = Sketches::new(&comparer, &order, &rare);
        // All beside each, after so many that some stand in the second of two rows of lanes.
        let mut tile = Tile::default();
        let before = (0..LANES - 5).map(|_| RecordId(0)).take_while(|_| !records.is_empty());
        sketches.lay(before.chain(ids.clone().map(RecordId)), &mut tile);
        for (pair, vector) in &pairs {
            let [a, b] = [pair.lower(), pair.upper()].map(|record| sketches.of(record));
            let at = LANES - 5 + pair.upper().index();
            let (others, lane) = (tile.lanes(at / LANES), at % LANES);
            let is_crossed = sketches.may_be_crossed([a, b]);
            prop_assert!(!is_crossed || sketches.may_be_crossed_beside(a, others)[lane]);
            prop_assert_eq!(sketches.both(a, b), sketches.both_beside(a, others)[lane]);
            let told = sketches.told(a, b);
            let both = sketches.both(a, b);
            prop_assert_eq!(told & !both, 0);
            for (field, &place) in order.iter().enumerate() {
                let level = vector.level(place);
                let allowed = match (both >> field & 1, told >> field & 1) {
                    (0, _) => 1 << sketches.lacking(field).unwrap().index(),
                    (_, 0) => Sketches::ANY,
                    _ => sketches.levels(field, a, b),
                };
                if both >> field & 1 == 1 {
                    let beside = sketches.levels_beside(field, a, others)[lane];
                    prop_assert_eq!(allowed & !beside, 0, "{:b} of {:b}", allowed, beside);
                }
                prop_assert!(
                    allowed >> level.index() & 1 == 1 || is_crossed,
                    "{level:?} of comparison {place} is not of {allowed:b}"
                );
                if let Some(rarity) = &rare[place] {
                    prop_assert_eq!(sketches.rarity(field, a), rarity(pair.lower()));
                    let beside = sketches.rarity_beside(field, others)[lane];
                    prop_assert_eq!(beside, rarity(pair.upper()));
                }
            }
        }
        let mut batch = comparer.batch();
        for _ in 0..3 {
            let again: Vec<_> = pairs.iter().cycle().take(pairs.len() * 20).copied().collect();
            let (pairs, expected): (Vec<RecordPair>, Vec<ComparisonVector>) = again.into_iter().unzip();
            let mut vectors = Vec::new();
            batch.compare(&pairs, |_, vector| vectors.push(vector));
            prop_assert_eq!(vectors, expected);
            for place in 0..comparisons.len() {
                let mut levels = Vec::new();
                batch.levels(place, &pairs, |_, level| levels.push(level));
                let alone = |pair: &RecordPair| comparer.level(place, pair.lower(), pair.upper());
                prop_assert_eq!(levels, pairs.iter().map(alone).collect::<Vec<_>>());
            }
        }
    }
}
