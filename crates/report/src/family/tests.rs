//! Tests of the family page.

use super::*;

fn person(name: &str, sex: Option<FamilySex>, birth: f64) -> FamilyPerson {
    FamilyPerson {
        id: format!("P{name}"),
        name: name.to_owned(),
        sex,
        born: format!("b. {birth:.0}"),
        birth: Some(birth),
        ..FamilyPerson::default()
    }
}

fn household(address: &str, members: &[usize]) -> FamilyHousehold {
    FamilyHousehold { id: "H".to_owned(), address: address.to_owned(), members: members.to_vec() }
}

fn tie(kind: TieKind, one: usize, other: usize) -> FamilyTie {
    FamilyTie { kind, one, other }
}

/// Parents with a child, the father's mother elsewhere, and a child expected.
fn small() -> FamilyPage {
    let mut child = person("Ann <b>", Some(FamilySex::Female), 2015.0);
    child.is_subject = true;
    let mut expected = person("Unborn", None, 2026.4);
    expected.is_expected = true;
    FamilyPage {
        title: "Family of Ann".to_owned(),
        persons: vec![
            child,
            person("Mary", Some(FamilySex::Female), 1990.0),
            person("Tom", Some(FamilySex::Male), 1988.0),
            person("Vera", Some(FamilySex::Female), 1960.0),
            expected,
        ],
        ties: vec![
            tie(TieKind::Parent, 1, 0),
            tie(TieKind::Parent, 2, 0),
            tie(TieKind::Partner, 1, 2),
            tie(TieKind::Parent, 3, 2),
            tie(TieKind::Parent, 1, 4),
        ],
        households: vec![household("1 High Street", &[0, 1, 2])],
        addresses: vec!["1 High Street".to_owned(), "2 Mill Lane".to_owned()],
        stays: vec![
            FamilyStay { from: Some(2015.0), is_current: true, ..FamilyStay::default() },
            FamilyStay { address: 1, last_seen: Some(2010.0), person: 1, ..FamilyStay::default() },
        ],
        as_of: 2026.25,
        parts: vec![FamilyPart::Table {
            headings: vec!["name".to_owned()],
            rows: vec![vec!["A & B".to_owned()]],
        }],
        ..FamilyPage::default()
    }
}

/// Five households of three generations, forty persons in all.
fn large() -> FamilyPage {
    let mut page = FamilyPage { as_of: 2026.0, ..FamilyPage::default() };
    let sex =
        |n: usize| Some(if n.is_multiple_of(2) { FamilySex::Male } else { FamilySex::Female });
    page.persons.extend([person("Ida", sex(1), 1940.0), person("Max", sex(0), 1941.0)]);
    page.ties.push(tie(TieKind::Partner, 0, 1));
    page.households.push(household("1 Old Lane", &[0, 1]));
    for home in 0..4 {
        let first = page.persons.len();
        page.persons.push(person("Father", sex(0), 1965.0));
        page.persons.push(person("Mother", sex(1), 1966.0));
        page.ties.push(tie(TieKind::Partner, first, first + 1));
        page.ties.extend([0, 1].map(|elder| tie(TieKind::Parent, elder, first)));
        let n = if home < 2 { 8 } else { 7 };
        for child in 0..n {
            let at = page.persons.len();
            page.persons.push(person(
                "Child",
                sex(child),
                1990.0 + 2.0 * f64::from(u8::try_from(child).unwrap()),
            ));
            page.ties.extend([first, first + 1].map(|parent| tie(TieKind::Parent, parent, at)));
        }
        let members: Vec<usize> = (first..page.persons.len()).collect();
        page.households.push(household("2 New Street", &members));
    }
    page.persons[0].is_subject = true;
    assert_eq!(page.persons.len(), 40);
    page
}

#[test]
fn an_empty_page_says_that_nobody_is_known() {
    let page = render_family(&FamilyPage { as_of: 2026.0, ..FamilyPage::default() });
    assert_eq!(page.matches("Nobody is known.").count(), 2);
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = render_family(&small());
    for load in
        ["http:", "https:", "src=", "href=\"h", "url(", "@import", "<script", "<link", "onclick"]
    {
        assert!(!page.contains(load), "the page has `{load}`");
    }
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let policy = format!("default-src 'none'; style-src {}; base-uri", hash(style));
    assert!(page.contains(&policy), "the policy knows the style by its hash");
    assert!(!page.contains(" style="), "the policy lets no other style in");
    assert!(page.contains("Ann &lt;b&gt;") && page.contains("A &amp; B"));
}

