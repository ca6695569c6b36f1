package main

import (
	"flag"

	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

// setUpLogs keeps stderr for what somebody should read: errors, or everything when asked for.
func setUpLogs(verbose bool) error {
	// The components warn their own clients (deprecated kinds and the like); nobody here acts on it.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	if verbose {
		return nil
	}
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	// The legacy behaviour ignores the threshold while logging to stderr.
	if err := flags.Set("legacy_stderr_threshold_behavior", "false"); err != nil {
		return err
	}
	return flags.Set("stderrthreshold", "ERROR")
}
