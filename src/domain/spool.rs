//! Files that SMS daemons read.

use super::text::text_enum;

text_enum! {
    /// Whose folder it is.
    SpoolFormat {
        /// The `outgoing` folder of SMS Server Tools 3 (3.1.16 or newer, which know UTF-8).
        Smstools => "smstools",
        /// The outbox of gammu-smsd's `files` service.
        Gammu => "gammu",
    }
}
