use super::*;

fn e164(text: &str) -> Result<String, MobileError> {
    read(text, None).map(|number| number.e164)
}

#[test]
fn what_people_put_between_digits_is_no_part_of_a_number() {
    for text in [
        "+4915112345678",
        "004915112345678",
        "+49 151 1234-5678",
        "0049 (151) 1234 5678",
        "(+49) 151/12345678",
        "+49.151.12345678",
        "+49 151 12345678.",
        "\u{202a}+4915112345678\u{202c}",
        "+49\u{202f}151\u{202f}12345678",
        "\u{ff0b}\u{ff14}\u{ff19}\u{ff11}\u{ff15}\u{ff11}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}\u{ff17}\u{ff18}",
        "+\u{664}\u{669}\u{661}\u{665}\u{661}\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}",
        "+49\u{2011}151\u{2013}12345678",
        "+49\t151\u{30fc}12345678\t",
        "+49 0151 12345678",
        "+49(0)15112345678",
        "+49 (0) 151 12345678",
        "0049(0)151 12345678",
    ] {
        assert_eq!(e164(text), Ok("+4915112345678".to_owned()), "{text:?}");
    }
}

#[test]
fn what_is_no_number_is_refused_by_name() {
    use MobileError::{
        Country, Decimals, Extension, Form, Length, Letters, Rounded, Several, TooLong, TooShort, TrunkZero,
    };
    for (text, error) in [
        ("", Form),
        ("+", Form),
        ("015112345678", Form),
        ("4915112345678", Form),
        ("+0123456789", Form),
        ("++4915112345678", Form),
        ("+4915112345678.0", Decimals),
        ("+4915112345678.5", Decimals),
        ("+4915112345678.00", Decimals),
        ("+4915112345678,0", Decimals),
        ("4915112345678. 0", Decimals),
        ("\u{ff0b}4915112345678\u{ff0e}0", Decimals),
        ("4.91511E+12", Rounded),
        ("4,91511e12", Rounded),
        ("+4.9E+12", Rounded),
        ("+49151x2345678", Letters),
        ("+49151CALLME", Letters),
        ("+49 151 12345678 ext. 5", Extension),
        ("+49 151 12345678x5", Extension),
        ("+49 151 12345678#5", Extension),
        ("+49 151 12345678, +49 160 1234567", Several),
        ("+49 151 12345678/79", Several),
        ("+4915112345678 +491601234567", Several),
        ("+49 151 12345678 (0)", TrunkZero),
        ("+39 (0) 312 3456789", TrunkZero),
        ("+999123456789", Country),
        ("+49151", TooShort),
        ("+1 202 555 017", TooShort),
        ("+1 202 555 01733", TooLong),
        ("+4915112345678901", TooLong),
        ("+65 123456789", Length),
    ] {
        assert_eq!(e164(text), Err(error), "{text:?}");
    }
    let stray = e164("+49151\u{66b}12345678").unwrap_err().to_string();
    assert_eq!(stray, "a mobile number cannot hold U+066B as character 7");
}

#[test]
fn national_numbers_are_read_where_a_region_is_set() {
    let of = |region: &str, text| read(text, region.parse().ok()).map(|number| number.e164);
    assert_eq!(of("de", "0151 12345678"), Ok("+4915112345678".to_owned()));
    assert_eq!(of("DE", "151 12345678"), Ok("+4915112345678".to_owned()));
    assert_eq!(of("US", "(202) 555-0173"), Ok("+12025550173".to_owned()));
    assert_eq!(of("IT", "06 12345678"), Ok("+390612345678".to_owned()));
    assert_eq!(of("DE", "+44 7911 123456"), Ok("+447911123456".to_owned()));
    assert_eq!(of("DE", "0151.12345678.0"), Err(MobileError::Decimals));
    for bad in ["", "D", "DEU", "XX", "ZZ", "UK", "49", "\u{e9}"] {
        assert_eq!(bad.parse::<Region>(), Err(()), "{bad}");
    }
}

#[test]
fn a_bare_number_that_can_be_two_is_refused() {
    let of = |region: &str, text| read(text, region.parse().ok()).map(|number| number.e164);
    for (region, text) in [
        // A plus that a spreadsheet took away.
        ("DE", "4915112345678"),
        ("DE", "49 151 12345678"),
        ("DE", "447911123456"),
        ("IT", "447911123456"),
        ("NO", "4915112345678"),
        // The eight that is dialled first in Russia.
        ("DE", "8 912 345 67 89"),
        ("DE", "89 123456789"),
        ("FR", "145678901"),
    ] {
        assert!(
            matches!(of(region, text), Err(MobileError::Ambiguous | MobileError::TooLong)),
            "{region} {text}"
        );
    }
    assert_eq!(of("DE", "4915112345678"), Err(MobileError::Ambiguous));
    assert_eq!(of("DE", "8 912 345 67 89"), Err(MobileError::Ambiguous));
    for (region, text, e164) in [
        // Nothing within these countries is so long: it is their code, without its plus.
        ("AT", "436641234567", "+436641234567"),
        ("FR", "33612345678", "+33612345678"),
        ("DE", "089 123456789", "+4989123456789"),
        ("RU", "8 912 345 67 89", "+79123456789"),
        ("RU", "912 345 67 89", "+79123456789"),
        ("US", "1 202 555 0173", "+12025550173"),
        ("US", "202 555 0173", "+12025550173"),
        ("US", "011 49 151 12345678", "+4915112345678"),
        ("IT", "392 1234567", "+393921234567"),
        ("ES", "612 34 56 78", "+34612345678"),
        ("HU", "06 30 123 4567", "+36301234567"),
        ("NO", "47 12 34 56", "+4747123456"),
        ("BR", "55 99123 4567", "+5555991234567"),
        ("IN", "91234 56789", "+919123456789"),
    ] {
        assert_eq!(of(region, text), Ok(e164.to_owned()), "{region} {text}");
    }
}

#[test]
fn the_digits_that_were_written_are_kept_where_the_rules_make_others() {
    let number = read("+49 0151 12345678", None).unwrap();
    assert_eq!(number.written.as_deref(), Some("+49015112345678"));
    assert_eq!(read("+4915112345678", None).unwrap().written, None);
    assert_eq!(as_written("+999 123456789").as_deref(), Some("+999123456789"));
    assert_eq!(as_stored("+999123456789").as_deref(), Some("+999123456789"));
    assert_eq!(as_stored("+49 151"), None);
}

#[test]
fn the_regions_are_those_of_the_data() {
    let mut regions: Vec<String> =
        PHONE_NUMBER_UTIL.get_supported_regions().map(|region| region.to_string()).collect();
    regions.sort();
    regions.retain(|region| region != "001");
    assert_eq!(REGIONS, regions.join(" "));
}

#[test]
fn ranges_are_known_or_not() {
    assert!(is_known("+4915112345678") && !is_known("+4912345678"));
}

#[test]
fn a_number_is_told_from_a_name() {
    for text in [
        "+49",
        "0049151",
        "0151 12345678",
        "(0151) 12345678",
        "4.9E+12",
        "4915112345678.0",
        "\u{ff10}151123456",
    ] {
        assert!(is_meant(text), "{text}");
    }
    for text in ["9acme", "acme", "", "7up", "a 0151 12345678"] {
        assert!(!is_meant(text), "{text}");
    }
}
