//! States of a ticket, of its decision and of its run, and who may move it where.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
///
/// ```text
/// PENDING ─┬─ APPROVED ── EXECUTING ─┬─ SUCCESS
///          ├─ REJECTED               └─ FAILED
///          ├─ CANCELLED
///          └─ EXPIRED
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketState {
    Pending,
    Approved,
    Rejected,
    Cancelled,
    Expired,
    Executing,
    Success,
    Failed,
}

impl TicketState {
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Approved,
        Self::Rejected,
        Self::Cancelled,
        Self::Expired,
        Self::Executing,
        Self::Success,
        Self::Failed,
    ];

    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
            Self::Executing => "EXECUTING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
        }
    }

    /// State of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing can follow.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled | Self::Expired | Self::Success | Self::Failed)
    }

    /// Whether `next` may follow directly. The database repeats this table in a trigger.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Approved | Self::Rejected | Self::Cancelled | Self::Expired)
                | (Self::Approved, Self::Executing | Self::Failed)
                | (Self::Executing, Self::Success | Self::Failed)
        )
    }
}

/// How long a pending request has waited, as approvers tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgeTier {
    Calm,
    Old,
    Overdue,
}

impl AgeTier {
    /// From here on a request is old.
    pub const OLD_AFTER_SECONDS: i64 = 4 * 24 * 3600;
    /// From here on it is overdue.
    pub const OVERDUE_AFTER_SECONDS: i64 = 7 * 24 * 3600;

    /// Tier of a request that has waited that long.
    pub fn of(seconds: i64) -> Self {
        if seconds >= Self::OVERDUE_AFTER_SECONDS {
            Self::Overdue
        } else if seconds >= Self::OLD_AFTER_SECONDS {
            Self::Old
        } else {
            Self::Calm
        }
    }

    /// Word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calm => "CALM",
            Self::Old => "OLD",
            Self::Overdue => "OVERDUE",
        }
    }
}

/// How the run of an executing ticket fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunState {
    /// Steps make progress, or are retried for less than ten minutes.
    Running,
    /// A retryable cause has lasted; it goes on by itself when the cause goes.
    Parked,
    /// A step failed for good, or the run was abandoned; what was done is being taken back.
    Undoing,
    /// An undo was refused; a person must look.
    NeedsOperator,
}

impl RunState {
    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Parked => "PARKED",
            Self::Undoing => "UNDOING",
            Self::NeedsOperator => "NEEDS_OPERATOR",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_terminal_state() {
        for from in TicketState::ALL.into_iter().filter(|s| s.is_terminal()) {
            assert!(TicketState::ALL.into_iter().all(|to| !from.may_become(to)), "{from:?}");
        }
    }

    #[test]
    fn only_an_approved_ticket_executes() {
        let sources: Vec<_> = TicketState::ALL.into_iter().filter(|s| s.may_become(TicketState::Executing)).collect();
        assert_eq!(sources, [TicketState::Approved]);
    }

    #[test]
    fn requests_grow_old_after_four_days_and_overdue_after_a_week() {
        let tiers = [0, 3, 4, 6, 7, 30].map(|days| AgeTier::of(days * 24 * 3600));
        assert_eq!(
            tiers,
            [AgeTier::Calm, AgeTier::Calm, AgeTier::Old, AgeTier::Old, AgeTier::Overdue, AgeTier::Overdue]
        );
    }

    #[test]
    fn words_read_back() {
        for state in TicketState::ALL {
            assert_eq!(TicketState::from_word(state.as_str()), Some(state));
        }
    }

    #[test]
    fn words_in_the_database_are_those_on_the_wire() {
        let on_the_wire = |value: serde_json::Result<serde_json::Value>| value.unwrap_or_default();
        for state in TicketState::ALL {
            assert_eq!(on_the_wire(serde_json::to_value(state)), state.as_str());
        }
        for state in [RunState::Running, RunState::Parked, RunState::Undoing, RunState::NeedsOperator] {
            assert_eq!(on_the_wire(serde_json::to_value(state)), state.as_str());
        }
        for tier in [AgeTier::Calm, AgeTier::Old, AgeTier::Overdue] {
            assert_eq!(on_the_wire(serde_json::to_value(tier)), tier.as_str());
        }
    }
}
