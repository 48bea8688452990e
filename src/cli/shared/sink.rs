//! Where data go that may be too many for memory: standard output, or a new file.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use super::failure::Failure;
use crate::os::NewFile;
use crate::ui::{Printer, escape};

/// Lines are written to it as they are made.
pub(in crate::cli) enum Sink<'p> {
    Stdout(&'p Printer),
    /// And the option that names it.
    File(NewFile, &'static str),
}

impl Sink<'_> {
    /// A file of its own making, which has its name once it is complete.
    pub(in crate::cli) fn new_file(path: &Path, option: &'static str) -> Result<Self, Failure> {
        let file = NewFile::create(path).map_err(|error| Failure::from(error).of_file(option))?;
        Ok(Self::File(file, option))
    }

    /// Writes whole lines, unless nobody reads them any more. On a terminal, nothing in them steers it (security T3).
    pub(in crate::cli) fn write(&mut self, lines: &str) -> Result<ControlFlow<()>, Failure> {
        match self {
            Self::Stdout(printer) if printer.writes_to_terminal() => {
                for line in lines.lines() {
                    printer.text(&format!("{}\n", escape::visible(line)))?;
                }
            }
            Self::Stdout(printer) => printer.text(lines)?,
            Self::File(file, option) => {
                let written = file.write_all(lines.as_bytes());
                written.map_err(|error| Failure::from(file.failed(error)).of_file(option))?;
            }
        }
        Ok(match self {
            Self::Stdout(printer) if printer.is_closed() => ControlFlow::Break(()),
            Self::Stdout(_) | Self::File(..) => ControlFlow::Continue(()),
        })
    }

    pub(in crate::cli) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Stdout(printer) => Ok(printer.flush()?),
            Self::File(file, option) => file.keep().map_err(|error| Failure::from(error).of_file(option)),
        }
    }
}
