package kubeconfig

import "testing"

func TestTokenKubeconfigIsExactlyThis(t *testing.T) {
	got, err := Marshal("gate", "https://127.0.0.1:7443", []byte("CA"), "worker", User{Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://127.0.0.1:7443
  name: gate
contexts:
- context:
    cluster: gate
    user: worker
  name: gate
current-context: gate
kind: Config
users:
- name: worker
  user:
    token: secret
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestUserNeedsExactlyOneProof(t *testing.T) {
	for _, user := range []User{{}, {Token: "t", Certificate: []byte("c"), Key: []byte("k")}} {
		if _, err := Marshal("c", "https://127.0.0.1:1", nil, "u", user); err == nil {
			t.Errorf("%+v was accepted", user)
		}
	}
}
