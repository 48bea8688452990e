//! Of appeals: what is claimed in them.

use super::traces::{SETTINGS, Traces, WRONG_PLACE};
use crate::site::Site;

/// Claims are personal data: they stand sealed in the store, and are shown to whoever decides alone.
#[test]
fn no_claim_of_an_appeal_is_said_or_stored() {
    const CLAIM: &str = "grandmother-of-quarantine";
    const FIELD: &str = "zebra_crossing_field";
    const NUMBER: &str = "+4915198765432";
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| traces.pipe(&site, arguments, input);
    site.account("acme");
    let form = |who: &str| {
        format!(
            "who = \"{who}\"\nnew_mobile = \"{NUMBER}\"\n[device]\nusual = \"{CLAIM}\"\n{FIELD} = \"{CLAIM}\"\n"
        )
    };
    let mut serials = Vec::new();
    for (who, format) in [("acme", "json"), (WRONG_PLACE, "jsonl"), ("acme", "csv"), ("acme", "table")] {
        let ended = pipe(&["appeal", "submit", "--from", "-", "-vv", "-o", format], &form(who)).succeeded();
        let at = ended.stdout.find("apl-").unwrap();
        serials.push(ended.stdout[at..at + 21].to_owned());
    }
    traces.files(&site, "with appeals that wait");
    // A file with faults: none of its values is repeated.
    let bad =
        format!("who = [\"{CLAIM}\"]\nnew_mobile = \"{CLAIM}\"\n[phone]\na = 1\nb = \"{CLAIM}\\u0000\"\n");
    assert_eq!(pipe(&["appeal", "submit", "--from", "-"], &bad).code, 2);
    let json = format!("{{\"who\": \"{CLAIM}\", \"new_mobile\": \"{CLAIM}");
    assert_eq!(pipe(&["appeal", "submit", "--from", "-", "-vv"], &json).code, 2);
    let deny = &serials[1];
    pipe(&["appeal", "deny", deny, "-y", "-o", "json"], "").succeeded();
    for arguments in [
        &["appeal", "list"][..],
        &["appeal", "list", "-o", "json"],
        &["audit", "list", "-o", "json"],
        &["audit", "export"],
        &["user", "diagnose", "acme", "-o", "json"],
        &["store", "rotate-key", "-y"],
        &["store", "check"],
        &["appeal", "approve", &serials[0], "-y", "-q"],
    ] {
        pipe(arguments, "").succeeded();
    }
    traces.files(&site, "after a decision");
    for secret in [CLAIM, FIELD, WRONG_PLACE] {
        assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
    }
    // The positive controls: the operator's view shows it, and the approved number is a contact now.
    let shown = site.run(&["appeal", "show", &serials[0], "-o", "json"]).succeeded();
    assert!(shown.stdout.contains(CLAIM) && shown.stdout.contains(FIELD), "{shown:?}");
    assert!(traces.holding(NUMBER).iter().all(|place| place.contains("after a decision")));
    assert!(traces.holding(NUMBER).iter().any(|place| place.contains("regain.db")));
}
