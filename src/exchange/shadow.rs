//! Unix: `passwd` with `shadow`, each alone or one behind the other, as `getent passwd; getent shadow` prints them.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};

use zeroize::Zeroizing;

use super::error::{ExchangeError, RowFault};
use super::field::{Draft, Field};
use super::lines::Lines;
use super::notation::is_crypt;
use super::row::{Failed, Next, filled};
use super::written::name_of;
use crate::domain::Secret;
use crate::domain::account::Status;
use crate::domain::cells::counts;
use crate::domain::record::{Given, Record};

/// The password of an account that is locked begins so.
const LOCKED: char = '!';

/// What stands where the password would, if it is in `shadow`.
const ELSEWHERE: &str = "x";

/// A person of `passwd` whose password is in `shadow`, or nowhere.
struct Known {
    row: u64,
    line: String,
    /// The name of the person, where it is known.
    full_name: String,
}

/// Lines of both files. Those of `passwd` wait for those of `shadow`: no more of them than a system has people.
pub(super) struct Shadow<'r> {
    lines: Lines<'r>,
    known: BTreeMap<String, Known>,
    /// Those of whom `shadow` said nothing, once it has ended.
    left: Option<VecDeque<(String, Known)>>,
    /// Whether a line of `shadow` was read.
    in_shadow: bool,
    raw: Zeroizing<String>,
    whole: bool,
}

impl<'r> Shadow<'r> {
    pub(super) fn new(lines: Lines<'r>) -> Self {
        Self {
            lines,
            known: BTreeMap::new(),
            left: None,
            in_shadow: false,
            raw: Zeroizing::default(),
            whole: false,
        }
    }

    /// The last row as it is written, in as many lines as it has, if it was read as a whole.
    pub(super) fn raw(&self) -> Option<&str> {
        Some(self.raw.as_str()).filter(|_| self.whole)
    }

    pub(super) fn next(&mut self) -> Next {
        self.whole = true;
        if let Some(left) = &mut self.left {
            return Ok(left.pop_front().map(|(name, known)| {
                self.raw.clone_from(&Zeroizing::new(known.line));
                (known.row, person(&name, "", "", &known.full_name))
            }));
        }
        loop {
            let Some((row, line)) = self.lines.next()? else {
                let mut left: VecDeque<_> = std::mem::take(&mut self.known).into_iter().collect();
                left.make_contiguous().sort_by_key(|(_, known)| known.row);
                self.left = Some(left);
                return self.next();
            };
            let line = match line {
                Err(fault) => {
                    self.whole = false;
                    return Ok(Some((row, Err(fault.into()))));
                }
                Ok(line) if !counts(line) => continue,
                Ok(line) => line,
            };
            self.raw.clear();
            self.raw.push_str(line);
            let fields: Vec<&str> = line.trim_end().split(':').collect();
            match fields[..] {
                [name, password, _, _, gecos, _, _] => {
                    if self.in_shadow {
                        return Err(ExchangeError::PasswdBelowShadow { line: row });
                    }
                    let full_name = gecos.split(',').next().unwrap_or_default();
                    if password != ELSEWHERE {
                        return Ok(Some((row, person(name, password, "", full_name))));
                    }
                    let known = Known { row, line: line.to_owned(), full_name: full_name.to_owned() };
                    self.known.insert(name.to_owned(), known);
                }
                [name, password, changed, _, _, _, _, _, _] => {
                    self.in_shadow = true;
                    let known = self.known.remove(name);
                    let full_name = known.as_ref().map_or("", |known| known.full_name.as_str());
                    let read = person(name, password, changed, full_name);
                    if let Some(known) = &known {
                        self.raw.insert_str(0, &format!("{}\n", known.line));
                    }
                    return Ok(Some((row, read)));
                }
                _ => return Ok(Some((row, Err(RowFault::NoShadow(fields.len() as u64).into())))),
            }
        }
    }
}

fn person(name: &str, password: &str, changed: &str, full_name: &str) -> Result<Draft, Failed> {
    filled(Draft::default(), |draft| {
        draft.put(Field::User, name)?;
        draft.put(Field::Description, full_name)?;
        let record = draft.record();
        let hash = password.trim_start_matches(LOCKED);
        if hash.starts_with(['$', '_']) || (hash.len() == 13 && !hash.starts_with('*')) {
            record.password_hash = Given::Set(Secret::from(hash));
            if hash.len() < password.len() {
                record.status = Given::Set(Status::Disabled);
            }
        }
        // Changed on the first day of 1970 is how passwords are marked that have to be changed.
        if changed == "0" {
            record.must_change = Given::Set(true);
        }
        Ok(())
    })
}

pub(super) fn carries(hash: &str) -> bool {
    is_crypt(hash)
}

/// A line of `shadow`. Without a hash nobody can sign in by it.
pub(super) fn write(record: &Record, hash: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let locked = if record.status.set() == Some(&Status::Disabled) { "!" } else { "" };
    let changed = if record.must_change.set() == Some(&true) { "0" } else { "" };
    writeln!(out, "{}:{locked}{}:{changed}:0:99999:7:::", name_of(record), hash.unwrap_or("*"))
}
