use super::*;

type Told = Vec<(u64, Result<String, RowFault>)>;

fn read(text: &[u8], fields: &[&str]) -> Result<Told, String> {
    let opened = Elements::open(Input::open(text).unwrap(), fields).map_err(|error| error.to_string())?;
    let mut elements = opened.ok_or("no field")?;
    let mut all = Vec::new();
    loop {
        let line = elements.next_line().map_err(|error| error.to_string())?;
        let Some(element) = elements.next().map_err(|error| error.to_string())? else { return Ok(all) };
        all.push((line.unwrap(), element.map(str::to_owned)));
    }
}

fn told(text: &str, fields: &[&str]) -> Vec<(u64, String)> {
    let all = read(text.as_bytes(), fields).unwrap();
    all.into_iter().map(|(line, text)| (line, text.unwrap())).collect()
}

fn at(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
}

#[test]
fn elements_are_found_wherever_they_stand() {
    let two = [(2, r#"{"a":"]},{\"["}"#), (3, "[1]")];
    let list = "[\n{\"a\":\"]},{\\\"[\"} ,\r\n[1]\n]";
    assert_eq!(told(list, &[]), at(&two));
    let within =
        format!("{{\"x\":{{\"users\":[1]}},\"y\":[\"users\"],\"z\":\"a\\\"b\", \"users\" : {list},\"w\":2}}");
    assert_eq!(
        told(&within, &["users"]),
        at(&[(1, two[0].1), (2, two[1].1)].map(|(line, text)| (line + 1, text)))
    );
    assert_eq!(
        told("{\"a\":1}\n{\"b\":2}{\"c\":3}\n\n 4 \"x\"", &[]),
        at(&[(1, "{\"a\":1}"), (2, "{\"b\":2}"), (2, "{\"c\":3}"), (4, "4"), (4, "\"x\""),])
    );
    for text in ["[]", " [ ] ", ""] {
        assert_eq!(told(text, &[]), at(&[]), "{text:?}");
    }
    assert_eq!(read(b"{\"x\":[1]}", &["users"]), Err("no field".to_owned()));
    assert_eq!(read(b"{\"users\":null,\"Users\":[]}", &["users"]), Err("no field".to_owned()));
}

#[test]
fn what_is_broken_is_told_by_its_line() {
    for (text, line) in [
        ("[\n{\"a\":1}\n{\"b\":1}]", 3),
        ("[1,]", 1),
        ("[1]\n[2]", 2),
        ("[,1]", 1),
        ("[1,\n\n", 3),
        ("[{\"a\":\n\"x]}", 2),
        ("{\"x\" 1}", 1),
        ("{\"users\":[1", 1),
        ("{1:2}", 1),
        ("{\"x\":", 1),
    ] {
        let error = format!("line {line} is not JSON, or the file ends before its end");
        assert_eq!(read(text.as_bytes(), &["users"]), Err(error), "{text:?}");
    }
}

#[test]
fn an_element_that_cannot_be_read_is_alone() {
    let long = format!("[1,\"{}\",\n2]", "x".repeat(LONGEST));
    assert_eq!(
        read(long.as_bytes(), &[]).unwrap()[1..],
        [(1, Err(RowFault::TooLong)), (2, Ok("2".to_owned()))]
    );
    assert_eq!(read(b"[\"\xe4\",2]", &[]).unwrap()[0], (1, Err(RowFault::NotUtf8)));
    let deep = format!("[{},2]", "[".repeat(1000) + &"]".repeat(1000));
    assert_eq!(read(deep.as_bytes(), &[]).unwrap()[1], (1, Ok("2".to_owned())));
}

proptest::proptest! {
    #[test]
    fn whatever_comes_ends(text in "[\\[\\]{},:\" a1\\\\\n]{0,60}") {
        for fields in [&[][..], &["a"]] {
            let _ = read(text.as_bytes(), fields);
        }
    }
}
