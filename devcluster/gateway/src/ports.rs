//! The gateway's addresses, kept over restarts so that kubeconfigs stay true.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

const FILE: &str = "ports.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    listen: SocketAddr,
    control: SocketAddr,
}

/// Listens for callers and for control; port 0 means the port of last time, when it is free.
pub async fn bind(dir: &Path, listen: SocketAddr, control: SocketAddr) -> Result<(TcpListener, TcpListener)> {
    let path = dir.join(FILE);
    let kept = fs::read(&path).ok();
    let kept: Option<Kept> = kept.and_then(|text| serde_json::from_slice(&text).ok());
    let last = |of: fn(&Kept) -> SocketAddr| kept.as_ref().map(of);
    let callers = bind_again(listen, last(|kept| kept.listen)).await?;
    let control = bind_again(control, last(|kept| kept.control)).await?;
    let kept = Kept { listen: callers.local_addr()?, control: control.local_addr()? };
    fs::write(&path, serde_json::to_vec(&kept)?)?;
    Ok((callers, control))
}

async fn bind_again(wanted: SocketAddr, last: Option<SocketAddr>) -> Result<TcpListener> {
    let again = last.filter(|last| wanted.port() == 0 && last.ip() == wanted.ip());
    if let Some(last) = again
        && let Ok(listener) = TcpListener::bind(last).await
    {
        return Ok(listener);
    }
    let listener = TcpListener::bind(wanted).await;
    listener.with_context(|| format!("listen on {wanted}"))
}
