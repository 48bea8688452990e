//! What people type and paste, through every command that takes it.

use super::site::Site;

const PASSWORD: &str = "violet harbour lantern 42";

/// `acme` with alice, who has an address and a number.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.unprotected("acme");
    site.user("acme/alice", PASSWORD);
    site.json(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified"]);
    site
}

fn in_germany() -> Site {
    let site = site();
    let settings = std::fs::read_to_string(site.config()).unwrap();
    std::fs::write(site.config(), format!("{settings}\n[contacts]\nregion = \"de\"\n")).unwrap();
    site
}

fn names_of(site: &Site, user: &str) -> String {
    site.json(&["user", "show", user])["name"].as_str().unwrap().to_owned()
}

#[test]
fn a_person_is_named_as_they_were_pasted() {
    let site = site();
    for user in [
        "\u{202a}+4915112345678\u{202c}",
        "+49\u{202f}151\u{202f}12345678",
        "\u{ff0b}\u{ff14}\u{ff19}\u{ff11}\u{ff15}\u{ff11}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}\u{ff17}\u{ff18}",
        "+49 0151 12345678",
        "'+4915112345678",
        "alice@example.com\u{a0}",
        "alice@example.com\u{200b}",
        "alice\u{ff20}example.com",
        "\u{feff}acme\u{ff0f}alice\r\n",
        "\tacme/alice\u{3000}",
    ] {
        assert_eq!(names_of(&site, user), "alice", "{user:?}");
    }
}

#[test]
fn a_number_that_is_none_is_refused_by_name() {
    let site = site();
    for (number, told) in [
        (
            "+4915112345678.0",
            "a number has no decimals: a spreadsheet added them, so write the digits before them",
        ),
        ("4.91511E+12", "a number in scientific notation has lost digits in a spreadsheet: write it whole"),
        ("+49151CALLME12", "a mobile number has no letters: write its digits"),
        ("+49 151 12345678 ext. 5", "leave out the extension: a message cannot be sent to one"),
        ("+999123456789", "no country has this code: check the digits after the +"),
        ("+1 202 555 017", "this number is too short for its country: a digit is missing"),
        ("0151 12345678", "write a mobile number as +, country code and number, such as +4915112345678"),
    ] {
        let bind = ["contact", "bind", "acme/alice", "--mobile", number, "--verified", "-y", "-o", "json"];
        let error = site.fails(2, &bind).error();
        assert_eq!(error["message"].as_str().unwrap().replace("--mobile: ", ""), told, "{number}");
    }
    // What cannot be anyone is refused to strangers, too.
    let error = site.fails(2, &["request", "start", "+999123456789", "-o", "json"]).error();
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .ends_with("no country has this code: check the digits after the +")
    );
    assert_eq!(site.json(&["user", "show", "acme/alice"])["contacts"][1]["address"], "+49***78");
}

#[test]
fn a_range_that_nobody_knows_is_bound_with_a_warning() {
    let site = site();
    let create = ["user", "create", "acme/bob", "--mobile", "+4912345678", "-y", "-q"];
    let warned = site.run(&create).succeeded().stderr;
    assert_eq!(
        warned,
        "warning: +4912345678 is in no known range of numbers: check that no digit is wrong\n"
    );
    assert_eq!(names_of(&site, "+4912345678"), "bob");
}

#[test]
fn national_numbers_are_read_where_a_region_is_set_and_shown_whole_before_the_yes() {
    let site = in_germany();
    assert_eq!(names_of(&site, "0151 12345678"), "alice");
    assert_eq!(names_of(&site, "0151/12345678"), "alice");
    let bind = ["contact", "bind", "acme/alice", "--mobile", "0160 1234567", "--verified", "--dry-run"];
    let shown = site.run(&bind).succeeded();
    let shown = format!("{}{}", shown.stdout, shown.stderr);
    assert!(shown.contains("+491601234567 becomes the mobile number of acme/alice"), "{shown}");
    let set = ["policy", "set", "acme", "protection", "scene=mobile", "address=0160 1234567"];
    assert_eq!(site.json(&set)["address"], "+491601234567");
    let request = site.run(&["request", "start", "0151 12345678", "-o", "json"]).succeeded().json();
    site.ok(&["request", "send", request["id"].as_str().unwrap()]);
    assert_eq!(site.json(&["codes", "list", "acme/alice"])[0]["state"], "queued");
}

