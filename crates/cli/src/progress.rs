//! Telling how far a run has come: bars on a terminal, JSON lines elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use pipeline::{Progress, Silent, Stage};
use serde_json::json;

use crate::tell;

/// How to tell how far a command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProgressKind {
    /// Bars on a terminal, JSON lines elsewhere
    Auto,
    /// Bars
    Bars,
    /// JSON lines
    Json,
    /// Nothing
    None,
}

impl ProgressKind {
    pub(crate) fn teller(self) -> Box<dyn Progress> {
        match self {
            ProgressKind::None => Box::new(Silent),
            ProgressKind::Bars => Box::new(Bars::default()),
            ProgressKind::Auto if std::io::stderr().is_terminal() => Box::new(Bars::default()),
            ProgressKind::Auto | ProgressKind::Json => Box::new(Lines::new()),
        }
    }
}

fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded for people"
    )]
    let rate = state.per_sec() as u64;
    // A bar that cannot be written to has nobody to look at it.
    let _ = write!(out, "{}/s", HumanCount(rate));
}

#[derive(Default)]
struct Bars {
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        let template = match (total, stage) {
            (Some(_), Stage::Extract) => {
                "{prefix:>10} [{bar:32}] {bytes}/{total_bytes} {bytes_per_sec}, {eta} left"
            }
            (Some(_), _) => "{prefix:>10} [{bar:32}] {human_pos}/{human_len} {rate}, {eta} left",
            (None, _) => "{prefix:>10} {spinner} {elapsed}",
        };
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .with_key("rate", rate)
            .progress_chars("=> ");
        let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_style(style);
        bar.set_prefix(stage.as_str());
        bar.enable_steady_tick(Duration::from_millis(120));
        if let Ok(mut present) = self.bar.lock() {
            *present = Some(bar);
        }
    }

    fn advance(&self, done: u64) {
        if let Ok(present) = self.bar.lock()
            && let Some(bar) = present.as_ref()
        {
            bar.inc(done);
        }
    }

    fn end(&self, stage: Stage, outcome: &str) {
        if let Ok(mut present) = self.bar.lock()
            && let Some(bar) = present.take()
        {
            let seconds = bar.elapsed().as_secs_f64();
            bar.finish_and_clear();
            tell(&format!("{:>10} {seconds:6.2} s  {outcome}", stage.as_str()));
        }
    }
}

struct Lines {
    began: Instant,
    done: AtomicU64,
    state: Mutex<LineState>,
}

#[derive(Default)]
struct LineState {
    stage: Option<(Stage, Option<u64>, Instant)>,
    told: Option<Instant>,
}

impl Lines {
    const EVERY: Duration = Duration::from_secs(5);

    fn new() -> Lines {
        Lines { began: Instant::now(), done: AtomicU64::new(0), state: Mutex::default() }
    }

    fn elapsed(&self) -> f64 {
        (self.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }
}

impl Progress for Lines {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        self.done.store(0, Ordering::Relaxed);
        if let Ok(mut state) = self.state.lock() {
            *state = LineState {
                stage: Some((stage, total, Instant::now())),
                told: Some(Instant::now()),
            };
        }
        tell(&json!({ "event": "begin", "stage": stage.as_str(), "total": total, "elapsed": self.elapsed() }).to_string());
    }

    fn advance(&self, done: u64) {
        let sum = self.done.fetch_add(done, Ordering::Relaxed) + done;
        let Ok(mut state) = self.state.try_lock() else { return };
        if state.told.is_some_and(|told| told.elapsed() < Lines::EVERY) {
            return;
        }
        state.told = Some(Instant::now());
        let Some((stage, total, began)) = state.stage else { return };
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
        let rate = sum as f64 / began.elapsed().as_secs_f64().max(1e-9);
        tell(
            &json!({
                "event": "progress", "stage": stage.as_str(), "done": sum, "total": total,
                "per_second": rate.round(), "elapsed": self.elapsed(),
            })
            .to_string(),
        );
    }

    fn end(&self, stage: Stage, outcome: &str) {
        tell(&json!({ "event": "end", "stage": stage.as_str(), "outcome": outcome, "elapsed": self.elapsed() }).to_string());
    }
}
