use super::*;
use crate::config::{Environment, Intent};
use crate::domain::store_url::StoreUrl;
use crate::os::{create_folder, write_new};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// A home folder with this config, and the environment that leads to it.
fn home(config: &str) -> (tempfile::TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_owned();
    create_folder(&at.join("config/regain")).unwrap();
    write_new(&at.join("config/regain/config.toml"), config.as_bytes()).unwrap();
    let environment = Environment::from_lookup(|name| match name {
        "XDG_CONFIG_HOME" => Some(at.join("config").into_os_string()),
        "XDG_DATA_HOME" => Some(OsString::from("/data")),
        _ => None,
    });
    (folder, environment)
}

fn request(environment: &Environment) -> Request<'_> {
    let uid = rustix::process::getuid().as_raw();
    Request {
        config_flag: None,
        store_flag: None,
        environment,
        process_uid: uid,
        actor_uid: uid,
        intent: Intent::Use,
    }
}

fn shown(config: &Config, key: &str) -> (String, String) {
    let found = config.shown().into_iter().find(|shown| shown.key == key).unwrap();
    (found.value, found.origin.to_string())
}

#[test]
fn every_setting_is_shown_with_where_it_comes_from() {
    let (folder, environment) = home("[store]\nurl = \"sqlite:/file/s.db\"\n[codes]\nlength = 8\n");
    let path = folder.path().join("config/regain/config.toml");
    let config = load(&request(&environment)).unwrap();
    assert_eq!(config.shown().len(), ROWS.len());
    assert_eq!(shown(&config, "codes.length"), ("8".into(), format!("{}:4", path.display())));
    assert_eq!(shown(&config, "codes.tries"), ("5".into(), "default".into()));
    assert_eq!(shown(&config, "store.url"), ("\"/file/s.db\"".into(), format!("{}:2", path.display())));
    assert_eq!(config.locations.store, StoreUrl::Sqlite("/file/s.db".into()));
    let outbox = ("\"/data/regain/outbox/sms\"".to_owned(), "default".to_owned());
    assert_eq!(shown(&config, "delivery.sms.path"), outbox);
    assert_eq!(
        config.settings.delivery.email.transport,
        Transport::Maildir { path: "/data/regain/outbox/email".into() }
    );
}

#[test]
fn the_store_of_a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let (_folder, mut environment) = home("");
    let config = load(&request(&environment)).unwrap();
    assert_eq!(shown(&config, "store.url"), ("\"/data/regain/regain.db\"".into(), "default".into()));

    let (_folder, with_file) = home("store.url = \"/file.db\"");
    environment = Environment { store: Some("/variable.db".into()), ..with_file };
    let config = load(&request(&environment)).unwrap();
    assert_eq!(shown(&config, "store.url"), ("\"/variable.db\"".into(), "environment REGAIN_STORE".into()));

    let flag = Request { store_flag: Some("/flag.db".as_ref()), ..request(&environment) };
    let config = load(&flag).unwrap();
    assert_eq!(shown(&config, "store.url"), ("\"/flag.db\"".into(), "flag --store".into()));
    assert_eq!(config.locations.store, StoreUrl::Sqlite("/flag.db".into()));
}

#[test]
fn a_missing_config_points_to_init() {
    let (folder, environment) = home("");
    let path = folder.path().join("none.toml");
    let named = Request { config_flag: Some(&path), ..request(&environment) };
    let refused = load(&named).unwrap_err();
    assert_eq!(refused.to_string(), format!("find a config: there is none at {}", path.display()));
    assert_eq!(refused.hint().as_deref(), Some("run `regain init`"));
}

#[test]
fn all_problems_are_in_the_message_and_in_a_list() {
    let (folder, environment) = home("[codes]\nlenght = 8\ntries = 0\n");
    let path = folder.path().join("config/regain/config.toml");
    let refused = load(&request(&environment)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "use {}: line 2: `codes.lenght` is not a setting; did you mean `codes.length`?; \
             line 3: `codes.tries` must be a whole number from 1 to 10",
            path.display()
        )
    );
    assert_eq!(refused.problems().len(), 2);
}

#[test]
fn t4_unsafe_files_are_refused_with_the_remedy() {
    let (folder, environment) = home("");
    let path = folder.path().join("config/regain/config.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let refused = load(&request(&environment)).unwrap_err();
    assert_eq!(refused.hint(), Some(format!("chmod go-w {}", path.display())));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let config = load(&request(&environment)).unwrap();

    let uid = request(&environment).process_uid;
    assert!(matches!(read_key(&config.locations, uid), Err(ConfigError::KeyMissing { .. })));
    write_new(&config.locations.key, b"text").unwrap();
    assert_eq!(*read_key(&config.locations, uid).unwrap(), "text");
    fs::set_permissions(&config.locations.key, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = read_key(&config.locations, uid).unwrap_err();
    assert_eq!(refused.hint(), Some(format!("chmod 600 {}", config.locations.key.display())));
}

#[test]
fn a_config_that_is_no_text_is_refused() {
    let (folder, environment) = home("");
    let path = folder.path().join("config/regain/config.toml");
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(load(&request(&environment)), Err(ConfigError::NotUtf8 { .. })));
}