#[test]
fn a_region_is_a_country() {
    let site = Site::new();
    site.configure("[contacts]\nregion = \"UK\"\n");
    let error = site.fails(6, &["user", "list", "-o", "json"]).error();
    let told = error.to_string();
    assert!(told.contains("must be a country by its two letters of ISO 3166-1"), "{told}");
}

#[test]
fn a_number_stored_before_the_data_changed_is_reached_by_those_who_may() {
    let site = site();
    let stored = |number: &str| {
        site.edit("contacts", |contact| {
            if contact["channel"] == "mobile" {
                for column in ["address", "address_key", "look"] {
                    contact[column] = number.into();
                }
            }
        });
    };
    stored("+49015112345678");
    assert_eq!(names_of(&site, "+49 0151 12345678"), "alice");
    let id = site.request("+49 0151 12345678");
    site.ok(&["request", "send", &id]);
    assert_eq!(site.json(&["codes", "list", "acme/alice"])[0]["state"], "queued");
    stored("+999123456789");
    assert_eq!(names_of(&site, "+999 123456789"), "alice");
    site.fails(2, &["request", "start", "+999123456789"]);
}

type Paste<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn codes_tokens_and_references_are_read_as_they_were_pasted() {
    let site = site();
    let wide = |code: &str| -> String {
        code.chars().filter_map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0xff10)).collect()
    };
    let pastes: [Paste<'_>; 4] = [
        &wide,
        &|code| format!("\u{feff}\u{200e}{code}"),
        &|code| format!("\t{}\u{a0}{}\u{202f}\t", &code[..3], &code[3..]),
        &|code| format!("{}\u{2011}{}\u{200b}", &code[..3], &code[3..]),
    ];
    site.discard_mail();
    for paste in pastes {
        let id = site.sent("acme/alice", "alice@example.com");
        let code = site.new_code();
        site.verify(&format!("{}\u{a0}", id.to_uppercase()), &paste(&code)).succeeded();
        site.run(&["request", "cancel", &id]).succeeded();
    }
    site.json(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "token.jsonl"]);
    let token = site.secrets("token.jsonl")[0][2].clone();
    let lines = format!("\u{202a}{}\u{a0}{}\u{202c}\n{PASSWORD}s\n", &token[..20], &token[20..]);
    site.pipe(&["password", "setup", "--token-stdin", "--password-stdin"], &lines).succeeded();
    assert_eq!(site.judged("acme/alice", &format!("{PASSWORD}s")), 0);
}

#[test]
fn a_byte_order_mark_before_a_secret_is_dropped_and_an_end_that_nobody_types_is_refused() {
    let site = site();
    let create = ["user", "create", "acme/bob", "--password-stdin", "-y", "-o", "json"];
    for (end, stray) in [("\u{200b}", "U+200B"), ("\u{a0}", "U+00A0"), ("\u{3164}", "U+3164")] {
        let refused = site.pipe(&create, &format!("{PASSWORD}{end}\n")).with_code(4).error();
        assert_eq!(refused["reason"], "unusable_password");
        let told = format!("the password has {stray} at the end, which cannot be typed again: leave it out");
        assert_eq!(refused["message"], told.as_str());
    }
    site.pipe(&create, &format!("\u{feff}{PASSWORD}\r\n")).succeeded();
    assert_eq!(site.judged("acme/bob", PASSWORD), 12);
    // The mark is no part of a password that is given to be judged, either; another character is.
    assert_eq!(site.judged("acme/bob", &format!("\u{feff}{PASSWORD}")), 12);
    assert_eq!(site.judged("acme/bob", &format!("{PASSWORD}\u{200b}")), 11);
}

