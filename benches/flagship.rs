//! The flagship shape of `placebo bench`: mean change, 47 of 760 dates in groups of 16 and 31, 6 series, full tally: 24
//! hypotheses (two groups, both together and their difference), each with counts, histogram and moments.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use placebo::campaign::bench::{Asked, Shape};
use placebo::engine::{Adapter, Cpu, Engine, Gpu};

fn flagship(criterion: &mut Criterion) {
    let shape = Shape::named(&["mean".into()]).expect("it is one of them")[0];
    let Asked::Plan(plan) = shape.make().expect("it can be made") else {
        unreachable!("it is no bootstrap");
    };
    let mut group = criterion.benchmark_group("flagship");
    group.sample_size(10);
    let mut next = 0;
    let mut bench = |name: String, draws: u64, engine: &mut dyn Engine| {
        group.throughput(Throughput::Elements(draws));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                next += draws;
                engine
                    .run(next - draws..next)
                    .expect("the engine runs draws")
            });
        });
    };
    for threads in [Some(1), None] {
        let mut cpu = Cpu::new(&plan, threads).expect("threads start");
        let name = format!("cpu, {} thread(s)", cpu.threads());
        bench(name, 1 << 20, &mut cpu);
    }
    for adapter in Adapter::all().expect("the drivers answer") {
        let mut gpu = Gpu::new(&plan, &adapter).expect("the adapter takes the plan");
        let draws = 64 * gpu.slice();
        bench(
            format!("{} ({})", adapter.name(), adapter.kind()),
            draws,
            &mut gpu,
        );
    }
    group.finish();
}

criterion_group!(benches, flagship);
criterion_main!(benches);
