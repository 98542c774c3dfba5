//! How each community names its people.

use crate::random::Random;
use crate::town::{Community, Person, Sex};
use crate::words::Words;
use jiff::civil::Date;

/// The given names of a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) forename: String,
    pub(crate) middle_name: String,
    pub(crate) known_as: String,
}

/// What parents bring to the naming of a child.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parents<'a> {
    pub(crate) mother: Option<&'a Person>,
    pub(crate) father: Option<&'a Person>,
}

/// Gives names to somebody born in `year`.
pub(crate) fn given(
    words: &Words,
    community: Community,
    sex: Sex,
    year: i16,
    parents: Parents<'_>,
    random: &mut Random,
) -> Given {
    let forename = forename(words, community, sex, year, random);
    match community {
        Community::Muslim => muslim(words, forename, sex, year, random),
        Community::Sikh => {
            Given { middle_name: singh_or_kaur(sex).to_owned(), forename, ..Given::default() }
        }
        Community::Hindu => {
            let father = parents.father.filter(|_| random.chance(0.4));
            let middle_name = father.map_or_else(String::new, |father| father.forename.clone());
            Given { forename, middle_name, ..Given::default() }
        }
        Community::Chinese => {
            let known_as = if random.chance(0.5) {
                words.forename("chinese_called", letter(sex), year, random).to_owned()
            } else {
                String::new()
            };
            Given { forename, known_as, ..Given::default() }
        }
        Community::Nigerian => {
            let middle = self::forename(words, community, sex, year, random);
            let middle_name = if middle == forename { String::new() } else { middle };
            let known_as = if random.chance(0.3) { middle_name.clone() } else { String::new() };
            Given { forename, middle_name, known_as }
        }
        Community::Somali => {
            let middle_name = match parents.father {
                Some(father) => father.forename.clone(),
                None => (0..9)
                    .map(|_| words.forename("somali", 'm', year, random))
                    .find(|name| *name != forename)
                    .unwrap_or_default()
                    .to_owned(),
            };
            Given { forename, middle_name, ..Given::default() }
        }
        _ => western(words, community, forename, sex, year, random),
    }
}

/// The surname at birth.
pub(crate) fn surname(
    words: &Words,
    community: Community,
    sex: Sex,
    born: Date,
    parents: Parents<'_>,
    random: &mut Random,
) -> String {
    let family = |parent: Option<&Person>| parent.map(|parent| parent.surname(born).to_owned());
    let (father, mother) = (family(parents.father), family(parents.mother));
    match community {
        Community::Muslim if sex == Sex::Female && random.chance(womens_title(born.year())) => {
            words.surname("muslim_women", random).to_owned()
        }
        Community::Muslim => match (parents.father, father) {
            // Some sons bear the name their father is called by.
            (Some(parent), Some(_)) if random.chance(0.12) => called(parent).to_owned(),
            (_, Some(father)) => father,
            _ => words.surname("muslim", random).to_owned(),
        },
        Community::Sikh if father.is_none() && random.chance(0.4) => singh_or_kaur(sex).to_owned(),
        Community::Sikh => match father.or(mother) {
            Some(name) if name == "Singh" || name == "Kaur" => singh_or_kaur(sex).to_owned(),
            Some(name) => name,
            None => words.surname("sikh", random).to_owned(),
        },
        Community::Somali => match parents.father {
            Some(father) if !father.middle_name.is_empty() => father.middle_name.clone(),
            _ => words.forename("somali", 'm', born.year(), random).to_owned(),
        },
        Community::Polish => match father.or(mother) {
            Some(name) => gendered(&name, sex),
            None => gendered(words.surname("polish", random), sex),
        },
        Community::Iberian => {
            let half = |name: Option<String>, random: &mut Random| match name {
                Some(name) => name.split(' ').next().unwrap_or_default().to_owned(),
                None => words.surname("iberian", random).to_owned(),
            };
            let first = half(father, random);
            format!("{first} {}", half(mother, random))
        }
        _ => match (father, mother) {
            // Parents of two names join them now and then.
            (Some(father), Some(mother))
                if father != mother
                    && !father.contains('-')
                    && !mother.contains('-')
                    && random.chance(0.1) =>
            {
                format!("{mother}-{father}")
            }
            (Some(father), _) => father,
            (None, Some(mother)) => mother,
            (None, None) => western_surname(words, community, random),
        },
    }
}

/// The surname a bride takes, if she takes one.
pub(crate) fn married(
    bride: &Person,
    groom: &Person,
    day: Date,
    random: &mut Random,
) -> Option<String> {
    let (hers, his) = (bride.surname(day), groom.surname(day));
    let takes = match groom.community {
        Community::Muslim => 0.3,
        Community::Chinese => 0.1,
        Community::Somali | Community::Iberian => 0.0,
        _ if day.year() < 1990 => 0.92,
        _ => 0.74,
    };
    if hers == his || !random.chance(takes) {
        return None;
    }
    if groom.community == Community::Polish {
        return Some(gendered(his, bride.sex));
    }
    if his == "Singh" {
        return (hers != "Kaur").then(|| "Kaur".to_owned());
    }
    let joinable = !hers.contains('-') && !his.contains('-');
    Some(if joinable && day.year() > 1985 && random.chance(0.07) {
        format!("{hers}-{his}")
    } else {
        his.to_owned()
    })
}

