//! The share of made-up calls that runs with every change. `cargo xtask contract-fuzz` makes as many as one likes.

use serde_json::Value;
use std::env;
use std::path::Path;
use tokio::process::Command;

/// Everything that has to do with requests: what most calls of a day are.
const OPERATIONS: &str = "^(ticket|notification)";

#[tokio::test]
async fn made_up_calls_about_requests_are_answered_as_the_contract_says() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let evidence = env::temp_dir().join("shepherd-contract-fuzz");
    let results = evidence.with_extension("jsonl");
    let ended = Command::new(env!("CARGO_BIN_EXE_shepherd-contract-fuzz"))
        .current_dir(root)
        .args(["--cases", "2", "--as", "approver", "--only", OPERATIONS])
        .arg("--python")
        .arg(shepherd_tests::environment::variable("SHEPHERD_TEST_SCHEMATHESIS")?)
        .arg("--results")
        .arg(&results)
        .arg("--evidence")
        .arg(&evidence)
        .kill_on_drop(true)
        .output()
        .await?;
    let said = String::from_utf8_lossy(&ended.stdout);
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}{complaint}see {}", evidence.display());
    let tried = std::fs::read_to_string(&results)?;
    let tried: Vec<Value> = tried.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    for (operation, status) in [("tickets_list", "200"), ("ticket_approve", "422"), ("ticket_preview", "404")] {
        let answers = tried.iter().find(|line| line["operation"] == operation).map(|line| &line["statuses"][status]);
        assert!(answers.and_then(Value::as_u64) > Some(0), "{operation} never answered {status}: {answers:?}");
    }
    Ok(())
}
