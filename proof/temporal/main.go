// Command shepherd-temporal is a Temporal server on PostgreSQL, for measurements: the upstream server with its four
// services in one process on loopback, and its schema made in two databases of its own.
//
// The development server that tests use keeps its data in SQLite. What a ticket costs a real installation, in commits
// and in write-ahead log, can only be counted here.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	health "google.golang.org/grpc/health/grpc_health_v1"
)

const usage = `usage:
  shepherd-temporal serve     TEMPORAL_POSTGRES_URL says where its databases go
  shepherd-temporal version
`

// readyWithin bounds the start; it takes a second, and the schema five more.
const readyWithin = 2 * time.Minute

// ready is the one line on stdout: whoever started the process reads it and goes on.
type ready struct {
	Event   string  `json:"event"`
	Address string  `json:"address"`
	Version string  `json:"version"`
	Seconds float64 `json:"seconds"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "shepherd-temporal:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("no command\n" + usage)
	}
	switch command, rest := args[0], args[1:]; command {
	case "serve":
		if len(rest) > 0 {
			return errors.New("serve takes no arguments\n" + usage)
		}
		return serve()
	case "version":
		fmt.Println("temporal", headers.ServerVersion)
		return nil
	default:
		return fmt.Errorf("no command %q\n%s", command, usage)
	}
}

func serve() error {
	began := time.Now()
	// In the environment and not an argument: it holds a password.
	place, err := parsePlace(os.Getenv("TEMPORAL_POSTGRES_URL"))
	if err != nil {
		return fmt.Errorf("TEMPORAL_POSTGRES_URL: %w", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{Level: "warn"}))
	if err := makeSchema(place, logger); err != nil {
		return err
	}
	config, address, err := settings(place)
	if err != nil {
		return err
	}
	server, err := temporal.NewServer(
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithConfig(config),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamic),
	)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	if err := answers(address); err != nil {
		return err
	}
	seconds := time.Since(began).Round(10 * time.Millisecond).Seconds()
	line := ready{Event: "ready", Address: address, Version: headers.ServerVersion, Seconds: seconds}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		return err
	}
	<-stop
	return server.Stop()
}

// dynamic fits one machine: with four partitions a task often waits in one that nobody polls at the moment, and a new
// namespace is known at once instead of after ten seconds.
var dynamic = dynamicconfig.StaticClient{
	dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
	dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
	dynamicconfig.NamespaceCacheRefreshInterval.Key():       time.Second,
}

// answers waits until the frontend serves.
func answers(address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	client := health.NewHealthClient(connection)
	question := &health.HealthCheckRequest{Service: "temporal.api.workflowservice.v1.WorkflowService"}
	for {
		answer, err := client.Check(ctx, question)
		if err == nil && answer.Status == health.HealthCheckResponse_SERVING {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the frontend does not serve: %w", errors.Join(ctx.Err(), err))
		case <-time.After(50 * time.Millisecond):
		}
	}
}
