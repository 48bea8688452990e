//! Operation records, listed and verified.

use std::fs;

use serde_json::Value;

use super::site::{Site, stderr};

#[test]
fn u2_an_edit_a_deletion_a_reorder_and_a_cut_tail_are_found_and_named() {
    let site = Site::new();
    for name in ["b", "c", "d", "e", "f"] {
        site.ok(&["-y", "account", "create", name]);
    }
    let sound = site.json(&["audit", "verify", "-o", "json"]);
    assert_eq!(
        (&sound["ok"], &sound["events"], &sound["first_bad"]),
        (&true.into(), &7.into(), &Value::Null)
    );
    let swap = |a: u32, b: u32| {
        format!(
            "UPDATE audit SET seq = 99 WHERE seq = {a}; UPDATE audit SET seq = {a} WHERE seq = {b}; \
                 UPDATE audit SET seq = {b} WHERE seq = 99"
        )
    };
    let columns = "at, action, rating, outcome, reason, code, actor, operator, host, process, target, target_id, \
                   detail, ticket, key_id, hash";
    for (tampering, number, reason) in [
        ("UPDATE audit SET target = 'other' WHERE seq = 4".to_owned(), 4, "changed"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1".to_owned(), 1, "changed"),
        ("UPDATE audit SET detail = 'no json' WHERE seq = 5".to_owned(), 5, "changed"),
        ("UPDATE audit SET key_id = 'aaaaaaaa' WHERE seq = 3".to_owned(), 3, "unknown_key"),
        ("DELETE FROM audit WHERE seq = 4".to_owned(), 4, "missing"),
        ("DELETE FROM audit WHERE seq = 1".to_owned(), 1, "missing"),
        (swap(3, 4), 3, "out_of_order"),
        (swap(2, 6), 2, "out_of_order"),
        ("DELETE FROM audit WHERE seq >= 6".to_owned(), 6, "cut_off"),
        ("DELETE FROM audit".to_owned(), 1, "cut_off"),
        (format!("INSERT INTO audit SELECT 8, {columns} FROM audit WHERE seq = 7"), 8, "changed"),
        (format!("INSERT INTO audit SELECT 0, {columns} FROM audit WHERE seq = 7"), 0, "added"),
        ("DELETE FROM meta WHERE key = 'records_head'".to_owned(), 1, "added"),
    ] {
        let whole = fs::read(site.store()).unwrap();
        let store = site.sql();
        store.execute_batch("DROP TRIGGER audit_keeps_what_was; DROP TRIGGER audit_loses_nothing").unwrap();
        store.execute_batch(&tampering).unwrap();
        drop(store);
        let output = site.fails(7, &["audit", "verify", "-o", "json"]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["ok"], false, "{tampering}");
        assert_eq!((&found["first_bad"], &found["reason"]), (&number.into(), &reason.into()), "{tampering}");
        assert!(stderr(&output).contains(&format!("records are broken at number {number}: ")), "{tampering}");
        fs::write(site.store(), whole).unwrap();
    }
    site.ok(&["audit", "verify"]);
}

#[test]
fn u1_records_are_listed_newest_first_by_person_and_by_trace_name() {
    let site = Site::new();
    site.ok(&["-y", "account", "create", "other", "--reason", "a new customer", "--ticket", "T-7"]);
    let all = site.json(&["audit", "list", "-o", "json"]);
    let seqs: Vec<u64> = all.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [3, 2, 1]);
    let newest = &all[0];
    assert_eq!((&newest["action"], &newest["outcome"]), (&"createAccount".into(), &"success".into()));
    assert_eq!((&newest["reason"], &newest["ticket"]), (&"a new customer".into(), &"T-7".into()));
    assert_eq!(newest["operator"], newest["actor"]);
    let one = site.json(&["audit", "list", "--user", "other", "-o", "json"]);
    assert_eq!(one.as_array().unwrap().len(), 1);
    let one = site.json(&["audit", "list", "--action", "createstore", "-o", "json"]);
    assert_eq!(one[0]["seq"], 1);
    assert_eq!(site.json(&["audit", "list", "--limit", "2", "-o", "json"]).as_array().unwrap().len(), 2);
    assert_eq!(site.json(&["audit", "list", "--user", "nobody", "-o", "json"]), Value::Array(Vec::new()));
    site.fails(2, &["audit", "list", "--action", "nothing"]);
}

#[test]
fn u3_a_name_that_nobody_has_is_found_by_its_keyed_hash() {
    let site = Site::new();
    site.ok(&["request", "start", "acme/ghost", "-o", "json"]);
    let found = site.json(&["audit", "list", "--user", "acme/ghost", "-o", "json"]);
    assert!(found[0]["target"].as_str().unwrap().starts_with("unknown:"), "{found}");
}
