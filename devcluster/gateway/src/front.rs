//! The side the callers see: TLS connections, the certificate shown on them, the partition.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::call::Link;
use crate::proxy::Proxy;

/// More streams than callers open on one connection, watches included.
const STREAMS: u32 = 4096;

/// Pause when no connection can be accepted, for want of file handles.
const BREATH: Duration = Duration::from_millis(20);

/// What all connections must heed.
#[derive(Clone)]
struct Order {
    tls: Arc<ServerConfig>,
    partitioned: bool,
    /// Grows each time all connections are to be ended at once.
    cuts: u64,
    /// Grows each time all connections are to take no further calls.
    drains: u64,
}

#[derive(Clone)]
pub struct Front {
    order: watch::Sender<Order>,
}

impl Front {
    pub fn new(tls: Arc<ServerConfig>) -> Front {
        let order = Order { tls, partitioned: false, cuts: 0, drains: 0 };
        Front { order: watch::Sender::new(order) }
    }

    pub fn is_partitioned(&self) -> bool {
        self.order.borrow().partitioned
    }

    /// While on, connections are cut and new ones refused.
    pub fn partition(&self, on: bool) {
        self.order.send_modify(|order| {
            order.partitioned = on;
            order.cuts += u64::from(on);
        });
    }

    /// Shows another certificate on new connections; old ones finish the calls they carry.
    pub fn show(&self, tls: Arc<ServerConfig>) {
        self.order.send_modify(|order| {
            order.tls = tls;
            order.drains += 1;
        });
    }

    /// Shows another certificate and cuts the connections made under the old one.
    pub fn show_alone(&self, tls: Arc<ServerConfig>) {
        self.order.send_modify(|order| {
            order.tls = tls;
            order.cuts += 1;
        });
    }

    pub async fn accept(self, listener: TcpListener, proxy: Arc<Proxy>) -> Infallible {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let connection = hold(stream, self.order.subscribe(), proxy.clone());
                    tokio::spawn(connection);
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }
}

/// One connection from handshake to end.
async fn hold(stream: TcpStream, mut orders: watch::Receiver<Order>, proxy: Arc<Proxy>) {
    let born = orders.borrow_and_update().clone();
    if born.partitioned {
        return;
    }
    let link = Link::default();
    let mut conversation = pin!(converse(stream, born.clone(), orders.clone(), proxy, link.clone()));
    tokio::select! {
        () = &mut conversation => {}
        // Said before the conversation is dropped, so that its calls know who ended them.
        () = heeded(&mut orders, |order| order.cuts != born.cuts) => link.sever(),
    }
}

async fn converse(stream: TcpStream, born: Order, mut orders: watch::Receiver<Order>, proxy: Arc<Proxy>, link: Link) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = TlsAcceptor::from(born.tls).accept(stream).await else {
        return;
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let (proxy, link) = (proxy.clone(), link.clone());
        async move { proxy.serve(request, link).await }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http2().max_concurrent_streams(STREAMS);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = &mut connection => return,
        () = heeded(&mut orders, |order| order.drains != born.drains) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn heeded(orders: &mut watch::Receiver<Order>, given: impl Fn(&Order) -> bool) {
    if orders.wait_for(given).await.is_err() {
        // Nobody is left to give an order.
        std::future::pending().await
    }
}
