//! The threads that work is done on.

use std::sync::Arc;

use rayon::ThreadPool;

use crate::error::{Error, Result};

/// Threads a processor at most: more find no work, and each takes memory and time to start.
const A_PROCESSOR: usize = 4;

/// How many threads are used of so many: at most four a processor.
pub fn bounded_threads(threads: usize) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    threads.min(A_PROCESSOR * processors)
}

/// A number of threads: those of the pool that the caller is in where it has as many, or a pool of its
/// own.
#[derive(Debug, Clone)]
pub struct Threads {
    own: Option<Arc<ThreadPool>>,
    count: usize,
}

impl Threads {
    /// So many threads, at most four a processor; `None`: those of the pool that the caller is in, which
    /// is rayon's global one outside of any.
    ///
    /// # Errors
    ///
    /// The system cannot start them.
    pub fn new(threads: Option<usize>) -> Result<Self> {
        let here = rayon::current_num_threads();
        let count = threads.map_or(here, |threads| bounded_threads(threads.max(1)));
        if count == here {
            return Ok(Threads { own: None, count });
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
        let pool = pool.map_err(|error| Error::Device {
            device: "cpu".into(),
            problem: error.to_string(),
        })?;
        Ok(Threads {
            own: Some(Arc::new(pool)),
            count,
        })
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Does work whose parallel parts take these threads.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.own {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_as_there_are_start_no_pool() {
        let three = Threads::new(Some(3)).unwrap();
        assert_eq!(three.run(rayon::current_num_threads), 3);
        let again = three.run(|| Threads::new(Some(3)).unwrap());
        assert!(again.own.is_none());
        let same = three.run(|| Threads::new(None).unwrap());
        assert_eq!((same.count(), same.own.is_none()), (3, true));
        assert_eq!(Threads::new(Some(0)).unwrap().count(), 1);
    }
}
