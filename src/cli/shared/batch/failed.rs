//! The rows that failed, in a file that is input again.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cli::shared::Failure;
use crate::domain::list::{self, REGAIN_ERROR};
use crate::flow::FlowError;
use crate::os::{NewFile, Rows};

/// A row that failed, and why.
#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct Failed {
    pub(in crate::cli) row: u64,
    pub(super) user: String,
    pub(in crate::cli) why: String,
}

/// Why they are not all written.
pub(in crate::cli) enum Unwritten {
    Failure(Failure),
    Io(io::Error),
}

impl<E: Into<Failure>> From<E> for Unwritten {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// Has rows written into a new private file, which is there when all of them are.
pub(super) fn write(
    path: &Path,
    rows: impl FnOnce(&mut dyn Write) -> Result<(), Unwritten>,
) -> Result<(), Failure> {
    let of = |error| Failure::from(error).of("--failed-to");
    let mut file = NewFile::create(path).map_err(of)?;
    match rows(&mut file) {
        Ok(()) => file.keep().map_err(of),
        Err(Unwritten::Io(error)) => Err(of(file.failed(error))),
        Err(Unwritten::Failure(failure)) => Err(failure),
    }
}

/// Them in the form of the list that they come from, or else as JSON, a person a line.
pub(super) fn write_people(
    list: Option<&[u8]>,
    failed: &mut Rows<Failed>,
    out: &mut dyn Write,
) -> Result<(), Unwritten> {
    let mut why = BTreeMap::new();
    for of in failed.read().map_err(FlowError::from)? {
        let of = of.map_err(FlowError::from)?;
        if list.is_some() {
            why.insert(of.row, of.why);
        } else {
            let line = json!({"user": of.user, REGAIN_ERROR: of.why});
            writeln!(out, "{line}").map_err(Unwritten::Io)?;
        }
    }
    let rows = list.map(|list| list::only(list, &why)).unwrap_or_default();
    out.write_all(rows.as_bytes()).map_err(Unwritten::Io)
}
