package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/anishathalye/porcupine"
)

// kept is what an idempotency key remembers: one request and its answer, or nothing yet.
type kept struct {
	digest string
	// Empty while nobody has heard it.
	answer string
}

// heard is what was answered to a request with a key.
type heard struct {
	// done, reused, refused, or maybe.
	how    string
	answer string
}

var keys = porcupine.Model{
	Init: func() any { return kept{} },
	Step: func(state, input, output any) (bool, any) {
		return state.(kept).step(input.(string), output.(heard))
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v: %+v", input, output) },
}

func (now kept) step(digest string, out heard) (bool, kept) {
	empty := now.digest == ""
	switch out.how {
	case "done":
		same := now.digest == digest && (now.answer == "" || now.answer == out.answer)
		return empty || same, kept{digest, out.answer}
	case "reused":
		return !empty && now.digest != digest, now
	case "refused":
		return empty, now
	}
	if empty {
		return true, kept{digest: digest}
	}
	return true, now
}

// keyed gathers what was asked with each key.
func keyed(calls []call) (objects, error) {
	found := objects{}
	for _, c := range calls {
		if c.Key == "" || c.saysNothing() {
			continue
		}
		out := heard{how: "refused"}
		switch {
		case c.isMaybe():
			out.how = "maybe"
		case c.succeeded():
			plain := maps.Clone(c.Outcome.Answer)
			// The mark of a repetition.
			delete(plain, "replayed")
			text, err := json.Marshal(plain)
			if err != nil {
				return nil, err
			}
			out = heard{"done", string(text)}
		case c.word("code") == "IDEMPOTENCY_KEY_REUSED":
			out.how = "reused"
		}
		found.add(strings.Join([]string{c.Actor, c.Operation, c.Key}, " "), c.during(c.Digest, out))
	}
	return found, nil
}
