//! The reference of a notice, by which whoever got it says "this was not me".

use crate::domain::id;
use crate::domain::notice::{Notice, REFERENCE_LIFE, State};
use crate::domain::time::after;
use crate::flow::foundation::{FlowError, Transaction};
use crate::keyring::Purpose;

/// What the notice is about that comes with every code: whoever did not ask for it ends it.
pub(crate) const CODE: &str = "code_asked_for";

/// Makes a reference and records its keyed hash; the reference itself goes into the message, and nowhere else. The id
/// of the notice, and the reference.
pub(crate) fn mint(
    tx: &mut Transaction<'_>,
    about: &str,
    user_id: Option<&str>,
    code_id: Option<&str>,
) -> Result<(String, String), FlowError> {
    let reference = id::reference(tx.env.entropy)?;
    let (key_id, tag) = tx.env.keys.mac(Purpose::Notice, &[reference.as_bytes()]);
    let notice = Notice {
        id: id::new(tx.env.entropy, "ntc")?,
        user_id: user_id.map(str::to_owned),
        code_id: code_id.map(str::to_owned),
        about: about.to_owned(),
        key_id: key_id.to_string(),
        tag: tag.to_vec(),
        state: State::Live,
        created_at: tx.now,
        expires_at: after(tx.now, REFERENCE_LIFE),
    };
    tx.store.insert_notice(&notice)?;
    Ok((notice.id, reference))
}
