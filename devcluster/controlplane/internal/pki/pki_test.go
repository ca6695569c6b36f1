package pki

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
)

func TestServerAndAdminVerifyAgainstTheAuthority(t *testing.T) {
	files := ensure(t, t.TempDir())
	roots := x509.NewCertPool()
	roots.AddCert(certificate(t, files.CA))

	server := certificate(t, files.ServerCert)
	if _, err := server.Verify(x509.VerifyOptions{Roots: roots, DNSName: "127.0.0.1"}); err != nil {
		t.Errorf("server: %v", err)
	}
	client := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, err := server.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: client}); err == nil {
		t.Error("the server's certificate passes as a client's")
	}
	admin := certificate(t, files.AdminCert)
	if _, err := admin.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: client}); err != nil {
		t.Errorf("admin: %v", err)
	}
	if got := admin.Subject.Organization; len(got) != 1 || got[0] != "system:masters" {
		t.Errorf("admin is in groups %v", got)
	}
}

func TestSecondRunChangesNothing(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir)
	before := contents(t, dir)
	ensure(t, dir)
	for name, text := range contents(t, dir) {
		if before[name] != text {
			t.Errorf("%s was rewritten", name)
		}
	}
}

func TestLostAuthorityRenewsItsCertificatesAndKeepsTheTokenKey(t *testing.T) {
	dir := t.TempDir()
	files := ensure(t, dir)
	before := contents(t, dir)
	if err := os.Remove(files.CA); err != nil {
		t.Fatal(err)
	}
	ensure(t, dir)
	after := contents(t, dir)
	if before["server.crt"] == after["server.crt"] {
		t.Error("the server kept a certificate of the lost authority")
	}
	if before["service-account.key"] != after["service-account.key"] {
		t.Error("the token key was replaced")
	}
}

func TestKeysAreReadableByTheOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir)
	keys, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil || len(keys) != 5 {
		t.Fatalf("%v %v", keys, err)
	}
	for _, key := range keys {
		info, err := os.Stat(key)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", key, info.Mode())
		}
	}
}

func ensure(t *testing.T, dir string) Files {
	t.Helper()
	files, err := Ensure(dir)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func certificate(t *testing.T, file string) *x509.Certificate {
	t.Helper()
	der, err := readPEM(file, typeCertificate)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = string(text)
	}
	return all
}
