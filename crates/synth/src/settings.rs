//! What a town is to be like.

use jiff::civil::Date;

/// What a town is to be like, and what its agencies deliver.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The same seed gives the same town.
    pub seed: u64,
    /// How many live in it on the run date, about.
    pub persons: u32,
    /// The day on which all extracts have arrived.
    pub run_date: Date,
    /// The years of history before the run date, after some years of settling down.
    pub years: u8,
    /// The share of births that are of twins.
    pub twin_birth_share: f64,
    /// The share of sons, of those whose fathers are known, who are named after them; at most one
    /// son of a family is.
    pub namesake_share: f64,
    /// The share of dates of birth that clerks leave out, wherever they are asked for; none leaves
    /// it to each agency's habits.
    pub missing_birth_share: Option<f64>,
    /// A factor on every rate of error; 0 is a town of perfect clerks whose news is still old.
    pub noise: f64,
    /// A factor on the share of people whom the agencies know, other than those who know all.
    pub density: f64,
    /// The agencies that deliver.
    pub agencies: Vec<Agency>,
}

impl Settings {
    /// A town of this many persons, like one in the United Kingdom.
    #[must_use]
    pub fn new(seed: u64, persons: u32, run_date: Date) -> Settings {
        Settings {
            seed,
            persons,
            run_date,
            years: 3,
            twin_birth_share: 0.015,
            namesake_share: 0.05,
            missing_birth_share: None,
            noise: 1.0,
            density: 1.0,
            agencies: Agency::ALL.to_vec(),
        }
    }
}

/// An agency that keeps records of people, and with it the shape of its extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agency {
    /// The school census and the schools' contacts.
    Schools,
    /// Children's social care.
    ChildrensCare,
    /// Early help.
    EarlyHelp,
    /// Birth notifications and health visiting.
    HealthVisiting,
    /// General practice.
    GeneralPractice,
    /// Emergency departments.
    Hospital,
    /// Adult social care.
    AdultCare,
    /// Council and association housing.
    Housing,
    /// Council tax.
    CouncilTax,
    /// Housing benefit.
    Benefits,
    /// Police.
    Police,
    /// Probation.
    Probation,
    /// Youth justice.
    YouthJustice,
    /// Drug and alcohol treatment.
    Treatment,
    /// Leisure centres and libraries.
    Leisure,
    /// A charity.
    Charity,
}

impl Agency {
    /// Every agency, in order.
    pub const ALL: [Agency; 16] = [
        Agency::Schools,
        Agency::ChildrensCare,
        Agency::EarlyHelp,
        Agency::HealthVisiting,
        Agency::GeneralPractice,
        Agency::Hospital,
        Agency::AdultCare,
        Agency::Housing,
        Agency::CouncilTax,
        Agency::Benefits,
        Agency::Police,
        Agency::Probation,
        Agency::YouthJustice,
        Agency::Treatment,
        Agency::Leisure,
        Agency::Charity,
    ];

    /// The name of its source in the plan.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Agency::Schools => "schools",
            Agency::ChildrensCare => "childrens_care",
            Agency::EarlyHelp => "early_help",
            Agency::HealthVisiting => "health_visiting",
            Agency::GeneralPractice => "general_practice",
            Agency::Hospital => "hospital",
            Agency::AdultCare => "adult_care",
            Agency::Housing => "housing",
            Agency::CouncilTax => "council_tax",
            Agency::Benefits => "benefits",
            Agency::Police => "police",
            Agency::Probation => "probation",
            Agency::YouthJustice => "youth_justice",
            Agency::Treatment => "treatment",
            Agency::Leisure => "leisure",
            Agency::Charity => "charity",
        }
    }

    /// The agency with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Agency> {
        Agency::ALL.into_iter().find(|agency| agency.as_str() == name)
    }
}
