//! A TCP proxy between two processes: what passes can be cut, held in one direction, or made late.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::disturbance::Flow;

/// A running proxy. Connections over it end with it.
pub(crate) struct Proxy {
    address: SocketAddr,
    flow: watch::Sender<Flow>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy before `upstream`.
    pub(crate) async fn start(upstream: String) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (flow, flows) = watch::channel(Flow::Free);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *flows.borrow() != Flow::Cut {
                    tokio::spawn(hold(client, upstream.clone(), flows.clone()));
                }
            }
        });
        Ok(Self { address, flow, accepting })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The same database through the proxy.
    pub(crate) fn through(&self, url: &str) -> anyhow::Result<String> {
        let mut url: reqwest::Url = url.parse()?;
        url.set_ip_host(self.address.ip()).map_err(|()| anyhow::anyhow!("host in the URL"))?;
        url.set_port(Some(self.address.port())).map_err(|()| anyhow::anyhow!("port in the URL"))?;
        Ok(url.into())
    }

    /// Changes how bytes flow from now on.
    pub(crate) fn set(&self, flow: Flow) {
        self.flow.send_replace(flow);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection, until a side closes it or it is cut.
async fn hold(client: TcpStream, upstream: String, mut flows: watch::Receiver<Flow>) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    if client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
        return;
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pass(from_client, to_server, flows.clone(), true) => {}
        () = pass(from_server, to_client, flows.clone(), false) => {}
        _ = flows.wait_for(|flow| *flow == Flow::Cut) => {}
    }
}

/// One direction. What is held is delivered when the way is free again, as TCP would.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut flows: watch::Receiver<Flow>, up: bool) {
    let mut chunk = vec![0; 65536];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        if flows.wait_for(|flow| *flow != Flow::OneWay { up }).await.is_err() {
            return;
        }
        let flow = *flows.borrow();
        if let Flow::Late { ms } = flow {
            sleep(Duration::from_millis(ms)).await;
        }
        if to.write_all(&chunk[..read]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    /// An echo behind a proxy, and a connection to it.
    async fn echo() -> anyhow::Result<(Proxy, TcpStream)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let proxy = Proxy::start(address).await?;
        let stream = TcpStream::connect(proxy.address()).await?;
        Ok((proxy, stream))
    }

    async fn ask(stream: &mut TcpStream) -> std::io::Result<[u8; 2]> {
        let mut answer = [0; 2];
        stream.write_all(b"hi").await?;
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn what_is_held_in_one_direction_comes_when_the_way_is_free() -> anyhow::Result<()> {
        let (proxy, mut stream) = echo().await?;
        assert_eq!(&ask(&mut stream).await?, b"hi");
        for up in [true, false] {
            proxy.set(Flow::OneWay { up });
            stream.write_all(b"yo").await?;
            let mut answer = [0; 2];
            let held = timeout(Duration::from_millis(100), stream.read_exact(&mut answer)).await;
            assert!(held.is_err(), "held {answer:?}");
            proxy.set(Flow::Free);
            stream.read_exact(&mut answer).await?;
            assert_eq!(&answer, b"yo");
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_cut_breaks_connections_and_refuses_new_ones_until_it_ends() -> anyhow::Result<()> {
        let (proxy, mut stream) = echo().await?;
        assert_eq!(&ask(&mut stream).await?, b"hi");
        proxy.set(Flow::Cut);
        assert!(ask(&mut stream).await.is_err());
        let mut refused = TcpStream::connect(proxy.address()).await?;
        assert!(ask(&mut refused).await.is_err());
        proxy.set(Flow::Free);
        let mut again = TcpStream::connect(proxy.address()).await?;
        assert_eq!(&ask(&mut again).await?, b"hi");
        Ok(())
    }
}
