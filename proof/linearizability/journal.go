package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

// call is one line of the clients' journal, as far as it is read here.
type call struct {
	ID        uint64    `json:"id"`
	Actor     string    `json:"actor"`
	Operation string    `json:"operation"`
	Subject   string    `json:"subject"`
	Key       string    `json:"key"`
	Digest    string    `json:"digest"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	Outcome   struct {
		Kind   string         `json:"kind"`
		Status int            `json:"status"`
		Answer map[string]any `json:"answer"`
	} `json:"outcome"`
}

func read(path string) ([]call, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var calls []call
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var line call
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, len(calls)+1, err)
		}
		calls = append(calls, line)
	}
	return calls, lines.Err()
}

// succeeded is whether the caller was told that it was done.
func (c *call) succeeded() bool {
	return c.Outcome.Kind == "answered" && c.Outcome.Status >= 200 && c.Outcome.Status < 300
}

// isMaybe is whether it may have been done or not: nobody heard an answer, or the server did not know.
func (c *call) isMaybe() bool {
	return c.Outcome.Kind != "answered" || c.Outcome.Status >= 500 || c.Outcome.Status == 408
}

// saysNothing is whether it was turned away before it was looked at.
func (c *call) saysNothing() bool {
	return !c.isMaybe() && (c.Outcome.Status == 401 || c.Outcome.Status == 429)
}

// word is a member of the answer, however deep.
func (c *call) word(path ...string) string {
	var found any = c.Outcome.Answer
	for _, name := range path {
		members, _ := found.(map[string]any)
		found = members[name]
	}
	text, _ := found.(string)
	return text
}

// during is the call as an operation. One without an answer may still take effect at any later time, or never.
func (c *call) during(input, output any) porcupine.Operation {
	ended := c.EndedAt.UnixNano()
	if c.isMaybe() {
		ended = math.MaxInt64
	}
	return porcupine.Operation{Input: input, Call: c.StartedAt.UnixNano(), Output: output, Return: ended}
}
