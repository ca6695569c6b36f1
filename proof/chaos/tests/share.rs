//! The share of chaos that runs with every change. `cargo xtask chaos` plays as many seeds as one likes.

use shepherd_chaos::{Options, run};

/// Of a few hundred seeds, one that disturbs every part in 15 seconds, with a second worker that takes over.
const SEED: u64 = 54;

#[tokio::test]
async fn every_promise_holds_under_a_fixed_seed_of_load_and_faults() -> anyhow::Result<()> {
    let evidence = std::env::temp_dir().join("shepherd-chaos");
    let result = run(SEED, &Options { seconds: Some(15), evidence }).await?;
    assert!(result.good, "{result}");
    assert!(result.faults.len() >= 10, "too little was disturbed: {:?}", result.faults);
    assert!(result.tickets.contains_key("SUCCESS"), "nothing succeeded: {:?}", result.tickets);
    Ok(())
}
