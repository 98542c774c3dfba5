//! Puts the names of persons into one form: tokens of plain letters, without titles and notes.
//!
//! A surname's tokens are joined by blanks ("Smith-Jones" is `smith jones`), with particles
//! closed up to the word they lead ("van der Berg" is `vanderberg`). Of given names written in one
//! field the first is the forename; the words of a hyphenated one stay together.

mod words;
mod written;

use words::{
    GIVEN_PLACEHOLDERS, INFANT_WORDS, PLACEHOLDER_FILLERS, PLACEHOLDERS, is_given_particle,
    is_suffix, is_surname_particle, is_title,
};
use written::{Token, Written};

pub(crate) const PLACEHOLDER: &str = "placeholder name";

/// A given name: what to call a person by, and the names that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// The first, with the other halves of a hyphenated one.
    pub(crate) first: String,
    /// The others, joined by blanks.
    pub(crate) rest: String,
}

impl Given {
    /// All of it, as one value.
    pub(crate) fn whole(&self) -> String {
        let blank = if self.rest.is_empty() { "" } else { " " };
        format!("{}{blank}{}", self.first, self.rest)
    }
}

/// What a whole name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FullName {
    /// The given names, the one in use first.
    pub(crate) given: Vec<Given>,
    /// The surnames, the present one first.
    pub(crate) surnames: Vec<String>,
    /// Why a part of it was refused.
    pub(crate) refused: Option<&'static str>,
}

/// The forenames in a value, the one written first, then those in brackets.
pub(crate) fn forenames(text: &str) -> Result<Vec<Given>, &'static str> {
    let written = Written::read(text)?;
    let mut found = Vec::new();
    for tokens in [written.main].into_iter().chain(written.later).chain(written.asides) {
        match given(tokens) {
            Ok(name) => found.extend(name),
            Err(reason) if found.is_empty() => return Err(reason),
            Err(_) => {}
        }
    }
    Ok(found)
}

/// The middle names in a value, as one value.
pub(crate) fn middle_names(text: &str) -> Result<Option<String>, &'static str> {
    let written = Written::read(text)?;
    Ok(given(written.main)?.map(|given| given.whole()))
}

/// The surnames in a value, the present one first.
pub(crate) fn surnames(text: &str) -> Result<Vec<String>, &'static str> {
    let written = Written::read(text)?;
    let mut found = Vec::new();
    for tokens in [written.main].into_iter().chain(written.later).chain(written.asides) {
        match surname(tokens) {
            Ok(name) => found.extend(name),
            Err(reason) if found.is_empty() => return Err(reason),
            Err(_) => {}
        }
    }
    Ok(found)
}

/// The parts of a whole name.
///
/// "Surname, given names" and a surname in capitals beside other words in small letters are
/// understood; otherwise the last word is the surname, with the particles before it. A single
/// word is a surname.
pub(crate) fn full_name(text: &str) -> Result<FullName, &'static str> {
    let mut name = split_full_name(text)?;
    // What a reading leaves may itself begin with a title or end with a suffix: read again until
    // nothing changes. Each change makes the name shorter, so this ends.
    while let Some(form) = name.first_form() {
        let again = split_full_name(&form)?;
        if again.first_form().as_ref() == Some(&form) {
            break;
        }
        name.given.splice(..name.given.len().min(1), again.given);
        name.surnames.splice(..name.surnames.len().min(1), again.surnames);
        name.refused = name.refused.or(again.refused);
    }
    name.drop_odd_alternatives();
    Ok(name)
}

impl FullName {
    /// Each reading of it as "surname, given names".
    pub(crate) fn forms(&self) -> Vec<String> {
        let given: Vec<String> = self.given.iter().map(Given::whole).collect();
        let mut forms: Vec<String> = self.first_form().into_iter().collect();
        let surname = self.surnames.first().map_or("", String::as_str);
        forms.extend(given.iter().skip(1).map(|given| form(surname, given)));
        let given = given.first().map_or("", String::as_str);
        forms.extend(self.surnames.iter().skip(1).map(|surname| form(surname, given)));
        forms
    }

    /// Drops alternatives that would not be read again as what they are: odd notes, no names.
    fn drop_odd_alternatives(&mut self) {
        if self.given.len() < 2 && self.surnames.len() < 2 {
            return;
        }
        let stays = |form: String| split_full_name(&form).is_ok_and(|name| name.forms() == [form]);
        let surname = self.surnames.first().cloned().unwrap_or_default();
        let given = self.given.first().map(Given::whole).unwrap_or_default();
        let (mut first_given, mut first_surname) = (true, true);
        self.given.retain(|given| {
            std::mem::take(&mut first_given) || stays(form(&surname, &given.whole()))
        });
        self.surnames
            .retain(|surname| std::mem::take(&mut first_surname) || stays(form(surname, &given)));
    }

