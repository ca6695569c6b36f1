//! The server as a whole: what it is made of, how it starts and stops.

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpServer, web};
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metrics_exporter_prometheus::PrometheusHandle;
use shepherd_store::seal::Key;
use shepherd_store::{Pools, SecretName, Store};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tracing::{info, warn};
use url::Url;

use crate::admission::admit;
use crate::auth::Tokens;
use crate::chunked::whole;
use crate::config::Config;
use crate::contract::{self, head, known_parameters};
use crate::passwords::Passwords;
use crate::request_id::{chain, identify};
use crate::streams::Streams;
use crate::throttle::Throttle;
use crate::{body, routes};

/// How often a missing database is asked again at start.
const RETRY: Duration = Duration::from_millis(250);

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);

/// What handlers share.
pub struct App {
    pub(crate) store: Store,
    /// Seals cluster credentials. The server never opens them.
    pub(crate) key: Key,
    pub(crate) config: Config,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) streams: Streams,
}

/// A server that is listening.
pub struct Running {
    /// Where it listens.
    pub url: Url,
    /// Stops it gracefully, once its streams are closed.
    pub handle: ServerHandle,
    /// Opens set-up, while nobody has an account.
    pub setup_token: Option<String>,
    /// Its streams of events.
    pub streams: Streams,
    /// Ends with it.
    pub server: actix_web::dev::Server,
}

impl App {
    /// Connects, waits for the database, makes or reads the installation's secrets and listens.
    ///
    /// # Errors
    /// When the address is taken or a configured key is no key. A database that does not answer is waited for.
    pub async fn start(config: Config, metrics: PrometheusHandle) -> anyhow::Result<Running> {
        let listener =
            TcpListener::bind(config.listen).with_context(|| format!("SHEPHERD_LISTEN {}", config.listen))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let public = public_url(&config, address)?;
        let pools = Pools { size: config.database_connections.into(), ..Pools::default() };
        let store = Store::new(&config.database_url, pools).context("DATABASE_URL")?;
        for (variable, value) in
            [("SHEPHERD_ENCRYPTION_KEY", &config.encryption_key), ("SHEPHERD_SESSION_SECRET", &config.session_secret)]
        {
            if let Some(value) = value {
                Key::parse(value).map_err(|_| anyhow::anyhow!("{variable} is not 32 bytes of base64"))?;
            }
        }
        let workers = usize::from(config.http_workers);
        contract::prepare();
        let late = Late { store: store.clone(), config, metrics, public: public.clone() };
        let (app, tokens, setup_token) = late.wait().await?;
        let streams = app.streams.clone();
        let (app, tokens) = (web::Data::new(app), web::Data::new(tokens));
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(app.clone())
                .app_data(tokens.clone())
                .app_data(body::payload_config())
                .configure(routes::configure)
                .wrap(from_fn(known_parameters))
                .wrap(from_fn(admit))
                .wrap(from_fn(head))
                .wrap(from_fn(identify))
                .wrap(from_fn(whole))
        })
        .workers(workers)
        .shutdown_timeout(5)
        .disable_signals()
        // As long as for a body. What actix answers then has no body of ours, so that a starved machine must not come to it.
        .client_request_timeout(HEAD)
        // Whoever closes a connection gives its stream's place back at once, not with the next heartbeat.
        .h1_allow_half_closed(false)
        .listen(listener)?
        .run();
        Ok(Running { url: public, handle: server.handle(), setup_token, streams, server })
    }
}

fn public_url(config: &Config, address: SocketAddr) -> anyhow::Result<Url> {
    match &config.public_url {
        Some(url) => {
            anyhow::ensure!(
                matches!(url.scheme(), "http" | "https") && url.has_host(),
                "SHEPHERD_PUBLIC_URL is no web address"
            );
            Ok(url.clone())
        }
        None => Ok(format!("http://{address}").parse()?),
    }
}

/// The part of the start that needs the database.
struct Late {
    store: Store,
    config: Config,
    metrics: PrometheusHandle,
    public: Url,
}

impl Late {
    async fn wait(self) -> anyhow::Result<(App, Tokens, Option<String>)> {
        let mut waiting = false;
        let (key, secret, setup_token) = loop {
            match self.secrets().await {
                Ok(secrets) => break secrets,
                Err(error @ shepherd_store::Error::Stored(_)) => return Err(error).context("stored secret"),
                Err(error) => {
                    // Once for each change of state, not once for each try.
                    if !waiting {
                        warn!(error = chain(&error), "waiting for the database");
                    }
                    waiting = true;
                    tokio::time::sleep(RETRY).await;
                }
            }
        };
        if waiting {
            info!("database answers");
        }
        let tokens = Tokens::new(secret.expose(), self.public);
        let throttle = Throttle::per_minute(self.config.login_attempts_per_minute);
        let passwords = Passwords::new()?;
        let streams = Streams::start(self.store.clone());
        let (store, config, metrics) = (self.store, self.config, self.metrics);
        Ok((App { store, key, config, metrics, passwords, throttle, streams }, tokens, setup_token))
    }

    async fn secrets(&self) -> shepherd_store::Result<(Key, Key, Option<String>)> {
        let key = self.store.secret(SecretName::EncryptionKey, self.config.encryption_key.as_deref()).await?;
        let secret = self.store.secret(SecretName::SessionSecret, self.config.session_secret.as_deref()).await?;
        Ok((key, secret, self.setup_token().await?))
    }

    /// A fresh token at every start until somebody has used one.
    async fn setup_token(&self) -> shepherd_store::Result<Option<String>> {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        if !self.store.setup_token_renew(&token).await? {
            return Ok(None);
        }
        // The one secret that is meant to be read in the log: whoever reads it owns the machine.
        warn!(setup_token = token, url = self.public.as_str(), "set-up is open");
        Ok(Some(token))
    }
}
