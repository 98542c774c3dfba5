//! The best name of a person: one that some record gives as a whole.
//!
//! Of each part the value that most sources give may be in no two parts of one record: where one has a
//! man's names turned round, the family's name would stand twice, and it would be nobody's name.

use std::cmp::Reverse;

use record::{Column, Date, NONE, Normalised, RecordId, Records, Values};
use resolve::Persons;

use crate::best::{Best, best};

/// The parts of a name, in the order in which they are told.
const PARTS: [&str; 3] = ["forename", "middle_name", "surname"];

/// The columns of the parts of names.
pub(crate) struct Names<'a> {
    records: &'a Records,
    normalised: &'a Normalised,
    persons: &'a Persons,
    places: [Option<usize>; 3],
}

/// A record's name: a value of each part, or [`NONE`].
type Name = [u32; 3];

impl<'a> Names<'a> {
    pub(crate) fn of(
        records: &'a Records,
        normalised: &'a Normalised,
        persons: &'a Persons,
    ) -> Names<'a> {
        let place = |part| normalised.columns.iter().position(|c| c.field.name == part);
        Names { records, normalised, persons, places: PARTS.map(place) }
    }

    /// Which part of a name the column at this place is.
    pub(crate) fn part(&self, column: usize) -> Option<usize> {
        self.places.iter().position(|place| *place == Some(column))
    }

    /// A person's best name: that of the record whose forename and surname the most sources give; of
    /// equals the one with more words, then with the middle name that more give, then of the record
    /// that speaks of the latest day, then the first. A forename that is no more than an initial, or
    /// none, stands behind any other. If no record has both a forename and a surname, each part that
    /// the best lacks is the best of its own.
    pub(crate) fn best(
        &self,
        person: usize,
        last_seen: impl Fn(RecordId) -> Option<Date>,
    ) -> [Option<Best>; 3] {
        let names: Vec<(RecordId, Name)> = self
            .persons
            .records(person)
            .iter()
            .map(|&record| (record, self.name(record)))
            .filter(|(_, name)| *name != [NONE; 3])
            .collect();
        let source = |record: RecordId| self.records.source[record.index()].0;
        // Records of one source are together.
        let sources = |part: usize, value: u32| {
            let given = names.iter().filter(|(_, name)| value != NONE && name[part] == value);
            let mut sources: Vec<u16> = given.map(|(record, _)| source(*record)).collect();
            sources.dedup();
            sources.len()
        };
        let rank = |&(record, name): &(RecordId, Name)| {
            let [forename, middle, surname] = name;
            let is_whole = u8::from(surname != NONE)
                * (u8::from(forename != NONE) + u8::from(0 < self.words(0, forename)));
            let words: usize = (0..3).map(|part| self.words(part, name[part])).sum();
            (
                is_whole,
                sources(0, forename) + sources(2, surname),
                words,
                sources(1, middle),
                last_seen(record),
                Reverse(record),
            )
        };
        // Most persons have but one.
        let all_alike = names.windows(2).all(|two| two[0].1 == two[1].1);
        let best_named =
            if all_alike { names.first() } else { names.iter().max_by_key(|&n| rank(n)) };
        let Some(&(_, name)) = best_named else { return [None; 3] };
        let first = names.iter().find(|named| named.1 == name);
        let is_whole = name[0] != NONE && name[2] != NONE;
        [0, 1, 2].map(|part| match name[part] {
            NONE if is_whole => None,
            NONE => best(self.records, self.normalised, self.persons, self.places[part]?, person),
            value => first.map(|&(record, _)| Best { value, source: source(record) }),
        })
    }

    /// A record's present name.
    fn name(&self, record: RecordId) -> Name {
        let column = |place: usize| &self.normalised.columns[place];
        self.places.map(|place| {
            place.map_or(NONE, |place| column(place).lists.first_or(record.index(), NONE))
        })
    }

    /// The words of a part of a name, without initials.
    fn words(&self, part: usize, value: u32) -> usize {
        let column = self.places[part].map(|place| &self.normalised.columns[place]);
        match column {
            Some(Column { values: Values::Text(texts), .. }) if value != NONE => {
                texts.get(value).split(' ').filter(|word| word.chars().nth(1).is_some()).count()
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use record::{Dictionary, Field, SourceId};

    use super::*;

    /// The best name of a person, given the source and name of each record, `-` for what it lacks, and
    /// the place of the record that speaks of the latest day.
    fn told(rows: &[&str], latest: Option<usize>) -> String {
        let words: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.split_whitespace().map(|word| word.replace('_', " ")).collect())
            .collect();
        let column = |at: usize| {
            let given: Vec<&str> = words.iter().map(|row| row[at + 1].as_str()).collect();
            let texts = Dictionary::of(given.iter().filter(|word| **word != "-").collect());
            let ids = |word: &&str| texts.find(word).into_iter().collect::<Vec<u32>>();
            Column {
                field: Field::standard(PARTS[at]).unwrap(),
                lists: given.iter().map(ids).collect(),
                values: Values::Text(texts),
            }
        };
        let normalised = Normalised {
            n_records: rows.len(),
            columns: (0..3).map(column).collect(),
            ..Normalised::default()
        };
        let source = words.iter().map(|row| SourceId(row[0].parse().unwrap())).collect();
        let records = Records { source, ..Records::default() };
        let persons = Persons::from_labels(&vec![0; rows.len()]);
        let names = Names::of(&records, &normalised, &persons);
        let day = Date::constant(2026, 3, 31);
        let best = names.best(0, |record| (Some(record.index()) == latest).then_some(day));
        let parts = best.iter().zip(&normalised.columns);
        let parts = parts.filter_map(|(best, column)| {
            let Best { value, source } = (*best)?;
            Some(format!("{} ({source})", column.values.display(value)))
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_person_is_told_by_a_name_that_a_record_gives() {
        for (rows, expected) in [
            (&["0 wei - zhang", "1 zhang - wei"][..], "wei (0) zhang (0)"),
            (&["0 wei - zhang", "1 zhang - wei", "2 zhang - wei"], "zhang (1) wei (1)"),
            // Most sources count, not most records.
            (&["0 ann - lee", "1 ann - roe", "1 ann - roe", "2 ann - lee"], "ann (0) lee (0)"),
            // A slip in one part counts for the other.
            (&["0 anne - lee", "1 ann - lea", "2 ann - lee"], "ann (2) lee (2)"),
            // The fullest, and of these the middle name that more give.
            (
                &["0 lucia - fernandez", "1 lucia - fernandez_garcia"],
                "lucia (1) fernandez garcia (1)",
            ),
            (
                &["0 bilal - hussain", "1 mohammed bilal hussain"],
                "mohammed (1) bilal (1) hussain (1)",
            ),
            (
                &["0 ann - lee", "1 ann mary lee", "2 ann joan lee", "3 ann joan lee"],
                "ann (2) joan (2) lee (2)",
            ),
            // An initial says less, and is in every source that has no more.
            (&["0 a - lee", "1 a - lee", "2 ann - lee"], "ann (2) lee (2)"),
            (&["0 - - lee", "1 - - lee", "2 a - lee"], "a (2) lee (2)"),
            // Where no record has both, each is by itself.
            (&["0 ann - -", "1 - - lee"], "ann (0) lee (1)"),
            (&["0 - - -"], ""),
            (&["0 - mary lee"], "mary (0) lee (0)"),
        ] {
            assert_eq!(told(rows, None), expected, "{rows:?}");
        }
    }

    #[test]
    fn of_names_for_which_as_much_speaks_the_latest_is_told() {
        let rows = ["0 wei - zhang", "1 zhang - wei"];
        assert_eq!(told(&rows, Some(1)), "zhang (1) wei (1)");
        assert_eq!(told(&rows, Some(0)), "wei (0) zhang (0)");
    }

    #[test]
    fn nobody_without_a_column_of_names_has_one() {
        let (records, normalised) = (
            Records { source: vec![SourceId(0)], ..Records::default() },
            Normalised { n_records: 1, ..Normalised::default() },
        );
        let persons = Persons::from_labels(&[0]);
        assert_eq!(Names::of(&records, &normalised, &persons).best(0, |_| None), [None; 3]);
    }
}
