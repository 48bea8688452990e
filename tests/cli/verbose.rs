//! `-v`: what is read, opened and asked, without secrets and without telling people apart.

use crate::site::Site;

const PASSWORD: &str = "violin harbour pepper dusk";

/// A store with one person, whose config has a list of refused passwords.
fn site() -> Site {
    let site = Site::new();
    let list = site.at("refused.txt");
    std::fs::write(&list, "zebra-zebra-zebra\n").unwrap();
    site.configure(&format!("[password]\nextra_list = \"{}\"", list.display()));
    site.ok(&["account", "create", "acme", "--email", "owner@example.com", "-y"]);
    site.ok(&["user", "create", "acme/alice", "--email", "alice@example.com", "-y"]);
    site
}

fn told(site: &Site, arguments: &[&str], input: &str) -> Vec<String> {
    let ended = site.pipe(arguments, input);
    let folder = site.path().display().to_string();
    ended.stderr.lines().map(|line| line.replace(&folder, "SITE")).collect()
}

#[test]
fn it_tells_what_is_read_and_opened_and_who_acts() {
    let site = site();
    let lines = told(&site, &["user", "show", "acme/alice", "-v"], "");
    let [who, config, key, store, role] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(who.starts_with("acting: ") && who.contains("(user id "), "{who}");
    assert_eq!(config, "read: the config SITE/config/regain/config.toml (XDG_CONFIG_HOME)");
    assert_eq!(key, "read: the key file SITE/config/regain/regain.key, keys: 1");
    let opened = "opened: the store SITE/data/regain/regain.db (XDG_DATA_HOME), schema ";
    assert!(store.starts_with(opened), "{store}");
    assert!(role.starts_with("acting: in the role admin, counted by the user id "), "{role}");
}

#[test]
fn it_tells_where_secrets_come_from_and_never_what_they_are() {
    let site = site();
    let reset = ["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y", "-v"];
    let lines = told(&site, &reset, &format!("{PASSWORD}\n"));
    assert!(lines.iter().any(|line| line == "read: the password from standard input"), "{lines:?}");
    let list = "read: the list of refused passwords SITE/refused.txt";
    assert_eq!(lines.iter().filter(|line| *line == list).count(), 1, "{lines:?}");
    for secret in [PASSWORD, "alice@example.com", "zebra"] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret}: {lines:?}");
    }
}

#[test]
fn quiet_silences_it() {
    let site = site();
    assert_eq!(told(&site, &["user", "show", "acme/alice", "-v", "-q"], ""), Vec::<String>::new());
}

#[test]
fn e1_it_tells_the_same_of_whoever_is_asked_about() {
    let site = site();
    let reset = ["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y"];
    site.pipe(&reset, &format!("{PASSWORD}\n")).succeeded();
    let verify = |user: &str, password: &str| {
        told(&site, &["verify", user, "--password-stdin", "-v"], &format!("{password}\n"))
    };
    let right = verify("acme/alice", PASSWORD);
    assert_eq!(right.len(), 6, "{right:?}");
    assert_eq!(verify("acme/alice", "wrong"), right);
    assert_eq!(verify("acme/nobody", "wrong"), right);
}
