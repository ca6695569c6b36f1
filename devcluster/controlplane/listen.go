package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"kubevirt-shepherd.io/devcluster/controlplane/internal/pki"
)

const loopback = "127.0.0.1"

// openListener opens the port asked for, or the one of the last start, or any that is free. Keeping the
// port keeps kubeconfigs good that somebody copied.
func openListener(folder, address string) (net.Listener, error) {
	port := "0"
	if address != "" {
		host, asked, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("%w: --listen: %w", errUsage, err)
		}
		if host != loopback {
			return nil, fmt.Errorf("%w: --listen %s: this server answers on %s only", errUsage, address, loopback)
		}
		port = asked
	}
	file := filepath.Join(folder, "port")
	var listener net.Listener
	err := errors.New("no port yet")
	if port == "0" {
		if kept, readErr := os.ReadFile(file); readErr == nil {
			listener, err = net.Listen("tcp", net.JoinHostPort(loopback, strings.TrimSpace(string(kept))))
		}
	}
	if err != nil {
		if listener, err = net.Listen("tcp", net.JoinHostPort(loopback, port)); err != nil {
			return nil, err
		}
	}
	_, chosen, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	return listener, pki.WriteFile(file, []byte(chosen+"\n"), 0o644)
}

// lock makes the folder and keeps a second process away from it. The kernel gives the lock up when the
// process dies, however it dies.
func lock(folder string) (func(), error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s is in use by another control plane", folder)
	}
	return func() { file.Close() }, nil
}
