//! What each record tells of whether its person is born.
//!
//! A service that writes down an unborn child gives the day on which it is expected as its day of
//! birth. That the day has passed is no news of a birth: a name is, or an identifier that one gets by
//! being born, or that somebody has seen the child since.

use household::Birth;
use rayon::prelude::*;
use record::{Column, Kind, NONE, Normalised, PartialDate, Records, Values};

/// When a source last had to do with a record's person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It does not say, or not when the person was born.
    Unsaid,
    /// Before the day of birth.
    BeforeBirth,
    /// On that day or since.
    SinceBirth,
}

/// The field of days of birth.
pub(crate) const BORN: &str = "date_of_birth";

/// When each record's source last had to do with its person. It takes dealings, and the days of
/// birth as they were extracted.
pub(crate) fn heard(records: &Records) -> Vec<Heard> {
    let dates = |text: &str| PartialDate::parse(text).filter(|date| date.is_possible());
    let of_dealings: Vec<_> = records.involvement_text.iter().map(dates).collect();
    let born = records.column(BORN).and_then(|column| match &column.values {
        Values::Text(texts) => Some((column, texts.iter().map(dates).collect::<Vec<_>>())),
        _ => None,
    });
    let Some((column, of_births)) = born else { return vec![Heard::Unsaid; records.len()] };
    let of_record = |record: usize| {
        let born = column.lists.get(record).first().and_then(|&id| of_births[id as usize]);
        let dealings = records.involvements.get(record).iter().filter(|d| d.seen != NONE);
        let last = dealings.filter_map(|dealing| of_dealings[dealing.seen as usize]).max();
        match born.zip(last) {
            Some((born, last)) if last.first_day() < born.first_day() => Heard::BeforeBirth,
            Some(_) => Heard::SinceBirth,
            None => Heard::Unsaid,
        }
    };
    (0..records.len()).into_par_iter().map(of_record).collect()
}

/// What each record tells of a birth, given when its person was [`heard`] of.
pub(crate) fn births(heard: Vec<Heard>, normalised: &Normalised) -> Vec<Birth> {
    let is_of_the_born = |column: &&Column| {
        matches!(column.field.kind, Kind::Forename | Kind::NhsNumber | Kind::Upn | Kind::Nino)
    };
    let of_the_born: Vec<&Column> = normalised.columns.iter().filter(is_of_the_born).collect();
    let of_record = |(record, heard): (usize, Heard)| {
        let has_any = of_the_born.iter().any(|column| !column.lists.get(record).is_empty());
        match heard {
            Heard::SinceBirth => Birth::Told,
            _ if has_any => Birth::Told,
            Heard::BeforeBirth => Birth::Expected,
            Heard::Unsaid => Birth::Untold,
        }
    };
    heard.into_par_iter().enumerate().map(of_record).collect()
}

#[cfg(test)]
mod tests {
    use record::{Dictionary, Field, RawInvolvement, SourceId};

    use super::*;

    const UNSAID: RawInvolvement = RawInvolvement::UNSAID;

    /// A record of somebody with this day of birth, last dealt with on this day; and whether it has
    /// a forename.
    fn told(born: &str, seen: &str, has_forename: bool) -> Birth {
        let texts = Dictionary::of(vec![born, seen]);
        let list = |text: &str| (!text.is_empty()).then(|| texts.find(text).unwrap());
        let column = |field: &str, ids: &[u32]| Column {
            field: Field::standard(field).unwrap(),
            lists: std::iter::once(ids.to_vec()).collect(),
            values: Values::Text(texts.clone()),
        };
        let born: Vec<u32> = list(born).into_iter().collect();
        let dealings = vec![UNSAID, RawInvolvement { seen: list(seen).unwrap_or(NONE), ..UNSAID }];
        let records = Records {
            source: vec![SourceId(0)],
            columns: vec![column("date_of_birth", &born)],
            involvements: std::iter::once(dealings).collect(),
            involvement_text: texts.clone(),
            ..Records::default()
        };
        let forename: &[u32] = if has_forename { &[0] } else { &[] };
        let normalised = Normalised {
            n_records: 1,
            columns: vec![column("forename", forename)],
            ..Normalised::default()
        };
        births(heard(&records), &normalised)[0]
    }

    #[test]
    fn a_name_or_a_contact_since_the_day_tells_that_somebody_is_born() {
        for (born, seen, has_forename, expected) in [
            ("2026-03-12", "2026-01-14", false, Birth::Expected),
            ("2026-03-12", "2026-01-14", true, Birth::Told),
            ("2026-03-12", "2026-03-11", false, Birth::Expected),
            ("2026-03-12", "2026-03-12", false, Birth::Told),
            ("2026-03", "2026-02", false, Birth::Expected),
            ("2026-03", "2026-03-01", false, Birth::Told),
            ("2026-03-12", "", false, Birth::Untold),
            ("2026-03-12", "", true, Birth::Told),
            ("", "2026-01-14", false, Birth::Untold),
            ("2026-02-30", "2026-01-14", false, Birth::Untold),
        ] {
            assert_eq!(told(born, seen, has_forename), expected, "{born} {seen} {has_forename}");
        }
    }

    #[test]
    fn no_records_tell_nothing() {
        assert_eq!(heard(&Records::default()), []);
        assert!(births(Vec::new(), &Normalised::default()).is_empty());
    }
}
