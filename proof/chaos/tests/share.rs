//! The share of chaos that runs with every change. `cargo xtask chaos` plays as many seeds as one likes.

use shepherd_chaos::{Options, run};

/// Kills of the server and the worker, a frozen worker, refusals of the cluster and broken links, all in one.
const SEED: u64 = 1;

#[tokio::test]
async fn every_promise_holds_under_a_fixed_seed_of_load_and_faults() -> anyhow::Result<()> {
    let evidence = std::env::temp_dir().join("shepherd-chaos");
    let result = run(SEED, &Options { seconds: Some(15), evidence }).await?;
    assert!(result.good, "{result}");
    assert!(result.faults.len() >= 4, "too little was disturbed: {:?}", result.faults);
    assert!(result.tickets.contains_key("SUCCESS"), "nothing succeeded: {:?}", result.tickets);
    Ok(())
}