#[test]
fn ids_name_people_to_operators_and_no_name_looks_like_one_any_more() {
    let site = site();
    let id = site.json(&["user", "show", "acme/alice"])["id"].as_str().unwrap().to_owned();
    assert_eq!(names_of(&site, &id), "alice");
    assert_eq!(names_of(&site, &format!(" {}\u{200b}", id.to_uppercase())), "alice");
    site.json(&["user", "disable", &id]);
    site.json(&["user", "enable", &id]);
    assert_eq!(site.json(&["codes", "list", &id]), serde_json::json!([]));
    // To a stranger it is a name that nobody has.
    site.pipe(&["verify", &id, "--password-stdin"], PASSWORD).with_code(11);
    let gone = site.fails(3, &["user", "show", "usr_000000000000000000000000", "-o", "json"]).error();
    assert_eq!(gone["message"], "there is no user with the id usr_000000000000000000000000");
    let refused: [&[&str]; 5] = [
        &["account", "create", "usr_000000000000000000000000"],
        &["account", "create", "ACC_x"],
        &["user", "create", "acme/usr_1"],
        &["user", "update", "acme/alice", "--name", "usr_1"],
        &["account", "update", "acme", "--name", "acc_1"],
    ];
    for arguments in refused {
        let error = site.run(&[arguments, &["-y", "-o", "json"]].concat()).with_code(4).error();
        assert_eq!(error["reason"], "named_like_id", "{arguments:?}");
        assert_eq!(error["message"], "a name cannot look like an id, such as usr_…: choose another");
    }
}

#[test]
fn names_like_ids_that_are_there_still_count() {
    let site = site();
    let name = "usr_000000000000000000000000";
    site.edit("accounts", |account| {
        for column in ["name", "name_key", "look"] {
            account[column] = name.into();
        }
    });
    assert_eq!(names_of(&site, &format!("{name}/alice")), "alice");
    assert_eq!(site.json(&["user", "show", name])["root"], true);
    site.json(&["user", "update", &format!("{name}/alice"), "--description", "still there"]);
}

#[test]
fn a_foreign_character_is_named_by_number_and_place() {
    let site = site();
    let error = site.fails(2, &["user", "show", "acme/\u{430}lice", "-o", "json"]).error();
    let told = error["message"].as_str().unwrap();
    assert!(
        told.ends_with(
            "a name can have only letters A to Z, digits, spaces and '-', '_', '.', not U+0430 at the start"
        ),
        "{told}"
    );
}

#[test]
fn wherever_one_is_typed_a_foreign_character_is_named() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    let refused = |arguments: &[&str], input: &str| {
        let refused = site.pipe(&[arguments, &["-o", "json"]].concat(), input);
        assert_eq!(refused.code, 2, "{arguments:?} {refused:?}");
        refused.error()["message"].as_str().unwrap().to_owned()
    };
    let code = refused(&["request", "verify", &id, "--code-stdin"], "12345\u{41e}\n");
    assert_eq!(code, "a code has 6 digits; U+041E at the end does not belong there");
    let since = refused(&["codes", "list", "--since", "2026\u{2011}11\u{2044}20"], "");
    assert_eq!(since, "--since is not a valid time; U+2044 as character 8 does not belong there");
    let reference = refused(&["request", "disown", "\u{445}zteh-bfhvh-znedr"], "");
    assert!(reference.ends_with("; U+0445 at the start does not belong there"), "{reference}");
    let serial = refused(&["appeal", "show", "apl-cqyqf-bnzkt-jnjn\u{444}"], "");
    assert_eq!(
        serial,
        "`regain appeal show`: the value of <SERIAL> is not valid: an id cannot hold U+0444 at the end"
    );
    let lines = format!("rgn_setup_\u{430}bcdef\n{PASSWORD}\n");
    let token = refused(&["password", "setup", "--token-stdin", "--password-stdin"], &lines);
    assert_eq!(token, "this is no setup token: U+0430 as character 11 does not belong there");
    let address = refused(&["contact", "bind", "acme/alice", "--email", "o\u{2019}neil@e.de"], "");
    assert_eq!(address, "an email address cannot hold U+2019 as character 2");
    // What may be a password in the wrong place is not named.
    let password = refused(&["request", "verify", &id, "--code-stdin"], "hunter2\n");
    assert_eq!(password, "a code has 6 digits");
}

