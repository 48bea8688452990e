use super::*;
use crate::domain::mailbox::Mailbox;
use crate::domain::message::Message;

fn written(to: &str, subject: &str, body: &str) -> Result<String, DeliveryError> {
    let message = Message { to: to.to_owned(), subject: subject.to_owned(), body: body.to_owned() };
    let at = "2026-11-21T18:12:03Z".parse().unwrap();
    let outbound = OutboundMessage { id: "msg_0a12b9", at, message: &message, again: false };
    let head = Letterhead { from: Mailbox::bare("regain@example.org"), reply_to: None, html: false };
    let bytes = letter(&outbound, &head)?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn ascii_stays_readable() {
    assert_eq!(
        written("alice@example.com", "Your code", &format!("It is 012345\n\n{}\n", "Bye. ".repeat(40)))
            .unwrap(),
        "Date: Sat, 21 Nov 2026 18:12:03 +0000\r\n\
         From: regain@example.org\r\n\
         To: alice@example.com\r\n\
         Subject: Your code\r\n\
         Message-ID: <msg_AaBCbJ@example.org>\r\n\
         Auto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 7bit\r\n\
         \r\n\
         It is 012345\r\n\r\n"
            .to_owned()
            + &"Bye. ".repeat(40)
            + "\r\n"
    );
}

#[test]
fn an_sms_is_to_the_bare_number() {
    let text = written("+4915112345678", "Your code", "012345\n").unwrap();
    assert!(text.contains("\r\nTo: +4915112345678\r\n"), "{text}");
}

#[test]
fn other_scripts_are_quoted_and_the_code_stays_whole() {
    let text = written("爱@例子.cn", "你的验证码", "验证码：012345\n").unwrap();
    assert!(text.contains("\r\nContent-Transfer-Encoding: quoted-printable\r\n"), "{text}");
    assert!(text.contains("\r\nTo: 爱@例子.cn\r\n"), "{text}");
    assert!(text.contains("\r\nSubject: =?utf-8?b?"), "{text}");
    assert!(text.ends_with("=E9=AA=8C=E8=AF=81=E7=A0=81=EF=BC=9A012345\r\n"), "{text}");
}

#[test]
fn t8_no_field_can_begin_another_header() {
    let refused = |to, subject| written(to, subject, "x").unwrap_err().fault.to_string();
    let to = "the address holds a control character";
    assert_eq!(refused("a@b.example\r\nBcc: c@d.example", "s"), to);
    assert_eq!(refused("a@b.example\nBcc: c@d.example", "s"), to);
    assert_eq!(refused("a@b.example", "s\rBcc: c@d.example"), "the subject holds a control character");
}

fn for_both(to: &str, body: &str) -> String {
    let message = Message { to: to.to_owned(), subject: "Your code".to_owned(), body: body.to_owned() };
    let at = "2026-11-21T18:12:03Z".parse().unwrap();
    let outbound = OutboundMessage { id: "msg_0a12b9", at, message: &message, again: false };
    let head = Letterhead {
        from: Mailbox::bare("regain@b\u{fc}cher.example"),
        reply_to: Some(Mailbox::parse("Help \u{7231} <help@example.org>").unwrap()),
        html: true,
    };
    String::from_utf8(letter(&outbound, &head).unwrap().to_vec()).unwrap()
}

#[test]
fn a_letter_is_for_those_who_read_html_and_for_the_others() {
    assert_eq!(
        for_both("alice@example.com", "It is 012345\n\nBye.\n"),
        "Date: Sat, 21 Nov 2026 18:12:03 +0000\r\n\
         From: regain@xn--bcher-kva.example\r\n\
         Reply-To: =?utf-8?q?Help_=E7=88=B1?= <help@example.org>\r\n\
         To: alice@example.com\r\n\
         Subject: Your code\r\n\
         Message-ID: <msg_AaBCbJ@xn--bcher-kva.example>\r\n\
         Auto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"=_msg_AaBCbJ\"\r\n\
         \r\n\
         --=_msg_AaBCbJ\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 7bit\r\n\
         \r\n\
         It is 012345\r\n\r\nBye.\r\n\
         \r\n\
         --=_msg_AaBCbJ\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\
         \r\n\
         <!DOCTYPE html>\r\n\
         <html><head><meta charset=3D\"utf-=38\"><title>Your code</title></head><body>\r\n\
         <p>It is =30=31=32=33=34=35</p>\r\n\
         <p>Bye.</p>\r\n\
         </body></html>\r\n\
         \r\n\
         --=_msg_AaBCbJ--\r\n"
    );
}

#[test]
fn a_domain_of_another_script_travels_in_ascii_unless_the_name_before_it_cannot() {
    let wire = |address| {
        on_the_wire("address", address)
            .map(|address| address.to_string())
            .map_err(|error| error.fault.to_string())
    };
    assert_eq!(wire("alice@b\u{fc}cher.example").as_deref(), Ok("alice@xn--bcher-kva.example"));
    assert_eq!(wire("ren\u{e9}@b\u{fc}cher.example").as_deref(), Ok("ren\u{e9}@b\u{fc}cher.example"));
    assert_eq!(wire("bob..x@b\u{fc}cher.example").as_deref(), Ok("\"bob..x\"@xn--bcher-kva.example"));
    for address in ["alice", "@example.com", "alice@", "a b@example.com", "a>@example.com", "<a@example.com"]
    {
        assert_eq!(wire(address), Err("the address cannot be written to".to_owned()), "{address}");
    }
}
