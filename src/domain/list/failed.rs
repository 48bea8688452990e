//! The rows of a list that failed, in its form and each with why, so that they can be mended and read again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::read::{Form, counting, form, objects, table, text_of, with_line_ends};
use crate::domain::cells::defused;

/// What says why a row failed: a column or a field, or what a comment begins with.
pub const REGAIN_ERROR: &str = "regain_error";

/// These rows of a list, by their numbers. Of a list that cannot be read there are none.
pub fn only(bytes: &[u8], failed: &BTreeMap<u64, String>) -> String {
    let Ok(text) = text_of(bytes) else { return String::new() };
    match form(&text) {
        None => String::new(),
        Some(Form::JsonLines) => counting(&text)
            .filter_map(|(row, line)| object(line, failed.get(&row)?))
            .fold(String::new(), |all, object| all + &object + "\n"),
        Some(Form::Json) => {
            let found = objects(&text).unwrap_or_default();
            let found: Vec<String> =
                found.into_iter().filter_map(|(row, text)| object(text, failed.get(&row)?)).collect();
            format!("[\n{}\n]\n", found.join(",\n"))
        }
        Some(Form::Text) => of_text(&with_line_ends(&text), failed),
    }
}

fn object(text: &str, why: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_str(text.trim()).ok()?;
    object.insert(REGAIN_ERROR.to_owned(), why.into());
    serde_json::to_string(&object).ok()
}

fn of_text(text: &str, failed: &BTreeMap<u64, String>) -> String {
    let Some(table) = table(text) else {
        let rows = counting(text).filter_map(|(row, line)| Some((line, failed.get(&row)?)));
        return rows.fold(String::new(), |mut all, (line, why)| {
            let _ = writeln!(all, "# {REGAIN_ERROR}: {}\n{line}", why.replace('\n', " "));
            all
        });
    };
    let mut out = csv::WriterBuilder::new().delimiter(table.separator).flexible(true).from_writer(Vec::new());
    // What an earlier run said is no longer so. Writing to memory cannot fail.
    let kept = |place: &usize| !table.cells[*place].eq_ignore_ascii_case(REGAIN_ERROR);
    let kept: Vec<usize> = (0..table.cells.len()).filter(kept).collect();
    let _ = out.write_record(kept.iter().map(|place| table.cells[*place].as_str()).chain([REGAIN_ERROR]));
    for (row, cells) in table.rows(text) {
        if let Some(why) = failed.get(&row) {
            let why = defused(why.as_str().into());
            let cells = kept.iter().map(|place| cells.get(*place).unwrap_or_default());
            let _ = out.write_record(cells.chain([&*why]));
        }
    }
    String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn what_failed_is_written_in_the_form_of_the_list_and_is_a_list_again() {
        for (list, rows, expected) in [
            (
                "acme/a\n\n# x\nacme/b\nacme/c\n",
                vec![1, 4],
                "# regain_error: why 1\nacme/a\n# regain_error: why 4\nacme/b\n",
            ),
            (
                "user;note\nacme/a;\"x;y\"\nacme/b;\n",
                vec![2],
                "user;note;regain_error\nacme/a;\"x;y\";why 2\n",
            ),
            ("user,regain_error\nacme/a,old\n", vec![2], "user,regain_error\nacme/a,why 2\n"),
            ("sep=,\nname,account\nbob,acme\n", vec![3], "name,account,regain_error\nbob,acme,why 3\n"),
            (
                "{\"user\":\"acme/a\"}\n{\"user\":\"acme/b\"}\n",
                vec![2],
                "{\"regain_error\":\"why 2\",\"user\":\"acme/b\"}\n",
            ),
            (
                "[{\"user\":\"acme/a\"},{\"user\":\"acme/b\"}]",
                vec![1],
                "[\n{\"regain_error\":\"why 1\",\"user\":\"acme/a\"}\n]\n",
            ),
        ] {
            let failed: BTreeMap<u64, String> = rows.iter().map(|row| (*row, format!("why {row}"))).collect();
            let written = only(list.as_bytes(), &failed);
            assert_eq!(written, expected, "{list}");
            let all = read(list.as_bytes()).unwrap();
            let failed: Vec<_> = all
                .iter()
                .filter(|entry| failed.contains_key(&entry.line))
                .map(|entry| &entry.text)
                .collect();
            let again = read(written.as_bytes()).unwrap();
            assert_eq!(again.iter().map(|entry| &entry.text).collect::<Vec<_>>(), failed, "{list}");
        }
        assert_eq!(only(b"\xff\xff\xff", &BTreeMap::new()), "");
    }
}
