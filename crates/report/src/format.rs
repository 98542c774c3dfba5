//! Numbers and days as people read them.

use minijinja::{HtmlEscape, Value};

/// Between the thousands of a number: a space that is narrow and does not break.
const THIN: char = '\u{202f}';
const MINUS: char = '\u{2212}';

/// A whole number, its thousands apart.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// So many of something that `one` names.
pub(crate) fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A share as a percentage. Only all is 100 % and only none is 0 %.
pub(crate) fn percent(share: f64) -> String {
    let text = if (0.9995..1.0).contains(&share) {
        "> 99.9".to_owned()
    } else if share > 0.0 && share < 0.0005 {
        "< 0.1".to_owned()
    } else {
        format!("{:.1}", share * 100.0)
    };
    format!("{text}{THIN}%")
}

/// A range of shares as percentages, to two places.
pub(crate) fn range(range: [f64; 2]) -> String {
    let [low, high] = range.map(|share| format!("{:.2}", share * 100.0));
    format!("{low}–{high}{THIN}%")
}

/// A multiple.
pub(crate) fn times(times: f64) -> String {
    format!("{times:.3}{THIN}×")
}

/// A difference of shares, in points of a hundred, with its sign.
pub(crate) fn points(difference: f64) -> String {
    let text = format!("{:.1}", 100.0 * difference.abs());
    match difference {
        _ if text == "0.0" => text,
        difference if difference < 0.0 => format!("{MINUS}{text}"),
        _ => format!("+{text}"),
    }
}

/// A chance, from nearly none to nearly certain, to four places or as a power.
pub(crate) fn chance(chance: Option<f64>) -> String {
    match chance {
        None => "not seen".to_owned(),
        Some(chance) if chance > 0.0 && chance < 0.0001 => {
            let text = format!("{chance:.1e}");
            let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
            format!("{digits} × 10{}", power.chars().map(raised).collect::<String>())
        }
        Some(chance) => format!("{chance:.4}"),
    }
}

fn raised(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0'..='9' => {
            let digit = digit.to_digit(10).unwrap_or_default();
            char::from_u32('⁰' as u32 + digit).unwrap_or('⁰')
        }
        other => other,
    }
}

/// A weight in bits, with its sign.
pub(crate) fn bits(bits: f64) -> String {
    let text = format!("{:.2}", bits.abs());
    match bits {
        _ if text == "0.00" => text,
        bits if bits < 0.0 => format!("{MINUS}{text}"),
        _ => format!("+{text}"),
    }
}

/// A time.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0}{THIN}ms", seconds * 1e3)
    } else if seconds < 100.0 {
        format!("{seconds:.1}{THIN}s")
    } else {
        format!("{:.0}{THIN}min {:02.0}{THIN}s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// An amount of memory.
#[expect(clippy::cast_precision_loss, reason = "only two digits are shown")]
pub(crate) fn bytes(bytes: u64) -> String {
    let mib = bytes as f64 / f64::from(1 << 20);
    if mib < 1024.0 {
        format!("{mib:.0}{THIN}MiB")
    } else {
        format!("{:.1}{THIN}GiB", mib / 1024.0)
    }
}

/// Text of which no day is broken over two lines.
pub(crate) fn days(text: &str) -> Value {
    let is_day = |at: &[u8]| {
        at.len() == 10
            && at.iter().enumerate().all(|(place, byte)| match place {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    let (mut html, mut rest) = (String::new(), text);
    while let Some(at) = rest.as_bytes().windows(10).position(is_day) {
        let (before, day) = (&rest[..at], &rest[at..at + 10]);
        html += &format!("{}<span class=\"day\">{day}</span>", HtmlEscape(before));
        rest = &rest[at + 10..];
    }
    html += &HtmlEscape(rest).to_string();
    Value::from_safe_string(html)
}

/// A code as words: `no_address` as "no address".
pub(crate) fn words(code: &str) -> String {
    code.replace('_', " ")
}

/// The part of `whole` that `part` is, for the length of a bar; nought if there is no whole.
pub(crate) fn part_of(part: f64, whole: f64) -> String {
    let part = part / whole;
    format!("{:.4}", if part.is_finite() { part.clamp(-1.0, 1.0) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_day_is_broken_and_nothing_is_markup() {
        let told = |text: &str| days(text).to_string();
        assert_eq!(
            told("a <b> 2026-03-31, 1-2026-03-311"),
            "a &lt;b&gt; <span class=\"day\">2026-03-31</span>, 1-<span class=\"day\">2026-03-31</span>1"
        );
        assert_eq!(told("né 2026-3-31 é"), "né 2026-3-31 é");
        assert_eq!(told(""), "");
    }

    #[track_caller]
    fn check(found: &str, expected: &str) {
        assert_eq!(found.replace(THIN, " ").replace(MINUS, "-"), expected);
    }

    #[test]
    fn numbers_are_written_for_people() {
        check(&count(0), "0");
        check(&count(999), "999");
        check(&count(1_000), "1 000");
        check(&count(12_345_678), "12 345 678");
        check(&counted(1, "link"), "1 link");
        check(&counted(12_000, "link"), "12 000 links");
        check(&points(-0.1234), "-12.3");
        check(&points(0.0), "0.0");
        check(&points(0.5), "+50.0");
        check(&percent(1.0), "100.0 %");
        check(&percent(0.99999), "> 99.9 %");
        check(&percent(0.00001), "< 0.1 %");
        check(&percent(0.5), "50.0 %");
        check(&range([0.98, 0.991_234]), "98.00–99.12 %");
        check(&times(0.98), "0.980 ×");
        check(&chance(None), "not seen");
        check(&chance(Some(0.95)), "0.9500");
        check(&chance(Some(0.000_034)), "3.4 × 10⁻⁵");
        check(&chance(Some(1.2e-10)), "1.2 × 10⁻¹⁰");
        check(&bits(3.456), "+3.46");
        check(&bits(-3.0), "-3.00");
        check(&bits(-0.001), "0.00");
        check(&seconds(0.0214), "21 ms");
        check(&seconds(59.96), "60.0 s");
        check(&seconds(125.0), "2 min 05 s");
        check(&bytes(300 << 20), "300 MiB");
        check(&bytes(3 << 30), "3.0 GiB");
        check(&part_of(1.0, 4.0), "0.2500");
        check(&part_of(1.0, 0.0), "0.0000");
        check(&part_of(f64::NAN, 1.0), "0.0000");
        check(&words("no_address"), "no address");
    }
}