#[test]
fn a_mailbox_that_looks_like_the_bound_one_is_another() {
    let site = site();
    site.run(&["-y", "contact", "bind", "acme/alice", "--email", "m2@example.com", "--verified"]).succeeded();
    for more in [&["--verified"][..], &[]] {
        let bind = [&["contact", "bind", "acme/alice", "--email", "m\u{b2}@example.com"], more].concat();
        let error = site.fails(4, &[&bind[..], &["-y", "-o", "json"]].concat()).error();
        assert_eq!(error["reason"], "looks_alike");
        assert_eq!(
            error["message"],
            "this is another mailbox than m***@e***.com, which is bound, but looks like it"
        );
    }
    let same = site.json(&["contact", "bind", "acme/alice", "--email", "M2@EXAMPLE.com", "--verified"]);
    assert_eq!(same["changed"], false);
}

#[test]
fn a_search_reads_what_tables_show_and_never_half_a_number() {
    let site = site();
    let found = |text: &str| {
        let found = site.json(&["user", "find", text]);
        found.as_array().unwrap().iter().map(|user| user["name"].to_string()).collect::<Vec<_>>()
    };
    for text in ["acme/alice", "acme/al", " alice ", "alice\u{a0}", "ali\u{200b}ce"] {
        assert_eq!(found(text), [r#""alice""#], "{text:?}");
    }
    for text in ["+4915112345678.0", "+4915112345678.5", "12345678.0"] {
        let error = site.fails(2, &["user", "find", text, "-o", "json"]).error();
        let told = "a number has no decimals: a spreadsheet added them, so write the digits before them";
        assert_eq!((&error["message"], &error["option"]), (&told.into(), &"<TEXT>".into()), "{text}");
    }
    assert_eq!(found("192.168.0.1"), [""; 0]);
}

#[test]
fn an_account_is_named_by_its_id_too() {
    let site = site();
    let id = site.json(&["account", "show", "acme"])["id"].as_str().unwrap().to_owned();
    for command in [&["account", "show"][..], &["policy", "show"], &["user", "list"], &["user", "readiness"]]
    {
        let by_name = site.ok(&[command, &["acme"]].concat());
        assert_eq!(site.ok(&[command, &[&id]].concat()), by_name, "{command:?}");
    }
    let nobody = format!("acc_{}", "0".repeat(24));
    let refused = site.fails(3, &["account", "show", &nobody]);
    assert_eq!(
        refused.stderr,
        format!(
            "error: the account is invalid or not supported: there is no account called {nobody}\nhint: `regain account list -o json` shows the ids\n"
        )
    );
    for command in [&["account", "show"][..], &["account", "disable"], &["policy", "show"], &["user", "list"]]
    {
        let refused = site.fails(2, &[command, &["9x"]].concat());
        assert!(
            refused
                .stderr
                .starts_with("error: the account is invalid or not supported: a name begins with a letter")
                && refused
                    .stderr
                    .contains("hint: check the name, or create one; `regain account list` shows all\n"),
            "{command:?} {refused:?}"
        );
    }
}

#[test]
fn moments_are_read_as_they_are_printed() {
    let site = site();
    let all = site.json(&["audit", "list", "--action", "createUser"]).as_array().unwrap().len();
    for since in
        ["90d", "2001-11-30", "2001-11-30 02:05 UTC", "2001-11-30 02:05:16 UTC", "2001-11-30T02:05:16Z"]
    {
        let count = |more: &[&str]| {
            let list = [&["audit", "list", "--action", "createUser", "--since", since], more].concat();
            site.json(&list).as_array().unwrap().len()
        };
        assert_eq!(count(&[]), all, "{since}");
        if since != "90d" {
            assert_eq!(count(&["--until", "2002-01-01"]), 0, "{since}");
        }
        site.ok(&["codes", "explain", "acme/alice", "--since", since]);
    }
    // As the tables of a narrow terminal have them.
    for since in ["11-30 23:54Z", "11-30 23:54:10Z", "23:54 UTC"] {
        site.ok(&["audit", "list", "--since", since]);
    }
}
