package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"kubevirt-shepherd.io/devcluster/controlplane/internal/kubeconfig"
)

// credential prints a kubeconfig that speaks as a service account, for a server that may be another than
// the API server itself: the worker goes through the gateway, which has an address and an authority of its own.
func credential(args []string) error {
	flags := newFlags("credential")
	dir := flags.String("dir", "", "")
	account := flags.String("service-account", "", "")
	server := flags.String("server", "", "")
	caFile := flags.String("ca-file", "", "")
	name := flags.String("name", "shepherd", "")
	duration := flags.Duration("duration", maxTokenDuration, "")
	if err := parse(flags, args); err != nil {
		return err
	}
	if err := required(flags, "dir", "service-account", "server", "ca-file", "name"); err != nil {
		return err
	}
	namespace, accountName, ok := strings.Cut(*account, "/")
	if !ok || namespace == "" || accountName == "" {
		return fmt.Errorf("%w: --service-account %q is not NAMESPACE/NAME", errUsage, *account)
	}
	ca, err := os.ReadFile(*caFile)
	if err != nil {
		return err
	}
	token, err := requestToken(filepath.Join(*dir, "kubeconfig"), namespace, accountName, *duration)
	if err != nil {
		return fmt.Errorf("token for %s: %w", *account, err)
	}
	text, err := kubeconfig.Marshal(*name, *server, ca, accountName, kubeconfig.User{Token: token})
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// requestToken asks as the administrator for a token of the account. The server checks it on every request
// against the account: deleting the account revokes it.
func requestToken(adminKubeconfig, namespace, account string, duration time.Duration) (string, error) {
	config, err := clientcmd.BuildConfigFromFlags("", adminKubeconfig)
	if err != nil {
		return "", err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	seconds := int64(duration.Seconds())
	answer, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, account, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds},
	}, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return answer.Status.Token, nil
}
