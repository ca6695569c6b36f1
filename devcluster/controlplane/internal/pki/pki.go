// Package pki makes and keeps the keys of one control plane: a certificate authority, the server's and the
// clients' certificates signed by it, and the key that signs service account tokens.
//
// It imports nothing of Kubernetes, so its tests run without the big compile.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	lifetime = 10 * 365 * 24 * time.Hour
	// A leaf this close to its end is issued anew: a server that starts must not expire while it runs.
	renewBefore = 30 * 24 * time.Hour

	typeCertificate = "CERTIFICATE"
	typeKey         = "EC PRIVATE KEY"
)

// Files names what Ensure has written. The authority's key stays in the folder too, for later renewals.
type Files struct {
	CA         string
	ServerCert string
	ServerKey  string
	AdminCert  string
	AdminKey   string
	// The aggregator shows this certificate to extension API servers.
	ProxyCert string
	ProxyKey  string
	// ServiceAccountKey signs and verifies service account tokens. Losing it revokes all of them.
	ServiceAccountKey string
}

// ProxyName is the common name an extension API server must accept.
const ProxyName = "front-proxy-client"

// Ensure completes the keys in dir. What is there and still good stays, so kubeconfigs and tokens handed
// out earlier stay good as well.
func Ensure(dir string) (Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Files{}, err
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	files := Files{
		CA:         in("ca.crt"),
		ServerCert: in("server.crt"), ServerKey: in("server.key"),
		AdminCert: in("admin.crt"), AdminKey: in("admin.key"),
		ProxyCert: in("proxy.crt"), ProxyKey: in("proxy.key"),
		ServiceAccountKey: in("service-account.key"),
	}
	ca, err := authority(files.CA, in("ca.key"))
	if err != nil {
		return Files{}, err
	}
	// system:masters is the group that RBAC never asks: the administrator of this one machine's cluster.
	admin := pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}}
	err = errors.Join(
		ca.leaf(files.ServerCert, files.ServerKey, pkix.Name{CommonName: "kube-apiserver"}, x509.ExtKeyUsageServerAuth),
		ca.leaf(files.AdminCert, files.AdminKey, admin, x509.ExtKeyUsageClientAuth),
		ca.leaf(files.ProxyCert, files.ProxyKey, pkix.Name{CommonName: ProxyName}, x509.ExtKeyUsageClientAuth),
		signingKey(files.ServiceAccountKey),
	)
	return files, err
}

type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func authority(certFile, keyFile string) (*issuer, error) {
	if cert, key, err := load(certFile, keyFile); err == nil && cert.IsCA && time.Until(cert.NotAfter) > renewBefore {
		return &issuer{cert, key}, nil
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template := newTemplate(pkix.Name{CommonName: "shepherd local cluster"})
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	cert, err := sign(certFile, keyFile, template, template, key, key)
	return &issuer{cert, key}, err
}

// leaf issues a certificate unless a good one of this authority is there.
func (ca *issuer) leaf(certFile, keyFile string, subject pkix.Name, usage x509.ExtKeyUsage) error {
	if cert, _, err := load(certFile, keyFile); err == nil &&
		cert.CheckSignatureFrom(ca.cert) == nil && time.Until(cert.NotAfter) > renewBefore {
		return nil
	}
	key, err := newKey()
	if err != nil {
		return err
	}
	template := newTemplate(subject)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	if usage == x509.ExtKeyUsageServerAuth {
		template.DNSNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	_, err = sign(certFile, keyFile, template, ca.cert, key, ca.key)
	return err
}

func signingKey(file string) error {
	if _, err := os.Stat(file); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key, err := newKey()
	if err != nil {
		return err
	}
	return writeKey(file, key)
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func newTemplate(subject pkix.Name) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               subject,
		NotBefore:             time.Now().Add(-time.Hour), // clocks of a virtual machine may jump back
		NotAfter:              time.Now().Add(lifetime),
		BasicConstraintsValid: true,
	}
}

// sign writes the key before the certificate: a certificate on disk then always has its key.
func sign(certFile, keyFile string, template, parent *x509.Certificate, key *ecdsa.PrivateKey, signer crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	if err := writeKey(keyFile, key); err != nil {
		return nil, err
	}
	if err := WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: typeCertificate, Bytes: der}), 0o644); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func writeKey(file string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: typeKey, Bytes: der}), 0o600)
}

// load reads a pair and fails if the two do not belong together.
func load(certFile, keyFile string) (*x509.Certificate, crypto.Signer, error) {
	certDER, err := readPEM(certFile, typeCertificate)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := readPEM(keyFile, typeKey)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParseECPrivateKey(keyDER)
	if err != nil {
		return nil, nil, err
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, nil, fmt.Errorf("%s is not the key of %s", keyFile, certFile)
	}
	return cert, key, nil
}

func readPEM(file, blockType string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != blockType {
		return nil, fmt.Errorf("%s holds no %s", file, blockType)
	}
	return block.Bytes, nil
}

// WriteFile replaces a file as a whole: a process killed half-way leaves the old one.
func WriteFile(file string, content []byte, mode fs.FileMode) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Chmod(mode), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
