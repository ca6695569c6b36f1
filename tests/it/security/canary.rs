//! Planted secrets are looked for wherever they must not be.

use anyhow::Context as _;
use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::client::text;
use shepherd_tests::environment::variable;
use tokio::process::Command;

const PASSWORD: &str = "canary-in-a-coal-mine-83";

async fn output(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(arguments).output().await.with_context(|| program.to_owned())?;
    anyhow::ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn no_secret_stands_in_database_logs_metrics_or_histories() -> anyhow::Result<()> {
    let world = World::start().await?;
    let person = json!({"username": "carl", "display_name": "Carl", "password": PASSWORD});
    world.admin.post("/users", &person).await?.expect(201)?;
    let sign_in = json!({"username": "carl", "password": PASSWORD});
    let tokens = world.anonymous.post("/auth/token", &sign_in).await?.expect(200)?;
    let wrong = json!({"username": "carl", "password": format!("{PASSWORD}-wrong")});
    world.anonymous.post("/auth/token", &wrong).await?.problem(401, "INVALID_CREDENTIALS")?;
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    world.ticket_in(&ticket, &["SUCCESS"]).await?;

    let kubeconfig = std::fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?;
    let token = kubeconfig.lines().find_map(|line| line.trim().strip_prefix("token:")).context("token")?;
    let refresh = text(&tokens, "refresh_token")?.rsplit('.').next().context("secret")?.to_owned();
    let access = text(&tokens, "access_token")?.to_owned();
    let planted = [PASSWORD, token.trim().trim_matches('"'), &refresh, &access];

    let dump = format!("{}/pg_dump", variable("SHEPHERD_TEST_PG_BIN")?);
    let worker = world.worker.as_ref().context("worker")?;
    let workflow = format!("ticket-{ticket}");
    let address = variable("TEMPORAL_ADDRESS")?;
    let show = ["workflow", "show", "--address", &address, "--namespace", "shepherd", "-w", &workflow, "-o", "json"];
    let places = [
        ("database", output(&dump, &["--data-only", "--dbname", &world.database.dump_url()?]).await?),
        ("server's log", std::fs::read_to_string(&world.server.log)?),
        ("worker's log", std::fs::read_to_string(&worker.log)?),
        ("metrics", reqwest::get(format!("{}/metrics", world.anonymous.base())).await?.text().await?),
        ("history", output(&variable("SHEPHERD_TEST_TEMPORAL_CLI")?, &show).await?),
    ];
    for (place, words) in &places {
        assert!(words.len() > 200, "{place} is empty: {words}");
        for secret in planted {
            assert!(!words.contains(secret), "a secret stands in the {place}");
        }
    }
    assert!(!places[4].1.contains("a test needs it"), "the history holds what people wrote");
    Ok(())
}
