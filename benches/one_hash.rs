//! argon2id at the default cost and nothing else: the reference that whole processes are measured against.
//!
//!     cargo bench --bench one_hash -- process          # one hash, as a process that does nothing else pays for it: it gets
//!                                                      # memory from the system, and wipes it
//!     cargo bench --bench one_hash -- warm HASHES      # milliseconds of CPU a hash, in memory that is used again
//!     cargo bench --bench one_hash -- loop THREADS HASHES    # hashes a second of so many threads

#![allow(clippy::cast_precision_loss, clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use allocator_api2::vec::Vec;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use hugealloc::HugeAlloc;

fn main() {
    // `cargo bench` adds a word of its own.
    let words: std::vec::Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: std::vec::Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["warm", hashes] => warm(hashes.parse().unwrap()),
        ["loop", threads, hashes] => bare_loop(threads.parse().unwrap(), hashes.parse().unwrap()),
        ["process"] => process(),
        _ => panic!("process, warm or loop"),
    }
}

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, Some(32)).unwrap())
}

/// The best there is: huge pages, touched already.
fn memory() -> Vec<Block, HugeAlloc> {
    let mut memory = Vec::with_capacity_in(20 * 1_024, HugeAlloc);
    memory.resize(19_456, Block::new());
    memory
}

fn hash(argon: &Argon2<'_>, number: u64, memory: &mut [Block]) {
    let mut tag = [0; 32];
    let salt = [number.to_le_bytes(), number.to_be_bytes()].concat();
    argon.hash_password_into_with_memory(b"correct horse battery staple", &salt, &mut tag, memory).unwrap();
    std::hint::black_box(tag);
}

/// Wipes as `hasher/memory.rs` does.
fn process() {
    let mut memory = memory();
    hash(&argon(), 0, &mut memory);
    memory.fill(Block::new());
    std::hint::black_box(&memory);
}

fn warm(hashes: u64) {
    let (argon, mut memory) = (argon(), memory());
    hash(&argon, 0, &mut memory);
    let begun = cpu();
    (0..hashes).for_each(|number| hash(&argon, number, &mut memory));
    println!("{:.3}", (cpu() - begun) / hashes as f64 * 1e3);
}

/// Seconds of CPU that this thread took.
fn cpu() -> f64 {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    times.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn bare_loop(threads: u64, hashes: u64) {
    let (begun, next) = (Instant::now(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let (argon, mut memory) = (argon(), memory());
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        number if number < hashes => hash(&argon, number, &mut memory),
                        _ => break,
                    }
                }
            });
        }
    });
    println!("{:.2}", hashes as f64 / begun.elapsed().as_secs_f64());
}
