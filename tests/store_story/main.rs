//! One story that every engine must tell the same way, and what is particular to the file of SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod appeals;
mod batches;
mod credentials;
mod devices;
mod guards;
mod keeping;
mod people;
mod proofs;
mod sqlite_file;
mod support;

use std::fs;
use std::path::Path;

use regain::store::Engine;
use regain::store::sqlite::Sqlite;

#[test]
fn sqlite_tells_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(&folder.path().join("regain.db")).unwrap();
    the_story(&store);
    assert_eq!(store.check(true).unwrap(), Vec::<String>::new());
}

/// A method that no story tells of is judged by nothing: neither by its answer nor by its plan.
#[test]
fn the_story_tells_of_every_method() {
    let read = |folder: &str| {
        let mut texts = String::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true if entry.file_name() == "sqlite" => {}
                    true => folders.push(entry.path()),
                    false => texts.push_str(&fs::read_to_string(entry.path()).unwrap()),
                }
            }
        }
        texts
    };
    let (traits, story) = (read("src/store"), read("tests/store_story"));
    let methods: Vec<&str> = traits
        .lines()
        .zip(traits.lines().skip(1))
        .filter(|(line, next)| line.contains("(&mut self") || next.trim() == "&mut self,")
        .filter_map(|(line, _)| line.strip_prefix("    fn ")?.split('(').next())
        .collect();
    assert!(methods.len() > 160, "{}", methods.len());
    let untold: Vec<_> = methods.iter().filter(|name| !story.contains(&format!(".{name}("))).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

/// The whole story. A new engine calls it with an empty store.
fn the_story(store: &dyn Engine) {
    batches::batches_go_on_where_they_were_interrupted(store);
    people::accounts_and_their_looks(store);
    people::users_and_paging(store);
    people::external_ids(store);
    credentials::credentials_and_history(store);
    credentials::contacts_belong_to_one_person(store);
    credentials::a_new_contact_waits_beside_the_verified_one(store);
    proofs::attempts_are_counted_until_they_end(store);
    proofs::requests_go_forward(store);
    proofs::codes_are_used_once(store);
    proofs::tokens_are_used_once(store);
    proofs::authenticators_are_bound_once(store);
    devices::devices_are_remembered_and_forgotten(store);
    devices::registrations_end_with_their_request(store);
    appeals::appeals_are_decided_once(store);
    appeals::forms_are_kept(store);
    keeping::messages_are_leased(store);
    keeping::budgets_are_counted(store);
    keeping::records_are_kept_in_order(store);
    keeping::an_error_undoes_everything(store);
    keeping::parts_fall_alone_and_stand_together(store);
    keeping::whoever_reads_steadily_can_write_in_between(store);
    keeping::where_all_or_none_stands_one_part_undoes_the_others(store);
    keeping::the_spent_is_purged(store);
    keeping::what_belongs_to_somebody_goes_with_them(store);
}
