//! Reads whose addresses are told on an authority alone.

use record::AddressKind;
use toml::Spanned;

use crate::plan::Shield;
use crate::problems::Problem;
use crate::read::sub;
use crate::read_indicators::{Known, sources};
use crate::section::{Section, unknown_word};

pub(crate) const SHIELD_KEYS: [&str; 4] = ["types", "sources", "field", "is"];

/// The sorts of place that can be shielded.
pub(crate) const TYPES: [(&str, AddressKind); 3] = [
    ("refuge", AddressKind::Refuge),
    ("hostel", AddressKind::Hostel),
    ("communal", AddressKind::Communal),
];

/// Reads `[shield]`. Refuges are shielded whatever it says.
pub(crate) fn read_shield(
    root: &Section<'_>,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Shield {
    let mut shield = Shield::default();
    let Some(section) = sub("shield", "[shield]", &SHIELD_KEYS, root, problems) else {
        return shield;
    };
    for word in section.texts("types", problems) {
        if let Some((_, kind)) = TYPES.iter().find(|(name, _)| name == word.get_ref()) {
            shield.types.push(*kind);
        } else {
            let known = TYPES.iter().map(|(name, _)| *name);
            problems.push(unknown_word("types", &word, known));
        }
    }
    shield.types.sort_unstable();
    shield.types.dedup();
    let named = sources(&section, "sources", known, problems);
    shield.sources = named.into_iter().map(Spanned::into_inner).collect();
    let field = section.text("field", problems);
    let is = section.texts("is", problems);
    match (&field, section.get("is")) {
        (Some(field), None) => {
            let message =
                format!("nothing says which values of `{}` shield an address", field.get_ref());
            problems.push(
                Problem::error(field.span(), message).help("name them, as in `is = \"yes\"`"),
            );
        }
        (None, Some(value)) if section.get("field").is_none() => {
            problems.push(Problem::error(value.span(), "`is` says nothing without `field`"));
        }
        _ => {}
    }
    shield.field = field.and_then(|field| known.statement(&field, problems));
    shield.is = is.into_iter().map(Spanned::into_inner).collect();
    shield
}
