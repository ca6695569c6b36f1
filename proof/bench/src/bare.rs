//! `shepherd-bench-floor`: F3, actix-web without Shepherd. Answers of the same sizes, and the same rows read by one
//! statement without permission, row-level security or count.

mod statements;

use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Bytes, Data, Json, Path, get, post, resource};
use actix_web::{App, HttpResponse, HttpServer, error};
use anyhow::Context as _;
use serde::Serialize;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_postgres::{Client, NoTls, Row, Statement};

use crate::statements::{GET, INBOX, LIST};

/// As many as the server has, of both.
const CONNECTIONS: usize = 16;
const WORKERS: usize = 2;

/// What an answer calls the columns of [`GET`], [`LIST`] and [`INBOX`].
const COLUMNS: [&str; 22] = [
    "id",
    "state",
    "reason",
    "vm_name",
    "disk_gib",
    "created_at",
    "updated_at",
    "requester_id",
    "requester",
    "system_id",
    "system",
    "service_id",
    "service",
    "namespace_id",
    "namespace",
    "environment",
    "template_id",
    "template",
    "instance_size",
    "deadline_at",
    "decided_at",
    "cpu_cores",
];

/// Statements of one connection.
struct Prepared {
    client: Client,
    get: Statement,
    list: Statement,
    inbox: Statement,
}

/// Connections that are taken in turn; each carries many questions at once.
struct Pool {
    connections: Vec<Prepared>,
    next: AtomicUsize,
}

#[derive(Serialize)]
struct Item<'a>(#[serde(serialize_with = "by_name")] &'a Row);

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let pool = Data::new(Pool::connect(&std::env::var("DATABASE_URL").context("DATABASE_URL")?).await?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(pool.clone())
            .service(resource("/accept").route(post().to(accept)))
            .service(resource("/refuse").route(post().to(refuse)))
            .service(resource("/tickets").route(get().to(list)))
            .service(resource("/tickets/{id}").route(get().to(view)))
            .service(resource("/inbox").route(get().to(inbox)))
    })
    .workers(WORKERS)
    .listen(listener)?
    .run();
    println!("{}", json!({"event": "ready", "url": format!("http://{address}")}));
    Ok(server.await?)
}

async fn accept(body: Json<Value>) -> HttpResponse {
    HttpResponse::Accepted().json(json!({"id": body["service_id"], "state": "PENDING", "replayed": false}))
}

async fn refuse(_: Bytes) -> HttpResponse {
    HttpResponse::TooManyRequests().insert_header((RETRY_AFTER, "1")).content_type("application/problem+json").body(
        r#"{"type":"urn:shepherd:error:RATE_LIMIT_EXCEEDED","status":429,"code":"RATE_LIMIT_EXCEEDED","params":{"retry_after":1},"errors":[],"request_id":"01a1ff80-e095-7298-95ba-6f501acea319"}"#,
    )
}

async fn view(pool: Data<Pool>, id: Path<String>) -> actix_web::Result<HttpResponse> {
    let one = pool.one();
    let row = one.client.query_opt(&one.get, &[&*id]).await.map_err(error::ErrorInternalServerError)?;
    let row = row.ok_or_else(|| error::ErrorNotFound("no such ticket"))?;
    Ok(HttpResponse::Ok().json(Item(&row)))
}

async fn list(pool: Data<Pool>) -> actix_web::Result<HttpResponse> {
    let one = pool.one();
    page(one.client.query(&one.list, &[]).await)
}

async fn inbox(pool: Data<Pool>) -> actix_web::Result<HttpResponse> {
    let one = pool.one();
    page(one.client.query(&one.inbox, &[]).await)
}

fn page(rows: Result<Vec<Row>, tokio_postgres::Error>) -> actix_web::Result<HttpResponse> {
    let rows = rows.map_err(error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(json!({"items": rows.iter().map(Item).collect::<Vec<_>>()})))
}

impl Pool {
    async fn connect(url: &str) -> anyhow::Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            let (get, list, inbox) =
                (client.prepare(GET).await?, client.prepare(LIST).await?, client.prepare(INBOX).await?);
            connections.push(Prepared { client, get, list, inbox });
        }
        Ok(Self { connections, next: AtomicUsize::new(0) })
    }

    fn one(&self) -> &Prepared {
        &self.connections[self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len()]
    }
}

fn by_name<S: serde::Serializer>(row: &&Row, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(COLUMNS.iter().enumerate().map(|(nth, name)| (name, row.get::<_, Option<&str>>(nth))))
}
