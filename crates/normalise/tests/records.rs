//! Whole records in, whole records out.

use std::collections::BTreeMap;

use normalise::{Config, FoundDefault, TakenAs, normalise, normalise_value};
use proptest::prelude::*;
use record::{
    AddressKind, Column, Date, DictionaryBuilder, Field, Kind, Lists, NONE, Normalised, Origin,
    RawResidence, Records, Source, SourceId, Values,
};

/// Records being written down: fields by name, and residences as (words, postcode, UPRN, to).
#[derive(Default)]
struct Draft {
    records: Vec<DraftRecord>,
}

/// A source, its fields, and its residences.
type DraftRecord = (u16, Vec<(String, String)>, Vec<[String; 4]>);

impl Draft {
    fn add(&mut self, source: u16, fields: &[(&str, &str)], residences: &[[&str; 4]]) {
        let fields = fields.iter().map(|(f, v)| ((*f).to_owned(), (*v).to_owned())).collect();
        let residences = residences.iter().map(|place| place.map(str::to_owned)).collect();
        self.records.push((source, fields, residences));
    }

    fn records(&self) -> Records {
        let mut columns: BTreeMap<Field, (DictionaryBuilder, Vec<Vec<u32>>)> = BTreeMap::new();
        let mut text = DictionaryBuilder::default();
        let mut residences: Vec<Vec<[u32; 4]>> = Vec::new();
        for (at, (_, fields, places)) in self.records.iter().enumerate() {
            for (name, value) in fields {
                let field = Field::standard(name)
                    .unwrap_or_else(|| Field { name: name.clone(), kind: Kind::Code });
                let (words, lists) = columns.entry(field).or_default();
                lists.resize(self.records.len(), Vec::new());
                lists[at].push(words.insert(value));
            }
            residences.push(
                places
                    .iter()
                    .map(|place| {
                        place
                            .each_ref()
                            .map(|part| if part.is_empty() { NONE } else { text.insert(part) })
                    })
                    .collect(),
            );
        }
        let (residence_text, renamed) = text.finish();
        let rename = |id: u32| if id == NONE { NONE } else { renamed[id as usize] };
        let n = self.records.len();
        let sources = self.records.iter().map(|record| record.0 + 1).max().unwrap_or(0);
        Records {
            roster: Vec::new(),
            sources: (0..sources).map(|id| Source::named(&id.to_string())).collect(),
            files: vec!["a".to_owned()],
            source: self.records.iter().map(|record| SourceId(record.0)).collect(),
            key: (0..n).map(|at| format!("{at:06}")).collect(),
            origin: (1..).take(n).map(|line| Origin { file: 0, line }).collect(),
            columns: columns
                .into_iter()
                .map(|(field, (words, lists))| {
                    let (words, renamed) = words.finish();
                    let lists = lists
                        .into_iter()
                        .map(|list| list.into_iter().map(|id| renamed[id as usize]).collect())
                        .collect();
                    Column { field, values: Values::Text(words), lists }
                })
                .collect(),
            residences: residences
                .into_iter()
                .map(|places| {
                    let raw = |[words, postcode, uprn, to]: [u32; 4]| RawResidence {
                        text: rename(words),
                        postcode: rename(postcode),
                        uprn: rename(uprn),
                        from: NONE,
                        to: rename(to),
                        seen: NONE,
                    };
                    places.into_iter().map(raw).collect()
                })
                .collect(),
            residence_text,
            ..Records::default()
        }
    }
}

fn config() -> Config {
    Config::new(Date::constant(2026, 3, 15))
}

fn run(draft: &Draft) -> (Normalised, Vec<FoundDefault>) {
    normalise(&mut draft.records(), &config())
}

/// The values of a record's field, as a person would read them.
fn values(normalised: &Normalised, field: &str, record: usize) -> Vec<String> {
    let column = normalised.column(field).expect("the field has a column");
    column.lists.get(record).iter().map(|id| column.values.display(*id)).collect()
}

fn assert_sound(normalised: &Normalised) {
    let names: Vec<&String> = normalised.columns.iter().map(|column| &column.field.name).collect();
    assert!(names.is_sorted(), "columns are in the order of names");
    for column in &normalised.columns {
        assert_eq!(column.lists.len(), normalised.n_records);
        assert!(column.lists.items().iter().all(|id| (*id as usize) < column.values.len()));
    }
    assert_eq!(normalised.residences.len(), normalised.n_records);
    assert!(normalised.refused.is_sorted());
}

#[test]
fn no_records_give_no_records() {
    let (normalised, found) = normalise(&mut Records::default(), &config());
    assert_sound(&normalised);
    assert_eq!(normalised.n_records, 0);
    assert!(found.is_empty() && normalised.refused.is_empty());
}

