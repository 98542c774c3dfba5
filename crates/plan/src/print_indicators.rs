//! Writes indicators and baskets as a plan has them.

use crate::plan::{Basket, Indicator, Plan};
use crate::print::{Toml, list};

pub(crate) fn print_indicators(plan: &Plan, out: &mut Toml) {
    for indicator in &plan.indicators {
        print_indicator(indicator, out);
    }
    for Basket { name, says, indicators, line } in &plan.baskets {
        out.table("[[basket]]");
        out.text("name", name);
        out.text("says", says);
        out.line("indicators", list(indicators));
        out.line("line", line);
    }
}

fn print_indicator(indicator: &Indicator, out: &mut Toml) {
    out.table("[[indicator]]");
    out.text("name", &indicator.name);
    out.text("says", &indicator.says);
    out.text("of", indicator.of.as_str());
    let mut texts = |key: &str, all: &[String]| {
        if !all.is_empty() {
            out.line(key, list(all));
        }
    };
    texts("sources", &indicator.sources);
    texts("is", &indicator.is);
    texts("is_not", &indicator.is_not);
    texts("absence_is_no", &indicator.absence_is_no);
    if !indicator.absence_is_no.is_empty() {
        out.line("absence_days_max", indicator.absence_days_max);
    }
    if let Some(field) = &indicator.field {
        out.text("field", field);
    }
    if let Some(days) = indicator.within_days {
        out.line("within_days", days);
    }
}
