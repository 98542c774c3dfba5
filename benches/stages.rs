//! What each stage of a run costs: a town of 6,500 persons, some 25,000 records in 16 extracts.
//!
//! `cargo bench -p benches`. Throughput is records for the stages that work on records, pairs for
//! those that work on pairs, on all processors; `RAYON_NUM_THREADS=1` for one.

use std::hint::black_box;

use benches::town;
use block::Index;
use compare::Comparer;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pipeline::{Silent, candidates, link};
use record::RecordPair;
use score::Scorer;

fn stages(criterion: &mut Criterion) {
    let town = town(6_500);
    let plan = &town.plan;
    let config = pipeline::config(plan, None).expect("no model is given");
    let records = pipeline::extract(plan, &Silent).expect("the town can be read").records;
    let (normalised, _) = normalise::normalise(&mut records.clone(), &config.normalise);
    let comparisons = link::held(&normalised, &config);
    let comparer = Comparer::new(&normalised, &comparisons);
    let rules = block::propose(&normalised, &config.limits);
    let refinements = block::refinements(&normalised);
    let index = Index::new(&normalised, &rules, &refinements, &config.limits);
    let learn = || {
        let pairs = train::Pairs { index: &index, allowed: &|_| true, proposed: &|_| true };
        let (labels, config) = (train::Labels::default(), train::Config::default());
        train::Training::new(&comparer, &comparisons, &pairs, &labels, &config).learn(&config)
    };
    let n = records.len();
    let model = learn().model;
    let scorer = Scorer::new(&model, &comparer, &comparisons);

    let mut group = criterion.benchmark_group("records");
    group.sample_size(10).throughput(Throughput::Elements(n as u64));
    group.bench_function("extract", |b| b.iter(|| pipeline::extract(plan, &Silent)));
    group.bench_function("normalise", |b| {
        let normalise = |mut records| normalise::normalise(&mut records, &config.normalise);
        b.iter_batched(|| records.clone(), normalise, BatchSize::LargeInput);
    });
    group.bench_function("propose rules", |b| {
        b.iter(|| block::propose(&normalised, &config.limits));
    });
    group.bench_function("gather blocks", |b| {
        b.iter(|| Index::new(&normalised, &rules, &refinements, &config.limits));
    });
    group.finish();

    let mut pairs: Vec<RecordPair> = Vec::new();
    let mut all = Vec::new();
    for work in index.work(65_536) {
        for task in work.tasks() {
            work.pairs(task, |_| true, &mut pairs);
            all.extend_from_slice(&pairs);
        }
    }
    let mut group = criterion.benchmark_group("pairs");
    group.sample_size(10).throughput(Throughput::Elements(all.len() as u64));
    group.bench_function("propose", |b| {
        b.iter(|| candidates::count_pairs(&normalised, &index, &[], &Silent));
    });
    group.bench_function("compare, one thread", |b| {
        let mut batch = comparer.batch();
        b.iter(|| {
            batch.compare(&all, |_, vector| {
                black_box(vector);
            });
        });
    });
    group.bench_function("compare and weigh, one thread", |b| {
        let mut batch = comparer.batch();
        b.iter(|| {
            batch.compare(&all, |pair, vector| {
                black_box(scorer.weigh(&comparer, pair, vector));
            });
        });
    });
    group.bench_function("learn", |b| {
        b.iter(learn);
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
