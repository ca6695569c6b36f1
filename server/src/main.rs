//! `shepherd-server serve` and `shepherd-server migrate`.

use clap::{Parser, Subcommand};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use shepherd_server::{App, Config};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// HTTP API and console of Shepherd.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// Form of log lines.
    #[arg(long, env = "SHEPHERD_LOG_FORMAT", value_name = "SHEPHERD_LOG_FORMAT", default_value = "json", value_parser = ["json", "text"])]
    log_format: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API and the console.
    Serve(Box<Config>),
    /// Brings the schema up to date, as its owner, and exits.
    Migrate {
        #[arg(long, env = "OWNER_DATABASE_URL", value_name = "OWNER_DATABASE_URL", hide_env_values = true)]
        owner_database_url: String,
    },
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if cli.log_format == "json" {
        log.json().init()
    } else {
        log.init()
    }
    match cli.command {
        Command::Migrate { owner_database_url } => {
            let applied = shepherd_store::migrate(&owner_database_url).await?;
            println!("{}", json!({"event": "migrated", "applied": applied}));
        }
        Command::Serve(config) => serve(*config).await?,
    }
    Ok(())
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let running = App::start(config, metrics).await?;
    let url = running.url.as_str().trim_end_matches('/');
    if let Some(token) = &running.setup_token {
        println!("{}", json!({"event": "setup", "token": token, "url": url}));
    }
    println!("{}", json!({"event": "ready", "url": url}));
    let (handle, streams) = (running.handle, running.streams);
    tokio::spawn(async move {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        streams.close();
        handle.stop(true).await;
        std::io::Result::Ok(())
    });
    running.server.await?;
    Ok(())
}
