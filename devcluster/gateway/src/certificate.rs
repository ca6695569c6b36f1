//! The gateway's authority, kept in its folder, and the server certificates it issues.
//!
//! `authority.pem` holds key and certificate and is for us alone, `ca.crt` is for callers.
//! Server certificates live in memory: every start and every rotation issues a new one.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

pub struct Authority {
    dir: PathBuf,
}

impl Authority {
    /// Opens the authority of a folder, made on first use.
    pub fn open(dir: &Path) -> Result<Authority> {
        let authority = Authority { dir: dir.to_owned() };
        if authority.secret_path().exists() {
            authority.publish()?;
        } else {
            authority.renew()?;
        }
        Ok(authority)
    }

    /// Replaces the authority: who trusts the old one no longer trusts us.
    pub fn renew(&self) -> Result<()> {
        let key = KeyPair::generate()?;
        let secret = key.serialize_pem();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let name = "shepherd-devcluster-gateway-ca";
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, key)?;
        replace(&self.secret_path(), &format!("{secret}{}", issuer.pem()))?;
        self.publish()
    }

    /// Set-up of a TLS server with a certificate of its own.
    pub fn issue(&self) -> Result<Arc<ServerConfig>> {
        let path = self.secret_path();
        let secret = fs::read_to_string(&path)?;
        let ca = CertificateDer::from_pem_slice(secret.as_bytes())
            .with_context(|| format!("{} holds no certificate", path.display()))?;
        let issuer = Issuer::from_ca_cert_der(&ca, KeyPair::from_pem(&secret)?)?;

        let key = KeyPair::generate()?;
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &issuer)?.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    pub fn ca_path(&self) -> PathBuf {
        self.dir.join("ca.crt")
    }

    fn secret_path(&self) -> PathBuf {
        self.dir.join("authority.pem")
    }

    fn publish(&self) -> Result<()> {
        let secret = fs::read_to_string(self.secret_path())?;
        let start = secret.find(CERTIFICATE).context("authority.pem is torn")?;
        replace(&self.ca_path(), &secret[start..])
    }
}

/// Writes a file so that readers see the old text or the new one; readable by us alone until
/// then, and for good when it holds a key.
fn replace(path: &Path, text: &str) -> Result<()> {
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    Ok(fs::rename(&fresh, path)?)
}
