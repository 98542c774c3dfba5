//! How well the persons of a snapshot hang together, and how their names lie.

use evaluate::Shape;
use record::NONE;
use snapshot::Decision;

use super::Measure;

/// How well persons hang together.
#[derive(Clone, Debug, Default)]
pub struct Persons {
    /// Persons with two records or more.
    pub of_several: u64,
    /// The pairs of records of one person, and how many of them are links.
    pub pairs: u64,
    /// See `pairs`.
    pub linked: u64,
    /// Persons that would be two or more without one of their links.
    pub bridged: u64,
    /// Persons with records that no link leads to.
    pub unlinked: u64,
    /// Links within a person whose forenames were both known, and how many of them differ.
    pub forenames: u64,
    /// See `forenames`.
    pub forenames_differ: u64,
    /// Persons with a forename and a surname, and how many share both with another person.
    pub named: u64,
    /// See `named`.
    pub homonyms: u64,
    /// The persons of most records, the largest first.
    pub largest: Vec<LargePerson>,
}

/// A person of many records.
#[derive(Clone, Debug, PartialEq)]
pub struct LargePerson {
    /// Its id.
    pub person_id: String,
    /// Its records.
    pub records: u64,
    /// The share of their pairs that are links.
    pub density: f64,
    /// The least weight of a link between them, in bits.
    pub weakest: Option<f64>,
    /// Links without which it would be two or more.
    pub bridges: u64,
}

impl Measure {
    /// How well persons hang together, with so many of the largest.
    #[must_use]
    pub fn persons(&self, largest: usize) -> Persons {
        let view = &self.view;
        let links: Vec<(u32, u32, f64)> = view
            .pairs
            .iter()
            .filter(|kept| kept.decision == Decision::Link)
            .map(|kept| (kept.pair.0, kept.pair.1, kept.bits()))
            .collect();
        let mut shapes = evaluate::shapes(&view.person, &links);
        let (forenames, forenames_differ) = self.forenames();
        let (named, homonyms) = self.homonyms();
        let count =
            |is: fn(&Shape) -> bool| shapes.iter().filter(|&shape| is(shape)).count() as u64;
        let mut persons = Persons {
            of_several: shapes.len() as u64,
            pairs: shapes.iter().map(|shape| shape.records * (shape.records - 1) / 2).sum(),
            linked: shapes.iter().map(|shape| shape.links).sum(),
            // Of two records the one link is all there is.
            bridged: count(|shape| shape.records > 2 && shape.bridges > 0),
            unlinked: count(|shape| shape.links + 1 < shape.records),
            forenames,
            forenames_differ,
            named,
            homonyms,
            largest: Vec::new(),
        };
        shapes.sort_by_key(|shape| (std::cmp::Reverse(shape.records), shape.person));
        persons.largest = shapes
            .into_iter()
            .take(largest)
            .map(|shape| LargePerson {
                person_id: view.people.ids.get(shape.person).to_owned(),
                records: shape.records,
                density: shape.density(),
                weakest: shape.weakest,
                bridges: shape.bridges,
            })
            .collect();
        persons
    }

    /// Links within a person whose forenames were compared, and how many were not quite equal.
    fn forenames(&self) -> (u64, u64) {
        let Some(model) = &self.model else { return (0, 0) };
        let view = &self.view;
        let Some(place) = model.comparisons.iter().position(|known| known.field == "forename")
        else {
            return (0, 0);
        };
        let level: Vec<Option<&str>> =
            view.vectors.iter().map(|vector| vector.split('.').nth(place)).collect();
        let (mut compared, mut differ) = (0, 0);
        for kept in &view.pairs {
            let [a, b] = [kept.pair.0, kept.pair.1].map(|record| view.person[record as usize]);
            if a == b && a != NONE && kept.decision == Decision::Link {
                let level = level[kept.vector as usize].filter(|level| *level != "-");
                compared += u64::from(level.is_some());
                differ += u64::from(level.is_some_and(|level| level != "1"));
            }
        }
        (compared, differ)
    }

    /// Persons with a forename and a surname, and how many share both with another.
    fn homonyms(&self) -> (u64, u64) {
        let people = &self.view.people;
        let best = people.best("surname").zip(people.best("forename"));
        let Some((surnames, forenames)) = best else { return (0, 0) };
        let mut names: Vec<(u32, u32)> = surnames
            .of
            .iter()
            .copied()
            .zip(forenames.of.iter().copied())
            .filter(|&(surname, forename)| surname != NONE && forename != NONE)
            .collect();
        names.sort_unstable();
        let shared = names.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
        (names.len() as u64, shared.map(|same| same.len() as u64).sum())
    }
}
