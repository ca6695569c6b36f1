//! Strict kubeconfig: the only form of credential for a cluster that we accept.
//!
//! A kubeconfig is a small program for `kubectl`: it can name commands to run, files to read and
//! proxies to trust. Ours is a value: one `https` server, its CA inline, one inline credential.
//! Everything else is refused with its own reason and the place where it stands. Nothing here
//! touches the network, the file system or the environment.

use std::fmt;

use secrecy::SecretString;
use url::Url;

mod document;
mod field;
mod server;
#[cfg(test)]
mod tests;

/// Largest kubeconfig read, in bytes.
pub const SIZE_LIMIT_BYTES: usize = 64 * 1024;

/// Way to speak to one cluster: server, its CA, one credential. Prints no secret.
#[derive(Debug, Clone)]
pub struct Kubeconfig {
    server: Url,
    authority_pem: String,
    credential: Credential,
}

/// How we prove who we are.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Bearer token.
    Token(SecretString),
    /// Client certificate.
    Certificate {
        /// Certificate chain, PEM.
        chain_pem: String,
        /// Private key, PEM.
        key_pem: SecretString,
    },
}

impl Kubeconfig {
    /// Parses YAML or JSON.
    ///
    /// # Errors
    /// The first thing in the text that we refuse, and where it stands.
    pub fn parse(text: &str) -> Result<Self, KubeconfigRefusal> {
        let root = document::read(text)?;
        field::kubeconfig(&root)
    }

    /// Base URL of the API server: `https`, a host, perhaps a port and a path.
    pub const fn server(&self) -> &Url {
        &self.server
    }

    /// Certificates that may sign the server's, PEM.
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// Credential of the platform's account.
    pub const fn credential(&self) -> &Credential {
        &self.credential
    }
}

/// Why a kubeconfig is refused; the word is stable and stands in error bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalReason {
    /// Longer than 64 KiB.
    TooLarge,
    /// NUL byte.
    NulByte,
    /// Neither YAML nor JSON.
    NotYaml,
    /// More than one YAML document.
    SeveralDocuments,
    /// YAML anchor or alias.
    Alias,
    /// YAML merge key.
    MergeKey,
    /// YAML tag that is not of the core schema.
    Tag,
    /// More nodes or nesting than any kubeconfig needs.
    TooComplex,
    /// Same key twice in one mapping.
    DuplicateKey,
    /// Value of another type than the field has.
    WrongType,
    /// Field we do not know.
    UnknownField,
    /// Field that must be there is not, or is empty.
    MissingField,
    /// `apiVersion` or `kind` of something else.
    WrongKind,
    /// No or more than one cluster.
    NotOneCluster,
    /// No or more than one user.
    NotOneUser,
    /// No or more than one context.
    NotOneContext,
    /// `current-context`, or what the context names, does not exist.
    DanglingName,
    /// Command to run.
    Exec,
    /// Login plugin.
    AuthProvider,
    /// Path of a token.
    TokenFile,
    /// Path of a CA.
    AuthorityFile,
    /// Path of a client certificate.
    CertificateFile,
    /// Path of a client key.
    KeyFile,
    /// Proxy.
    Proxy,
    /// Certificate check switched off.
    InsecureTls,
    /// Certificate checked against another name.
    TlsServerName,
    /// User name or password.
    BasicAuth,
    /// Acting as somebody else.
    Impersonation,
    /// Free extensions.
    Extensions,
    /// Server is not an absolute URL.
    ServerInvalid,
    /// Server is not `https`.
    ServerNotHttps,
    /// User or password in the server's URL.
    ServerUserinfo,
    /// Query in the server's URL.
    ServerQuery,
    /// Fragment in the server's URL.
    ServerFragment,
    /// Not base64.
    NotBase64,
    /// Not the PEM blocks that belong there.
    NotPem,
    /// Token with characters that cannot stand in a header.
    TokenInvalid,
    /// Neither token nor client certificate.
    CredentialMissing,
    /// Both token and client certificate.
    CredentialAmbiguous,
}

impl RefusalReason {
    /// Stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "TOO_LARGE",
            Self::NulByte => "NUL_BYTE",
            Self::NotYaml => "NOT_YAML",
            Self::SeveralDocuments => "SEVERAL_DOCUMENTS",
            Self::Alias => "ALIAS",
            Self::MergeKey => "MERGE_KEY",
            Self::Tag => "TAG",
            Self::TooComplex => "TOO_COMPLEX",
            Self::DuplicateKey => "DUPLICATE_KEY",
            Self::WrongType => "WRONG_TYPE",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::MissingField => "MISSING_FIELD",
            Self::WrongKind => "WRONG_KIND",
            Self::NotOneCluster => "NOT_ONE_CLUSTER",
            Self::NotOneUser => "NOT_ONE_USER",
            Self::NotOneContext => "NOT_ONE_CONTEXT",
            Self::DanglingName => "DANGLING_NAME",
            Self::Exec => "EXEC",
            Self::AuthProvider => "AUTH_PROVIDER",
            Self::TokenFile => "TOKEN_FILE",
            Self::AuthorityFile => "AUTHORITY_FILE",
            Self::CertificateFile => "CERTIFICATE_FILE",
            Self::KeyFile => "KEY_FILE",
            Self::Proxy => "PROXY",
            Self::InsecureTls => "INSECURE_TLS",
            Self::TlsServerName => "TLS_SERVER_NAME",
            Self::BasicAuth => "BASIC_AUTH",
            Self::Impersonation => "IMPERSONATION",
            Self::Extensions => "EXTENSIONS",
            Self::ServerInvalid => "SERVER_INVALID",
            Self::ServerNotHttps => "SERVER_NOT_HTTPS",
            Self::ServerUserinfo => "SERVER_USERINFO",
            Self::ServerQuery => "SERVER_QUERY",
            Self::ServerFragment => "SERVER_FRAGMENT",
            Self::NotBase64 => "NOT_BASE64",
            Self::NotPem => "NOT_PEM",
            Self::TokenInvalid => "TOKEN_INVALID",
            Self::CredentialMissing => "CREDENTIAL_MISSING",
            Self::CredentialAmbiguous => "CREDENTIAL_AMBIGUOUS",
        }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Refusal of a kubeconfig: why and where. Holds no value of the file, only names of fields.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at {pointer:?}")]
pub struct KubeconfigRefusal {
    /// Stable word.
    pub reason: RefusalReason,
    /// JSON pointer of the place, empty for the whole text.
    pub pointer: String,
}

impl KubeconfigRefusal {
    fn new(reason: RefusalReason, pointer: impl Into<String>) -> Self {
        Self { reason, pointer: pointer.into() }
    }
}
