//! Secrets of many people, prepared ahead of the commits that they are for: the threads that hash do not wait for those.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, RecvError, SyncSender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::domain::Entropy;
use crate::flow::foundation::{Env, FlowError, Promise};
use crate::flow::proofs::issuance::{Drawn, IssueCredential, PreparedSecret, draw};
use crate::hasher::{Hasher, Memory};

/// Hashes at once use a core and the memory of a hash each; more than this brings nothing while one process
/// commits.
const MOST_THREADS: usize = 8;

/// What becomes of a secret that was drawn.
type Prepared = Result<PreparedSecret, FlowError>;

/// A secret to hash, and where the outcome goes.
type Job = (Drawn, SyncSender<Prepared>);

/// Lets `work` have the secrets of people made, all different (security P8), each as a promise: passwords are hashed by
/// so many threads, or by one a core, that live as long as `work` runs, and each has memory of its own.
pub fn prepare_ahead<P: IssueCredential, T>(
    env: &Env<'_>,
    jobs: Option<NonZeroUsize>,
    work: impl FnOnce(&dyn Fn(&P) -> Promise<Prepared>) -> T,
) -> T {
    let (hasher, entropy) = (env.hasher, env.entropy);
    let threads =
        jobs.or(thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get).min(MOST_THREADS);
    let (queue, jobs) = channel();
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        let running = Cell::new(0);
        let prepare = |plan: &P| {
            let drawn = match draw(env, plan) {
                Ok(drawn) if drawn.is_password() => drawn,
                drawn => {
                    let prepared = |drawn: Drawn| drawn.hashed(&mut Memory::new(), hasher, entropy);
                    return Promise::Kept(drawn.and_then(prepared));
                }
            };
            if running.get() < threads {
                running.set(running.get() + 1);
                scope.spawn(|| hash_all(&jobs, hasher, entropy));
            }
            let (promise, keep) = Promise::open();
            // If nobody took it, the promise would be broken, and end this where it is waited for.
            let _ = queue.send((drawn, keep));
            promise
        };
        let ended = work(&prepare);
        drop(queue);
        // Where it ended early, the rest is for nobody.
        while next(&jobs).is_ok() {}
        ended
    })
}

fn hash_all(jobs: &Mutex<Receiver<Job>>, hasher: Hasher<'_>, entropy: &dyn Entropy) {
    let mut memory = Memory::new();
    while let Ok((drawn, keep)) = next(jobs) {
        // Whoever waited for it may be gone.
        let _ = keep.send(drawn.hashed(&mut memory, hasher, entropy));
    }
}

/// The next job, for which the others wait with this thread; none when no more will come.
fn next(jobs: &Mutex<Receiver<Job>>) -> Result<Job, RecvError> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv()
}
