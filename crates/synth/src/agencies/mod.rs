//! The agencies, each with the people it knows and the shape of its extract.

mod benefits;
mod children;
mod community;
mod families;
mod health;
mod homes;
mod justice;

use crate::desk::Office;
use crate::extract::Extract;
use crate::settings::Agency;

/// The extract of an agency.
pub(crate) fn extract(agency: Agency, office: &Office<'_>) -> Extract {
    match agency {
        Agency::Schools => children::schools(office),
        Agency::HealthVisiting => children::health_visiting(office),
        Agency::YouthJustice => children::youth_justice(office),
        Agency::ChildrensCare => families::childrens_care(office),
        Agency::EarlyHelp => families::early_help(office),
        Agency::GeneralPractice => health::general_practice(office),
        Agency::Hospital => health::hospital(office),
        Agency::AdultCare => health::adult_care(office),
        Agency::Treatment => health::treatment(office),
        Agency::Housing => homes::housing(office),
        Agency::CouncilTax => homes::council_tax(office),
        Agency::Benefits => benefits::benefits(office),
        Agency::Police => justice::police(office),
        Agency::Probation => justice::probation(office),
        Agency::Leisure => community::leisure(office),
        Agency::Charity => community::charity(office),
    }
}

/// The sex in an agency's own words.
fn sex(letter: &str, female: &'static str, male: &'static str) -> &'static str {
    match letter {
        "F" => female,
        "M" => male,
        _ => "",
    }
}