#[test]
fn one_record_has_every_field_in_its_form() {
    let mut draft = Draft::default();
    draft.add(
        0,
        &[
            ("forename", "Mary Ann"),
            ("middle_name", "Jane"),
            ("known_as", "Molly"),
            ("surname", "O'Neil"),
            ("former_surname", "van der Berg"),
            ("sex", "F"),
            ("date_of_birth", "1985-07-07"),
            ("nhs_number", "943 476 5919"),
            ("phone", "+44 7700 900123"),
            ("email", "Mary@Example.org"),
            ("case_ref", "ab-12"),
        ],
        &[["Flat 2, 16 High St", "ab12cd", "", ""]],
    );
    let (normalised, _) = run(&draft);
    assert_sound(&normalised);
    for (field, expected) in [
        ("forename", vec!["mary", "molly"]),
        ("middle_name", vec!["ann", "jane"]),
        ("surname", vec!["oneil", "vanderberg"]),
        ("sex", vec!["female"]),
        ("date_of_birth", vec!["1985-07-07"]),
        ("nhs_number", vec!["9434765919"]),
        ("phone", vec!["07700900123"]),
        ("email", vec!["mary@example.org"]),
        ("case_ref", vec!["AB12"]),
        ("postcode", vec!["AB1 2CD"]),
        ("address", vec!["flat 2, 16 high street, AB1 2CD"]),
        ("uprn", vec![]),
    ] {
        assert_eq!(values(&normalised, field, 0), expected, "{field}");
    }
    for field in ["known_as", "former_surname", "name"] {
        assert!(normalised.column(field).is_none(), "{field} is part of another column");
    }
    assert!(normalised.refused.is_empty());
}

#[test]
fn whole_names_feed_the_columns_of_their_parts() {
    let mut draft = Draft::default();
    draft.add(0, &[("name", "Khan, Mohammed Ali")], &[]);
    draft.add(0, &[("name", "Baby Smith")], &[]);
    draft.add(0, &[], &[]);
    let (normalised, _) = run(&draft);
    assert_sound(&normalised);
    assert_eq!(values(&normalised, "forename", 0), ["mohammed"]);
    assert_eq!(values(&normalised, "middle_name", 0), ["ali"]);
    assert_eq!(values(&normalised, "surname", 0), ["khan"]);
    assert_eq!(values(&normalised, "surname", 1), ["smith"]);
    assert!(values(&normalised, "forename", 1).is_empty());
    let refused: Vec<_> =
        normalised.refused.iter().map(|r| (r.record.0, &*r.field, r.reason)).collect();
    assert_eq!(refused, [(1, "name", "placeholder name")]);
}

#[test]
fn refused_values_are_counted_and_missing_ones_are_not() {
    let mut draft = Draft::default();
    draft.add(0, &[("nhs_number", "1234567890"), ("sex", "U"), ("forename", "Baby")], &[]);
    draft.add(0, &[("nhs_number", "1234567890"), ("date_of_birth", "1900-01-01")], &[]);
    draft.add(0, &[("forename", "-")], &[["16 High St", "ZZ99 9ZZ", "x", "someday"]]);
    let (normalised, _) = run(&draft);
    assert_sound(&normalised);
    let refused: Vec<_> =
        normalised.refused.iter().map(|r| (r.record.0, &*r.field, r.reason)).collect();
    assert_eq!(
        refused,
        [
            (0, "forename", "placeholder name"),
            (0, "nhs_number", "fails its check digit"),
            (1, "date_of_birth", "default date"),
            (1, "nhs_number", "fails its check digit"),
            (2, "address_to", "not a date"),
            (2, "postcode", "overseas"),
            (2, "uprn", "not a property reference number"),
        ]
    );
}

#[test]
fn residences_speak_of_the_address_column() {
    let mut draft = Draft::default();
    draft.add(
        0,
        &[],
        &[["1 Mill Lane", "AB1 2CE", "", "2020-01"], ["16 High St", "AB1 2CD", "00123456", ""]],
    );
    draft.add(0, &[], &[["16, HIGH STREET, AB1 2CD", "", "", ""]]);
    draft.add(0, &[], &[["", "ZZ99 3VZ", "", ""]]);
    draft.add(0, &[], &[["unknown", "", "", ""]]);
    let (normalised, _) = run(&draft);
    assert_sound(&normalised);
    assert_eq!(values(&normalised, "postcode", 0), ["AB1 2CD", "AB1 2CE"], "the present one first");
    assert_eq!(values(&normalised, "postcode", 1), ["AB1 2CD"], "from the end of the words");
    assert_eq!(values(&normalised, "uprn", 0), ["123456"]);
    let Values::Addresses(addresses, _) = &normalised.column("address").unwrap().values else {
        panic!("the address column holds addresses")
    };
    let first = normalised.residences.get(0);
    assert_eq!(first.len(), 2);
    assert_eq!(first[0].to.unwrap().to_string(), "2020-01");
    let home = addresses[normalised.residences.get(1)[0].address as usize];
    assert_eq!(addresses[first[1].address as usize], home);
    assert_eq!(home.uprn, Some(123_456), "words known with a reference number have it");
    let homeless = addresses[normalised.residences.get(2)[0].address as usize];
    assert_eq!((homeless.kind, homeless.dwelling), (AddressKind::NoFixedAbode, NONE));
    assert!(normalised.residences.get(3).is_empty());
}

