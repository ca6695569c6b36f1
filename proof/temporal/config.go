package main

import (
	"fmt"
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

// settings are those of a server whose frontend listens there, and the address it got.
func settings(p place, listen string) (*config.Config, string, error) {
	services := map[string]config.Service{}
	address := ""
	for _, name := range []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		wanted := loopback + ":0"
		if name == primitives.FrontendService {
			wanted = listen
		}
		port, err := free(wanted)
		if err != nil {
			return nil, "", err
		}
		membership, err := free(loopback + ":0")
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

// free is the port of an address, a free one for port 0.
func free(address string) (int, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
