//! `kinfold block`: what each blocking rule costs and is expected to find.

use std::path::PathBuf;
use std::process::ExitCode;

use plan::{count, counted};
use serde_json::json;

use crate::table::table;
use crate::{Global, print};

/// Show what each blocking rule costs and is expected to find, before anything is linked.
///
/// `pairs` is what a rule proposes by itself, `new` what no rule above it does. `alone` and
/// `gained` are the shares of one person's pairs of records that are expected to be among them: a
/// model is learned for that, and no truth is needed. Without rules in the plan, those are shown
/// that would be chosen for these records.
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
        let expected = &blocking.expected;
        if global.json {
            let rules = blocking.rules.iter().zip(&expected.rules).map(|(rule, expected)| {
                json!({
                    "rule": rule.cost.rule.to_string(), "records": rule.cost.records, "blocks": rule.cost.blocks,
                    "largest": rule.cost.largest, "pairs": rule.cost.pairs, "new_pairs": rule.new_pairs,
                    "expected_alone": expected.alone, "expected_gained": expected.gained,
                })
            });
            let recall = blocking.recall.map(|recall| recall.recall());
            let proposal = blocking.proposal.as_ref();
            let proposal =
                proposal.map(|rules| rules.iter().map(ToString::to_string).collect::<Vec<_>>());
            print(&format!(
                "{}\n",
                json!({
                    "records": blocking.records, "rules": rules.collect::<Vec<_>>(), "pairs": new,
                    "expected_recall": expected.recall, "expected_pairs": expected.pairs, "recall": recall,
                    "proposal": proposal,
                })
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut sum = 0;
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let rows = blocking.rules.iter().zip(&expected.rules).map(|(rule, expected)| {
            sum += rule.new_pairs;
            vec![
                rule.cost.rule.to_string(),
                count(rule.cost.records),
                count(rule.cost.blocks),
                count(rule.cost.largest),
                count(rule.cost.pairs),
                count(rule.new_pairs),
                count(sum),
                percent(expected.alone),
                percent(expected.gained),
            ]
        });
        print(&table(
            &[
                "rule", ">records", ">blocks", ">largest", ">pairs", ">new", ">in all", ">alone",
                ">gained",
            ],
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
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let pairs = counted(expected.pairs.round() as u64, "pair");
        print(&format!(
            "{} of an expected {pairs} of one person are expected among them\n",
            percent(expected.recall)
        ))?;
        if let Some(recall) = blocking.recall {
            print(&format!(
                "{:.2} % of the {} are among them\n",
                100.0 * recall.recall(),
                counted(recall.true_pairs, "true pair")
            ))?;
        }
        if let Some(rules) = &blocking.proposal {
            print("\n[blocking]\nrules = [\n")?;
            for rule in rules {
                print(&format!("  \"{rule}\",\n"))?;
            }
            print("]\n")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