/// A source of some thousands in which five hundred share a date of birth, a telephone, an
/// e-mail, a reference, and the address of the council.
fn with_defaults(n: u32) -> Draft {
    let mut draft = Draft::default();
    for at in 0..n {
        let odd = at % (n / 500) == 0;
        let (year, month, day) = (1940 + at % 80, 1 + at / 80 % 12, 1 + at / 960 % 28);
        let born = format!("{year}-{month:02}-{day:02}");
        let phone = format!("077{:08}", 10_000_000 + u64::from(at) * 7_919 % 80_000_000);
        let email = format!("person{at}@example.org");
        let code = format!("R{at}");
        let place = format!("{} High St", 1 + at % 20);
        let letter = |n: u32| char::from(b"ABDEFGHJLNPQRSTUWXYZ"[(n % 20) as usize]);
        let postcode = format!(
            "AB{} {}{}{}",
            10 + at / 20 % 80,
            at / 1600 % 10,
            letter(at / 16_000),
            letter(at)
        );
        let office = ["Civic Centre, 1 Market Square", "AB1 2CD", "", ""];
        draft.add(
            0,
            &[
                ("date_of_birth", if odd { "1985-07-07" } else { &born }),
                ("phone", if odd { "01632 960999" } else { &phone }),
                ("email", if odd { "reception@example.org" } else { &email }),
                ("case_ref", if odd { "GENERAL" } else { &code }),
                ("sex", "F"),
            ],
            &[if odd { office } else { [&place, &postcode, "", ""] }],
        );
    }
    draft
}

#[test]
fn defaults_are_found_by_their_frequency() {
    let (normalised, found) = run(&with_defaults(20_000));
    assert_sound(&normalised);
    let mut fields: Vec<&str> = found.iter().map(|found| &*found.field).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["address", "case_ref", "date_of_birth", "email", "phone", "postcode"]);
    assert!(found.iter().all(|found| found.taken_as == TakenAs::Missing && found.records >= 500));
    for field in ["date_of_birth", "phone", "email", "case_ref", "postcode", "address"] {
        assert!(values(&normalised, field, 0).is_empty(), "{field}");
        assert_eq!(values(&normalised, field, 1).len(), 1, "{field}");
    }
    assert!(normalised.residences.get(0).is_empty());
    assert!(normalised.refused.iter().all(|r| r.reason == "default value, found by its frequency"));
    assert_eq!(values(&normalised, "sex", 0), ["female"]);
}

#[test]
fn small_sources_lose_no_values() {
    let mut draft = Draft::default();
    for at in 0..400 {
        draft.add(0, &[("phone", "01632 960999"), ("date_of_birth", "1985-07-07")], &[]);
        draft.add(1, &[("phone", &format!("01632 {}", 960_000 + at))], &[]);
    }
    draft.records.sort_by_key(|record| record.0);
    let (normalised, found) = run(&draft);
    assert!(found.is_empty() && normalised.refused.is_empty());
}

#[test]
fn new_years_days_of_every_year_become_years() {
    let mut draft = Draft::default();
    for at in 0..6_000_u32 {
        let born = if at % 5 == 0 {
            format!("{}-01-01", 1960 + at / 5 % 20)
        } else {
            format!("{}-{:02}-{:02}", 1960 + at % 20, 1 + at / 20 % 12, 1 + at / 240 % 28)
        };
        draft.add(0, &[("date_of_birth", &born)], &[]);
    }
    let (normalised, found) = run(&draft);
    assert!(found.iter().all(|found| found.taken_as == TakenAs::Year));
    assert_eq!(found.len(), 20);
    assert_eq!(values(&normalised, "date_of_birth", 0), ["1960"]);
    assert_eq!(values(&normalised, "date_of_birth", 21), ["1961-02-01"]);
    assert!(normalised.refused.is_empty());
}

#[test]
fn the_number_of_threads_means_nothing() {
    let records = with_defaults(3_000).records();
    let shown = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (normalised, found) = normalise(&mut records.clone(), &config());
            let columns: Vec<_> = normalised
                .columns
                .iter()
                .map(|column| {
                    let values: Vec<String> = (0..)
                        .take(column.values.len())
                        .map(|id| column.values.display(id))
                        .collect();
                    (column.field.clone(), values, column.lists.clone())
                })
                .collect();
            (columns, normalised.residences, normalised.refused, found)
        })
    };
    assert_eq!(shown(1), shown(3));
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(
        text in prop_oneof![any::<String>(), "[A-Za-z0-9,./() '-]{0,24}", "[0-9]{1,13}(\\.[0-9]{1,2})?"]
    ) {
        for kind in Kind::ALL {
            for form in normalise_value(kind, &text).unwrap_or_default() {
                prop_assert_eq!(normalise_value(kind, &form), Ok(vec![form]), "{:?}", kind);
            }
        }
    }
}

#[test]
fn lists_of_nothing_are_lists() {
    let mut records = Records::default();
    records.columns.push(Column {
        field: Field::standard("forename").unwrap(),
        values: Values::Text(record::Dictionary::default()),
        lists: Lists::default(),
    });
    let (normalised, _) = normalise(&mut records, &config());
    assert!(normalised.column("forename").unwrap().values.is_empty());
}
