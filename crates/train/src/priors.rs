//! What is believed of a comparison before any record is seen.
//!
//! Round figures for people's records at large. They are where learning starts from and what it
//! falls back on for levels that are hardly ever seen, so they matter only where data is scarce.

use compare::{Comparison, Condition, Test};
use record::Kind;

/// How often one person's records are at each level of a comparison, "else" last; sums to 1.
#[must_use]
pub fn matched(comparison: &Comparison, kind: Kind) -> Vec<f64> {
    let mut shares = believed(comparison, |test| share(test, kind));
    shares.push(if shares.is_empty() { 1.0 } else { otherwise(kind) });
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

/// How often unrelated persons' records are at each level of a comparison, "else" last; sums to 1.
#[must_use]
pub fn unrelated(comparison: &Comparison, kind: Kind) -> Vec<f64> {
    let mut shares = believed(comparison, |test| chance(test, kind));
    let sum: f64 = shares.iter().sum();
    shares.push((1.0 - sum).max(0.05));
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

/// A figure for each level, from those of the tests it is made of.
fn believed(comparison: &Comparison, of: impl Fn(Test) -> f64) -> Vec<f64> {
    comparison.levels.iter().map(|level| joint(level, &of)).collect()
}

fn joint(condition: &Condition, of: &impl Fn(Test) -> f64) -> f64 {
    let parts = |parts: &[Condition]| parts.iter().map(|part| joint(part, of)).collect::<Vec<_>>();
    match condition {
        Condition::Passes(_, test) => of(*test),
        Condition::Is(..) => 0.1,
        Condition::Crossed(..) => of(Test::Crossed),
        Condition::Not(inner) => 1.0 - joint(inner, of),
        // Tests of the same two values are met together more often than apart.
        Condition::All(all) => parts(all).into_iter().fold(1.0, f64::min),
        Condition::Any(any) => parts(any).into_iter().sum::<f64>().min(1.0),
    }
}

/// Of two persons of one household, how many have a value in common as one person would, and
/// how many pairs' worth of conviction that is held with.
#[must_use]
pub fn shared_in_household(kind: Kind, field: &str) -> (f64, f64) {
    match kind {
        Kind::Surname => (0.75, 200.0),
        Kind::Forename => (0.01, 2_000.0),
        Kind::MiddleName => (0.05, 200.0),
        Kind::Date if field == "date_of_birth" => (0.01, 2_000.0),
        Kind::Address | Kind::Uprn => (0.95, 200.0),
        Kind::Postcode => (0.97, 200.0),
        Kind::Phone => (0.50, 50.0),
        Kind::Email => (0.15, 50.0),
        Kind::NhsNumber | Kind::Upn | Kind::Uln | Kind::Nino => (0.001, 10_000.0),
        Kind::Point => (0.90, 20.0),
        Kind::Sex => (0.01, 1_000.0),
        Kind::Code => (0.05, 20.0),
        Kind::Text
        | Kind::Category
        | Kind::Date
        | Kind::Number
        | Kind::List
        | Kind::Vector
        | Kind::Verbatim
        | Kind::Items
        | Kind::Statement
        | Kind::FullName => (0.30, 20.0),
    }
}

/// No more of two persons of one household than this are taken to have a value in common.
///
/// Who lives together may share anything but this: of brothers and sisters one pair in thirty are
/// twins, and no two are called alike. Where records of no household have a class for one, it would
/// take in those pairs of one person that differ in a name, and nothing else would contradict it.
#[must_use]
pub fn shared_in_household_at_most(kind: Kind, field: &str) -> f64 {
    match kind {
        Kind::Date if field == "date_of_birth" => 0.05,
        Kind::Forename => 0.1,
        _ => 1.0,
    }
}

/// The share of the pairs of two sources that are of a class, given the share among all pairs, how many
/// were found, how many pairs there are, and how many the belief that they are as all are counts for.
#[must_use]
pub fn of_sources(among_all: f64, found: f64, pairs: f64, belief: f64) -> f64 {
    among_all * (found + belief) / (among_all * pairs + belief)
}

/// How much more often two of one household are held to share the value than they are found to.
///
/// Two who share a surname, a home and a birthday are twins or one person by two names, and there
/// are about as many of either. To fold twins into one child is the worse mistake by far.
#[must_use]
pub fn caution(field: &str) -> f64 {
    if field == "date_of_birth" { 8.0 } else { 1.0 }
}

/// Whether agreement on a field of this kind can tell that two persons live together.
#[must_use]
pub fn tells_household(kind: Kind) -> bool {
    matches!(kind, Kind::Surname | Kind::Address | Kind::Postcode | Kind::Uprn | Kind::Point)
}

fn share(test: Test, kind: Kind) -> f64 {
    match (test, kind) {
        (Test::Exact, Kind::Date | Kind::Sex | Kind::Code | Kind::Category) => 0.90,
        (Test::Exact, Kind::NhsNumber | Kind::Upn | Kind::Uln | Kind::Nino) => 0.96,
        (Test::Exact, Kind::Phone | Kind::Email | Kind::Postcode) => 0.60,
        (Test::Exact, _) => 0.80,
        (Test::SameDwelling, _) => 0.55,
        (Test::Osa(1) | Test::JaroWinkler(_) | Test::Digits(_) | Test::Parts(_), _) => 0.03,
        (Test::Subset | Test::Nickname | Test::Initial, _) => 0.02,
        (
            Test::SameBuilding
            | Test::PostcodeAlone
            | Test::SamePostcode
            | Test::SameSector
            | Test::SameDistrict,
            _,
        ) => 0.04,
        _ => 0.01,
    }
}

fn chance(test: Test, kind: Kind) -> f64 {
    match (test, kind) {
        (Test::OtherName, _) => 0.7,
        (Test::Exact, Kind::Sex) => 0.5,
        (Test::Exact, Kind::Category) => 0.2,
        (Test::Exact, Kind::MiddleName | Kind::List) => 0.02,
        (Test::Exact, Kind::Forename | Kind::Text | Kind::Code) => 0.005,
        (Test::Exact, Kind::Surname) => 0.002,
        (
            Test::Exact | Test::PostcodeAlone | Test::SamePostcode,
            Kind::Postcode | Kind::Address,
        ) => 3e-4,
        (Test::SameDwelling | Test::SameBuilding, _) | (Test::Exact, Kind::Date) => 5e-5,
        (Test::Exact, Kind::NhsNumber | Kind::Upn | Kind::Uln | Kind::Nino) => 1e-6,
        (Test::Crossed | Test::DayMonthSwapped, _) => 3e-5,
        (Test::Exact, Kind::Phone | Kind::Email)
        | (Test::Osa(_), Kind::NhsNumber | Kind::Upn | Kind::Uln | Kind::Nino | Kind::Phone) => {
            1e-5
        }
        (Test::Digits(1) | Test::SameUser, _) => 5e-4,
        (Test::Compatible | Test::Subset, _) => 1e-3,
        (Test::SameYear | Test::JaroWinkler(_), _) => 0.01,
        (Test::SameDistrict, _) => 0.03,
        (Test::SameArea, _) => 0.3,
        _ => 0.003,
    }
}

fn otherwise(kind: Kind) -> f64 {
    match kind {
        Kind::Forename => 0.02,
        Kind::Date | Kind::Sex | Kind::Code => 0.03,
        Kind::NhsNumber | Kind::Upn | Kind::Uln | Kind::Nino => 0.01,
        Kind::Address | Kind::Postcode | Kind::Phone | Kind::Email => 0.25,
        _ => 0.06,
    }
}
