//! What households depend on beside the records.

use record::Date;

/// The run date and the general constants of residence.
///
/// The constants are what is commonly true of agencies' records, the same for every source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The day for which households are formed.
    pub run_date: Date,
    /// The number of residents above which a dwelling is set apart as improbable.
    pub over_large: u32,
    /// The number of adults with nothing between them above which a dwelling where as many more
    /// came and went is no home but an institution.
    pub strangers: u64,
    /// The days after which a sighting counts for half.
    ///
    /// Short, because a newer sighting elsewhere is mostly a move and rarely a mistake, however
    /// many older sightings it stands against.
    pub half_life_days: f64,
    /// How far to trust a sighting with a date of its own, from 0 to 1.
    pub trust_in_sighting: f64,
    /// How far to trust that somebody still lives where a source merely lists them.
    ///
    /// Lists go stale without a word, so an entry weighs less than a sighting.
    pub trust_in_listing: f64,
    /// What is left of that trust where another source has the stay ended, or a later one begun
    /// elsewhere. Not so little that three sources could not prevail over one.
    pub trust_when_contradicted: f64,
    /// The days for which a sighting is recent: recent enough for a second home, and too recent
    /// to take somebody for gone because others have moved in.
    pub recent_days: i32,
    /// The days after which an address not seen again is no longer a home.
    pub stale_days: i32,
}

impl Config {
    /// The general constants, at this run date.
    #[must_use]
    pub fn at(run_date: Date) -> Config {
        Config {
            run_date,
            over_large: 12,
            strangers: 6,
            half_life_days: 182.0,
            trust_in_sighting: 1.0,
            trust_in_listing: 0.35,
            trust_when_contradicted: 0.4,
            recent_days: 365,
            stale_days: 5 * 365,
        }
    }
}
