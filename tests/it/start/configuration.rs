//! A wrong value stops a process at start, and says which variable.

use shepherd_tests::process::Process;

const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
const WORKER_DATABASE: (&str, &str) = ("WORKER_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");

async fn stops_naming(program: &str, arguments: &[&str], settings: &[(&str, &str)]) -> anyhow::Result<()> {
    let environment: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let mut process = Process::start(program, arguments, &environment)?;
    let status = process.ended().await?;
    let (wrong, log) = (settings[0].0, process.log_text());
    assert!(!status.success(), "{program} started with {settings:?}");
    assert!(log.contains(wrong), "{wrong} is not named: {log}");
    Ok(())
}

#[tokio::test]
async fn the_server_names_the_variable() -> anyhow::Result<()> {
    let table = [
        ("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", "soon"),
        ("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", "0"),
        ("SHEPHERD_HTTP_WORKERS", "many"),
        ("SHEPHERD_ENCRYPTION_KEY", "c2hvcnQ="),
        ("SHEPHERD_SESSION_SECRET", "not base64!"),
        ("SHEPHERD_PUBLIC_URL", "ftp://files.example"),
        ("SHEPHERD_TEMPORAL_UI_URL", "javascript:alert(1)"),
        ("SHEPHERD_DATABASE_CONNECTIONS", "-1"),
    ];
    for wrong in table {
        stops_naming("shepherd-server", &["serve"], &[wrong, DATABASE, ("SHEPHERD_LISTEN", "127.0.0.1:0")]).await?;
    }
    stops_naming("shepherd-server", &["serve"], &[("DATABASE_URL", "no url")]).await
}

#[tokio::test]
async fn the_worker_names_the_variable() -> anyhow::Result<()> {
    let table = [
        ("SHEPHERD_EGRESS_ALLOW", "somewhere"),
        ("SHEPHERD_LOG_FORMAT", "poem"),
        ("SHEPHERD_ENCRYPTION_KEY", "c2hvcnQ="),
        ("SHEPHERD_READY_TIMEOUT_SECONDS", "never"),
    ];
    for wrong in table {
        stops_naming("shepherd-worker", &[], &[wrong, WORKER_DATABASE, ("SHEPHERD_WORKER_LISTEN", "127.0.0.1:0")])
            .await?;
    }
    Ok(())
}
