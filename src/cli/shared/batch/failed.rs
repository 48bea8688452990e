//! The rows that failed, in a file that is input again.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::cli::shared::Failure;
use crate::domain::list::{self, REGAIN_ERROR};
use crate::os::write_new;

/// A row that failed, and why.
pub(in crate::cli) struct Failed {
    pub(in crate::cli) row: u64,
    pub(super) user: String,
    pub(in crate::cli) why: String,
}

/// Writes rows into a new private file.
pub(super) fn write(path: &Path, rows: &[u8]) -> Result<(), Failure> {
    write_new(path, rows).map_err(|error| Failure::from(error).of("--failed-to"))
}

/// Them in the form of the list that they come from, or else as JSON, a person a line.
pub(super) fn rows(list: Option<&[u8]>, failed: &[Failed]) -> Vec<u8> {
    let Some(list) = list else {
        let line = |of: &Failed| format!("{}\n", json!({"user": of.user, REGAIN_ERROR: of.why}));
        return failed.iter().map(line).collect::<String>().into_bytes();
    };
    let why: BTreeMap<u64, String> = failed.iter().map(|of| (of.row, of.why.clone())).collect();
    list::only(list, &why).into_bytes()
}
