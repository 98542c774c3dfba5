//! The lists of words that names and addresses are made of, read from `data/`.

use std::collections::BTreeMap;

use crate::random::Random;

const FORENAMES: &str = include_str!("../data/forenames.txt");
const SURNAMES: &str = include_str!("../data/surnames.txt");
const NICKNAMES: &str = include_str!("../data/nicknames.txt");
const VARIANTS: &str = include_str!("../data/variants.txt");
const PLACES: &str = include_str!("../data/places.txt");

/// Words in the order of how common they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranked {
    words: Vec<String>,
    // The sum of the weights up to and with each word.
    sums: Vec<f64>,
}

impl Ranked {
    /// These words; the one at rank `r` weighs `1 / (r + flatness)`.
    fn new(words: Vec<String>, flatness: f64) -> Ranked {
        let mut sum = 0.0;
        let mut rank = flatness;
        let sums = words
            .iter()
            .map(|_| {
                sum += 1.0 / rank;
                rank += 1.0;
                sum
            })
            .collect();
        Ranked { words, sums }
    }

    /// One of the words, a common one more often. Empty if there is none.
    pub(crate) fn pick(&self, random: &mut Random) -> &str {
        let Some(total) = self.sums.last() else { return "" };
        let throw = random.unit() * total;
        let at = self.sums.partition_point(|&sum| sum <= throw).min(self.words.len() - 1);
        &self.words[at]
    }

    /// The words themselves.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }
}

/// The times in which forenames were given, and when.
const TIMES: [(&str, i16); 5] =
    [("old", 1935), ("mid", 1960), ("late", 1983), ("new", 2001), ("now", 2017)];

/// Forenames of one community and sex, by the time in which they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forenames {
    ever: Option<Ranked>,
    times: Vec<(i16, Ranked)>,
}

impl Forenames {
    /// A forename for somebody born in `year`.
    pub(crate) fn pick(&self, year: i16, random: &mut Random) -> &str {
        if let Some(ever) = &self.ever {
            return ever.pick(random);
        }
        // A time's names fade over some fifteen years either way, and never quite.
        let weights: Vec<f64> = self
            .times
            .iter()
            .map(|(centre, _)| {
                let years = f64::from((year - centre).abs());
                (1.0 - years / 26.0).max(0.02)
            })
            .collect();
        if weights.is_empty() {
            return "";
        }
        self.times[random.weighted(&weights)].1.pick(random)
    }
}

/// All the lists.
pub(crate) struct Words {
    forenames: BTreeMap<(String, char), Forenames>,
    surnames: BTreeMap<String, Ranked>,
    compounds: Ranked,
    nicknames: BTreeMap<String, Vec<String>>,
    variants: BTreeMap<String, Vec<String>>,
    places: BTreeMap<String, Ranked>,
}

impl Words {
    /// Reads the lists.
    pub(crate) fn read() -> Words {
        let mut forenames: BTreeMap<(String, char), Forenames> = BTreeMap::new();
        for (head, words) in entries(FORENAMES) {
            let mut parts = head.split(' ');
            let community = parts.next().unwrap_or_default().to_owned();
            let sex = parts.next().unwrap_or_default().chars().next().unwrap_or('f');
            let time = parts.next().unwrap_or_default();
            let names = forenames.entry((community, sex)).or_default();
            let ranked = Ranked::new(words, 4.0);
            match TIMES.iter().find(|(word, _)| *word == time) {
                Some((_, centre)) => names.times.push((*centre, ranked)),
                None => names.ever = Some(ranked),
            }
        }
        let mut surnames = BTreeMap::new();
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        for (head, words) in entries(SURNAMES) {
            match head {
                "begin" => begins = words,
                "end" => ends = words,
                _ => drop(surnames.insert(head.to_owned(), Ranked::new(words, 6.0))),
            }
        }
        Words {
            forenames,
            surnames,
            compounds: compounds(&begins, &ends),
            nicknames: entries(NICKNAMES).map(|(head, words)| (head.to_owned(), words)).collect(),
            variants: variants(),
            places: entries(PLACES)
                .map(|(head, words)| (head.to_owned(), Ranked::new(words, 12.0)))
                .collect(),
        }
    }

