package main

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"
)

// decision is a register that is written once: whoever decides first has decided, and everybody else is told who.
type decision struct {
	// PENDING; DUE, when the deadline has passed and that is not stored yet; or what was decided.
	word string
	by   string
	key  string
}

// attempt is what somebody does to the register. Nobody attempts the expiry; a reader has no word.
type attempt struct {
	word string
	by   string
	key  string
}

// told is what a caller heard.
type told struct {
	// won, lost, read, or maybe.
	how  string
	word string
	by   string
}

const (
	pending = "PENDING"
	due     = "DUE"
	expired = "EXPIRED"
)

var verbs = map[string]string{
	"ticket_approve": "APPROVED",
	"ticket_reject":  "REJECTED",
	"ticket_cancel":  "CANCELLED",
}

var decisions = porcupine.Model{
	Init: func() any { return decision{word: pending} },
	Step: func(state, input, output any) (bool, any) {
		return state.(decision).step(input.(attempt), output.(told))
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

func (now decision) step(in attempt, out told) (bool, decision) {
	then := decision{word: in.word, by: in.by, key: in.key}
	switch out.how {
	case "read":
		if out.word == expired && now.word == due {
			return true, decision{word: expired}
		}
		same := out.word == now.word && (out.by == now.by || out.word == expired)
		return same || out.word == pending && now.word == due, now
	case "won":
		// A repetition with the same key is told the same.
		return now.word == pending || now == then, then
	case "lost":
		// Past the deadline expiry has won before it is stored.
		late := out.word == expired && (now.word == due || now.word == expired)
		return late || now.word != due && out.word == now.word && out.by == now.by && now != then, now
	}
	if now.word == pending {
		return true, then
	}
	return true, now
}

// decided gathers what was done to the decision of each ticket.
func decided(calls []call) objects {
	found := objects{}
	deadlines := map[string]time.Time{}
	for _, c := range calls {
		if word, decides := verbs[c.Operation]; decides {
			in := attempt{word, c.Actor, c.Key}
			switch {
			case c.succeeded():
				found.add(c.Subject, c.during(in, told{how: "won"}))
			case c.isMaybe():
				found.add(c.Subject, c.during(in, told{how: "maybe"}))
			case c.word("code") == "ALREADY_DECIDED":
				out := told{"lost", c.word("params", "decision"), c.word("params", "decided_by")}
				found.add(c.Subject, c.during(in, out))
			}
		}
		if c.Operation == "ticket_view" && c.succeeded() {
			out := told{"read", c.word("approval", "state"), c.word("approval", "decided_by")}
			found.add(c.Subject, c.during(attempt{}, out))
			if at, err := time.Parse(time.RFC3339Nano, c.word("approval", "expires_at")); err == nil {
				deadlines[c.Subject] = at
			}
		}
	}
	for ticket, at := range deadlines {
		in := attempt{word: due}
		expiry := porcupine.Operation{Input: in, Call: at.UnixNano(), Output: told{how: "maybe"}, Return: math.MaxInt64}
		found.add(ticket, expiry)
	}
	return found
}
