package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"kubevirt-shepherd.io/devcluster/controlplane/internal/kubeconfig"
	"kubevirt-shepherd.io/devcluster/controlplane/internal/pki"
)

// readyWithin bounds the start; it takes three seconds on two cores, ten times that on a busy machine.
const readyWithin = 2 * time.Minute

// ready is the one line on stdout: whoever started the process reads it and goes on.
type ready struct {
	Event      string  `json:"event"`
	URL        string  `json:"url"`
	Kubeconfig string  `json:"kubeconfig"`
	CA         string  `json:"ca"`
	Seconds    float64 `json:"seconds"`
}

func serve(args []string) error {
	began := time.Now()
	flags := newFlags("serve")
	dir := flags.String("dir", "", "")
	listen := flags.String("listen", "", "")
	verbose := flags.Bool("verbose", false, "")
	var apply []string
	flags.Func("apply", "", func(path string) error {
		apply = append(apply, path)
		return nil
	})
	if err := parse(flags, args); err != nil {
		return err
	}
	if err := required(flags, "dir"); err != nil {
		return err
	}
	apply = append(apply, flags.Args()...) // --apply a b c

	if err := setUpLogs(*verbose); err != nil {
		return err
	}
	// Most of an API server's heap is caches that stay: collecting twice as often saves 80 MiB and costs
	// no time that can be measured at start.
	debug.SetGCPercent(50)

	// Read before the working directory changes, and before anything is started for a manifest that is broken.
	objects, err := readEmbedded()
	if err != nil {
		return err
	}
	for _, path := range apply {
		more, err := readPath(path)
		if err != nil {
			return fmt.Errorf("--apply: %w", err)
		}
		objects = append(objects, more...)
	}
	folder, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	return start(folder, *listen, objects, began, stop)
}

// start brings the parts up in the order they need each other, then waits for the signal to stop.
func start(folder, listen string, objects []*unstructured.Unstructured, began time.Time, stop <-chan os.Signal) error {
	unlock, err := lock(folder)
	if err != nil {
		return err
	}
	defer unlock()
	keys, err := pki.Ensure(folder)
	if err != nil {
		return err
	}
	if err := os.Chdir(folder); err != nil {
		return err
	}
	listener, err := openListener(folder, listen)
	if err != nil {
		return err
	}
	config, err := writeKubeconfig(folder, "https://"+listener.Addr().String(), keys)
	if err != nil {
		return err
	}
	etcd, err := startEtcd()
	if err != nil {
		return err
	}
	defer stopEtcd(etcd)

	klog.Info("etcd is ready")

	// Never cancelled: it would start the server's drain, and the process ends without one.
	background := context.Background()
	apiServer, err := startAPIServer(background, listener, keys)
	if err != nil {
		return err
	}
	installed := make(chan error, 1)
	go func() { installed <- install(background, config, keys, objects, apiServer) }()
	select {
	case <-stop:
		return nil
	case err := <-installed:
		if err != nil {
			return err
		}
	}
	err = json.NewEncoder(os.Stdout).Encode(ready{
		Event:      "ready",
		URL:        config.Host,
		Kubeconfig: filepath.Join(folder, "kubeconfig"),
		CA:         keys.CA,
		Seconds:    time.Since(began).Round(10 * time.Millisecond).Seconds(),
	})
	if err != nil {
		return err
	}
	select {
	case <-stop:
		return nil
	case err := <-apiServer:
		return err
	}
}

// install fills the server. The definitions go in while the server's start-up hooks still run, which saves
// a second. The controllers follow them: before, they would learn of the new kinds half a minute late.
func install(ctx context.Context, config *rest.Config, keys pki.Files, objects []*unstructured.Unstructured, apiServer <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := waitFor(ctx, config, "/apis/apiextensions.k8s.io/v1", apiServer); err != nil {
		return err
	}
	klog.Info("kube-apiserver answers")
	installer, err := newInstaller(config)
	if err != nil {
		return err
	}
	others, err := installer.definitions(ctx, objects)
	if err != nil {
		return err
	}
	klog.Info("definitions are applied")
	if err := waitFor(ctx, config, "/readyz", apiServer); err != nil {
		return err
	}
	klog.Info("kube-apiserver is ready")
	if err := installer.served(ctx, objects); err != nil {
		return err
	}
	klog.Info("definitions are served")
	if err := startControllers(context.WithoutCancel(ctx), config, keys); err != nil {
		return err
	}
	sortForInstallation(others)
	return installer.objects(ctx, others)
}

// writeKubeconfig writes the administrator's kubeconfig and returns the same access for the process itself.
func writeKubeconfig(folder, server string, keys pki.Files) (*rest.Config, error) {
	var texts [3][]byte
	for n, file := range []string{keys.CA, keys.AdminCert, keys.AdminKey} {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts[n] = text
	}
	ca, cert, key := texts[0], texts[1], texts[2]
	text, err := kubeconfig.Marshal("local", server, ca, "admin", kubeconfig.User{Certificate: cert, Key: key})
	if err != nil {
		return nil, err
	}
	return &rest.Config{
		Host:            server,
		TLSClientConfig: rest.TLSClientConfig{CAData: ca, CertData: cert, KeyData: key},
		QPS:             -1, // the controllers' brake against an overloaded server would only slow tests down
		UserAgent:       "shepherd-controlplane",
	}, pki.WriteFile(filepath.Join(folder, "kubeconfig"), text, 0o600)
}