    /// The forenames of a community and sex.
    pub(crate) fn forename(
        &self,
        community: &str,
        sex: char,
        year: i16,
        random: &mut Random,
    ) -> &str {
        self.forenames
            .get(&(community.to_owned(), sex))
            .map_or("", |names| names.pick(year, random))
    }

    /// A surname from the list of this name.
    pub(crate) fn surname(&self, list: &str, random: &mut Random) -> &str {
        self.surnames.get(list).map_or("", |names| names.pick(random))
    }

    /// A rare English surname, made of a beginning and an end.
    pub(crate) fn rare_surname(&self, random: &mut Random) -> &str {
        self.compounds.pick(random)
    }

    /// What people of this forename are called.
    pub(crate) fn nicknames(&self, forename: &str) -> &[String] {
        self.nicknames.get(forename).map_or(&[], Vec::as_slice)
    }

    /// Other spellings of a name.
    pub(crate) fn variants(&self, name: &str) -> &[String] {
        self.variants.get(name).map_or(&[], Vec::as_slice)
    }

    /// The words of a kind that addresses are made of.
    pub(crate) fn places(&self, kind: &str) -> &Ranked {
        self.places.get(kind).expect("the kinds asked for are in the list, as a test shows")
    }
}

/// `head: words…` of every line that is not a comment; an underscore in a word is a space.
fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<String>)> {
    lines(text)
        .filter_map(|line| line.split_once(": "))
        .map(|(head, words)| (head, words.split(' ').map(|word| word.replace('_', " ")).collect()))
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// For every name in a line of spellings, the others of the line.
fn variants() -> BTreeMap<String, Vec<String>> {
    let mut variants: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines(VARIANTS) {
        for name in line.split(' ') {
            let others = line.split(' ').filter(|other| *other != name).map(str::to_owned);
            variants.entry(name.to_owned()).or_default().extend(others);
        }
    }
    variants
}

/// Every beginning with every end, in an order that scatters both along the ranks.
fn compounds(begins: &[String], ends: &[String]) -> Ranked {
    let mut names = Vec::with_capacity(begins.len() * ends.len());
    for turn in 0..ends.len() {
        for (at, begin) in begins.iter().enumerate() {
            let end = &ends[(at + turn) % ends.len()];
            // No letter three times over, nor an end that repeats the beginning's.
            let doubled = begin.chars().last() == end.chars().next();
            if !doubled {
                names.push(format!("{begin}{end}"));
            }
        }
    }
    Ranked::new(names, 400.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn the_lists_are_long_enough_for_a_town() {
        let words = Words::read();
        let forenames = |sex| -> usize {
            words
                .forenames
                .iter()
                .filter(|((_, s), _)| *s == sex)
                .flat_map(|(_, names)| names.times.iter().map(|(_, r)| r).chain(&names.ever))
                .map(|ranked| ranked.words.len())
                .sum()
        };
        assert!(forenames('m') > 400 && forenames('f') > 400);
        assert!(words.surnames["english"].words.len() > 600);
        assert!(words.compounds.words.len() > 3000);
    }

    #[test]
    fn every_kind_of_place_is_in_the_list() {
        let words = Words::read();
        for kind in
            ["street", "type", "block", "building", "house", "locality", "elsewhere", "care"]
        {
            assert!(!words.places(kind).words().is_empty(), "{kind}");
        }
    }

    #[test]
    fn a_name_is_of_its_time() {
        let words = Words::read();
        let mut random = Random::of(1, Stream::History, 0);
        let names = |year, random: &mut Random| -> Vec<String> {
            (0..300).map(|_| words.forename("english", 'f', year, random).to_owned()).collect()
        };
        let old = names(1930, &mut random);
        let new = names(2018, &mut random);
        let count = |names: &[String], name| names.iter().filter(|n| *n == name).count();
        assert!(count(&old, "Margaret") > 3 && count(&new, "Margaret") <= 2);
        assert!(count(&new, "Olivia") > 3 && count(&old, "Olivia") <= 2);
    }

    #[test]
    fn spellings_are_mutual() {
        let words = Words::read();
        assert!(words.variants("Clark").contains(&"Clarke".to_owned()));
        assert!(words.variants("Clarke").contains(&"Clark".to_owned()));
        assert!(words.variants("Zzz").is_empty());
    }
}
