//! Why no code goes: the closed list.

use crate::domain::code::Purpose;
use crate::domain::text::text_enum;

text_enum! {
    /// Why a known person gets no code (security E7), in the order in which it is judged; the stable words of
    /// `state_reason`.
    Ineligible {
        /// No code goes by this channel, by the settings.
        MethodOff => "method_off",
        Disowned => "disowned",
        Disabled => "user_disabled",
        Programmatic => "programmatic_access_only",
        SelfManagementOff => "self_management_off",
        Unused => "unused_too_long",
        TooManyRequests => "too_many_requests",
        /// A registration with what is bound to somebody already.
        ContactTaken => "contact_taken",
        NoContact => "no_contact",
        AddressMismatch => "address_mismatch",
        Unverified => "unverified_contact",
        Cooldown => "contact_cooldown",
        TooManyFailures => "contact_disabled_by_failures",
        TooManyFailuresHere => "contact_disabled_for_source",
        ContactThrottled => "contact_throttled",
        /// The source's part of a budget is spent, while others have theirs.
        SourceThrottled => "source_throttled",
        UserThrottled => "user_throttled",
        ChannelThrottled => "channel_throttled",
        /// A code would be made, and no message leaves by this channel.
        TransportOff => "transport_off",
    }
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

    /// For operators, in a sentence's middle: what happened.
    pub fn describe(self) -> &'static str {
        match self {
            Self::AddressMismatch => "the address typed is not the one that is bound",
            Self::NoContact => "no contact of that kind is bound",
            Self::Unverified => "the bound contact was never verified",
            Self::Cooldown => "the contact was changed a short while ago and receives no reset code yet",
            Self::TooManyFailures => "100 wrong codes in a row were entered for this contact",
            Self::TooManyFailuresHere => {
                "25 wrong codes in a row were entered for this contact from the same place"
            }
            Self::ContactThrottled => "too many codes went to this contact",
            Self::UserThrottled => "too many codes were asked for this person",
            Self::SourceThrottled => "too many codes were asked from the same place",
            Self::ChannelThrottled => "the store's ceiling for this channel is reached",
            Self::TooManyRequests => "too many requests of this person are open",
            Self::Disabled => "the user or its account is disabled",
            Self::Disowned => "they said that a change was not theirs, and are blocked",
            Self::ContactTaken => "the contact is bound to an identity already",
            Self::Programmatic => "the user comes in by program only and has no console password",
            Self::Unused => "the user has not signed in for longer than the login policy allows",
            Self::SelfManagementOff => "people of this account do not set their own passwords",
            Self::MethodOff => "the method that would reach them is switched off",
            Self::TransportOff => "messages cannot leave this machine now",
        }
    }
}
