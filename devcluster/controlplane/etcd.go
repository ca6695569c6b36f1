package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
)

// The sockets are relative to the data folder, which is the working directory: the path of a unix socket
// must stay below 108 bytes, and a data folder may lie deeper than that.
const (
	etcdSocket     = "etcd.sock"
	etcdPeerSocket = "etcd-peer.sock"
	etcdURL        = "unix://" + etcdSocket
)

func startEtcd() (*embed.Etcd, error) {
	// The default reserves 64 MiB for the first log segment of a cluster that holds one.
	wal.SegmentSizeBytes = 4 << 20

	config := embed.NewConfig()
	config.Dir = "etcd"
	config.LogLevel = "error"
	config.LogOutputs = []string{"stderr"}
	// What the kernel has taken survives a killed process; only a power cut could lose the last writes.
	config.UnsafeNoFsync = true
	client := url.URL{Scheme: "unix", Host: etcdSocket}
	peer := url.URL{Scheme: "unix", Host: etcdPeerSocket}
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err := <-etcd.Err():
		return nil, fmt.Errorf("etcd: %w", err)
	case <-time.After(30 * time.Second):
		return nil, errors.New("etcd was not ready within 30 s")
	}
}

// stopEtcd writes out what is queued and does not wait for clients: the API server's own drain takes a
// minute, and this cluster has nobody to drain for. The bound is for a disk that hangs; what etcd has
// acknowledged is written without this stop, as after a killed process.
func stopEtcd(etcd *embed.Etcd) {
	stopped := make(chan struct{})
	go func() {
		etcd.Server.HardStop()
		close(stopped)
	}()
	select {
	case <-stopped:
	case <-time.After(time.Second):
	}
}
