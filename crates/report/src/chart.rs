//! Charts, drawn as SVG within the page.
//!
//! The colours written here are names rather than colours: the page's style says what each
//! looks like by day, by night and on paper. They are fair colours all the same, should the
//! style be lost.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::format::{bits, count, counted, short_count};
use crate::summary::{Bin, SizeCount, Summary};

const WIDTH: u32 = 460;
const HEIGHT: u32 = 260;

const INK: RGBColor = RGBColor(0x59, 0x63, 0x6e);
const GRID: RGBColor = RGBColor(0xd0, 0xd7, 0xde);
const LINKS: RGBColor = RGBColor(0x2f, 0x6d, 0xb5);
const POSSIBLE_LINKS: RGBColor = RGBColor(0xc9, 0x82, 0x16);
const NON_LINKS: RGBColor = RGBColor(0x9a, 0xa3, 0xad);

/// Sizes shown one by one; larger ones share a bar.
const SIZES_SHOWN: u64 = 11;

/// Pairs by match weight, a bar for each bin, stacked by decision. Empty without pairs.
pub(crate) fn weights(summary: &Summary) -> String {
    let histogram = &summary.weights;
    let all = |bin: &Bin| bin.links + bin.possible_links + bin.non_links;
    let tallest = histogram.bins.iter().map(all).max().unwrap_or(0);
    let (first, width) = (histogram.first_bits, histogram.width_bits);
    if tallest == 0 || !first.is_finite() || !width.is_finite() || width <= 0.0 {
        return String::new();
    }
    let from_to = |at: usize| {
        let from = first + number(at as u64) * width;
        (from, from + width)
    };
    let last = from_to(histogram.bins.len() - 1).1;
    let pairs = histogram.bins.iter().map(all).sum();
    let described = format!(
        "{} from {} to {} bits; the fullest bar has {}.",
        counted(pairs, "pair"),
        bits(first),
        bits(last),
        count(tallest)
    );
    draw("weights", "Pairs by match weight", &described, |area| {
        let top = number(tallest) * 1.12;
        let mut chart = ChartBuilder::on(area)
            .margin_top(6)
            .margin_right(14)
            .x_label_area_size(40)
            .y_label_area_size(48)
            .build_cartesian_2d(first..last, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(text(13))
            .x_labels(8)
            .y_labels(5)
            .x_label_formatter(&|bits| short_bits(*bits))
            .y_label_formatter(&|pairs| short_count(*pairs))
            .x_desc("match weight, bits")
            .axis_desc_style(text(13))
            .draw()?;
        for (at, bin) in histogram.bins.iter().enumerate() {
            let (from, to) = from_to(at);
            let gap = (to - from) * 0.06;
            let mut bottom = 0;
            for (pairs, colour) in [
                (bin.links, LINKS),
                (bin.possible_links, POSSIBLE_LINKS),
                (bin.non_links, NON_LINKS),
            ] {
                let bar = [(from + gap, number(bottom)), (to - gap, number(bottom + pairs))];
                if pairs > 0 {
                    chart.draw_series([Rectangle::new(bar, colour.filled())])?;
                }
                bottom += pairs;
            }
        }
        // The name of the lower threshold stands to the left and that of the upper to the
        // right of its line, so they never meet.
        let thresholds = [
            (summary.possible_link_bits, "possible", HPos::Right, -5),
            (summary.link_bits, "link", HPos::Left, 5),
        ];
        for (threshold, name, side, shift) in thresholds {
            let Some(at) = threshold.filter(|at| first < *at && *at < last) else { continue };
            chart.draw_series([PathElement::new([(at, 0.0), (at, top)], INK)])?;
            let style = text(13).pos(Pos::new(side, VPos::Top));
            chart
                .draw_series([EmptyElement::at((at, top)) + Text::new(name, (shift, 2), style)])?;
        }
        Ok(())
    })
}

/// How many there are of each size, a bar for each. Empty if there are none.
pub(crate) fn sizes(sizes: &[SizeCount], title: &str, of: &str, things: &str) -> String {
    let bars = bars(sizes);
    let tallest = bars.iter().map(|bar| bar.1).max().unwrap_or(0);
    if tallest == 0 {
        return String::new();
    }
    let listed: Vec<String> =
        bars.iter().map(|(size, n)| format!("{} of {size} {of}", count(*n))).collect();
    let described = format!("{things}: {}.", listed.join(", "));
    let id = things;
    draw(id, title, &described, |area| {
        let top = number(tallest) * 1.12;
        let last = number(bars.len() as u64);
        let mut chart = ChartBuilder::on(area)
            .margin_top(6)
            .margin_right(14)
            .x_label_area_size(40)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..last, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(text(13))
            .x_labels(0)
            .y_labels(5)
            .y_label_formatter(&|n| short_count(*n))
            .x_desc(of)
            .axis_desc_style(text(13))
            .draw()?;
        let above = text(12).pos(Pos::new(HPos::Center, VPos::Bottom));
        let below = text(13).pos(Pos::new(HPos::Center, VPos::Top));
        for (at, (size, n)) in bars.iter().enumerate() {
            let middle = number(at as u64) + 0.5;
            let bar = [(middle - 0.38, 0.0), (middle + 0.38, number(*n))];
            chart.draw_series([Rectangle::new(bar, LINKS.filled())])?;
            chart.draw_series([EmptyElement::at((middle, number(*n)))
                + Text::new(short_count(number(*n)), (0, -3), above.clone())])?;
            // The axis knows numbers only, and the last bar may be "12+".
            let (x, y) = chart.backend_coord(&(middle, 0.0));
            area.draw(&Text::new(size.clone(), (x, y + 6), below.clone()))?;
        }
        Ok(())
    })
}

/// The name and height of each bar: sizes from 1 with none left out, the largest as one.
fn bars(sizes: &[SizeCount]) -> Vec<(String, u64)> {
    let total = |from: u64, to: u64| -> u64 {
        let sizes = sizes.iter().filter(|size| (from..=to).contains(&size.size));
        sizes.map(|size| size.count).sum()
    };
    let counted = sizes.iter().filter(|size| 0 < size.count);
    let largest = counted.map(|size| size.size).max().unwrap_or(0);
    let shown = if largest == SIZES_SHOWN + 1 { largest } else { largest.min(SIZES_SHOWN) };
    let mut bars: Vec<_> = (1..=shown).map(|size| (size.to_string(), total(size, size))).collect();
    if shown < largest {
        bars.push((format!("{}+", shown + 1), total(shown + 1, u64::MAX)));
    }
    bars
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = Box<dyn std::error::Error>;

/// Draws into an SVG with this title and description.
fn draw(
    id: &str,
    title: &str,
    described: &str,
    on: impl FnOnce(&Area<'_>) -> Result<(), Failure>,
) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        on(&area).expect("drawing into memory cannot fail");
        area.present().expect("drawing into memory cannot fail");
    }
    // The page scales the chart, and names it for those who do not see it.
    let drawing = svg.split_once('>').map_or("", |(_, drawing)| drawing);
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{described}</desc>{drawing}"
    )
}

