//! The commands, one a file.

pub(crate) mod ask;
mod authority;
pub(crate) mod block;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod evaluate;
pub(crate) mod explain;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod synth;

use std::io::IsTerminal;

use miette::{GraphicalReportHandler, GraphicalTheme};

/// Problems with a plan, drawn in its text.
pub(crate) fn rendered(problems: &plan::Problems) -> String {
    let theme = if std::io::stderr().is_terminal() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
    let mut text = String::new();
    match handler.render_report(&mut text, problems) {
        Ok(()) => text,
        Err(_) => problems.lines().join("\n"),
    }
}
pub(crate) mod train;
