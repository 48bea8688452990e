//! What goes into a header or an envelope, as it travels.

use lettre::Address;

use super::error::DeliveryError;
use super::fault::Fault;
use super::mailbox;
use super::stage::Stage;

/// An address of email as it travels: a domain of another script in its ASCII form (RFC 5891), so that only a
/// local part of another script asks for SMTPUTF8. Nothing in it can end the envelope's angle brackets.
pub(super) fn on_the_wire(field: &'static str, address: &str) -> Result<Address, DeliveryError> {
    let bad = || DeliveryError::permanent(Stage::Prepare, Fault::Address { field });
    let address: Address = mailbox::quoted(one_line(field, address)?).parse().map_err(|_| bad())?;
    let text: &str = address.as_ref();
    if text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>')) {
        return Err(bad());
    }
    if address.domain().is_ascii() || !address.user().is_ascii() {
        return Ok(address);
    }
    let domain = address.domain().as_bytes();
    let ascii = idna::domain_to_ascii_cow(domain, idna::AsciiDenyList::STD3).map_err(|_| bad())?;
    Address::new(address.user(), ascii).map_err(|_| bad())
}

/// Refuses what could begin another header (security T8).
pub(super) fn one_line<'v>(field: &'static str, value: &'v str) -> Result<&'v str, DeliveryError> {
    if value.chars().any(char::is_control) {
        return Err(DeliveryError::permanent(Stage::Prepare, Fault::Control { field }));
    }
    Ok(value)
}
