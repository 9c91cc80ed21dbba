//! Threads that evaluate, with stacks that expressions need: each is kept for the next expression, and left behind
//! with one that does not come back.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for work. They end when this is dropped.
#[derive(Default)]
pub(super) struct Workers {
    idle: Mutex<Vec<Worker>>,
}

struct Worker {
    jobs: Sender<Job>,
    /// Bytes.
    stack: usize,
}

/// Why a worker has nothing to give.
pub(super) enum Lost {
    /// It did not come back in time.
    Late,
    /// There is no thread: the system's reason.
    NoThread(String),
}

impl Workers {
    /// Does `work` on a thread with `stack` bytes of stack, and waits for it no longer than `limit`.
    ///
    /// # Errors
    /// Why there is no result.
    pub(super) fn run<T: Send + 'static>(
        &self,
        stack: usize,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let worker = match self.take(stack) {
            Some(worker) => worker,
            None => Worker::start(stack).map_err(|error| Lost::NoThread(error.to_string()))?,
        };
        let (sender, receiver) = channel();
        let job = move || {
            // Nobody waits any more when the time is over.
            let _ = sender.send(work());
        };
        let gone = |_| Lost::NoThread("the evaluating thread is gone".to_owned());
        worker.jobs.send(Box::new(job)).map_err(gone)?;
        let result = receiver.recv_timeout(limit).map_err(|_| Lost::Late)?;
        self.idle().push(worker);
        Ok(result)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, stack: usize) -> Option<Worker> {
        let mut idle = self.idle();
        let at = idle.iter().position(|worker| worker.stack == stack)?;
        Some(idle.swap_remove(at))
    }
}

impl Worker {
    fn start(stack: usize) -> std::io::Result<Self> {
        let (jobs, waiting) = channel::<Job>();
        let thread = std::thread::Builder::new().stack_size(stack);
        thread.spawn(move || waiting.into_iter().for_each(|job| job()))?;
        Ok(Self { jobs, stack })
    }
}
