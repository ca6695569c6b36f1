//! The way to the real API server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::header::{
    CONNECTION, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, Request, Response, Uri, Version};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, Error, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

pub type Outbound = Either<Full<Bytes>, Incoming>;

/// Headers that speak of one connection, not of the call.
const OF_ONE_CONNECTION: [HeaderName; 9] = [
    CONNECTION,
    HOST,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Below the API server's 90 s, so that it never closes a connection we are about to use.
const IDLE: Duration = Duration::from_secs(30);

pub struct Upstream {
    authority: Authority,
    client: Client<HttpsConnector<HttpConnector>, Outbound>,
}

impl Upstream {
    pub fn new(url: &Uri, ca: &Path) -> Result<Upstream> {
        ensure!(url.scheme() == Some(&Scheme::HTTPS), "upstream must be https");
        ensure!(url.path() == "/", "upstream must have no path");
        let authority = url.authority().cloned().context("upstream must name a host")?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // HTTP/1.1: a connection per call in flight, so calls neither share a limit on streams
        // nor a fate.
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(trusting(ca)?).https_only().enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Upstream { authority, client })
    }

    /// Sends a call on; the answer comes without the headers of its connection.
    pub async fn send(&self, parts: Parts, body: Outbound) -> Result<Response<Incoming>, Error> {
        let mut request = Request::from_parts(parts, body);
        *request.uri_mut() = self.address(request.uri());
        *request.version_mut() = Version::HTTP_11;
        strip(request.headers_mut());
        let mut response = self.client.request(request).await?;
        strip(response.headers_mut());
        Ok(response)
    }

    fn address(&self, asked: &Uri) -> Uri {
        let mut parts = asked.clone().into_parts();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(self.authority.clone());
        // Cannot fail: with scheme and authority any path stands.
        Uri::from_parts(parts).unwrap_or_default()
    }
}

fn strip(headers: &mut HeaderMap) {
    for name in OF_ONE_CONNECTION {
        headers.remove(name);
    }
}

fn trusting(ca: &Path) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(ca)
        .with_context(|| format!("read the API server's authority {}", ca.display()))?;
    for certificate in certificates {
        roots.add(certificate?)?;
    }
    ensure!(!roots.is_empty(), "{} holds no certificate", ca.display());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
