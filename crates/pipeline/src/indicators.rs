//! What is asked of families, as the snapshot keeps it for those who ask.

use plan::Plan;
use snapshot::{Basket, Indicator};

/// The plan's indicators.
pub(crate) fn indicators(plan: &Plan) -> Vec<Indicator> {
    let all = plan.indicators.iter().map(|indicator| Indicator {
        name: indicator.name.clone(),
        says: indicator.says.clone(),
        of: indicator.of.as_str().to_owned(),
        sources: indicator.sources.clone(),
        field: indicator.field.clone(),
        is: indicator.is.clone(),
        is_not: indicator.is_not.clone(),
        within_days: indicator.within_days,
        absence_is_no: indicator.absence_is_no.clone(),
        absence_days_max: indicator.absence_days_max,
    });
    all.collect()
}

/// The plan's baskets.
pub(crate) fn baskets(plan: &Plan) -> Vec<Basket> {
    let all = plan.baskets.iter().map(|basket| Basket {
        name: basket.name.clone(),
        says: basket.says.clone(),
        indicators: basket.indicators.clone(),
        line: basket.line,
    });
    all.collect()
}
