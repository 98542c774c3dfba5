//! One HTML page that shows a family: a genogram, a timeline of addresses, and tables.
//!
//! The page has no script at all, and its policy lets none run. What is drawn is drawn here, so
//! that it is the same on a screen, a telephone and paper. It shows what it is given and works out
//! nothing but where to put it.

mod generations;
mod genogram;
mod symbols;
mod timeline;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::{STYLE, hash};

/// What a family page shows.
#[derive(Clone, Debug, Default)]
pub struct FamilyPage {
    /// Whose family it is.
    pub title: String,
    /// What is to be known before all else, a sentence each.
    pub lines: Vec<String>,
    /// The persons.
    pub persons: Vec<FamilyPerson>,
    /// What they are to each other, by their places, as far as it is drawn.
    pub ties: Vec<FamilyTie>,
    /// The households, those of the subjects first.
    pub households: Vec<FamilyHousehold>,
    /// The addresses at which they have lived.
    pub addresses: Vec<String>,
    /// Where each has lived.
    pub stays: Vec<FamilyStay>,
    /// The day that the page is about, in years with a fraction.
    pub as_of: f64,
    /// The rest, in words.
    pub parts: Vec<FamilyPart>,
}

/// A person of a family.
#[expect(clippy::struct_excessive_bools, reason = "each is drawn, and any may go with any other")]
#[derive(Clone, Debug, Default)]
pub struct FamilyPerson {
    /// The person's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The sex, if it is known.
    pub sex: Option<FamilySex>,
    /// Birth and age, in words.
    pub born: String,
    /// When the person was born, in years with a fraction.
    pub birth: Option<f64>,
    /// A further short line, such as since when the person is gone.
    pub note: String,
    /// Whether the family is this person's.
    pub is_subject: bool,
    /// Whether the person is not born yet.
    pub is_expected: bool,
    /// Whether the person has died.
    pub has_died: bool,
    /// Whether it is not known who it is.
    pub is_unresolved: bool,
    /// Whether the person lives in a household that is not among those shown.
    pub lives_elsewhere: bool,
    /// Whether the person lived with the subjects once and does no longer.
    pub has_left: bool,
}

/// Male or female.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilySex {
    /// A square.
    Male,
    /// A circle.
    Female,
}

/// What one person is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FamilyTie {
    /// What it is.
    pub kind: TieKind,
    /// The one: the elder, if one is.
    pub one: usize,
    /// The other.
    pub other: usize,
}

/// What one person can be to another. Those that come first count first for generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TieKind {
    /// The one is a parent of the other.
    Parent,
    /// The two are partners.
    Partner,
    /// The two were partners.
    FormerPartner,
    /// The two are parents of one child; no more is known.
    CoParent,
    /// The two are brothers or sisters.
    Sibling,
    /// The one is a grandparent of the other.
    Grandparent,
    /// The one is a step-parent, foster carer or guardian of the other.
    Carer,
    /// The one is an adult of the other's household.
    HouseholdAdult,
}

impl TieKind {
    /// By how many generations the other comes after the one.
    fn generations(self) -> i32 {
        match self {
            TieKind::Parent | TieKind::Carer | TieKind::HouseholdAdult => 1,
            TieKind::Grandparent => 2,
            TieKind::Partner | TieKind::FormerPartner | TieKind::CoParent | TieKind::Sibling => 0,
        }
    }
}

/// A household of a family.
#[derive(Clone, Debug, Default)]
pub struct FamilyHousehold {
    /// Its id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Its members, by their places.
    pub members: Vec<usize>,
}

/// A spell of a person at an address. Days are years with a fraction.
#[derive(Clone, Debug, Default)]
pub struct FamilyStay {
    /// The person, by place.
    pub person: usize,
    /// The address, by place.
    pub address: usize,
    /// Since when, if it is known.
    pub from: Option<f64>,
    /// Until when, if it has ended.
    pub to: Option<f64>,
    /// When last seen.
    pub last_seen: Option<f64>,
    /// Whether it goes on.
    pub is_current: bool,
    /// All that is said of it.
    pub said: String,
}

/// A part of what is told in words.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FamilyPart {
    /// A heading.
    Heading {
        /// Its words.
        text: String,
    },
    /// A sentence.
    Line {
        /// Its words.
        text: String,
    },
    /// A table.
    Table {
        /// The heads of its columns.
        headings: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
}

const TEMPLATE: &str = include_str!("../../templates/family.html");
const FAMILY_STYLE: &str = include_str!("../../assets/family.css");

/// The page.
///
/// # Panics
///
/// Panics if a tie, a household or a stay is of a person that is not there.
#[must_use]
pub fn render_family(page: &FamilyPage) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(crate::syntax());
    environment.add_filter("days", |text: String| crate::format::days(&text));
    environment.add_template("family.html", TEMPLATE).expect("the template parses");
    let template = environment.get_template("family.html").expect("the template was just added");
    let style = format!("\n{STYLE}{FAMILY_STYLE}");
    let rendered = template.render(context! {
        title => &page.title,
        lines => &page.lines,
        parts => Serde(&page.parts),
        genogram => Serde(genogram::draw(page)),
        timeline => Serde(timeline::draw(page)),
        policy => Value::from_safe_string(hash(&style)),
        style => Value::from_safe_string(style),
    });
    rendered.expect("the template uses only what it is given")
}

#[cfg(test)]
mod tests;
