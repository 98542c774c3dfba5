//! Lays out a timeline: a lane for each person, spells coloured by address.

use serde::Serialize;

use super::{FamilyPage, FamilyStay};

/// A timeline, ready to be drawn.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Timeline {
    pub(super) width: f64,
    /// Where names end and the first year begins.
    pub(super) names: f64,
    pub(super) ticks: Vec<Tick>,
    /// As many as it takes for each to fit on a printed page, one below the other.
    pub(super) sheets: Vec<Sheet>,
    pub(super) addresses: Vec<Address>,
    /// The first year shown, if something began before it.
    pub(super) cut: Option<String>,
}

/// Some lanes of a timeline.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Sheet {
    pub(super) height: f64,
    pub(super) lanes: Vec<Lane>,
    pub(super) bars: Vec<Bar>,
}

/// A year on the axis.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Tick {
    pub(super) x: f64,
    pub(super) label: String,
}

/// A person's lane.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Lane {
    pub(super) y: f64,
    pub(super) height: f64,
    pub(super) name: String,
    /// The name as far as there is room.
    pub(super) shown: String,
    /// What is said if nothing can be drawn.
    pub(super) nothing: &'static str,
}

/// A spell.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Bar {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) colour: usize,
    pub(super) letter: String,
    pub(super) title: String,
    pub(super) class: &'static str,
    /// Where a beginning or an end is not known: steps that fade away from it.
    pub(super) fades: Vec<Fade>,
}

/// A step of a fading end.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Fade {
    pub(super) x: f64,
    pub(super) width: f64,
    pub(super) opacity: f64,
}

/// An address and its letter.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Address {
    pub(super) letter: String,
    pub(super) colour: usize,
    pub(super) text: String,
}

/// The room for names: at least, at most, and for a letter, which few are wider than.
const NAMES_MIN: f64 = 170.0;
const NAMES_MAX: f64 = 320.0;
const LETTER: f64 = 7.2;
const WIDTH: f64 = 1_000.0;
const LANE: f64 = 20.0;
const TOP: f64 = 24.0;
/// The height of a sheet, which a single person's lane may exceed.
const SHEET: f64 = 520.0;
/// The colours that there are.
const COLOURS: usize = 8;
/// Years shown at most, and how far an end that is not known fades.
const YEARS_MAX: f64 = 16.0;
const FADE: f64 = 30.0;
const FADE_STEPS: usize = 6;

