//! Programs as transports, through the commands that people use.

use std::os::unix::fs::PermissionsExt;

use super::mail_site::{configure, site, test};
use crate::site::Site;

fn script(site: &Site, text: &str) -> String {
    let path = site.path().join("send");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    path.display().to_string()
}

#[test]
fn a_code_by_sms_goes_through_a_program() {
    let site = Site::new();
    let program = script(&site, "exec /bin/cat > \"$1\"");
    let file = site.path().join("sms").display().to_string();
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[delivery.sms]\ntransport = \"command\"\nargv = [\"{program}\", \"{file}\"]\n"
    ));
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme", "--mobile", "+4915112345678", "-y"]).succeeded();
    site.deliver();
    let sms = std::fs::read_to_string(file).unwrap();
    let (head, text) = sms.split_once("\n\n").unwrap();
    let (to, id) = head.split_once('\n').unwrap();
    assert_eq!(to, "To: +4915112345678");
    assert!(id.starts_with("Message-ID: msg_") && !id.contains(|c: char| c.is_ascii_digit()), "{id}");
    assert!(text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with('\n'), "{text}");
    assert_eq!(site.only("codes")["state"], "sent");
}

#[test]
fn a_program_that_is_missing_or_fails_is_told_with_its_remedy() {
    let site = site("transport = \"command\"\nargv = [\"/nonexistent/sendmail\", \"-t\"]\n");
    let tested = test(&site);
    assert_eq!(tested.course(), "8 prepare+ start- accept?");
    assert_eq!(
        tested.failure(),
        "start: /nonexistent/sendmail cannot be run: No such file or directory (os error 2)"
    );
    assert_eq!(tested.remedy(), "name a program in argv that the user regain runs as may run");

    let program = script(&site, "/bin/cat >/dev/null; echo 'no route for alice@example.com' >&2; exit 69");
    configure(&site, &format!("transport = \"command\"\nargv = [\"{program}\"]\n"));
    let tested = test(&site);
    assert_eq!(tested.course(), "8 prepare+ start+ accept-");
    assert_eq!(tested.failure(), "accept: the program ended with 69: no route for [...]");
}

#[test]
fn t9_a_code_in_base64_hexadecimal_or_html_is_taken_out_too() {
    let site = Site::new();
    let code = site.path().join("code");
    let program = script(
        &site,
        &format!(
            "code=$(/bin/grep -Eo '^[0-9]{{6}}')\n\
             printf %s \"$code\" >{}\n\
             base64=$(printf 'the code %s' \"$code\" | /usr/bin/base64 -w 0)\n\
             hex=$(printf %s \"$code\" | /usr/bin/od -An -tx1 | /usr/bin/tr ' ' ':')\n\
             html=$(printf %s \"$code\" | /bin/sed 's/./\\&#x3&;/g')\n\
             echo \"no ($base64) ($hex) ($html)\" >&2\n\
             exit 69",
            code.display()
        ),
    );
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[delivery.sms]\ntransport = \"command\"\nargv = [\"{program}\"]\n"
    ));
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme", "--mobile", "+4915112345678", "-y"]).succeeded();
    assert_eq!(site.run(&["delivery", "run", "--once"]).code, 8);
    assert_eq!(std::fs::read_to_string(code).unwrap().len(), 6);
    let told = site.only("outbox").text("last_error").to_owned();
    assert!(told.ends_with("no ([...]) (:[...]) ([...])"), "{told}");
}
