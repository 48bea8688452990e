//! Batches and their journals.

use regain::domain::batch::{Batch, Counts, Ended, Outcome, Person, Row, State};
use regain::store::{Engine, RowsOf, StoreError, Transactions};

use super::support::*;

fn batch(id: &str, name: Option<&str>) -> Batch {
    Batch {
        number: 0,
        id: id.to_owned(),
        name: name.map(str::to_owned),
        command: "user disable".to_owned(),
        options: "{}".to_owned(),
        key_id: "key".to_owned(),
        input: b"digest".to_vec(),
        recipients: vec!["age1one".to_owned(), "age1two".to_owned()],
        order_tag: b"tag".to_vec(),
        state: State::Running,
        counts: Counts { rows: 3, ..Counts::default() },
        worker: "one".to_owned(),
        run: 1,
        operator: "ops".to_owned(),
        started_at: at(0),
        seen_at: at(0),
        ended_at: None,
    }
}

fn row(place: u64, person: bool) -> Row {
    let id = format!("usr_{place}");
    let person = person.then(|| Person { path: format!("acme/{id}"), id, version: vec![1, 2] });
    Row { place, row: place + 1, person, ended: None }
}

fn ended(outcome: Outcome, reason: Option<&str>) -> Ended {
    Ended { outcome, reason: reason.map(str::to_owned) }
}

pub(crate) fn batches_go_on_where_they_were_interrupted(store: &dyn Engine) {
    let first = write(store, |tx| tx.insert_batch(&batch("bat_first", Some("march"))));
    let second = write(store, |tx| tx.insert_batch(&batch("bat_second", None)));
    let named_twice = store.write(|tx| tx.insert_batch(&batch("bat_third", Some("march"))));
    assert!(matches!(named_twice, Err(StoreError::Duplicate(_))), "{named_twice:?}");
    let stored = read(store, |tx| tx.batch_by_id("bat_first")).unwrap();
    assert_eq!(stored, Batch { number: first, ..batch("bat_first", Some("march")) });
    assert_eq!(read(store, |tx| tx.batch_by_name("march")), Some(stored));
    assert_eq!(read(store, |tx| tx.batch_by_name("April")), None);
    let ids = |found: Vec<Batch>| found.into_iter().map(|batch| batch.id).collect::<Vec<_>>();
    assert_eq!(ids(read(store, |tx| tx.batches(None, None, 9))), ["bat_second", "bat_first"], "newest first");
    assert_eq!(ids(read(store, |tx| tx.batches(None, Some(second), 9))), ["bat_first"]);

    write(store, |tx| {
        tx.insert_batch_row(first, &row(1, true))?;
        tx.insert_batch_row(first, &Row { ended: Some(ended(Outcome::Failed, Some("x"))), ..row(2, false) })?;
        tx.insert_batch_row(first, &row(3, true))
    });
    let places = |which, after| -> Vec<u64> {
        let found = read(store, |tx| tx.batch_rows(first, which, after, 9));
        found.into_iter().map(|row| row.place).collect()
    };
    assert_eq!(places(RowsOf::Left, 0), [1, 3]);
    assert_eq!(places(RowsOf::Left, 1), [3]);
    write(store, |tx| tx.end_batch_row(first, 1, &ended(Outcome::Done, None)));
    let twice = store.write(|tx| tx.end_batch_row(first, 1, &ended(Outcome::Done, None)));
    assert!(twice.is_err(), "each row ends once");
    let rows = read(store, |tx| tx.batch_rows(first, RowsOf::All, 0, 9));
    assert_eq!(rows[0], Row { ended: Some(ended(Outcome::Done, None)), ..row(1, true) });
    assert_eq!(rows[1].ended, Some(ended(Outcome::Failed, Some("x"))));
    assert_eq!(rows[2], row(3, true));

    write(store, |tx| tx.add_batch_secrets(first, b"one").and(tx.add_batch_secrets(first, b"two")));
    assert_eq!(read(store, |tx| tx.batch_secrets(first, 0)), Some((1, b"one".to_vec())));
    assert_eq!(read(store, |tx| tx.batch_secrets(first, 1)), Some((2, b"two".to_vec())));
    assert_eq!(read(store, |tx| tx.batch_secrets(first, 2)), None);

    let counts = Counts { rows: 3, done: 1, failed: 1, ..Counts::default() };
    assert!(write(store, |tx| tx.note_batch(first, 1, counts, at(5))));
    assert!(write(store, |tx| tx.take_batch_over(first, 1, "two", at(6))));
    assert!(!write(store, |tx| tx.take_batch_over(first, 1, "three", at(6))), "the faster one has it");
    assert!(!write(store, |tx| tx.note_batch(first, 1, counts, at(7))), "the run before it writes no more");
    assert!(!write(store, |tx| tx.end_batch(first, 1, State::Done, at(7))));
    assert!(write(store, |tx| tx.end_batch(first, 2, State::Interrupted, at(8))));
    assert_eq!(ids(read(store, |tx| tx.unfinished_batches(None, 9))), ["bat_second", "bat_first"]);
    assert_eq!(ids(read(store, |tx| tx.unfinished_batches(Some(second), 9))), ["bat_first"]);
    assert!(write(store, |tx| tx.take_batch_over(first, 2, "two", at(9))));
    assert!(write(store, |tx| tx.end_batch(first, 3, State::Done, at(10))));
    assert!(!write(store, |tx| tx.take_batch_over(first, 3, "two", at(11))), "it is over");
    assert_eq!(ids(read(store, |tx| tx.unfinished_batches(None, 9))), ["bat_second"]);
    assert_eq!(ids(read(store, |tx| tx.batches(Some(State::Done), None, 9))), ["bat_first"]);
    assert_eq!(ids(read(store, |tx| tx.batches(Some(State::Done), Some(first), 9))), [""; 0]);
    let stored = read(store, |tx| tx.batch_by_id("bat_first")).unwrap();
    assert_eq!((stored.state, stored.counts, stored.seen_at), (State::Done, counts, at(10)));
    assert_eq!((stored.ended_at, stored.worker.as_str()), (Some(at(10)), "two"));

    assert!(write(store, |tx| tx.purge(at(10))) == 0, "it ended no earlier");
    assert_eq!(write(store, |tx| tx.purge(at(11))), 6, "the batch, its three rows and two parts of secrets");
    assert_eq!(
        ids(read(store, |tx| tx.batches(None, None, 9))),
        ["bat_second"],
        "one that is not over stays"
    );
    assert!(write(store, |tx| tx.end_batch(second, 1, State::Cancelled, at(12))));
}