pub(super) fn draw(page: &FamilyPage) -> Timeline {
    let letters = page.persons.iter().map(|person| person.name.chars().count()).max();
    let names = as_f64(letters.unwrap_or(0)) * LETTER + 10.0;
    let names = names.clamp(NAMES_MIN, NAMES_MAX);
    let mut timeline = Timeline { width: WIDTH, names, ..Timeline::default() };
    let days = page.stays.iter().flat_map(|stay| [stay.from, stay.to, stay.last_seen]).flatten();
    let earliest = days.fold(page.as_of - 1.0, f64::min);
    let first = earliest.max(page.as_of - YEARS_MAX).floor();
    timeline.cut = (earliest < first).then(|| format!("{first:.0}"));
    let last = page.as_of;
    let scale = (WIDTH - names - 12.0) / (last - first);
    let x = |year: f64| names + (year.clamp(first, last) - first) * scale;

    let mut sheet = Sheet::default();
    let mut y = TOP;
    for (at, person) in page.persons.iter().enumerate() {
        let mut stays: Vec<&FamilyStay> =
            page.stays.iter().filter(|stay| stay.person == at).collect();
        let known = |stay: &FamilyStay| stay.from.or(stay.last_seen).or(stay.to);
        stays.retain(|stay| known(stay).is_some());
        stays.sort_by(|a, b| known(a).unwrap_or_default().total_cmp(&known(b).unwrap_or_default()));
        let mut ends: Vec<f64> = Vec::new();
        let mut bars = Vec::new();
        for stay in &stays {
            let mut bar = bar(stay, page.as_of, names, x);
            // Spells at one time stand one below the other.
            let start = bar.fades.iter().map(|fade| fade.x).fold(bar.x, f64::min);
            let end = bar.fades.iter().map(|fade| fade.x + fade.width);
            let end = end.fold(bar.x + bar.width, f64::max);
            let free = ends.iter().position(|&taken| taken <= start + 0.5);
            let row = free.unwrap_or(ends.len());
            if row == ends.len() {
                ends.push(end);
            }
            ends[row] = end;
            bar.y = LANE * as_f64(row) + 2.0;
            bars.push(bar);
        }
        let height = LANE * as_f64(ends.len().max(1));
        let nothing = if person.is_expected {
            "not born yet"
        } else if stays.is_empty() {
            "no address with a day is known"
        } else {
            ""
        };
        if SHEET < y + height && !sheet.lanes.is_empty() {
            timeline.sheets.push(Sheet { height: y + 6.0, ..std::mem::take(&mut sheet) });
            y = TOP;
        }
        for bar in &mut bars {
            bar.y += y;
        }
        sheet.bars.append(&mut bars);
        let (name, shown) = (person.name.clone(), shortened(&person.name));
        sheet.lanes.push(Lane { y, height, name, shown, nothing });
        y += height + 4.0;
    }
    if !sheet.lanes.is_empty() {
        timeline.sheets.push(Sheet { height: y + 6.0, ..sheet });
    }
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| (last - first) / step <= 13.0);
    let step = step.unwrap_or(20.0);
    let mut year = (first / step).ceil() * step;
    while year <= last {
        timeline.ticks.push(Tick { x: x(year), label: format!("{year:.0}") });
        year += step;
    }
    let addresses = page.addresses.iter().enumerate();
    timeline.addresses = addresses
        .map(|(at, text)| Address { letter: letter(at), colour: at % COLOURS, text: text.clone() })
        .collect();
    timeline
}

fn bar(stay: &FamilyStay, as_of: f64, names: f64, x: impl Fn(f64) -> f64) -> Bar {
    let seen = stay.last_seen.or(stay.to).unwrap_or(as_of).min(as_of);
    let to = stay.to.filter(|&to| to <= as_of);
    let end = to.unwrap_or(if stay.is_current { as_of } else { seen });
    let from = stay.from.unwrap_or(seen.min(end));
    let (left, right) = (x(from), x(end.max(from)));
    let mut fades = Vec::new();
    let width = FADE / as_f64(FADE_STEPS);
    for step in 0..FADE_STEPS {
        let opacity = 0.9 - 0.85 * as_f64(step + 1) / as_f64(FADE_STEPS);
        if stay.from.is_none() {
            let x = left - width * as_f64(step + 1);
            // Names stand to the left of the first year.
            if names - FADE < x {
                fades.push(Fade { x, width, opacity });
            }
        }
        if to.is_none() && !stay.is_current {
            fades.push(Fade { x: right + width * as_f64(step), width, opacity });
        }
    }
    Bar {
        x: left,
        y: 0.0,
        width: (right - left).max(3.0),
        colour: stay.address % COLOURS,
        letter: letter(stay.address),
        title: stay.said.clone(),
        class: if stay.is_current { "current" } else { "past" },
        fades,
    }
}

/// A name as far as there is room for it.
fn shortened(name: &str) -> String {
    let is_room = |letters: usize| as_f64(letters) * LETTER + 10.0 <= NAMES_MAX;
    if is_room(name.chars().count()) {
        return name.to_owned();
    }
    let mut shown: String =
        name.chars().enumerate().take_while(|(at, _)| is_room(at + 2)).map(|(_, c)| c).collect();
    shown.push('…');
    shown
}

/// A, B, … Z, AA, AB, …
fn letter(at: usize) -> String {
    const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let last = char::from(LETTERS[at % 26]);
    match at / 26 {
        0 => last.to_string(),
        more => letter(more - 1) + &last.to_string(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn as_f64(n: usize) -> f64 {
    n as f64
}
