//! Whom a command for several is about: on the command line, or by `--from`, from a file with a person a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Session;
use super::failure::Failure;
use crate::flow::bulk::Named;
use crate::ui::stdin;

/// USER, several of them, or a file of them.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("people").required(true)))]
pub(in crate::cli) struct People {
    /// The person, or several
    #[arg(value_name = "USER", group = "people")]
    users: Vec<String>,
    /// Read people from a file, one a line; - is standard input
    #[arg(long, value_name = "FILE", group = "people")]
    from: Option<PathBuf>,
}

impl People {
    /// One USER on the command line is one thing, with its own exit code; a file is a list, also of one.
    pub(in crate::cli) fn alone(&self) -> bool {
        self.users.len() == 1
    }

    /// All of them. Whoever may do this to nobody was refused when the store was opened.
    pub(in crate::cli) fn read(&self, session: &Session<'_>) -> Result<Vec<Named>, Failure> {
        let Some(path) = &self.from else { return Ok(Named::list(&self.users)) };
        if path != Path::new("-") {
            session.context.own_file("use --from - and redirect it")?;
        }
        of_file(path)
    }
}

/// Longer than any USER can be: two names of 64 characters, or an address of 254 octets, with room for spaces.
const LONGEST: usize = 1024;

/// The people of a file, or of standard input for `-`.
fn of_file(path: &Path) -> Result<Vec<Named>, Failure> {
    let unreadable = |error: io::Error| {
        Failure::usage_with(
            format!("the list of people cannot be read: {error}"),
            "--from takes a file with a person a line, or - for standard input",
        )
    };
    if path.as_os_str() == "-" {
        return of_lines(stdin::claim_text()?).map_err(unreadable);
    }
    of_lines(BufReader::new(File::open(path).map_err(unreadable)?)).map_err(unreadable)
}

/// A person a line; blank lines and lines that begin with `#` count as lines only.
fn of_lines(mut input: impl BufRead) -> io::Result<Vec<Named>> {
    let mut people = Vec::new();
    let mut line = Vec::new();
    let mut row = 0;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(people);
        }
        row += 1;
        line.truncate(LONGEST);
        let text = String::from_utf8_lossy(&line);
        let text = if row == 1 { text.trim_start_matches('\u{feff}') } else { text.as_ref() };
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if !text.is_empty() && !text.starts_with('#') {
            people.push(Named { row, text: text.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_a_line_with_blanks_and_comments_between() {
        let file =
            "\u{feff}acme/alice\r\n\n# the night shift\n  acme/bob \n\t\nacme/\u{fffd}\nacme/night shift";
        let read = of_lines(file.as_bytes()).unwrap();
        let rows: Vec<(u64, &str)> = read.iter().map(|person| (person.row, person.text.as_str())).collect();
        assert_eq!(rows, [(1, "acme/alice"), (4, "acme/bob"), (6, "acme/\u{fffd}"), (7, "acme/night shift")]);
    }

    #[test]
    fn bad_utf8_and_endless_lines_are_rows_that_can_fail() {
        let mut file = b"acme/\xff\n".to_vec();
        file.extend([b'x'; 5000]);
        let read = of_lines(file.as_slice()).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].text, "acme/\u{fffd}");
        assert_eq!(read[1].text.len(), LONGEST);
    }
}
