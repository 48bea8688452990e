//! Why no code goes: the closed list.

use crate::domain::code::Purpose;
use crate::domain::text::text_enum;

text_enum! {
    /// Why a known person gets no code (security E7), in the order in which it is judged; the stable words of
    /// `state_reason`.
    Ineligible {
        /// No code goes by this channel, by the settings.
        MethodOff => "method_off": "the method that would reach them is switched off",
        Disowned => "disowned": "they reported a change that was not theirs, and are blocked",
        Disabled => "user_disabled": "the user or its account is disabled",
        Programmatic => "programmatic_access_only":
            "the user has programmatic access only and no console password",
        SelfManagementOff => "self_management_off": "people in this account may not set their own passwords",
        Unused => "unused_too_long": "the user has not signed in for longer than the login policy allows",
        TooManyRequests => "too_many_requests": "too many requests of this person are open",
        /// A registration with what is bound to somebody already.
        ContactTaken => "contact_taken": "the contact is bound to an identity already",
        NoContact => "no_contact": "no contact of that kind is bound",
        AddressMismatch => "address_mismatch": "the address typed is not the one that is bound",
        Unverified => "unverified_contact": "the bound contact was never verified",
        Cooldown => "contact_cooldown":
            "the contact was changed recently and receives no reset code yet",
        TooManyFailures => "contact_disabled_by_failures":
            "100 wrong codes in a row were entered for this contact",
        TooManyFailuresHere => "contact_disabled_for_source":
            "25 wrong codes in a row were entered for this contact from the same place",
        ContactThrottled => "contact_throttled": "too many codes went to this contact",
        /// The source's part of a budget is spent, while others have theirs.
        SourceThrottled => "source_throttled": "too many codes were asked for from the same place",
        UserThrottled => "user_throttled": "too many codes were asked for this person",
        ChannelThrottled => "channel_throttled": "the store's ceiling for this channel is reached",
        /// A code would be made, and no message leaves by this channel.
        TransportOff => "transport_off": "this machine cannot send messages now",
    }
    /// For operators, in a sentence's middle: what happened.
    fn describe;
}

impl Ineligible {
    /// Whether a budget kept it back that others may have spent: operators have their own.
    pub fn is_of_budget(self) -> bool {
        matches!(
            self,
            Self::ContactThrottled
                | Self::UserThrottled
                | Self::SourceThrottled
                | Self::TooManyFailuresHere
                | Self::TooManyRequests
        )
    }

    /// Whether it counts for a code of this purpose; what is counted does for every one.
    pub(super) fn is_asked_for(self, purpose: Purpose) -> bool {
        let counted = self.is_of_budget() && self != Self::TooManyRequests
            || matches!(self, Self::TooManyFailures | Self::ChannelThrottled);
        match purpose {
            Purpose::Reset => self != Self::ContactTaken,
            Purpose::Register => counted || matches!(self, Self::TooManyRequests | Self::ContactTaken),
            // A contact in its cool-down may be the thief's (security S5).
            Purpose::VerifyCaller => {
                counted || matches!(self, Self::NoContact | Self::Unverified | Self::Cooldown)
            }
            Purpose::BindContact
            | Purpose::LeaveContact
            | Purpose::SignIn
            | Purpose::Protect
            | Purpose::Approve => counted,
        }
    }
}
