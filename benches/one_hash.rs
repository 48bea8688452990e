//! One argon2id hash at the default cost and nothing else: the reference that the benches measure whole
//! processes against. Run by itself it prints how long one hash takes in this process.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::time::Instant;

fn main() {
    let params = argon2::Params::new(19_456, 2, 1, Some(32)).unwrap();
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut tag = [0_u8; 32];
    let begun = Instant::now();
    argon.hash_password_into(b"correct horse battery staple", b"sixteen byte sal", &mut tag).unwrap();
    println!("one hash: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
}
