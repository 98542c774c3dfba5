//! Tests of the page as a whole.

use super::*;

/// A run over an invented town, with something in every part.
fn full() -> Summary {
    serde_json::from_str(include_str!("../testdata/full.json")).unwrap()
}

/// What the page would load: there must be nothing, and no script but the two that its policy
/// knows by their hashes.
#[track_caller]
fn check_stands_alone(page: &str) {
    let (rest, scripts) = without_scripts(page);
    for load in [
        "http://", "https://", "src=", "url(", "@import", "<script", "<link", "<img", "<iframe",
        "onclick",
    ] {
        assert!(!rest.contains(load), "the page has `{load}`");
    }
    let hashes = scripts.iter().map(|script| hash(script)).collect::<Vec<_>>().join(" ");
    assert!(page.contains(&format!(
        "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:"
    )));
    assert_eq!(scripts, [LIBRARY, SCRIPT]);
}

/// The page without its scripts and its data, and the scripts.
#[track_caller]
fn without_scripts(page: &str) -> (String, Vec<&str>) {
    let mut parts = page.split("<script");
    let mut rest = parts.next().unwrap().to_owned();
    let mut scripts = Vec::new();
    for part in parts {
        let (script, after) = part.split_once("</script>").expect("a script ends");
        let (attributes, script) = script.split_once('>').unwrap();
        match attributes {
            "" => scripts.push(script),
            " type=\"application/json\" id=\"data\"" => {
                assert!(!script.contains(['<', '>', '&']), "data cannot end its element");
                serde_json::from_str::<serde_json::Value>(script).expect("data is JSON");
            }
            other => panic!("a script with `{other}`"),
        }
        rest += after;
    }
    (rest, scripts)
}

/// Tags are closed in the order they are opened.
#[track_caller]
fn check_well_formed(page: &str) {
    let (page, _) = without_scripts(page);
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap()];
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap();
        if tag.ends_with('/') || ["!doctype", "meta", "br", "input"].contains(&name) {
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
    assert_eq!(page.matches("<canvas").count(), 9, "every chart has its place");
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
        "precision the model expects",
        "\u{2212}81.6",
        "children and no adult",
        "H024kbeggwn192233",
        "rarity and household",
        "persons merged",
        "98.51–98.92\u{202f}%",
        "96.75–97.44\u{202f}%",
        "more than one in twenty",
        "surname: else, now exact",
        "+2.00 bits",
        "P0largest1234",
        "1.050\u{202f}×",
        "98.80–99.30\u{202f}%",
        "19 pairs",
        "2025-03-29",
    ] {
        assert!(page.contains(shown), "the page lacks `{shown}`");
    }
}

#[test]
fn an_empty_summary_is_a_page() {
    let page = render(&Summary::default());
    check_stands_alone(&page);
    check_well_formed(&page);
    assert!(!page.contains("<canvas"));
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
    let (rest, scripts) = without_scripts(&page);
    assert_eq!(scripts, [LIBRARY, SCRIPT]);
    assert!(!rest.contains("<script") && !rest.contains("<img"));
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
        summary.curve[0].bits = odd;
        summary.sampled[0].addends[0].bits = odd;
        summary.subgroups[0].groups[0].recall_gap = odd;
        check_well_formed(&render(&summary));
    }
}

#[test]
fn values_are_shown_only_with_a_warning() {
    let mut summary = full();
    assert!(!render(&summary).contains("Keep it as you keep the records"));
    summary.shows_values = true;
    summary.sampled[0].addends[0].values = Some(["Ann".to_owned(), "Anne".to_owned()]);
    let page = render(&summary);
    assert!(page.contains("Keep it as you keep the records") && page.contains("<td>Anne</td>"));
}

#[test]
fn the_library_is_the_one_named_with_its_licence() {
    assert!(LIBRARY.contains("Chart.js v4.6.1") && LIBRARY.contains("MIT License"));
    let licence = include_str!("../assets/chart.LICENSE.md");
    assert!(licence.contains("The MIT License"));
    for script in [LIBRARY, SCRIPT] {
        // A browser takes the hash of what it reads, in which line ends are one character.
        assert!(!script.contains('\r') && !script.contains("</script") && !script.contains("<!--"));
        assert!(!script.contains("eval(") && !script.contains("new Function"));
    }
}
