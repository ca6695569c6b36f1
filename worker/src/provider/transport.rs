//! HTTP to one API server: our CA only, pinned addresses, paced, never waiting for ever.
//!
//! Redirects are not followed, proxies of the environment are not used: neither is built in.

use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use http_body_util::Limited;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::Body;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use shepherd_domain::kubeconfig::{Credential, Kubeconfig};
use tokio::time::{Instant, timeout, timeout_at};
use tower::BoxError;

use super::body::{Impatient, TooSlow};
use super::egress::{EgressPolicy, Resolver};
use super::lease::{Lease, Leased};
use super::pace::Pace;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// From the wish to make a call to the last time it is sent: waiting for its turn, and for a cluster that refuses. With
/// the answer's time it stays well inside one try of an activity.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a refused call is sent in all.
const MOST_SENDS: usize = 8;
/// From the call to the head of its answer, and between two pieces of a body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Silence on a watch; a server sends a bookmark about every minute.
const WATCH_TIMEOUT: Duration = Duration::from_secs(90);
/// A page of 500 objects of 32 KiB.
const BODY_LIMIT_BYTES: usize = 16 << 20;
const WATCH_LIMIT_BYTES: usize = 256 << 20;
/// Refusals, and what says little: versions, readiness, rights.
const SMALL_LIMIT_BYTES: usize = 1 << 20;
/// One event of a watch. Etcd takes objects of 1.5 MiB at most.
const EVENT_LIMIT_BYTES: usize = 4 << 20;

/// Too many calls to this cluster wait for their turn.
#[derive(Debug, thiserror::Error)]
#[error("no turn within {} s at the pace that the cluster allows", .0.as_secs())]
struct NoTurn(Duration);

type Answer = Response<Limited<Impatient<Incoming>>>;
type Http = legacy::Client<HttpsConnector<HttpConnector<Resolver>>, Leased<Body>>;

/// Connections to one API server.
pub(super) struct Transport {
    /// For short calls: many on one HTTP/2 connection.
    calls: Http,
    /// For watches: a connection each, so that they cannot use up the streams of the calls.
    watches: Http,
    authority: Authority,
    path_prefix: String,
    authorization: Option<HeaderValue>,
    pace: Arc<Pace>,
}

impl Transport {
    /// Prepares connections; opens none.
    pub(super) fn new(kubeconfig: &Kubeconfig, egress: EgressPolicy, pace: Arc<Pace>) -> Result<Self, BoxError> {
        let server = kubeconfig.server();
        if let Some(host) = server.host() {
            egress.judge(&host)?;
        }
        let tls = tls(kubeconfig)?;
        let tcp = tcp(Resolver(egress));
        let secured = || HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_only();
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(WATCH_TIMEOUT)
            .http2_keep_alive_interval(READ_TIMEOUT)
            .http2_keep_alive_timeout(CONNECT_TIMEOUT);
        Ok(Self {
            calls: builder.build(secured().enable_all_versions().wrap_connector(tcp.clone())),
            watches: builder.build(secured().enable_http1().wrap_connector(tcp)),
            authority: server.authority().parse()?,
            path_prefix: server.path().trim_end_matches('/').to_owned(),
            authorization: authorization(kubeconfig.credential())?,
            pace,
        })
    }

    /// Sends one request of kube's, when it is our turn.
    ///
    /// A cluster that refuses for being asked too much has done nothing, so that the same request is sent again,
    /// whatever it does. (kube's own policy of retries knows neither `Retry-After` nor the pace of the other calls, and
    /// repeats after a 504, which says nothing about what was done.)
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Answer, BoxError> {
        let is_watch = request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair == "watch=true"));
        let says_little = says_little(request.uri().path());
        *request.uri_mut() = self.at_server(request.uri())?;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("kubevirt-shepherd/", env!("CARGO_PKG_VERSION"))));
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let (http, patience, longest, limit) = if is_watch {
            (&self.watches, WATCH_TIMEOUT, EVENT_LIMIT_BYTES, WATCH_LIMIT_BYTES)
        } else {
            (&self.calls, READ_TIMEOUT, BODY_LIMIT_BYTES, BODY_LIMIT_BYTES)
        };
        let (head, body) = request.into_parts();
        let lease = if head.method.is_safe() { None } else { Lease::of_task() };
        let end = Instant::now() + PATIENCE;
        let mut refused = None;
        for _ in 0..MOST_SENDS {
            let Ok(turn) = timeout_at(end, self.pace.turn()).await else { break };
            let body = body.try_clone().ok_or("a body that cannot be sent again")?;
            let request = Request::from_parts(head.clone(), Leased::new(body, lease.clone())?);
            let answer = timeout(READ_TIMEOUT, http.request(request)).await;
            let response = answer.map_err(|_| TooSlow(READ_TIMEOUT))??;
            let is_refused = self.pace.is_refused(turn, response.status(), response.headers());
            let is_small = says_little || !response.status().is_success();
            let limit = if is_small { SMALL_LIMIT_BYTES } else { limit };
            let response = response.map(|body| Limited::new(Impatient::new(body, patience, longest), limit));
            if !is_refused {
                return Ok(response);
            }
            refused = Some(response);
            if self.pace.pause_left().is_some_and(|left| Instant::now() + left >= end) {
                break;
            }
        }
        refused.ok_or_else(|| NoTurn(PATIENCE).into())
    }

    fn at_server(&self, uri: &Uri) -> Result<Uri, BoxError> {
        let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let uri = Uri::builder()
            .scheme(Scheme::HTTPS)
            .authority(self.authority.clone())
            .path_and_query(format!("{}{path}", self.path_prefix));
        Ok(uri.build()?)
    }
}

fn says_little(path: &str) -> bool {
    ["/version", "/readyz", "/selfsubjectaccessreviews"].iter().any(|end| path.ends_with(end))
}

fn tcp(resolver: Resolver) -> HttpConnector<Resolver> {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp.set_keepalive(Some(READ_TIMEOUT));
    tcp
}

fn tls(kubeconfig: &Kubeconfig) -> Result<ClientConfig, BoxError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(kubeconfig.authority_pem().as_bytes()) {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    Ok(match kubeconfig.credential() {
        Credential::Token(_) => config.with_no_client_auth(),
        Credential::Certificate { chain_pem, key_pem } => {
            let chain = CertificateDer::pem_slice_iter(chain_pem.as_bytes()).collect::<Result<_, _>>()?;
            config.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key_pem.expose_secret().as_bytes())?)?
        }
    })
}

fn authorization(credential: &Credential) -> Result<Option<HeaderValue>, BoxError> {
    let Credential::Token(token) = credential else {
        return Ok(None);
    };
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))?;
    value.set_sensitive(true);
    Ok(Some(value))
}
