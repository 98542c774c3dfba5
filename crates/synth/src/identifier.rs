//! Numbers and addresses of invented people, all of ranges that belong to nobody.
//!
//! - NHS numbers begin with 66, a range that is not issued to patients as far as is known, and
//!   pass the check.
//! - Unique pupil numbers are of local authority 990, and learner numbers begin with 990.
//! - National Insurance numbers begin with YX, which is not issued as far as is known.
//! - Telephone numbers are of Ofcom's ranges for drama, 07700 900xxx, and beyond those of
//!   01632, an area code of no place.
//! - E-mail addresses are at the example domains. Postcodes are of areas that do not exist, and
//!   property reference numbers begin with 999.
//!
//! Each is drawn by a counter through a fixed scattering, so that no two persons share one by
//! chance while fewer than a million are drawn.

const MILLION: u64 = 1_000_000;

/// The counters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identifiers {
    nhs: u64,
    uln: u64,
    nino: u64,
    phone: u64,
    mobile: u64,
    pupil: u64,
}

impl Identifiers {
    /// The next NHS number.
    pub(crate) fn nhs_number(&mut self) -> String {
        loop {
            let stem = 660_000_000 + scatter(self.nhs, 10 * MILLION);
            self.nhs += 1;
            let sum: u64 = (2..=10).zip(digits(stem)).map(|(weight, digit)| weight * digit).sum();
            match 11 - sum % 11 {
                10 => {}
                check => {
                    // Repeated digits pass the check, and are everybody's dummy.
                    let number = format!("{stem}{}", check % 11);
                    if number != "6666666666" {
                        return number;
                    }
                }
            }
        }
    }

    /// The next unique learner number.
    pub(crate) fn uln(&mut self) -> String {
        loop {
            let stem = 990_000_000 + scatter(self.uln, MILLION);
            self.uln += 1;
            let sum: u64 = (2..=10).zip(digits(stem)).map(|(weight, digit)| weight * digit).sum();
            let check = (10 + 11 - sum % 11) % 11;
            if check < 10 {
                return format!("{stem}{check}");
            }
        }
    }

    /// The next National Insurance number.
    pub(crate) fn nino(&mut self) -> String {
        let number = scatter(self.nino, MILLION);
        let suffix = ['A', 'B', 'C', 'D'][place(self.nino / MILLION % 4)];
        self.nino += 1;
        format!("YX{number:06}{suffix}")
    }

    /// The next unique pupil number, of a pupil who started school in `year`.
    pub(crate) fn upn(&mut self, year: i16) -> String {
        let pupil = self.pupil;
        self.pupil += 1;
        // Establishment, year of intake and serial number, after the authority's 990.
        let school = 2000 + pupil / 997 % 8000;
        let stem = format!("990{school:04}{:02}{:03}", year.rem_euclid(100), pupil % 997);
        let sum: u64 =
            (2..).zip(stem.bytes()).map(|(weight, digit)| weight * u64::from(digit - b'0')).sum();
        let check = char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[place(sum % 23)]);
        format!("{check}{stem}")
    }

    /// The next number of a mobile, as far as those for drama go, and of a landline then.
    pub(crate) fn mobile(&mut self) -> String {
        let number = self.mobile;
        self.mobile += 1;
        if number < 1000 {
            format!("07700 900{:03}", scatter(number, 1000))
        } else {
            self.landline()
        }
    }

    /// The next number of a landline.
    pub(crate) fn landline(&mut self) -> String {
        let number = scatter(self.phone, MILLION);
        self.phone += 1;
        format!("01632 {number:06}")
    }
}

/// Units of an area: a district's number has two digits at most.
pub(crate) const UNITS_OF_AREA: u32 = 99 * 5 * UNITS_OF_SECTOR;
const UNITS_OF_SECTOR: u32 = 150;

/// The postcode of the unit numbered `unit`, of an area that does not exist.
pub(crate) fn postcode(area: &str, unit: u32) -> String {
    // The letters that postcodes end with; under half of a sector is in use.
    const LETTERS: [char; 20] = [
        'A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X',
        'Y', 'Z',
    ];
    let (sector, unit) = (unit / UNITS_OF_SECTOR, unit % UNITS_OF_SECTOR);
    let (district, sector) = (sector / 5 + 1, sector % 5 + 1);
    let unit = (unit * 7) % 400;
    let (first, second) = (LETTERS[(unit / 20) as usize], LETTERS[(unit % 20) as usize]);
    format!("{area}{district} {sector}{first}{second}")
}

/// The property reference number of the dwelling numbered `at`.
pub(crate) fn uprn(at: u64) -> u64 {
    999_000_000_000 + scatter(at, 100 * MILLION)
}

/// A number below `size` for each below `size`, far from its neighbours'.
fn scatter(number: u64, size: u64) -> u64 {
    // A factor without a common divisor with any power of ten.
    (number % size * 61_803_399 + size / 3) % size
}

/// The digits of a number, the last first.
fn digits(mut number: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let digit = number % 10;
        number /= 10;
        Some(digit)
    })
    .take(9)
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_pass_their_checks_and_are_unique() {
        let mut issue = Identifiers::default();
        let mut seen = BTreeSet::new();
        for year in 0..3000 {
            let nhs = issue.nhs_number();
            let weights = (1..=10).rev();
            let sum: u32 = weights.zip(nhs.chars()).map(|(w, c)| w * c.to_digit(10).unwrap()).sum();
            assert_eq!((sum % 11, nhs.len()), (0, 10), "{nhs}");
            let uln = issue.uln();
            let sum: u32 =
                (1..=10).rev().zip(uln.chars()).map(|(w, c)| w * c.to_digit(10).unwrap()).sum();
            assert_eq!((sum % 11, uln.len()), (10, 10), "{uln}");
            for number in
                [nhs, uln, issue.nino(), issue.upn(year % 30), issue.mobile(), issue.landline()]
            {
                assert!(seen.insert(number));
            }
        }
    }

    #[test]
    fn pupil_numbers_have_the_published_form() {
        // The weights are those under which B801200005001 is valid.
        let mut issue = Identifiers::default();
        let upn = issue.upn(2015);
        let sum: u32 = (2..)
            .zip(upn[1..].chars())
            .map(|(w, c): (u32, char)| w * c.to_digit(10).unwrap())
            .sum();
        let letters = b"ABCDEFGHJKLMNPQRTUVWXYZ";
        assert_eq!(upn.as_bytes()[0], letters[(sum % 23) as usize]);
        assert_eq!(upn.len(), 13);
    }

    #[test]
    fn postcodes_are_distinct_and_well_formed() {
        let codes: BTreeSet<String> = (0..UNITS_OF_AREA).map(|unit| postcode("QX", unit)).collect();
        assert_eq!(codes.len(), UNITS_OF_AREA as usize);
        assert!(codes.iter().all(|code| (7..=8).contains(&code.len())));
    }
}
