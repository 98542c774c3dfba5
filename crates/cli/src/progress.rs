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
    stage: Option<(Stage, Option<u64>)>,
    /// When a line was last told, and how much was done then.
    told: Option<(Instant, u64)>,
}

/// How much is done in a second of late: what comes first in a stage often takes longer than the rest,
/// so that a mean since the beginning would tell too much time left.
#[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
fn pace(done: u64, seconds: f64) -> f64 {
    done as f64 / seconds.max(1e-9)
}

/// How long what is left will take at this pace, if it goes on at all.
#[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
fn seconds_left(done: u64, total: Option<u64>, pace: f64) -> Option<f64> {
    let left = total?.saturating_sub(done) as f64 / pace;
    left.is_finite().then(|| (left * 10.0).round() / 10.0)
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
            *state = LineState { stage: Some((stage, total)), told: Some((Instant::now(), 0)) };
        }
        tell(&json!({ "event": "begin", "stage": stage.as_str(), "total": total, "elapsed": self.elapsed() }).to_string());
    }

    fn advance(&self, done: u64) {
        let sum = self.done.fetch_add(done, Ordering::Relaxed) + done;
        let Ok(mut state) = self.state.try_lock() else { return };
        let Some(((stage, total), (told, done))) = state.stage.zip(state.told) else { return };
        if told.elapsed() < Lines::EVERY {
            return;
        }
        let pace = pace(sum.saturating_sub(done), told.elapsed().as_secs_f64());
        state.told = Some((Instant::now(), sum));
        tell(
            &json!({
                "event": "progress", "stage": stage.as_str(), "done": sum, "total": total,
                "per_second": pace.round(), "seconds_left": seconds_left(sum, total, pace),
                "elapsed": self.elapsed(),
            })
            .to_string(),
        );
    }

    fn end(&self, stage: Stage, outcome: &str) {
        tell(&json!({ "event": "end", "stage": stage.as_str(), "outcome": outcome, "elapsed": self.elapsed() }).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_of_a_stage_that_quickens_is_right_within_a_factor_of_two() {
        // Seconds and units, as a run of a million records told them; it took 25.2 seconds in all.
        let told = [
            (5.1, 2_438_782),
            (10.1, 10_955_708),
            (15.1, 23_697_898),
            (20.1, 41_870_498),
            (25.1, 60_659_388),
        ];
        let (took, total) = (25.2, Some(60_738_314));
        for pair in told.windows(2) {
            let [(before, done_before), (now, done)] = [pair[0], pair[1]];
            let pace = pace(done - done_before, now - before);
            let left = seconds_left(done, total, pace).unwrap();
            assert!((left - (took - now)).abs() < took - now + 0.1, "{left} s at {now} s");
        }
        assert_eq!(seconds_left(5, Some(5), 0.0), None, "nothing goes on");
        assert_eq!(seconds_left(5, None, 1.0), None, "nobody knows how much there is");
        assert_eq!(seconds_left(7, Some(5), 1.0), Some(0.0));
    }
}
