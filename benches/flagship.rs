//! The flagship shape: mean change, 47 of 760 dates in groups of 16 and 31, 6 series, full tally.

#[path = "../tests/common/mod.rs"]
mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use placebo::engine::{Cpu, Engine};

fn flagship(criterion: &mut Criterion) {
    let plan = common::plan(760, 6, &[16, 31], "statistic = \"mean-change\"");
    let mut group = criterion.benchmark_group("mean-change 16 + 31 of 760, 6 series");
    const DRAWS: u64 = 1 << 20;
    group
        .throughput(Throughput::Elements(DRAWS))
        .sample_size(10);
    let mut first = 0;
    for threads in [1, 2] {
        let mut cpu = Cpu::new(&plan, Some(threads)).expect("threads start");
        group.bench_function(format!("cpu, {threads} thread(s)"), |bencher| {
            bencher.iter(|| {
                first += DRAWS;
                cpu.run(first..first + DRAWS).expect("the CPU runs draws")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, flagship);
criterion_main!(benches);