    fn first_form(&self) -> Option<String> {
        let given = self.given.first().map(Given::whole).unwrap_or_default();
        let surname = self.surnames.first().map_or("", String::as_str);
        (!given.is_empty() || !surname.is_empty()).then(|| form(surname, &given))
    }
}

fn form(surname: &str, given: &str) -> String {
    match (given, surname.contains(' ')) {
        // Without its comma a surname of several words would be read as a given name and one word.
        ("", true) => format!("{surname},"),
        ("", false) => surname.to_owned(),
        _ => format!("{surname}, {given}"),
    }
}

/// A given name from its tokens, unless it only says that there is none.
fn given(tokens: Vec<Token>) -> Result<Option<Given>, &'static str> {
    let tokens = settle(tokens, is_given_particle);
    let Some(first) = tokens.first() else { return Ok(None) };
    if INFANT_WORDS.contains(&first.word.as_str())
        || is_placeholder(&tokens, &[&PLACEHOLDERS, &GIVEN_PLACEHOLDERS, &INFANT_WORDS])
    {
        return Err(PLACEHOLDER);
    }
    let split = (1..tokens.len()).find(|&at| !tokens[at].tied).unwrap_or(tokens.len());
    Ok(Some(Given { first: join(&tokens[..split]), rest: join(&tokens[split..]) }))
}

/// A surname from its tokens, unless it only says that there is none.
fn surname(tokens: Vec<Token>) -> Result<Option<String>, &'static str> {
    let tokens = settle(tokens, is_surname_particle);
    if tokens.is_empty() {
        return Ok(None);
    }
    // People are called Test and Patient, but nobody "Test Patient".
    let alone = tokens.len() == 1;
    if is_placeholder(&tokens, &[&PLACEHOLDERS])
        || (!alone && is_placeholder(&tokens, &[&PLACEHOLDERS, &GIVEN_PLACEHOLDERS]))
    {
        return Err(PLACEHOLDER);
    }
    Ok(Some(join(&tokens)))
}

/// Drops titles before and suffixes after, and closes particles up to the word they lead, until
/// nothing changes. The last word always stays.
fn settle(mut tokens: Vec<Token>, is_particle: fn(&str) -> bool) -> Vec<Token> {
    loop {
        let before = tokens.len();
        let titles = tokens.iter().take_while(|token| is_title(&token.word)).count();
        tokens.drain(..titles.min(before.saturating_sub(1)));
        while tokens.len() > 1 && tokens.last().is_some_and(|token| is_suffix(&token.word)) {
            tokens.pop();
        }
        for at in (0..tokens.len().saturating_sub(1)).rev() {
            if is_particle(&tokens[at].word) {
                let led = tokens.remove(at + 1);
                tokens[at].word.push_str(&led.word);
            }
        }
        if tokens.len() == before {
            return tokens;
        }
    }
}

/// Whether words only say that there is no name: all of them, one at least beyond doubt.
fn is_placeholder(tokens: &[Token], placeholders: &[&[&str]]) -> bool {
    let repeated = |word: &str| {
        let first = word.as_bytes()[0];
        word.bytes().all(|b| b == first) && (word.len() > 2 || word == "xx" || word == "zz")
    };
    let beyond_doubt =
        |word: &str| repeated(word) || placeholders.iter().any(|list| list.contains(&word));
    let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
    match words.as_slice() {
        ["n", "a"] => return true,
        // "No" alone is a name; "no name" is none.
        ["no"] => return false,
        _ => {}
    }
    words.iter().all(|word| beyond_doubt(word) || PLACEHOLDER_FILLERS.contains(word))
        && (words.iter().any(|word| beyond_doubt(word)) || matches!(words[0], "not" | "no"))
}

fn join(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
    words.join(" ")
}

fn split_full_name(text: &str) -> Result<FullName, &'static str> {
    let written = Written::read(text)?;
    let text = text.trim();
    let (given_tokens, surname_tokens) = if text.starts_with(',') {
        (written.main, Vec::new())
    } else if text.ends_with(',') && !written.main.iter().any(|token| token.after_comma) {
        (Vec::new(), written.main)
    } else {
        split_tokens(written.main)
    };
    if says_no_name(&given_tokens, &surname_tokens) {
        return Err(PLACEHOLDER);
    }
    let mut name = FullName::default();
    match given(given_tokens) {
        Ok(found) => name.given.extend(found),
        Err(reason) => name.refused = Some(reason),
    }
    match surname(surname_tokens) {
        Ok(found) => name.surnames.extend(found),
        Err(reason) => name.refused = Some(reason),
    }
    if name.given.is_empty() && name.surnames.is_empty() {
        return name.refused.map_or(Ok(name), Err);
    }
    let asides = written.asides.into_iter().zip(written.former);
    for (tokens, former) in asides.chain(written.later.map(|later| (later, true))) {
        if former {
            name.surnames.extend(surname(tokens).ok().flatten());
        } else {
            name.given.extend(given(tokens).ok().flatten());
        }
    }
    Ok(name)
}