fn text(size: u32) -> TextStyle<'static> {
    ("system-ui", f64::from(size) * 1.24).into_font().color(&INK)
}

/// A weight on an axis, without needless places.
fn short_bits(bits: f64) -> String {
    let text = format!("{:.1}", bits.abs());
    let text = text.strip_suffix(".0").unwrap_or(&text);
    match bits {
        _ if text == "0" => text.to_owned(),
        bits if bits < 0.0 => format!("\u{2212}{text}"),
        _ => format!("+{text}"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a bar is some hundred pixels tall")]
fn number(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sizes: &[(u64, u64)], expected: &str) {
        let sizes: Vec<_> = sizes.iter().map(|&(size, count)| SizeCount { size, count }).collect();
        let bars: Vec<_> =
            bars(&sizes).iter().map(|(size, count)| format!("{size}:{count}")).collect();
        assert_eq!(bars.join(" "), expected);
    }

    #[test]
    fn sizes_become_bars_without_holes() {
        check(&[], "");
        check(&[(1, 0)], "");
        check(&[(1, 5), (3, 2)], "1:5 2:0 3:2");
        check(&[(12, 1)], "1:0 2:0 3:0 4:0 5:0 6:0 7:0 8:0 9:0 10:0 11:0 12:1");
        let tail = "1:9 2:0 3:0 4:0 5:0 6:0 7:0 8:0 9:0 10:0 11:0 12+:3";
        check(&[(1, 9), (12, 1), (400, 2)], tail);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(sizes(&[], "title", "records", "persons"), "");
        assert_eq!(weights(&Summary::default()), "");
        let mut odd = Summary::default();
        odd.weights.bins = vec![Bin { links: 1, ..Bin::default() }];
        for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            odd.weights.width_bits = width;
            assert_eq!(weights(&odd), "", "{width}");
        }
        odd.weights.width_bits = 1.0;
        assert!(weights(&odd).contains("<rect"));
    }
}
