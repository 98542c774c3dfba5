//! What the words of an address say, kept small: there are as many as texts.

use std::cmp::Ordering;

use record::AddressKind;

use super::Parsed;

/// The parts of an address, end to end in one text.
///
/// They are in the order of [`Parsed`]; two compare as what they are of does.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    text: Box<str>,
    /// Where each part ends, but the last.
    ends: [u16; 5],
    kind: AddressKind,
    is_ambiguous: bool,
}

/// What stands between two lines of a locality: no word has it.
const LINE: char = '\n';

impl Packed {
    /// Of parts, of which unit and number may be the other way round.
    pub(crate) fn of(parsed: &Parsed, is_ambiguous: bool) -> Packed {
        let Parsed { kind, unit, number, name, street, locality, postcode } = parsed;
        let parts: [&str; 4] = [unit, number, name, street];
        let postcode = postcode.as_deref().unwrap_or("");
        let lines: usize = locality.iter().map(|line| line.len() + 1).sum();
        let bytes = parts.iter().map(|part| part.len()).sum::<usize>() + lines + postcode.len();
        let mut text = String::with_capacity(bytes.saturating_sub(usize::from(lines > 0)));
        let mut ends = [0; 5];
        for (part, end) in parts.into_iter().zip(&mut ends) {
            text.push_str(part);
            *end = place(&text);
        }
        for (at, line) in locality.iter().enumerate() {
            if at > 0 {
                text.push(LINE);
            }
            text.push_str(line);
        }
        ends[4] = place(&text);
        text.push_str(postcode);
        Packed { text: text.into(), ends, kind: *kind, is_ambiguous }
    }

    fn part(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let end = self.ends.get(at).map_or(self.text.len(), |end| usize::from(*end));
        &self.text[usize::from(start)..end]
    }

    pub(crate) fn kind(&self) -> AddressKind {
        self.kind
    }

    /// Whether unit and number may be the other way round.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.is_ambiguous
    }

    pub(crate) fn unit(&self) -> &str {
        self.part(0)
    }

    pub(crate) fn number(&self) -> &str {
        self.part(1)
    }

    pub(crate) fn name(&self) -> &str {
        self.part(2)
    }

    pub(crate) fn street(&self) -> &str {
        self.part(3)
    }

    /// What follows the street, line by line.
    pub(crate) fn locality(&self) -> impl Iterator<Item = &str> + Clone {
        // Nothing is no line.
        let lines = self.part(4);
        lines.split(LINE).filter(|line| !line.is_empty())
    }

    pub(crate) fn postcode(&self) -> Option<&str> {
        Some(self.part(5)).filter(|postcode| !postcode.is_empty())
    }

    /// The parts, to be changed.
    pub(crate) fn parsed(&self) -> Parsed {
        Parsed {
            kind: self.kind,
            unit: self.unit().to_owned(),
            number: self.number().to_owned(),
            name: self.name().to_owned(),
            street: self.street().to_owned(),
            locality: self.locality().map(str::to_owned).collect(),
            postcode: self.postcode().map(str::to_owned),
        }
    }

    /// The address on one line, added to `line`. With a whole postcode the locality says nothing more.
    pub(crate) fn add_form(&self, postcode: Option<&str>, line: &mut String) {
        let parts = [self.unit(), self.number(), self.name(), self.street()];
        super::parse::add_form(self.kind, parts, self.locality(), postcode, line);
    }
}

fn place(text: &str) -> u16 {
    u16::try_from(text.len()).expect("no address of a few hundred letters is so long")
}

impl Ord for Packed {
    fn cmp(&self, other: &Packed) -> Ordering {
        self.kind
            .cmp(&other.kind)
            .then_with(|| (0..4).map(|at| self.part(at)).cmp((0..4).map(|at| other.part(at))))
            .then_with(|| self.locality().cmp(other.locality()))
            .then_with(|| self.postcode().cmp(&other.postcode()))
    }
}

impl PartialOrd for Packed {
    fn partial_cmp(&self, other: &Packed) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Packed {
    fn eq(&self, other: &Packed) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Packed {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed() -> impl Strategy<Value = Parsed> {
        let part = || "[ab ]{0,3}";
        let lines = proptest::collection::vec("[ab ]{1,3}", 0..3);
        let home = any::<bool>();
        (home, [part(), part(), part(), part()], lines, proptest::option::of("[AB]{1,2}")).prop_map(
            |(home, [unit, number, name, street], locality, postcode)| {
                let kind = if home { AddressKind::Home } else { AddressKind::Office };
                Parsed { kind, unit, number, name, street, locality, postcode }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_packed_is_the_same(a in parsed(), b in parsed()) {
            let [one, other] = [&a, &b].map(|parsed| Packed::of(parsed, false));
            prop_assert_eq!(&one.parsed(), &a);
            prop_assert_eq!(one.cmp(&other), a.cmp(&b));
            let mut form = String::new();
            one.add_form(one.postcode(), &mut form);
            prop_assert_eq!(form, a.form(a.postcode.as_deref()));
        }
    }
}