/// The name somebody is called by.
pub(crate) fn called(person: &Person) -> &str {
    if person.known_as.is_empty() { &person.forename } else { &person.known_as }
}

/// The letter of the sex in the lists.
fn letter(sex: Sex) -> char {
    match sex {
        Sex::Female => 'f',
        Sex::Male => 'm',
    }
}

fn forename(
    words: &Words,
    community: Community,
    sex: Sex,
    year: i16,
    random: &mut Random,
) -> String {
    // Those of the other nations and of Caribbean descent have English forenames too, and for
    // the latter the fashion of the time counts.
    let list = match community {
        Community::Welsh | Community::Scottish | Community::Irish if random.chance(0.5) => {
            "english"
        }
        Community::Caribbean if random.chance(0.4) => "english",
        _ => community.as_str(),
    };
    words.forename(list, letter(sex), year, random).to_owned()
}

fn muslim(words: &Words, forename: String, sex: Sex, year: i16, random: &mut Random) -> Given {
    if sex == Sex::Female {
        let title = random.chance(0.1);
        let middle_name = if title { words.surname("muslim_women", random) } else { "" };
        return Given { forename, middle_name: middle_name.to_owned(), ..Given::default() };
    }
    if random.chance(0.38) {
        // The Prophet's name comes first, and the second name is the one in use.
        let spellings = words.variants("Mohammed");
        let first = if spellings.is_empty() || random.chance(0.4) {
            "Mohammed".to_owned()
        } else {
            random.pick(spellings).clone()
        };
        return Given { forename: first, middle_name: forename.clone(), known_as: forename };
    }
    let second = words.forename("muslim", 'm', year, random).to_owned();
    let middle_name = if random.chance(0.3) && second != forename { second } else { String::new() };
    Given { forename, middle_name, ..Given::default() }
}

fn western(
    words: &Words,
    community: Community,
    forename: String,
    sex: Sex,
    year: i16,
    random: &mut Random,
) -> Given {
    let mut middle_name = String::new();
    if random.chance(0.8) {
        // Middle names honour an elder generation.
        let list = match community {
            Community::Polish | Community::Iberian => community.as_str(),
            _ => "english",
        };
        words.forename(list, letter(sex), year - 25, random).clone_into(&mut middle_name);
        if middle_name == forename {
            middle_name.clear();
        } else if random.chance(0.12) {
            let third = words.forename(list, letter(sex), year - 40, random);
            if third != forename && third != middle_name {
                middle_name = format!("{middle_name} {third}");
            }
        }
    }
    let nicknames = words.nicknames(&forename);
    let known_as = if !nicknames.is_empty() && random.chance(0.4) {
        nicknames[random.weighted(&[6.0, 3.0, 1.0, 1.0, 1.0][..nicknames.len().min(5)])].clone()
    } else if !middle_name.is_empty() && random.chance(0.03) {
        middle_name.split(' ').next().unwrap_or_default().to_owned()
    } else {
        String::new()
    };
    Given { forename, middle_name, known_as }
}

fn western_surname(words: &Words, community: Community, random: &mut Random) -> String {
    let rare = match community {
        Community::English => 0.36,
        Community::Scottish | Community::Welsh | Community::Irish => 0.05,
        _ => 0.0,
    };
    if random.chance(rare) {
        words.rare_surname(random).to_owned()
    } else {
        words.surname(community.as_str(), random).to_owned()
    }
}

/// How likely a woman born in `year` bears a woman's title in place of a surname.
fn womens_title(year: i16) -> f64 {
    if year < 1990 { 0.4 } else { 0.12 }
}

fn singh_or_kaur(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Kaur",
        Sex::Male => "Singh",
    }
}

/// A Polish surname in the form for this sex.
fn gendered(name: &str, sex: Sex) -> String {
    let forms = [("ski", "ska"), ("cki", "cka"), ("dzki", "dzka")];
    for (male, female) in forms {
        let (from, to) = match sex {
            Sex::Female => (male, female),
            Sex::Male => (female, male),
        };
        if let Some(stem) = name.strip_suffix(from) {
            return format!("{stem}{to}");
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn polish_surnames_follow_the_sex() {
        assert_eq!(gendered("Kowalski", Sex::Female), "Kowalska");
        assert_eq!(gendered("Kowalska", Sex::Male), "Kowalski");
        assert_eq!(gendered("Nowak", Sex::Female), "Nowak");
    }

    #[test]
    fn every_community_names_its_people() {
        let words = Words::read();
        let mut random = Random::of(1, Stream::History, 0);
        let born = Date::constant(1980, 5, 5);
        for (community, _) in Community::SHARES {
            for sex in [Sex::Female, Sex::Male] {
                for _ in 0..50 {
                    let none = Parents::default();
                    let given = given(&words, community, sex, 1980, none, &mut random);
                    let surname = surname(&words, community, sex, born, none, &mut random);
                    assert!(!given.forename.is_empty() && !surname.is_empty(), "{community:?}");
                    assert_ne!(given.forename, given.middle_name, "{community:?}");
                }
            }
        }
    }
}