/// Whether both halves of a whole name are no name: "Test Patient", "Anon, Test".
///
/// A surname that people have is one still where a child is not yet named: "Baby Test".
fn says_no_name(given: &[Token], surname: &[Token]) -> bool {
    let none = |tokens: &[Token]| {
        !tokens.is_empty() && is_placeholder(tokens, &[&PLACEHOLDERS, &GIVEN_PLACEHOLDERS])
    };
    let unnamed = given.first().is_some_and(|first| matches!(&*first.word, "boy" | "girl"));
    !unnamed && none(given) && none(surname)
}

/// The given names and the surname in the words of a whole name.
fn split_tokens(mut tokens: Vec<Token>) -> (Vec<Token>, Vec<Token>) {
    if let Some(at) = (1..tokens.len()).find(|&at| tokens[at].after_comma) {
        let given = tokens.split_off(at);
        if !given.iter().all(Token::is_ornament) {
            return (given, tokens);
        }
    }
    let titles = tokens.iter().take_while(|token| is_title(&token.word)).count();
    tokens.drain(..titles.min(tokens.len().saturating_sub(1)));
    while tokens.len() > 2 && tokens.last().is_some_and(|token| is_suffix(&token.word)) {
        tokens.pop();
    }
    if tokens.len() < 2 {
        return (Vec::new(), tokens);
    }
    let leading = tokens.iter().take_while(|token| token.capitals).count();
    let trailing = tokens.iter().rev().take_while(|token| token.capitals).count();
    let initials = tokens[1..].iter().all(|token| token.word.len() == 1);
    if initials && tokens[0].word.len() > 1 {
        // "Smith J A": nobody is called by a surname of one letter.
        let given = tokens.split_off(1);
        return (given, tokens);
    }
    if 0 < leading && leading < tokens.len() && trailing == 0 {
        let given = tokens.split_off(leading);
        return (given, tokens);
    }
    let mut at = tokens.len() - 1;
    if 0 < trailing && trailing < tokens.len() && leading == 0 {
        at = tokens.len() - trailing;
    }
    while at > 1
        && (tokens[at].tied
            || (is_surname_particle(&tokens[at - 1].word) && tokens[at - 1].word.len() > 1))
    {
        at -= 1;
    }
    let surname = tokens.split_off(at);
    (tokens, surname)
}

#[cfg(test)]
mod tests {
    use super::written::{NO_LETTERS, TOO_LONG};
    use super::*;
    use proptest::prelude::*;

    fn show(given: &[Given]) -> String {
        let shown: Vec<String> =
            given.iter().map(|given| format!("{}+{}", given.first, given.rest)).collect();
        shown.join(" | ")
    }

