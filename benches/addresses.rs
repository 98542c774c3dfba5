//! How fast addresses are read and told apart, on one processor: distinct texts a second of its time.
//!
//! `cargo bench -p benches --bench addresses`. Where the system tells it, what is measured is the time
//! that the processor spent on it, which hardly changes with what else the machine does.

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches as _;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use record::{Date, Dictionary, NONE, Origin, RawResidence, Records, Source, SourceId};

fn addresses(criterion: &mut Criterion) {
    let written = synth::addresses(5, 100_000);
    let words = written.iter().flat_map(|one| [one.text.as_str(), one.postcode.as_str()]);
    let text = Dictionary::of(words.collect::<Vec<_>>());
    let id = |word: &str| text.find(word).filter(|_| !word.is_empty()).unwrap_or(NONE);
    let residence = |one: &synth::WrittenAddress| {
        let [uprn, from, to, seen] = [NONE; 4];
        let (words, postcode) = (id(&one.text), id(&one.postcode));
        vec![RawResidence { text: words, postcode, uprn, from, to, seen }]
    };
    let n = written.len();
    let records = Records {
        sources: vec![Source::named("clerks")],
        source: vec![SourceId(0); n],
        key: (0..n).map(|at| at.to_string()).collect(),
        origin: (1..).take(n).map(|line| Origin { file: 0, line }).collect(),
        is_subject: vec![true; n],
        residences: written.iter().map(residence).collect(),
        residence_text: text.clone(),
        ..Records::default()
    };
    let config = normalise::Config::new(Date::constant(2026, 3, 31));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group("addresses");
    group.sample_size(10).throughput(Throughput::Elements(n as u64));
    group.bench_function("read and tell apart, one thread", |b| {
        b.iter_custom(|rounds| {
            let round = |_| {
                let mut records = records.clone();
                one.install(|| {
                    let clock = Clock::start();
                    black_box(normalise::normalise(&mut records, &config));
                    clock.spent()
                })
            };
            (0..rounds).map(round).sum()
        });
    });
    group.finish();
}

/// The time that a processor spends on this thread.
struct Clock {
    wall: Instant,
    processor: Option<Duration>,
}

impl Clock {
    fn start() -> Clock {
        Clock { wall: Instant::now(), processor: processor() }
    }

    fn spent(&self) -> Duration {
        let processor =
            processor().zip(self.processor).and_then(|(now, then)| now.checked_sub(then));
        processor.unwrap_or_else(|| self.wall.elapsed())
    }
}

/// What Linux says that processors have spent on this thread.
fn processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

criterion_group!(benches, addresses);
criterion_main!(benches);
