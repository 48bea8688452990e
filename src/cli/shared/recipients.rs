//! For whom secrets are sealed: `--secrets-for`.

use std::fs;
use std::path::Path;

use super::context::Context;
use super::failure::Failure;
use crate::os;

/// What an age public key begins with.
const KEY: &str = "age1";

const FORM: &str =
    "--secrets-for takes an age public key, such as age1…, or a file of them; `age-keygen` makes one";

/// The public keys that these are, or that stand in these files; each can seal.
pub(in crate::cli) fn recipients(given: &[String], context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let wrong = |message: String| Failure::usage_with(message, FORM).of("--secrets-for");
    let mut keys: Vec<String> = Vec::new();
    for text in given.iter().map(|text| text.trim()) {
        if text.starts_with(KEY) {
            keys.push(text.to_owned());
            continue;
        }
        if text.is_empty() || text.contains("AGE-SECRET-KEY") {
            return Err(wrong("this is no age public key".to_owned()));
        }
        context.own_file("give the keys themselves").map_err(|failure| failure.of("--secrets-for"))?;
        let file = fs::read_to_string(Path::new(text)).map_err(|error| {
            wrong(format!("{text} is no age public key, and no file that can be read: {error}"))
        })?;
        let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let before = keys.len();
        for (number, line) in (1..).zip(lines) {
            if !line.starts_with(KEY) {
                return Err(wrong(format!("key {number} in {text} is no age public key")));
            }
            keys.push(line.to_owned());
        }
        if keys.len() == before {
            return Err(wrong(format!("{text} holds no age public key")));
        }
    }
    if !keys.is_empty() {
        // Before anything is done for anybody.
        os::seal(&keys, b"").map_err(|error| match error {
            os::AgeError::Failed(_) => wrong(format!("age does not take the key: {error}")),
            other => Failure::from(other),
        })?;
    }
    Ok(keys)
}
