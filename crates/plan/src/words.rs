//! Counts and names as messages put them.

use std::fmt::Write;

use crate::nearest::nearest;

/// A count with its thousands apart.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something that `one` names: `1 record`, `2 records`.
#[must_use]
pub fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// The columns that there are, for somebody who named one that there is not; the likeliest first.
#[must_use]
pub fn columns_for(name: &str, columns: &[&str]) -> String {
    let near = nearest(name, columns.iter().copied());
    // A first row of data must not be told, for it is somebody's.
    if near.is_none() && columns.iter().any(|column| looks_like_data(column)) {
        return "its first row looks like data: is there a header?".to_owned();
    }
    let others = columns.iter().copied().filter(|&column| Some(column) != near);
    let mut list: Vec<String> =
        near.into_iter().chain(others).map(|column| format!("`{column}`")).collect();
    let more = list.len().saturating_sub(SHOWN);
    list.truncate(SHOWN);
    let mut text = format!("its columns: {}", list.join(", "));
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// At most a line or two of names.
const SHOWN: usize = 30;

/// Whether a cell of a header is more like a value: a date, a number, a reference.
fn looks_like_data(name: &str) -> bool {
    name.chars().filter(char::is_ascii_digit).count() >= 4 || name.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart_and_one_is_one() {
        for (n, expected) in [
            (0, "0 records"),
            (1, "1 record"),
            (2, "2 records"),
            (999, "999 records"),
            (1_234_567, "1,234,567 records"),
        ] {
            assert_eq!(counted(n, "record"), expected);
        }
    }

    #[test]
    fn columns_are_told_with_the_likeliest_first_and_data_is_not() {
        for (name, columns, expected) in [
            ("persn", &["key", "person"] as &[&str], "its columns: `person`, `key`"),
            ("id", &["key", "person"], "its columns: `key`, `person`"),
            ("key", &["Zainab", "2014-03-02"], "its first row looks like data: is there a header?"),
            ("key", &[], "its columns: "),
        ] {
            assert_eq!(columns_for(name, columns), expected);
        }
        let many: Vec<String> = (0..32).map(|n| format!("c{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(columns_for("key", &many).ends_with("`c29` and 2 more"));
    }
}
