use super::*;

const ALICE: u32 = 1_000;
const SERVICE: u32 = 990;

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::from_lookup(|name| {
        pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
    })
}

fn request(environment: &Environment, process_uid: u32, actor_uid: u32) -> Request<'_> {
    Request { config_flag: None, store_flag: None, environment, process_uid, actor_uid, intent: Intent::Use }
}

/// Config, key, store and outbox in one line each.
fn places(found: &Locations) -> [String; 4] {
    let store = found.store.file();
    [&found.config, &found.key, store, &found.outbox_dir].map(|path| path.display().to_string())
}

const SYSTEM: [&str; 4] = [
    "/etc/regain/config.toml",
    "/etc/regain/regain.key",
    "/var/lib/regain/regain.db",
    "/var/lib/regain/outbox",
];

const PERSONAL: [&str; 4] = [
    "/home/alice/.config/regain/config.toml",
    "/home/alice/.config/regain/regain.key",
    "/home/alice/.local/share/regain/regain.db",
    "/home/alice/.local/share/regain/outbox",
];

#[test]
fn a_person_has_their_own_places() {
    let home = environment(&[("HOME", "/home/alice")]);
    let found = locate(&request(&home, ALICE, ALICE), &|_| false).unwrap();
    assert_eq!(places(&found), PERSONAL);
    assert_eq!((found.config_source, found.store_source), (Source::Home, Source::Home));

    let xdg = environment(&[("HOME", "/home/alice"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d")]);
    let found = locate(&request(&xdg, ALICE, ALICE), &|_| false).unwrap();
    assert_eq!(
        places(&found),
        ["/c/regain/config.toml", "/c/regain/regain.key", "/d/regain/regain.db", "/d/regain/outbox"]
    );
}

#[test]
fn the_machines_config_is_the_second_choice_and_brings_its_store_along() {
    let home = environment(&[("HOME", "/home/alice")]);
    let system_only = |path: &Path| path == Path::new(SYSTEM_CONFIG);
    let found = locate(&request(&home, ALICE, ALICE), &system_only).unwrap();
    assert_eq!(places(&found), SYSTEM);
    let found = locate(&request(&home, ALICE, ALICE), &|_| true).unwrap();
    assert_eq!(places(&found), PERSONAL);

    let create = Request { intent: Intent::Create, ..request(&home, ALICE, ALICE) };
    assert_eq!(places(&locate(&create, &system_only).unwrap()), PERSONAL);
}

#[test]
fn root_has_the_machines_places_unless_xdg_is_set() {
    let home = environment(&[("HOME", "/root")]);
    assert_eq!(places(&locate(&request(&home, 0, 0), &|_| false).unwrap()), SYSTEM);
    let xdg = environment(&[("HOME", "/root"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d")]);
    let found = locate(&request(&xdg, 0, 0), &|_| false).unwrap();
    assert_eq!(found.config, Path::new("/c/regain/config.toml"));
    assert_eq!(found.store, StoreUrl::Sqlite("/d/regain/regain.db".into()));
}

#[test]
fn flags_win_over_variables_and_variables_over_xdg() {
    let all = environment(&[
        ("HOME", "/home/alice"),
        ("XDG_CONFIG_HOME", "/c"),
        ("REGAIN_CONFIG", "/v/config.toml"),
        ("REGAIN_STORE", "sqlite:/v/store.db"),
    ]);
    let found = locate(&request(&all, ALICE, ALICE), &|_| true).unwrap();
    assert_eq!(found.key, Path::new("/v/regain.key"));
    assert_eq!(found.config_source, Source::Environment("REGAIN_CONFIG"));
    assert_eq!(found.store, StoreUrl::Sqlite("/v/store.db".into()));

    let flags = Request {
        config_flag: Some(Path::new("/f/my.toml")),
        store_flag: Some(OsStr::new("/f/store.db")),
        ..request(&all, ALICE, ALICE)
    };
    let found = locate(&flags, &|_| true).unwrap();
    assert_eq!(
        (found.config.as_path(), found.key.as_path()),
        (Path::new("/f/my.toml"), Path::new("/f/regain.key"))
    );
    assert_eq!(
        (found.config_source, found.store_source),
        (Source::Flag("--config"), Source::Flag("--store"))
    );
    let arguments = ["--config", "/f/my.toml", "--store", "sqlite:/f/store.db"].map(OsString::from);
    assert_eq!(found.worker_arguments(), arguments);
}

#[test]
fn relative_names_are_made_absolute() {
    let home = environment(&[("HOME", "/home/alice")]);
    let relative = Request { config_flag: Some(Path::new("c.toml")), ..request(&home, ALICE, ALICE) };
    let found = locate(&relative, &|_| true).unwrap();
    assert!(found.config.is_absolute() && found.config.ends_with("c.toml"));
}

#[test]
fn t7_under_sudo_nothing_of_the_callers_counts() {
    let callers = environment(&[("HOME", "/home/alice"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d")]);
    for process in [0, SERVICE] {
        for intent in [Intent::Use, Intent::Create] {
            let asked = Request { intent, ..request(&callers, process, ALICE) };
            let found = locate(&asked, &|_| true).unwrap();
            assert_eq!(places(&found), SYSTEM);
            assert!(found.foreign && found.worker_arguments().is_empty());
        }
    }
}

#[test]
fn o0_a_stranger_may_not_name_a_config_or_store() {
    let none = environment(&[]);
    let variables = [
        ("REGAIN_CONFIG", environment(&[("REGAIN_CONFIG", "/x")])),
        ("REGAIN_STORE", environment(&[("REGAIN_STORE", "/x")])),
    ];
    let mut requests = vec![
        ("--config", Request { config_flag: Some(Path::new("/x")), ..request(&none, 0, ALICE) }),
        ("--store", Request { store_flag: Some(OsStr::new("/x")), ..request(&none, SERVICE, ALICE) }),
    ];
    requests.extend(variables.iter().map(|(name, set)| (*name, request(set, 0, ALICE))));
    for (name, asked) in requests {
        let refused = locate(&asked, &|_| true).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("use {name}: while you act through another user, only /etc/regain/config.toml counts")
        );
        // Root and the process's own user may.
        for actor in [0, asked.process_uid] {
            assert!(
                locate(
                    &Request { actor_uid: actor, environment: &environment(&[("HOME", "/h")]), ..asked },
                    &|_| true
                )
                .is_ok()
            );
        }
    }
}

#[test]
fn without_a_home_only_the_machines_config_is_left() {
    let none = environment(&[]);
    assert_eq!(places(&locate(&request(&none, SERVICE, SERVICE), &|_| true).unwrap()), SYSTEM);
    let create = Request { intent: Intent::Create, ..request(&none, ALICE, ALICE) };
    assert!(matches!(locate(&create, &|_| true), Err(ConfigError::NoHome)));
}
