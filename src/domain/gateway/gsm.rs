//! The alphabet of a short message (3GPP TS 23.038).

/// The default alphabet and its extension, without ASCII letters and digits. Where all of a text is in it, 160
/// characters fit into one message; else 70.
const SYMBOLS: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€\u{c}";

/// Whether a text can be sent in the 7-bit alphabet of telephones.
pub fn fits_gsm(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || SYMBOLS.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn european_letters_fit_and_others_do_not() {
        assert!(fits_gsm("012345 is your code [until 12:00], {not} 5 €.\nGrüße"));
        for text in ["验证码", "ç", "`", "\u{a0}", "“quoted”"] {
            assert!(!fits_gsm(text), "{text}");
        }
    }
}
