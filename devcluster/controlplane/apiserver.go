package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/client-go/rest"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"

	"kubevirt-shepherd.io/devcluster/controlplane/internal/pki"
)

const (
	tokenIssuer = "https://kubernetes.default.svc"
	// A longer token than this is cut to it. A local worker keeps its kubeconfig for a year.
	maxTokenDuration = 8760 * time.Hour
)

// startAPIServer runs kube-apiserver on an open listener and reports the error it ends with, if it ever ends.
//
// The options are set through the documented flags, but without its cobra command, which would take over
// signals and logging.
func startAPIServer(ctx context.Context, listener net.Listener, keys pki.Files) (<-chan error, error) {
	config := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	named := config.Flags()
	for _, set := range named.FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(apiServerFlags(keys)); err != nil {
		return nil, err
	}
	config.SecureServing.Listener = listener
	config.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port
	if err := config.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return nil, err
	}
	completed, err := config.Complete(ctx)
	if err != nil {
		return nil, err
	}
	if errs := completed.Validate(); len(errs) > 0 {
		return nil, utilerrors.NewAggregate(errs)
	}
	ended := make(chan error, 1)
	go func() {
		err := apiserver.Run(ctx, completed)
		ended <- fmt.Errorf("kube-apiserver ended: %w", errors.Join(err, errors.New("it should run until the process stops")))
	}()
	return ended, nil
}

func apiServerFlags(keys pki.Files) []string {
	return []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		// There is no Service of this server to keep endpoints for.
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/16",

		"--tls-cert-file=" + keys.ServerCert,
		"--tls-private-key-file=" + keys.ServerKey,
		"--client-ca-file=" + keys.CA,
		"--authorization-mode=RBAC",

		"--requestheader-client-ca-file=" + keys.CA,
		"--requestheader-allowed-names=" + pki.ProxyName,
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + keys.ProxyCert,
		"--proxy-client-key-file=" + keys.ProxyKey,

		"--service-account-issuer=" + tokenIssuer,
		"--service-account-key-file=" + keys.ServiceAccountKey,
		"--service-account-signing-key-file=" + keys.ServiceAccountKey,
		"--service-account-max-token-expiration=" + maxTokenDuration.String(),

		"--allow-privileged=true",
		"--profiling=false",
		// Fair queues between tenants, for a cluster that has one.
		"--enable-priority-and-fairness=false",
	}
}

// waitFor asks for a path until the server answers it: /readyz when every start-up hook has run, the root
// of an API group when its kinds can be used.
func waitFor(ctx context.Context, config *rest.Config, path string, ended <-chan error) error {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	for {
		if answer, err := client.Get(config.Host + path); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return fmt.Errorf("kube-apiserver did not answer %s: %w", path, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
