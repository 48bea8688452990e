//! Floors inside the two rooms that have many: no arrow leads up.

use super::circles::arrows;
use super::source::assert_none;

const OF_FLOW: &[&str] = &["foundation", "messages", "proofs", "story"];
const OF_CLI: &[&str] = &["shared", "nouns", "tree", "start"];

/// Room and floor of a file, if its room has floors.
fn floor_of(file: &str) -> Option<(&'static [&'static str], usize)> {
    let mut parts = file.split("::");
    let (room, name) = (parts.next()?, parts.next()?);
    let floors = if room == "flow" { OF_FLOW } else { OF_CLI };
    let floor = match (room, name, parts.next().is_some()) {
        ("flow", name, _) => name,
        // Options that all commands have.
        ("cli", "shared", _) | ("cli", "globals", false) => "shared",
        ("cli", "tree", false) => "tree",
        // What reads the tree: parsing, completing, and the way through all of it.
        ("cli", "start" | "parse" | "completing", false) => "start",
        // A folder, or a file where the noun is the command.
        ("cli", _, _) => "nouns",
        _ => return None,
    };
    let number = floors.iter().position(|known| *known == floor);
    Some((floors, number.unwrap_or_else(|| panic!("{file} is on no floor of {room}"))))
}

#[test]
fn nothing_leads_up_a_floor() {
    let mut wrong = Vec::new();
    let mut within = 0;
    for (from, others) in arrows() {
        let Some((floors, low)) = floor_of(&from) else { continue };
        for to in others {
            match floor_of(&to) {
                Some((same, high)) if same == floors && high > low => {
                    wrong.push(format!("{from} ({}) -> {to} ({})", floors[low], floors[high]));
                }
                Some(_) => within += 1,
                None => {}
            }
        }
    }
    assert_none("arrows that lead up", &wrong);
    assert!(within > 100, "the control: {within} arrows were judged");
}

#[test]
fn a_floor_is_told_from_its_path() {
    let number = |file: &str| floor_of(file).map(|(floors, number)| floors[number]);
    assert_eq!(number("flow::foundation::env"), Some("foundation"));
    assert_eq!(number("flow::story::reset::send"), Some("story"));
    assert_eq!(number("cli::shared::views::code"), Some("shared"));
    assert_eq!(number("cli::user::create"), Some("nouns"));
    assert_eq!(number("cli::login"), Some("nouns"));
    assert_eq!(number("cli::start"), Some("start"));
    assert_eq!(number("domain::code"), None);
}
