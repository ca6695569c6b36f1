//! A door between the worker and Temporal. Closed, it is as if nobody listened there, and connections break.

use anyhow::Result;
use std::net::SocketAddr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Open when it is made; connections end with it.
pub(crate) struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Gate {
    /// Listens on a free port in front of `target`.
    ///
    /// # Errors
    /// When there is no free port.
    pub(crate) async fn before(target: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (open, is_open) = watch::channel(true);
        tokio::spawn(async move {
            let mut closed = is_open.clone();
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    // The gate is gone.
                    _ = closed.wait_for(|_| false) => return,
                };
                if let Ok((connection, _)) = accepted {
                    tokio::spawn(pass(connection, target.clone(), is_open.clone()));
                }
            }
        });
        Ok(Self { address, open })
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }
}

async fn pass(mut from: TcpStream, target: String, mut is_open: watch::Receiver<bool>) {
    if !*is_open.borrow() {
        return;
    }
    let Ok(mut to) = TcpStream::connect(&target).await else { return };
    if from.set_nodelay(true).and_then(|()| to.set_nodelay(true)).is_err() {
        return;
    }
    tokio::select! {
        _ = copy_bidirectional(&mut from, &mut to) => {}
        _ = is_open.wait_for(|open| !open) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// Whether a byte comes back through the gate.
    async fn echoes(connection: &mut TcpStream) -> bool {
        let mut byte = [0];
        connection.write_all(b"x").await.is_ok() && matches!(connection.read(&mut byte).await, Ok(1))
    }

    #[tokio::test]
    async fn a_closed_gate_breaks_connections_and_lets_nobody_in() -> Result<()> {
        let echo = TcpListener::bind("127.0.0.1:0").await?;
        let target = echo.local_addr()?.to_string();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = echo.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = connection.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        let gate = Gate::before(target).await?;
        let mut early = TcpStream::connect(gate.address()).await?;
        assert!(echoes(&mut early).await);
        gate.close();
        assert!(!echoes(&mut early).await, "a connection lives on");
        assert!(!echoes(&mut TcpStream::connect(gate.address()).await?).await, "a new one passes");
        gate.open();
        assert!(echoes(&mut TcpStream::connect(gate.address()).await?).await);
        Ok(())
    }
}