    #[test]
    fn forenames_are_split_at_blanks_only() {
        for (text, expected) in [
            ("Anne", "anne+"),
            ("Mary Ann Jane", "mary+ann jane"),
            ("Anne-Marie", "anne marie+"),
            ("Anna 😀", "anna+"),
            ("Anna❤️Marie", "anna+marie"),
            ("😀", ""),
            ("Anne - Marie Louise", "anne marie+louise"),
            ("D'Arcy", "darcy+"),
            ("Dr. José", "jose+"),
            ("J.", "j+"),
            ("MIG_ERROR_NO_SHOW_Ann", "ann+"),
            ("Robert (Known as Bob)", "robert+ | bob+"),
            ("Robert \"Bobby\" James", "robert+james | bobby+"),
            ("Sarah (deceased)", "sarah+"),
            ("(Bob)", "bob+"),
            ("Junior", "junior+"),
            ("", ""),
            (" - ", ""),
        ] {
            assert_eq!(show(&forenames(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn placeholders_are_no_names() {
        for text in [
            "Baby",
            "BABY BOY",
            "Male Infant",
            "Twin 1",
            "Twin One",
            "Unborn",
            "Infant",
            "Unknown",
            "Not known",
            "NFN",
            "Baby Smith",
            "NOT ENTERED",
            "TEST",
            "n/a",
            "XX",
            "Test Test",
            "aaa",
            "Girl",
            "Baby of Jane",
            "no name",
        ] {
            assert_eq!(forenames(text), Err(PLACEHOLDER), "{text}");
        }
        for text in
            ["Unknown", "NOT ENTERED", "Test Test", "Test Patient", "NLN", "DUPLICATE_UNKNOWN"]
        {
            assert_eq!(surnames(text), Err(PLACEHOLDER), "{text}");
        }
        assert_eq!(forenames("123"), Err(NO_LETTERS));
        assert_eq!(forenames(&"a".repeat(1000)), Err(TOO_LONG));
    }

    #[test]
    fn surnames_have_one_form() {
        for (text, expected) in [
            ("O'Neil", "oneil"),
            ("O’NEIL", "oneil"),
            ("O Neil", "oneil"),
            ("Mc Donald", "mcdonald"),
            ("McDonald", "mcdonald"),
            ("MACDONALD", "macdonald"),
            ("van der Berg", "vanderberg"),
            ("Vanderberg", "vanderberg"),
            ("Al-Sayed", "alsayed"),
            ("Smith-Jones", "smith jones"),
            ("SMITH JONES", "smith jones"),
            ("Smith Jr.", "smith"),
            ("Smith (née Jones)", "smith|jones"),
            ("Smith formerly Jones", "smith|jones"),
            ("Müller", "muller"),
            ("Senior", "senior"),
            ("Do", "do"),
            ("TEST", "test"),
            ("Mr Tester", "tester"),
            ("Anon", "anon"),
            ("Patient", "patient"),
            ("Smith 😀", "smith"),
        ] {
            assert_eq!(surnames(text).unwrap().join("|"), expected, "{text}");
        }
    }

    #[test]
    fn whole_names_are_split() {
        for (text, expected) in [
            ("Khan, Mohammed Ali", "khan, mohammed ali"),
            ("Dr Mary Ann O'Neil", "oneil, mary ann"),
            ("SMITH John", "smith, john"),
            ("John SMITH", "smith, john"),
            ("JOHN SMITH", "smith, john"),
            ("VAN DER BERG Jan", "vanderberg, jan"),
            ("Jan van der Berg", "vanderberg, jan"),
            ("Smith J A", "smith, j a"),
            ("Cher", "cher"),
            ("Mr Smith", "smith"),
            ("Smith, Dr", "smith"),
            ("Smith, Mr John Jr", "smith, john"),
            ("Ann Smith-Jones", "smith jones, ann"),
            ("Robert (Bob) Smith", "smith, robert|smith, bob"),
            ("Jane Smith nee Jones", "smith, jane|jones, jane"),
            ("Baby Smith", "smith"),
            ("Anna Test", "test, anna"),
            ("Mr Test", "test"),
            ("Baby Test", "test"),
            ("Girl Patient", "patient"),
            ("Patient, Ann", "patient, ann"),
            (", John", ", john"),
            ("", ""),
        ] {
            assert_eq!(full_name(text).unwrap().forms().join("|"), expected, "{text}");
        }
        for text in
            ["Unknown Unknown", "Test Test", "Test Patient", "PATIENT, Test", "Mr Test Test"]
        {
            assert_eq!(full_name(text), Err(PLACEHOLDER), "{text}");
        }
        assert_eq!(full_name("Baby Smith").unwrap().refused, Some(PLACEHOLDER));
    }

    fn realistic() -> impl Strategy<Value = String> {
        const WORDS: [&str; 36] = [
            "Anne",
            "Test",
            "Patient",
            "de",
            "l",
            "van",
            "der",
            "Berg",
            "O'",
            "Neil",
            "Mc",
            "mac",
            "Dr",
            "jr",
            "II",
            "SMITH",
            "(Bob)",
            "née",
            "aka",
            "-",
            ",",
            "twin",
            "1",
            "Baby",
            "José",
            "MIG_ERROR_",
            "d",
            "r",
            "e",
            "no",
            "a",
            "not",
            "(nee",
            "x",
            "formerly",
            "\"",
        ];
        proptest::collection::vec((proptest::sample::select(&WORDS[..]), any::<bool>()), 0..7)
            .prop_map(|parts| {
                let parts = parts.into_iter();
                parts.flat_map(|(word, blank)| [word, if blank { " " } else { "" }]).collect()
            })
    }

    proptest! {
        #[test]
        fn a_name_in_its_form_stays(text in prop_oneof![any::<String>(), realistic()]) {
            for name in forenames(&text).unwrap_or_default() {
                let whole = name.whole();
                let again = forenames(&whole).unwrap();
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(again[0].whole(), whole);
            }
            if let Ok(Some(name)) = middle_names(&text) {
                prop_assert_eq!(middle_names(&name), Ok(Some(name)));
            }
            for name in surnames(&text).unwrap_or_default() {
                prop_assert_eq!(surnames(&name), Ok(vec![name]));
            }
            for form in full_name(&text).unwrap_or_default().forms() {
                prop_assert_eq!(full_name(&form).unwrap().forms(), vec![form]);
            }
        }
    }
}
