//! Tickets under any sequence of events, beside a table of what decides what.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ticket::TicketState as State;

/// What happens to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Approve,
    Reject,
    Cancel,
    Expire,
    Begin,
    Succeed,
    Fail,
}

const EVENTS: [Event; 7] =
    [Event::Approve, Event::Reject, Event::Cancel, Event::Expire, Event::Begin, Event::Succeed, Event::Fail];

/// The table of decisions: from where, by what, to where. Everything else is refused.
const TABLE: [(State, Event, State); 8] = [
    (State::Pending, Event::Approve, State::Approved),
    (State::Pending, Event::Reject, State::Rejected),
    (State::Pending, Event::Cancel, State::Cancelled),
    (State::Pending, Event::Expire, State::Expired),
    (State::Approved, Event::Begin, State::Executing),
    (State::Approved, Event::Fail, State::Failed),
    (State::Executing, Event::Succeed, State::Success),
    (State::Executing, Event::Fail, State::Failed),
];

/// Where an event wants a ticket to go.
fn target(event: Event) -> State {
    match event {
        Event::Approve => State::Approved,
        Event::Reject => State::Rejected,
        Event::Cancel => State::Cancelled,
        Event::Expire => State::Expired,
        Event::Begin => State::Executing,
        Event::Succeed => State::Success,
        Event::Fail => State::Failed,
    }
}

#[test]
fn of_all_pairs_of_states_exactly_those_of_the_table_may_follow() {
    for from in State::ALL {
        for to in State::ALL {
            let said = TABLE.iter().any(|(before, _, after)| (*before, *after) == (from, to));
            assert_eq!(from.may_become(to), said, "{from:?} to {to:?}");
        }
        let ends = TABLE.iter().all(|(before, ..)| *before != from);
        assert_eq!(from.is_terminal(), ends, "{from:?}");
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_ticket_is_decided_once_and_ends_once(events in vec(select(&EVENTS[..]), 0..40)) {
        let (mut state, mut model) = (State::Pending, State::Pending);
        let mut passed = vec![state];
        for event in events {
            if state.may_become(target(event)) {
                state = target(event);
                passed.push(state);
            }
            if let Some((.., after)) = TABLE.iter().find(|(from, by, _)| (*from, *by) == (model, event)) {
                model = *after;
            }
            prop_assert_eq!(state, model, "after {:?}", event);
        }
        let decisions = [State::Approved, State::Rejected, State::Cancelled, State::Expired];
        prop_assert!(passed.iter().filter(|state| decisions.contains(state)).count() <= 1, "{:?}", passed);
        prop_assert!(passed.iter().filter(|state| state.is_terminal()).count() <= 1, "{:?}", passed);
        let before = |state: State| passed.iter().position(|other| *other == state);
        for executed in [State::Executing, State::Success] {
            prop_assert!(before(executed).is_none() || before(State::Approved) < before(executed), "{:?}", passed);
        }
    }

    #[test]
    fn only_words_of_states_are_states(word in "[A-Z]{0,12}|[a-zA-Z ]{0,12}") {
        let found = State::from_word(&word);
        prop_assert_eq!(found.map(State::as_str), State::ALL.map(State::as_str).into_iter().find(|w| *w == word));
    }
}
