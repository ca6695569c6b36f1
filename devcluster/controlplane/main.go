// Command shepherd-controlplane is the control plane of Shepherd's local cluster: etcd, kube-apiserver and
// the controllers a cluster without nodes needs, in one process on loopback.
//
// Everything in it is the real thing, used as a library; what is ours is how the parts are put together.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/component-base/version"
)

const usage = `usage:
  shepherd-controlplane serve --dir DIR [--listen 127.0.0.1:PORT] [--apply FILE_OR_FOLDER]... [--verbose]
  shepherd-controlplane credential --dir DIR --service-account NAMESPACE/NAME --server URL --ca-file FILE
                                   [--name NAME] [--duration 8760h]
  shepherd-controlplane version
`

// errUsage asks for exit code 2: the command line is wrong, not the cluster.
var errUsage = errors.New("wrong usage")

func main() {
	err := run(os.Args[1:])
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "shepherd-controlplane: %v\n%s", err, usage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "shepherd-controlplane:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: no command", errUsage)
	}
	switch command, rest := args[0], args[1:]; command {
	case "serve":
		return serve(rest)
	case "credential":
		return credential(rest)
	case "version":
		fmt.Println("kubernetes", version.Get().GitVersion)
		return nil
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	default:
		return fmt.Errorf("%w: no command %q", errUsage, command)
	}
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main prints the error and the usage
	return flags
}

func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return nil
}

// required names the first of the flags that was left empty.
func required(flags *flag.FlagSet, names ...string) error {
	for _, name := range names {
		if flags.Lookup(name).Value.String() == "" {
			return fmt.Errorf("%w: --%s is missing", errUsage, name)
		}
	}
	return nil
}
