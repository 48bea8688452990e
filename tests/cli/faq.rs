//! `regain faq`: the pages, and the pointers to them.

use crate::site::Site;

const TOPICS: [&str; 7] = ["forgot", "codes", "locked", "mfa", "change", "protection", "kinds"];

#[test]
fn the_pages_need_nothing_and_read_well() {
    let site = Site::bare();
    let mut pages = String::new();
    for topic in TOPICS {
        let ended = site.run(&["faq", topic]).succeeded();
        assert_eq!(ended.stderr, "");
        pages.extend(["##### regain faq ", topic, "\n", &ended.stdout, "\n"]);
    }
    insta::assert_snapshot!("faq", pages);
}

#[test]
fn without_a_topic_they_are_listed() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&site.run(&["faq"])), @"
    exit 0
    --- stdout
    TOPIC       ABOUT
    ───────────────────────────────────────────────────────────────────────
    forgot      What to do when you forgot your password
    codes       Why a verification code does not arrive
    locked      Why your account is locked
    mfa         Why an MFA code is not accepted
    change      How to change your password, email address or mobile number
    protection  How sign-ins and important changes are protected
    appeal      What to do when you lost access to all your contacts
    kinds       Account, IAM user or unified ID: which one you are
    --- stderr
    hint: read one: `regain faq forgot`
    ");
    let page = site.run(&["faq", "locked", "-o", "json"]).succeeded().json();
    assert_eq!((&page["topic"], &page["title"]), (&"locked".into(), &"Why your account is locked".into()));
    assert!(page["text"].as_str().unwrap().ends_with("for the help desk: an account's numbers\n"));
    assert_eq!(site.run(&["faq", "nothing"]).code, 2);
}

#[test]
fn the_config_says_whom_to_ask() {
    let site = Site::with(
        "[help]\nadministrator_text = \"Ask Ada.\"\nservice_url = \"https://help.example.com/\"\n\
         customer_service = [{ region = \"Here\", phone = \"+1 555 0100\" }]\n",
    );
    let page = site.run(&["faq", "codes"]).succeeded().stdout;
    let (_, end) = page.split_once("\nWhom to ask\n").unwrap();
    assert_eq!(
        end,
        "  Ask Ada.\n  Customer service: https://help.example.com/\n  Customer service, Here: +1 555 0100\n"
    );
    assert!(!site.run(&["faq", "locked"]).succeeded().stdout.contains("Ask Ada"));
    site.configure(
        "[help]\nunified_id_url = \"https://id.example.com/\"\nregister_url = \"https://new.example.com/\"\n\
         [register]\nenabled = false\n",
    );
    let page = site.run(&["faq", "forgot"]).succeeded().stdout;
    let own = "  Unified IDs: https://id.example.com/\n  A new account or ID: https://new.example.com/\n";
    assert!(page.ends_with(own), "{page}");
    // What is switched off here is not to be typed.
    for topic in ["forgot", "kinds"] {
        let page = site.run(&["faq", topic, "-o", "json"]).succeeded().json()["text"].to_string();
        assert!(page.contains("regain password reset") && !page.contains("account register"), "{page}");
    }
}

#[test]
fn e1_after_wrong_credentials_everyone_is_pointed_to_the_same_pages() {
    let site = Site::new();
    site.account("acme");
    let told = |user: &str| {
        let ended = site.pipe(&["login", user, "--password-stdin"], "wrong password entirely\n");
        (ended.code, ended.stdout, ended.stderr)
    };
    let known = told("acme");
    assert_eq!(known, told("acme/ghost"));
    insta::assert_snapshot!(known.2, @"
    error: the user name or password is wrong, or this user cannot sign in now
    hint: forgotten? `regain password reset`
    hint: sure that it is right? `regain faq locked` explains why it may not work now
    ");
    for _ in 0..6 {
        assert_eq!(told("acme"), known, "locked or not");
    }
}
