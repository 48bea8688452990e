//! The text of a letter once more, for those who read HTML: the same words, and nothing besides. No link, no
//! image, no style: what is loaded from elsewhere tells on the reader, and filters look at it askance.

use std::fmt::Write as _;

use minijinja::HtmlEscape;
use zeroize::Zeroizing;

/// A page of paragraphs. Lines that are indented, such as commands, keep their form.
pub(super) fn page(title: &str, text: &str) -> Zeroizing<String> {
    let mut page = Zeroizing::new(String::with_capacity(text.len() * 2 + 256));
    page.push_str("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
    escape(&mut page, title);
    page.push_str("</title></head><body>\n");
    let text = Zeroizing::new(text.replace("\r\n", "\n"));
    for paragraph in text.split("\n\n") {
        let lines: Vec<&str> = paragraph.lines().filter(|line| !line.trim().is_empty()).collect();
        let Some(first) = lines.first() else { continue };
        let (open, between, close) =
            if first.starts_with("    ") { ("<pre>", "\n", "</pre>\n") } else { ("<p>", "<br>\n", "</p>\n") };
        page.push_str(open);
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                page.push_str(between);
            }
            escape(&mut page, line.trim());
        }
        page.push_str(close);
    }
    page.push_str("</body></html>\n");
    page
}

/// What has a meaning in HTML has none any more (security T8).
fn escape(page: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = write!(page, "{}", HtmlEscape(text));
}

/// The longest line of quoted-printable with the `=` that breaks it (RFC 2045, 6.7).
const LINE: usize = 76;

/// As quoted-printable, with every digit encoded as well: the code is to stand in a letter once (cli.md), and
/// that is in the plain text.
pub(super) fn quoted(text: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 2));
    for line in text.lines() {
        let mut width = 0;
        for byte in line.bytes() {
            let plain = matches!(byte, b'!'..=b'~' | b' ') && byte != b'=' && !byte.is_ascii_digit();
            let length = if plain { 1 } else { 3 };
            if width + length >= LINE {
                out.push_str("=\r\n");
                width = 0;
            }
            width += length;
            if plain {
                out.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(out, "={byte:02X}");
            }
        }
        out.push_str("\r\n");
    }
    Zeroizing::new(out.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lines_and_commands_keep_their_form() {
        let text = "Your code is 012345\n\nFor: a\nUntil: b\n\n    regain password setup\n\n\n";
        assert_eq!(
            *page("Your code", text),
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Your code</title></head><body>\n\
             <p>Your code is 012345</p>\n\
             <p>For: a<br>\nUntil: b</p>\n\
             <pre>regain password setup</pre>\n\
             </body></html>\n"
        );
    }

    #[test]
    fn t8_a_name_is_no_markup() {
        let page = page("<b>", "for <a href=\"https://x\">'you' & me</a>\n");
        assert!(page.contains("<title>&lt;b&gt;</title>"), "{}", *page);
        assert!(
            page.contains(
                "<p>for &lt;a href=&quot;https:&#x2f;&#x2f;x&quot;&gt;&#x27;you&#x27; &amp; me&lt;&#x2f;a&gt;</p>"
            ),
            "{}",
            *page
        );
    }

    #[test]
    fn quoted_text_holds_no_digits_of_its_own_and_no_long_line() {
        let text = format!("{}é = 012345 {}\nb", "a".repeat(70), "c".repeat(90));
        let out = String::from_utf8(quoted(&text).to_vec()).unwrap();
        assert!(out.contains("=C3=\r\n=A9 =3D =30=31=") && out.ends_with("\r\nb\r\n"), "{out}");
        assert!(out.lines().all(|line| line.len() <= LINE), "{out}");
        assert!(!out.contains("012345"));
    }
}
