// Program linearizability reads the clients' journal of a run (FOLDER/clients.jsonl) and decides whether every answer
// fits one order of events in which each call takes effect at one moment between its beginning and its end. A call
// without an answer may take effect at any later moment, or never. The search is Porcupine's.
//
// Exit code 0: it fits; 1: it does not, and what was seen of the object is printed; 2: not decided.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// patience is the longest search for one object; real histories take milliseconds.
const patience = 30 * time.Second

// objects are histories by what they are about: each is linearizable by itself or not.
type objects map[string][]porcupine.Operation

func (o objects) add(name string, op porcupine.Operation) {
	o[name] = append(o[name], op)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: linearizability FOLDER")
		os.Exit(2)
	}
	broken, err := judge(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
	if broken {
		os.Exit(1)
	}
}

func judge(folder string) (bool, error) {
	calls, err := read(filepath.Join(folder, "clients.jsonl"))
	if err != nil {
		return false, err
	}
	byKey, err := keyed(calls)
	if err != nil {
		return false, err
	}
	broken := false
	for _, one := range []struct {
		name    string
		model   porcupine.Model
		objects objects
	}{{"decision", decisions, decided(calls)}, {"number", numbers, numbered(calls)}, {"key", keys, byKey}} {
		nOperations := 0
		for name, history := range one.objects {
			nOperations += len(history)
			switch porcupine.CheckOperationsTimeout(one.model, history, patience) {
			case porcupine.Illegal:
				broken = true
				fmt.Println(describe(one.name, name, one.model, history))
			case porcupine.Unknown:
				return false, fmt.Errorf("%s %s: %d operations, undecided after %v", one.name, name, len(history), patience)
			}
		}
		fmt.Printf("%ss: %d histories, %d operations\n", one.name, len(one.objects), nOperations)
	}
	return broken, nil
}

// describe tells a history in the order of beginnings, in milliseconds since the first.
func describe(kind, name string, model porcupine.Model, history []porcupine.Operation) string {
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(min(max(a.Call-b.Call, -1), 1)) })
	var text strings.Builder
	fmt.Fprintf(&text, "not linearizable: %s %s", kind, name)
	first := history[0].Call
	for _, op := range history {
		ended := "…"
		if op.Return < op.Call+int64(24*time.Hour) {
			ended = fmt.Sprint((op.Return - first) / 1e6)
		}
		fmt.Fprintf(&text, "\n  %6d to %6s ms  %s", (op.Call-first)/1e6, ended, model.DescribeOperation(op.Input, op.Output))
	}
	return text.String()
}
