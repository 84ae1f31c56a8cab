//! Single draws for an engine whose floats could not decide them.

use std::sync::Arc;

use rayon::prelude::*;

use super::block::BLOCK;
use super::worker::Worker;
use crate::engine::Tally;
use crate::engine::task::Task;
use crate::plan::Plan;

/// Makes the values of listed draws by the code that made the observed ones.
pub(in crate::engine) struct Replayer<'p> {
    workers: Vec<Worker<'p>>,
    replayed: u64,
}

impl<'p> Replayer<'p> {
    pub(in crate::engine) fn new(plan: &'p Plan) -> Self {
        let threads = match plan.folds.iter().any(|fold| fold.may_be_undefined()) {
            true => rayon::current_num_threads(),
            false => 0,
        };
        let task = (threads > 0).then(|| Arc::new(Task::new(plan)));
        let task = task.iter().cycle().take(threads);
        Replayer {
            workers: task.map(Worker::new).collect(),
            replayed: 0,
        }
    }

    /// Draws made so far.
    pub(in crate::engine) fn replayed(&self) -> u64 {
        self.replayed
    }

    /// Adds the draws' values of the folds that are screened; the caller keeps the ranges.
    pub(in crate::engine) fn add(&mut self, draws: &[u64], tally: &mut Tally) {
        if draws.is_empty() {
            return;
        }
        self.replayed += draws.len() as u64;
        let share = draws.len().div_ceil(self.workers.len());
        self.workers
            .par_iter_mut()
            .zip(draws.par_chunks(share))
            .for_each(|(worker, draws)| {
                for draws in draws.chunks(BLOCK) {
                    worker.replay(draws);
                }
            });
        for worker in &mut self.workers {
            worker.hand_over(tally);
        }
    }
}
