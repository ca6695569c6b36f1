// Package kubeconfig writes the one shape of kubeconfig this cluster hands out: one cluster, one user, one
// context, everything inline. Shepherd's worker refuses any other (files, plug-ins, proxies), so the types
// here cannot even express it.
package kubeconfig

import (
	"errors"

	"sigs.k8s.io/yaml"
)

// User is who the file speaks as: a token, or a client certificate with its key (PEM).
type User struct {
	Token       string `json:"token,omitempty"`
	Certificate []byte `json:"client-certificate-data,omitempty"`
	Key         []byte `json:"client-key-data,omitempty"`
}

type cluster struct {
	Server string `json:"server"`
	CA     []byte `json:"certificate-authority-data"`
}

type context struct {
	Cluster string `json:"cluster"`
	User    string `json:"user"`
}

type named struct {
	Name    string   `json:"name"`
	Cluster *cluster `json:"cluster,omitempty"`
	User    *User    `json:"user,omitempty"`
	Context *context `json:"context,omitempty"`
}

type config struct {
	APIVersion     string  `json:"apiVersion"`
	Kind           string  `json:"kind"`
	Clusters       []named `json:"clusters"`
	Users          []named `json:"users"`
	Contexts       []named `json:"contexts"`
	CurrentContext string  `json:"current-context"`
}

// Marshal renders a kubeconfig whose cluster and context are called name. A []byte is base64 in JSON, which
// is what the *-data fields want.
func Marshal(name, server string, ca []byte, userName string, user User) ([]byte, error) {
	if (user.Token == "") == (user.Certificate == nil) {
		return nil, errors.New("a kubeconfig user has either a token or a certificate")
	}
	return yaml.Marshal(config{
		APIVersion:     "v1",
		Kind:           "Config",
		Clusters:       []named{{Name: name, Cluster: &cluster{server, ca}}},
		Users:          []named{{Name: userName, User: &user}},
		Contexts:       []named{{Name: name, Context: &context{name, userName}}},
		CurrentContext: name,
	})
}
