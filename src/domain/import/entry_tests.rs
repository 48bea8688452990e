use super::*;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn of(user: &str) -> Record {
    Record { user: Some(user.to_owned()), ..Record::default() }
}

fn in_acme() -> ImportOptions {
    ImportOptions { account: Some(name("acme")), ..ImportOptions::default() }
}

fn read<'r>(record: &'r Record, options: &ImportOptions) -> Result<Entry<'r>, RecordError> {
    let reader = Reader { region: "DE".parse().ok(), ..Reader::default() };
    Entry::read(record, options, reader, Timestamp::UNIX_EPOCH)
}

/// Why a record is nobody.
#[track_caller]
fn fault(record: &Record, options: &ImportOptions) -> String {
    read(record, options).err().map_or_else(|| "none".to_owned(), |error| error.to_string())
}

#[test]
fn a_name_alone_is_of_the_account_that_is_meant_and_else_an_account() {
    let bearer = |user: &str, options| read(&of(user), options).map(|entry| entry.bearer);
    let (none, acme) = (ImportOptions::default(), in_acme());
    let bob = Ok(Bearer::Member(name("acme"), Some(name("bob"))));
    assert_eq!((bearer("acme/bob", &none), bearer(" bob ", &acme)), (bob.clone(), bob));
    assert_eq!(bearer("globex/bob", &acme), Ok(Bearer::Member(name("globex"), Some(name("bob")))));
    for (user, options) in [("acme", &none), ("acme/", &none), ("acme/ACME", &none), ("Acme", &acme)] {
        assert!(matches!(bearer(user, options), Ok(Bearer::Root(_))), "{user}");
    }
    assert_eq!(bearer("acme/b@b", &none), Err(RecordError::Name(NameError::BadCharacter)));
    assert_eq!(bearer(" ", &none), Err(RecordError::Nobody));
}

#[test]
fn whoever_is_known_by_something_else_needs_no_name() {
    let record = Record { external_id: Given::Set("42".to_owned()), ..Record::default() };
    let options = ImportOptions { key: Key::ExternalId, ..in_acme() };
    assert_eq!(read(&record, &options).map(|entry| entry.bearer), Ok(Bearer::Member(name("acme"), None)));
    assert_eq!(fault(&record, &in_acme()), "the row says of nobody who they are: the field `user` is empty");
    let by_email = ImportOptions { key: Key::Email, ..in_acme() };
    assert_eq!(fault(&record, &by_email), "`email` is what people are known by here, and the row has none");
    assert_eq!(RecordError::NoKey("email").code(), "no_key");
}

#[test]
fn null_removes_only_what_somebody_can_be_without() {
    let nulls = Record {
        email: Given::Removed,
        mobile: Given::Removed,
        description: Given::Removed,
        external_id: Given::Removed,
        email_verified: Given::Removed,
        ..of("acme/bob")
    };
    let entry = read(&nulls, &ImportOptions::default()).ok().unwrap();
    assert_eq!((&entry.email, &entry.mobile), (&Given::Removed, &Given::Removed));
    assert_eq!((&entry.description, &entry.external_id), (&Given::Removed, &Given::Removed));
    let none = ImportOptions::default();
    for (record, field) in [
        (Record { status: Given::Removed, ..of("acme/bob") }, "status"),
        (Record { access_mode: Given::Removed, ..of("acme/bob") }, "access_mode"),
        (Record { login_protection: Given::Removed, ..of("acme/bob") }, "login_protection"),
        (Record { must_change: Given::Removed, ..of("acme/bob") }, "must_change"),
        (Record { password: Given::Removed, ..of("acme/bob") }, "password"),
        (Record { password_hash: Given::Removed, ..of("acme/bob") }, "password_hash"),
        (Record { created_at: Given::Removed, ..of("acme/bob") }, "created_at"),
    ] {
        let told = format!("`{field}` cannot be removed, so it cannot be null: leave the field out");
        assert_eq!(fault(&record, &none), told);
    }
}

#[test]
fn what_is_wrong_with_a_field_is_said_with_its_name() {
    let set = |text: &str| Given::Set(text.to_owned());
    for (record, told) in [
        (Record { email: set("bob"), ..of("a/b") }, "`email`: this is not an email address"),
        (Record { mobile: set("12"), ..of("a/b") }, "`mobile`: "),
        (Record { external_id: set("a\tb"), ..of("a/b") }, "`external_id`: an external ID has only"),
        (Record { description: set("a\nb"), ..of("a/b") }, "`description`: a description is one line"),
        (Record { created_at: Given::Set(Timestamp::MAX), ..of("a/b") }, "`created_at` lies in the future"),
        (Record { email: set("b..x@x.example"), ..of("a/b") }, "`email`: mail servers refuse"),
    ] {
        let found = fault(&record, &ImportOptions::default());
        assert!(found.starts_with(told), "{found}");
    }
    let both = Record {
        password: Given::Set("a".into()),
        password_hash: Given::Set("$2y$".into()),
        ..of("acme/bob")
    };
    assert_eq!(read(&both, &ImportOptions::default()).err(), Some(RecordError::TwoPasswords));
}

#[test]
fn contacts_are_verified_only_where_the_file_says_so_and_is_trusted() {
    let record = |said| Record {
        email: Given::Set("b..x@x.example".to_owned()),
        mobile: Given::Set("0151 12345678".to_owned()),
        email_verified: Given::Set(said),
        ..of("acme/bob")
    };
    let trusting = ImportOptions { trust_verified: true, ..ImportOptions::default() };
    let yes = record(true);
    let entry = read(&yes, &trusting).ok().unwrap();
    assert_eq!(entry.verified, [Channel::Email]);
    assert_eq!(entry.mobile.set().map(Address::as_str), Some("+4915112345678"));
    assert_eq!(entry.rewritten, Some("0151 12345678"));
    assert!(read(&yes, &ImportOptions::default()).is_err(), "nobody vouches for its dots");
    assert!(read(&record(false), &trusting).is_err());
}
