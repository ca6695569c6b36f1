package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
)

const (
	// historyShards cannot be changed later; a large installation has 512 or more.
	historyShards = 4
	loopback      = "127.0.0.1"
	lowestPort    = 10000
	highestPort   = 32768
)

// place is where the databases are.
type place struct{ address, user, password string }

func parsePlace(text string) (place, error) {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.User == nil {
		// Without the text, which may hold a password.
		return place{}, fmt.Errorf("not of the form postgres://user:password@host:port")
	}
	password, _ := parsed.User.Password()
	return place{address: parsed.Host, user: parsed.User.Username(), password: password}, nil
}

// store is one of the two databases.
func (p place) store(database string, connections int) *config.SQL {
	return &config.SQL{
		PluginName:      postgresql.PluginNamePGX,
		DatabaseName:    database,
		ConnectAddr:     p.address,
		ConnectProtocol: "tcp",
		User:            p.user,
		Password:        p.password,
		MaxConns:        connections,
		MaxIdleConns:    connections,
		MaxConnLifetime: time.Hour,
	}
}

// settings are those of a server on free ports, and the address of its frontend.
func settings(p place) (*config.Config, string, error) {
	services := map[string]config.Service{}
	address := ""
	for _, name := range []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		port, err := free()
		if err != nil {
			return nil, "", err
		}
		membership, err := free()
		if err != nil {
			return nil, "", err
		}
		if name == primitives.FrontendService {
			address = fmt.Sprintf("%s:%d", loopback, port)
		}
		rpc := config.RPC{GRPCPort: port, MembershipPort: membership, BindOnIP: loopback}
		services[string(name)] = config.Service{RPC: rpc}
	}
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback},
		},
		Persistence: config.Persistence{
			DefaultStore:     "history",
			VisibilityStore:  "visibility",
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				"history":    {SQL: p.store(historyDatabase, 20)},
				"visibility": {SQL: p.store(visibilityDatabase, 10)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        "active",
			CurrentClusterName:       "active",
			ClusterInformation: map[string]cluster.ClusterInformation{
				"active": {Enabled: true, InitialFailoverVersion: 1, RPCAddress: address},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: address},
		Services:            services,
	}, address, nil
}

// free finds a port nobody listens on.
//
// The server keeps the ports of its services in columns of two bytes with a sign, so it wants them below those that the
// kernel gives away.
func free() (int, error) {
	for range 1000 {
		listener, err := net.Listen("tcp", fmt.Sprintf("%s:%d", loopback, lowestPort+rand.IntN(highestPort-lowestPort)))
		if err != nil {
			continue
		}
		defer listener.Close()
		return listener.Addr().(*net.TCPAddr).Port, nil
	}
	return 0, fmt.Errorf("no free port between %d and %d", lowestPort, highestPort)
}
