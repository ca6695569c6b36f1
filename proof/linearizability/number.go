package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// numbers is a counter that is never given back: a later request has a greater number. What a refused or lost request
// took is missing.
var numbers = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, _, output any) (bool, any) { return output.(int64) > state.(int64), output },
	DescribeOperation: func(input, output any) string {
		return fmt.Sprintf("ticket %v took number %v", input, output)
	},
}

// numbered gathers the numbers that each Service gave to requests. A request that was sent several times with one key
// took its number after the first was sent and before the first was answered.
func numbered(calls []call) objects {
	type request struct{ actor, key string }
	type place struct {
		service string
		number  int64
	}
	places := map[string]place{}
	spans := map[request]*porcupine.Operation{}
	for _, c := range calls {
		if c.Operation == "ticket_view" && c.succeeded() {
			number, _ := c.Outcome.Answer["instance"].(float64)
			places[c.word("id")] = place{c.word("service_id"), int64(number)}
		}
		if c.Operation != "ticket_submit" || c.saysNothing() {
			continue
		}
		op := c.during("", nil)
		span, known := spans[request{c.Actor, c.Key}]
		if !known {
			span = &op
			spans[request{c.Actor, c.Key}] = span
		}
		span.Call = min(span.Call, op.Call)
		if c.succeeded() {
			if span.Input == "" || op.Return < span.Return {
				span.Return = op.Return
			}
			span.Input = c.word("id")
		}
	}
	found := objects{}
	for _, span := range spans {
		if place, known := places[span.Input.(string)]; known {
			span.Output = place.number
			found.add(place.service, *span)
		}
	}
	return found
}