#[test]
fn generations_are_rows_and_nobody_stands_on_another() {
    for page in [small(), large()] {
        let drawn = genogram::draw(&page);
        let at = |person: usize| drawn.symbols.iter().find(|s| s.person == person).unwrap();
        for tie in &page.ties {
            let (one, other) = (at(tie.one), at(tie.other));
            match tie.kind {
                TieKind::Parent => assert!(one.y < other.y, "parents are above"),
                _ => assert!((one.y - other.y).abs() < 1e-9, "partners are side by side"),
            }
        }
        for (n, a) in drawn.symbols.iter().enumerate() {
            for b in &drawn.symbols[n + 1..] {
                let apart = (a.x - b.x).abs() >= 90.0 || (a.y - b.y).abs() >= 70.0;
                assert!(apart, "{} and {}", a.title, b.title);
            }
            assert!(0.0 < a.x && a.x < drawn.width && 0.0 < a.y && a.y < drawn.height);
        }
    }
}

#[test]
fn an_outline_holds_its_household_and_nobody_else() {
    let page = large();
    let drawn = genogram::draw(&page);
    assert!(drawn.width <= 1_200.0, "{} is wider than a screen", drawn.width);
    for (household, outline) in page.households.iter().zip(&drawn.outlines) {
        for symbol in &drawn.symbols {
            let inside = (outline.x..outline.x + outline.width).contains(&symbol.x)
                && (outline.y..outline.y + outline.height).contains(&symbol.y);
            assert_eq!(inside, household.members.contains(&symbol.person), "{}", symbol.title);
        }
    }
}

#[test]
fn a_child_with_two_homes_stands_in_one_and_is_mentioned_in_the_other() {
    let mut page = small();
    page.households.push(household("9 Weir", &[3, 0]));
    let drawn = genogram::draw(&page);
    let of_child: Vec<_> = drawn.symbols.iter().filter(|symbol| symbol.person == 0).collect();
    assert_eq!(of_child.len(), 2);
    assert!(of_child[1].classes.contains("also"));
}

#[test]
fn ties_that_go_round_in_a_circle_are_drawn_all_the_same() {
    let mut page = small();
    page.ties.push(tie(TieKind::Parent, 0, 3));
    let drawn = genogram::draw(&page);
    assert!(drawn.lines.iter().any(|line| line.class == "doubted"));
}

#[test]
fn what_is_not_known_of_a_stay_fades() {
    let drawn = timeline::draw(&small());
    let [sheet] = drawn.sheets.as_slice() else { panic!("five lanes are one sheet") };
    assert_eq!(sheet.bars.len(), 2);
    let (current, past) = (&sheet.bars[0], &sheet.bars[1]);
    assert!(current.fades.is_empty(), "since when is known, and it goes on");
    assert!(past.fades.iter().any(|fade| fade.x < past.x), "since when is not known");
    assert!(past.fades.iter().any(|fade| past.x < fade.x), "until when is not known");
    assert_eq!(sheet.lanes[3].nothing, "no address with a day is known");
    assert_eq!(sheet.lanes[4].nothing, "not born yet");
}

#[test]
fn a_timeline_of_many_is_several_sheets_that_each_fit_on_a_page() {
    let mut page = small();
    let one = page.persons[0].clone();
    page.persons.extend(std::iter::repeat_n(one, 60));
    let drawn = timeline::draw(&page);
    assert_eq!(drawn.sheets.iter().map(|sheet| sheet.lanes.len()).sum::<usize>(), 65);
    assert_eq!(drawn.sheets.iter().map(|sheet| sheet.bars.len()).sum::<usize>(), 2);
    assert!(drawn.sheets.iter().all(|sheet| sheet.height <= 540.0 && !sheet.lanes.is_empty()));
    assert_eq!(timeline::draw(&FamilyPage { persons: Vec::new(), ..page }).sheets, []);
}

#[test]
fn a_name_ends_before_the_first_bar() {
    for (letters, is_whole) in [(3, true), (28, true), (43, true), (44, false), (300, false)] {
        let mut page = small();
        page.persons[0].name = "W".repeat(letters);
        let drawn = timeline::draw(&page);
        let lane = &drawn.sheets[0].lanes[0];
        assert_eq!(lane.shown == lane.name, is_whole, "{letters} letters");
        let shown = u32::try_from(lane.shown.chars().count()).unwrap();
        assert!(7.0 * f64::from(shown) + 4.0 < drawn.names, "{shown} letters in {}", drawn.names);
        assert!(drawn.sheets[0].bars.iter().all(|bar| drawn.names <= bar.x));
        assert!(render_family(&page).contains(&lane.name), "the whole name is there to be read");
    }
}
