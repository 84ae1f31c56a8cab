//! The overlap regression: two groups, windows of 15 days on either side, 63 coefficients. 16 + 31
//! events on 760 days with six series at one day, and the bundled releases with seven series at six
//! days; both groups and their difference, as they are and over their HAC errors.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use placebo::campaign::bench::{Asked, Shape};
use placebo::engine::{Cpu, Engine};
use placebo::load::Source;
use placebo::plan::Plan;
use placebo::run::prepare;
use placebo::study::Study;

const TEST: &str = "window = [-15, 15]\nstatistic = ";
const PLAIN: &str = "[\"overlap-regression\"]";
const BOTH: &str = "[\"overlap-regression\", \"overlap-regression-t\"]";

/// A shape of `placebo bench`: random walks on 760 days, six series at one day.
fn walks(name: &str) -> Plan {
    let shape = Shape::named(&[name.into()]).expect("it is one of them")[0];
    match shape.make().expect("it can be made") {
        Asked::Plan(plan) => *plan,
        Asked::Resampling(_) => unreachable!("it is no bootstrap"),
    }
}

/// The bundled study of releases, with the regression for its test.
fn releases(statistics: &str) -> Plan {
    let mut study = Study::open("bjorkegren").expect("it is bundled");
    let text = format!(
        "[data]\nfiles = [\"-.csv\"]\n[events]\nfile = \"-.csv\"\n\
         [[test]]\n{TEST}{statistics}\ndays = [-15, -1, 0, 1, 5, 15]\n"
    );
    let tests = Study::from_toml(&text, "tests.toml", Source::Bundled).expect("it is well-formed");
    study.tests = tests.tests;
    let mut plans = prepare(&study).expect("it compiles").compiled.plans;
    plans.remove(0).plan
}

fn regression(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("regression");
    group.sample_size(10);
    for (name, plan) in [
        ("760 days", walks("regression")),
        ("760 days, errors", walks("t-ratio")),
        ("releases", releases(PLAIN)),
        ("releases, errors", releases(BOTH)),
    ] {
        for threads in [Some(1), None] {
            let mut cpu = Cpu::new(&plan, threads).expect("threads start");
            let draws = 1 << 14;
            let mut next = 0;
            group.throughput(Throughput::Elements(draws));
            group.bench_function(format!("{name}, {} thread(s)", cpu.threads()), |bencher| {
                bencher.iter(|| {
                    next += draws;
                    cpu.run(next - draws..next).expect("the engine runs draws")
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, regression);
criterion_main!(benches);
