//! Tests of the page as a whole.

use super::*;

/// A run over an invented town, with something in every part.
fn full() -> Summary {
    serde_json::from_str(include_str!("../testdata/full.json")).unwrap()
}

/// What the page would load: there must be nothing.
#[track_caller]
fn check_stands_alone(page: &str) {
    for load in
        ["http://", "https://", "src=", "url(", "@import", "<script", "<link", "<img", "<iframe"]
    {
        assert!(!page.contains(load), "the page has `{load}`");
    }
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
}

/// Tags are closed in the order they are opened.
#[track_caller]
fn check_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap()];
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap();
        if tag.ends_with('/') || ["!doctype", "meta", "br"].contains(&name) {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn a_full_summary_is_shown_whole() {
    let page = render(&full());
    check_stands_alone(&page);
    check_well_formed(&page);
    assert_eq!(page.matches("<svg").count(), 3);
    for shown in [
        "<h1>Invented town of Elmbridge Vale</h1>",
        "24\u{202f}310",
        "school_census",
        "ragged row",
        "&gt; 99.9\u{202f}%",
        "phonetic(surname)",
        "752\u{202f}274",
        "one edit apart",
        "\u{2212}12.04 bits",
        "1.0 × 10⁻¹⁰",
        "not seen",
        "31\u{202f}442 links",
        "T-0041-77",
        "communal establishment",
        "the block was refined by surname",
        "402 default dates",
        "187\u{202f}MiB",
        "3.3\u{202f}s in all, 2 threads",
        "99.3\u{202f}%",
    ] {
        assert!(page.contains(shown), "the page lacks `{shown}`");
    }
}

#[test]
fn an_empty_summary_is_a_page() {
    let page = render(&Summary::default());
    check_stands_alone(&page);
    check_well_formed(&page);
    assert!(!page.contains("<svg"));
    for shown in ["Nothing was read", "No rule was run", "No pair was scored", "No limit bit"] {
        assert!(page.contains(shown), "the page lacks `{shown}`");
    }
}

#[test]
fn hostile_text_is_shown_as_text() {
    let hostile = "\"><script>alert('x')</script><img src=https://example.org/>";
    let json = serde_json::to_string(&full()).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
    replace_text(&mut value, hostile);
    let summary: Summary = serde_json::from_value(value).unwrap();
    let page = render(&summary);
    check_well_formed(&page);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("&lt;script&gt;"));
}

fn replace_text(value: &mut serde_json::Value, text: &str) {
    match value {
        serde_json::Value::String(old) => text.clone_into(old),
        serde_json::Value::Array(values) => values.iter_mut().for_each(|v| replace_text(v, text)),
        serde_json::Value::Object(values) => {
            values.values_mut().for_each(|v| replace_text(v, text));
        }
        _ => {}
    }
}

#[test]
fn the_same_summary_gives_the_same_bytes() {
    assert_eq!(render(&full()), render(&full()));
}

#[test]
fn numbers_that_are_none_do_not_break_the_page() {
    let mut summary = full();
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        summary.prior_bits = Some(odd);
        summary.comparisons[0].levels[0].bits = odd;
        summary.weights.first_bits = odd;
        summary.link_bits = Some(odd);
        summary.timings[0].seconds = odd;
        check_well_formed(&render(&summary));
    }
}
