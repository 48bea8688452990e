//! Parses, runs, and exits with the code that says how it went. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    regain::cli::main()
}
