//! The rows that failed, in a file that is input again.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::shared::Failure;
use crate::domain::list;
use crate::os::write_new;

/// A row that failed, and why.
pub(super) struct Failed {
    pub(super) row: u64,
    pub(super) user: String,
    pub(super) why: String,
}

/// Writes them into a new private file: in the form of the list that they come from, or else a person a line.
pub(super) fn write(path: &Path, list: Option<&[u8]>, failed: &[Failed]) -> Result<(), Failure> {
    let rows = match list {
        Some(list) => {
            let why: BTreeMap<u64, String> = failed.iter().map(|of| (of.row, of.why.clone())).collect();
            list::only(list, &why)
        }
        None => {
            let people: Vec<String> = failed.iter().map(|of| format!("{}\n", of.user)).collect();
            let why = (1..).zip(failed).map(|(row, of)| (row, of.why.clone())).collect();
            list::only(people.concat().as_bytes(), &why)
        }
    };
    write_new(path, rows.as_bytes()).map_err(|error| Failure::from(error).of("--failed-to"))
}
