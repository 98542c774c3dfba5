//! `kinfold block`: what each blocking rule costs and adds.

use std::path::PathBuf;
use std::process::ExitCode;

use plan::{count, counted};
use serde_json::json;

use crate::table::table;
use crate::{Global, print};

/// Show what each blocking rule costs and adds, before anything is weighed.
///
/// `pairs` is what a rule proposes by itself, `new` what no rule above it does. Without rules in
/// the plan, those are shown that would be chosen for these records.
#[derive(clap::Args)]
pub(crate) struct Block {
    /// The plan
    plan: PathBuf,
    /// Propose rules by what they are expected to find, as a plan writes them
    #[arg(long)]
    propose: bool,
}

impl Block {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let plan = plan::read(&self.plan)?;
        let progress = global.progress.teller();
        let blocking = pipeline::block(&plan, self.propose, progress.as_ref())?;
        let new: u64 = blocking.rules.iter().map(|rule| rule.new_pairs).sum();
        if global.json {
            let rules = blocking.rules.iter().map(|rule| {
                json!({
                    "rule": rule.cost.rule.to_string(), "records": rule.cost.records, "blocks": rule.cost.blocks,
                    "largest": rule.cost.largest, "pairs": rule.cost.pairs, "new_pairs": rule.new_pairs,
                })
            });
            let recall = blocking.recall.map(|recall| recall.recall());
            print(&format!(
                "{}\n",
                json!({ "records": blocking.records, "rules": rules.collect::<Vec<_>>(), "pairs": new, "recall": recall })
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        let e = &blocking.expected;
        eprintln!("expected {:.4} proposed {:.0} of {:.0}", e.recall, 0, e.pairs);
        if let Some(r)=&blocking.proposal { for r in r { eprintln!("PROP \"{r}\","); } }
        let mut sum = 0;
        let rows = blocking.rules.iter().map(|rule| {
            sum += rule.new_pairs;
            vec![
                rule.cost.rule.to_string(),
                count(rule.cost.records),
                count(rule.cost.blocks),
                count(rule.cost.largest),
                count(rule.cost.pairs),
                count(rule.new_pairs),
                count(sum),
            ]
        });
        print(&table(
            &["rule", ">records", ">blocks", ">largest", ">pairs", ">new", ">in all"],
            rows,
        ))?;
        let n = blocking.records;
        #[expect(clippy::cast_precision_loss, reason = "a mean need not be exact")]
        let each = new as f64 / (n.max(1)) as f64;
        let (pairs, records) = (counted(new, "pair"), counted(n, "record"));
        print(&format!("\n{pairs} of {records}: {each:.1} for each\n"))?;
        for block in &blocking.oversized {
            let rule = &blocking.rules[block.rule].cost.rule;
            print(&format!(
                "a block of {} under `{rule}` is over the limit: a finer key keeps {} of its {}\n",
                counted(block.records, "record"),
                count(block.pairs_kept),
                counted(block.pairs, "pair"),
            ))?;
        }
        if let Some(recall) = blocking.recall {
            print(&format!(
                "{:.2} % of the {} are among them\n",
                100.0 * recall.recall(),
                counted(recall.true_pairs, "true pair")
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
