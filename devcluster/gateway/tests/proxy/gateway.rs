//! The real program in front of the tiny API server, with a caller and the control API.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, timeout};

use crate::upstream::Upstream;

/// Bound of every wait.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// sub: system:serviceaccount:shepherd:worker
pub const TOKEN: &str = "Bearer e30.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6c2hlcGhlcmQ6d29ya2VyIn0.x";

pub struct Gateway {
    pub upstream: Upstream,
    pub ready: Value,
    dir: PathBuf,
    child: Child,
}

pub struct Caller {
    url: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Gateway {
    pub async fn start(name: &str) -> Result<Gateway> {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let dir = dir.join(format!("gateway-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let upstream = Upstream::start(&dir).await?;
        let (child, ready) = launch(&upstream, &dir).await?;
        Ok(Gateway { upstream, ready, dir, child })
    }

    /// Ends the program and starts it again on the same folder.
    pub async fn restart(&mut self) -> Result<()> {
        let pid = self.child.id().context("the gateway has ended")?;
        let killed = Command::new("kill").arg(pid.to_string()).status().await?;
        ensure!(killed.success());
        let status = timeout(PATIENCE, self.child.wait()).await??;
        ensure!(status.success(), "{status}");
        (self.child, self.ready) = launch(&self.upstream, &self.dir).await?;
        Ok(())
    }

    pub fn text(&self, field: &str) -> &str {
        self.ready[field].as_str().unwrap_or_default()
    }

    /// A caller that trusts the authority of this moment.
    pub fn caller(&self) -> Result<Caller> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.text("ca"))?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls);
        let connector = connector.https_or_http().enable_all_versions().build();
        Ok(Caller { url: self.text("url").to_owned(), client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Asks the control API.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let caller = Caller { url: self.text("control").to_owned(), client: self.caller()?.client };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = caller.send(method, path, &body).await?;
        let status = response.status();
        let answer = response.into_body().collect().await?.to_bytes();
        ensure!(status.is_success(), "{status}: {answer:?}");
        Ok(serde_json::from_slice(&answer)?)
    }

    pub async fn fault(&self, order: Value) -> Result<String> {
        let answer = self.control(Method::POST, "/faults", order).await?;
        Ok(answer["id"].as_str().context("no id")?.to_owned())
    }

    pub async fn journal(&self, query: &str) -> Result<Vec<Value>> {
        let path = format!("/journal?{query}");
        let mut answer = self.control(Method::GET, &path, Value::Null).await?;
        Ok(serde_json::from_value(answer["entries"].take())?)
    }

    pub async fn counts(&self, query: &str) -> Result<Value> {
        let path = format!("/journal/counts?{query}");
        self.control(Method::GET, &path, Value::Null).await
    }

    /// Waits until the journal holds so many entries.
    pub async fn journalled(&self, n: usize) -> Result<Vec<Value>> {
        let mut entries = Vec::new();
        let end = Instant::now() + PATIENCE;
        let mut tick = interval(Duration::from_millis(2));
        while Instant::now() < end {
            entries = self.journal("").await?;
            if entries.len() >= n {
                return Ok(entries);
            }
            tick.tick().await;
        }
        anyhow::bail!("waited for {n} entries, found {entries:?}")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

impl Caller {
    pub async fn send(&self, method: Method, path: &str, body: &str) -> Result<Response<Incoming>> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", TOKEN)
            .header("content-type", "application/apply-patch+yaml")
            .body(Full::from(body.to_owned()))?;
        Ok(timeout(PATIENCE, self.client.request(request)).await??)
    }

    pub async fn get(&self, path: &str) -> Result<Response<Incoming>> {
        self.send(Method::GET, path, "").await
    }

    /// Applies a VM `web` of ticket `t1`.
    pub async fn apply(&self) -> Result<Value> {
        let vm = json!({"kind": "VirtualMachine", "metadata": {"name": "web",
            "labels": {"kubevirt-shepherd.io/ticket-id": "t1"}}});
        let response = self.send(Method::PATCH, VM, &vm.to_string()).await?;
        let body = timeout(PATIENCE, response.into_body().collect()).await??;
        Ok(serde_json::from_slice(&body.to_bytes())?)
    }
}

/// Where `apply` goes.
pub const VM: &str = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines/web?fieldManager=shepherd";
pub const WATCH: &str = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines?watch=true";

async fn launch(upstream: &Upstream, dir: &Path) -> Result<(Child, Value)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shepherd-devcluster-gateway"))
        .args(["--upstream", &upstream.url, "--upstream-ca"])
        .arg(&upstream.ca)
        .arg("--dir")
        .arg(dir)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let out = child.stdout.take().context("no output")?;
    let line = timeout(PATIENCE, BufReader::new(out).lines().next_line()).await??;
    let ready = serde_json::from_str(&line.context("the gateway said nothing")?)?;
    Ok((child, ready))
}
