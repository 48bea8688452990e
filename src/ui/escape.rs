//! Security T3: nothing that was stored or typed may steer a terminal or turn the reading direction.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Characters that change how the text around them is shown, or are not shown at all: C0 and C1 controls, DEL,
/// bidi marks, embeddings and isolates, zero-width characters, line and paragraph separators.
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Printable ASCII alone, as most data are: nothing in it is unsafe. All of it is looked at, which is faster than to stop
/// early.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (b' '..0x7f).contains(&byte))
}

/// The text for a person: unsafe characters become `\n`, `\r`, `\t` or `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    replace(text, |character, shown| match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        other => {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(other));
        }
    })
}

/// Finished JSON with unsafe characters as `\uXXXX`. They can stand only inside its strings, where that means
/// the same; the line feeds of its layout stay.
pub fn json(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(|character| is_unsafe(character) && character != '\n') {
        return Cow::Borrowed(text);
    }
    replace(text, |character, shown| match character {
        '\n' => shown.push('\n'),
        other => {
            let _ = write!(shown, "\\u{:04x}", u32::from(other));
        }
    })
}

fn replace(text: &str, mut escape: impl FnMut(char, &mut String)) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            escape(character, &mut shown);
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t3_every_listed_character_is_shown_as_its_number() {
        let listed = (0..0x20)
            .chain(0x7f..=0x9f)
            .chain(0x202a..=0x202e)
            .chain(0x2066..=0x2069)
            .chain(0x200b..=0x200f)
            .chain([0x61c, 0x2060, 0xfeff, 0x2028, 0x2029])
            .filter_map(char::from_u32);
        for character in listed {
            let shown = visible(&format!("a{character}b")).into_owned();
            let expected = match character {
                '\n' => "a\\nb".to_owned(),
                '\r' => "a\\rb".to_owned(),
                '\t' => "a\\tb".to_owned(),
                other => format!("a\\u{{{:x}}}b", u32::from(other)),
            };
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn t3_ordinary_text_is_left_as_it_is() {
        for text in ["", "Zoë Ł. 山田", "a\\b", "e\u{301}", "👩", "\u{a0}"] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn t3_no_unsafe_character_is_plain() {
        for character in ('\0'..='\u{ff}').chain(['\u{61c}', '\u{202e}', '\u{feff}']) {
            assert!(!(is_plain(&format!("a{character}b")) && is_unsafe(character)), "{character:?}");
        }
        assert!(is_plain(" !~"));
    }

    #[test]
    fn t3_json_keeps_the_data_while_hiding_its_effect() {
        let name = "\u{9b}31m\u{202e}x\u{7f}\u{1b}\u{200b}\n";
        let written = serde_json::to_string(name).unwrap();
        let safe = json(&written).into_owned();
        assert_eq!(safe, r#""\u009b31m\u202ex\u007f\u001b\u200b\n""#);
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), name);
    }
}
