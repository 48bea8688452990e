//! The rows that failed, in a file that is input again.

use std::path::Path;

use crate::cli::shared::Failure;
use crate::os::write_new;

/// Writes these rows of a list, each with why it failed, into a new private file.
pub(super) fn write(path: &Path, _input: &[u8], failed: &[(u64, String)]) -> Result<(), Failure> {
    let rows: Vec<String> = failed.iter().map(|(row, why)| format!("{row} {why}")).collect();
    write_new(path, rows.join("").as_bytes()).map_err(|error| Failure::from(error).of("--failed-to"))
}
