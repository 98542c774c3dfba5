//! Hearing how far a run has come.

use std::sync::Mutex;
use std::time::Instant;

/// Hears how far a run has come. Calls may come from many threads.
pub trait Progress: Sync {
    /// A stage begins. `total` is how many units of work it has, if that is known.
    fn begin(&self, stage: Stage, total: Option<u64>);

    /// So many more units of the present stage are done.
    fn advance(&self, done: u64);

    /// The present stage is done; `outcome` says what came of it, in counts.
    fn end(&self, stage: Stage, outcome: &str);
}

/// A stage of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Reading extracts; units are bytes.
    Extract,
    /// Normalising.
    Normalise,
    /// Choosing rules and gathering blocks.
    Block,
    /// Learning the model.
    Train,
    /// Comparing and weighing; units are pairs.
    Score,
    /// Reckoning what the rules find of the pairs of one person, for the reader.
    Expect,
    /// Forming persons.
    Resolve,
    /// Forming households.
    Household,
    /// Measuring against the truth.
    Evaluate,
    /// Writing the snapshot.
    Publish,
    /// Reading back what was published, and making the page that shows it.
    Report,
}

impl Stage {
    /// The word for it in logs and timings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Extract => "extract",
            Stage::Normalise => "normalise",
            Stage::Block => "block",
            Stage::Train => "train",
            Stage::Score => "score",
            Stage::Expect => "expect",
            Stage::Resolve => "resolve",
            Stage::Household => "household",
            Stage::Evaluate => "evaluate",
            Stage::Publish => "publish",
            Stage::Report => "report",
        }
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _stage: Stage, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
    fn end(&self, _stage: Stage, _outcome: &str) {}
}

/// Passes on what it hears, and keeps how long each stage took.
pub(crate) struct Timed<'a> {
    inner: &'a dyn Progress,
    state: Mutex<State>,
}

struct State {
    began: Instant,
    timings: Vec<(Stage, f64)>,
}

impl<'a> Timed<'a> {
    pub(crate) fn new(inner: &'a dyn Progress) -> Timed<'a> {
        Timed { inner, state: Mutex::new(State { began: Instant::now(), timings: Vec::new() }) }
    }

    /// The stages done so far and the seconds each took, in order.
    pub(crate) fn timings(&self) -> Vec<(Stage, f64)> {
        self.state.lock().map(|state| state.timings.clone()).unwrap_or_default()
    }
}

impl Progress for Timed<'_> {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        if let Ok(mut state) = self.state.lock() {
            state.began = Instant::now();
        }
        self.inner.begin(stage, total);
    }

    fn advance(&self, done: u64) {
        self.inner.advance(done);
    }

    fn end(&self, stage: Stage, outcome: &str) {
        if let Ok(mut state) = self.state.lock() {
            let seconds = state.began.elapsed().as_secs_f64();
            state.timings.push((stage, seconds));
        }
        self.inner.end(stage, outcome);
    }
}

/// Passes on what reading files says.
pub(crate) struct Reading<'a>(pub(crate) &'a dyn Progress);

impl extract::Progress for Reading<'_> {
    fn start(&self, _file: &str, _bytes: u64) {}

    fn advance(&self, bytes: u64) {
        self.0.advance(bytes);
    }

    fn finish(&self, _file: &str, _rows: u64) {}
}
