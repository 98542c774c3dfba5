//! What relatives' surnames have in common, where custom writes them differently.

use record::{Column, Dictionary, Lists, Values};
use resolve::Persons;

use crate::listed::listed;

/// For each person, ids of the family names in its surnames: one for each word, the same for the
/// forms that husband and wife, or brother and sister, have of one name.
pub(crate) fn family_names(column: Option<&Column>, persons: &Persons) -> Lists<u32> {
    let Some(Column { values: Values::Text(surnames), lists, .. }) = column else {
        return (0..persons.len()).map(|_| Vec::new()).collect();
    };
    let names: Vec<Vec<String>> = surnames.iter().map(of_surname).collect();
    let all = Dictionary::of(names.iter().flatten().collect());
    let ids: Lists<u32> = names
        .iter()
        .map(|names| names.iter().filter_map(|name| all.find(name)).collect())
        .collect();
    listed(persons.len(), persons.len(), |person, family| {
        let records = persons.records(person).iter();
        let surnames = records.flat_map(|record| lists.get(record.index()));
        family.extend(surnames.flat_map(|&surname| ids.get(surname as usize)));
        family.sort_unstable();
        family.dedup();
    })
}

fn of_surname(surname: &str) -> Vec<String> {
    let words: Vec<&str> = surname.split(' ').collect();
    let long: Vec<&str> = words.iter().copied().filter(|word| word.len() > 2).collect();
    // Of a name of particles alone, the whole is the name.
    let words = if long.is_empty() { vec![surname] } else { long };
    words.into_iter().map(both_sexes).collect()
}

/// The form for men of a surname that has one for women, as Slavonic ones have.
fn both_sexes(word: &str) -> String {
    const FORMS: [(&str, &str); 6] = [
        ("ska", "ski"),
        ("cka", "cki"),
        ("skaya", "sky"),
        ("ova", "ov"),
        ("eva", "ev"),
        ("zka", "zki"),
    ];
    for (women, men) in FORMS {
        if let Some(stem) = word.strip_suffix(women).filter(|stem| stem.len() > 2) {
            return format!("{stem}{men}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::of_surname;

    #[test]
    fn relatives_share_a_family_name() {
        for (one, other) in [
            ("kowalski", "kowalska"),
            ("nowicki", "nowicka"),
            ("ivanov", "ivanova"),
            ("fletcher", "fletcher reeve"),
            ("garcia lopez", "lopez"),
        ] {
            let names = of_surname(other);
            assert!(of_surname(one).iter().any(|name| names.contains(name)), "{one} {other}");
        }
        assert_ne!(of_surname("nova"), of_surname("nov"));
        assert_ne!(of_surname("evans"), of_surname("ivanov"));
        assert_eq!(of_surname("li"), ["li"]);
    }
}
