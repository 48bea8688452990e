//! How the program is linked where that is Linux with glibc: so that it starts sooner.

use std::env::var;

#[allow(clippy::disallowed_methods, reason = "what cargo tells a build script is in its environment")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let glibc = var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu");
    if glibc && var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // The unwinder of a panic. As a library of its own it would be looked for, loaded and set up by each process, which
        // is a tenth of the time that a short command takes.
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
