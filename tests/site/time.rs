//! Time that passes for one command (libfaketime; `tests/run` installs it).

use std::path::Path;
use std::process::Stdio;

use super::{Ended, Site, ended, skipped};

/// The library that moves time, or nothing where it is not installed.
pub fn library() -> Option<&'static Path> {
    let places = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib64/faketime/libfaketime.so.1",
    ];
    let library = places.map(Path::new).into_iter().find(|path| path.exists());
    if library.is_none() {
        skipped("libfaketime is not installed: what time does is not tested");
    }
    library
}

/// A command as it will run after this time (`+15m`), or nothing where that cannot be arranged.
pub fn later(site: &Site, span: &str, arguments: &[&str], input: &str) -> Option<Ended> {
    let mut command = site.command(arguments);
    command.env("LD_PRELOAD", library()?).env("FAKETIME", span).stdin(Stdio::piped());
    Some(ended(command.spawn().unwrap(), input))
}
