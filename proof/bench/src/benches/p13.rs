//! P13, permission check: the policy's own `match`, in process, without a round trip.

use anyhow::Result;
use shepherd_domain::ids::WorkspaceId;
use shepherd_domain::policy::{Grant, Permission, Role, Scope, allows};
use std::hint::black_box;
use std::time::Instant;
use uuid::Uuid;

use crate::figure::{Figure, Spread};
use crate::measure::repeated;
use crate::stage::Stage;

/// Checks whose time is taken together: the clock itself takes as long as some of them.
const TOGETHER: u32 = 100;
const SAMPLES: u32 = 10_000;
/// More grants than any person should hold.
const GRANTS: u128 = 20;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    // The one that permits comes last, so that all are looked at.
    let grant = |nth| Grant { role: Role::Viewer, workspace: Some(WorkspaceId(Uuid::from_u128(nth))) };
    let mut grants: Vec<_> = (1..GRANTS).map(grant).collect();
    grants.push(Grant { role: Role::Operator, workspace: Some(WorkspaceId(Uuid::from_u128(GRANTS))) });
    let scope = Scope::Workspace(WorkspaceId(Uuid::from_u128(GRANTS)));
    anyhow::ensure!(allows(&grants, Permission::VmCreate, scope), "the measured check is one that permits");
    let rounds = repeated(&stage.options, async || {
        let mut samples: Vec<f64> = (0..SAMPLES).map(|_| sample(&grants, scope)).collect();
        samples.sort_by(f64::total_cmp);
        let at = |share: usize| samples.get(samples.len() * share / 1000).copied().unwrap_or_default();
        Ok((at(500), at(990)))
    })
    .await?;
    let spread = |of: fn(&(f64, f64)) -> f64| Spread::of(rounds.iter().map(of), 0);
    Ok(vec![
        Figure::spread("P13", "permission check among 20 grants, p50", "µs", spread(|(p50, _)| *p50)).at_most(2.0),
        Figure::spread("P13", "permission check among 20 grants, p99", "µs", spread(|(_, p99)| *p99)).at_most(20.0),
        Figure::count("P13", "round trips of a permission check", 0.0, "round trips").at_most(0.0).note(
            "grants are read with the session in the call's first round trip; a revoked grant counts from the next call \
             on. Counted on the wire by `tests/it/store/round_trips.rs`.",
        ),
    ])
}

/// Microseconds of one check.
fn sample(grants: &[Grant], scope: Scope) -> f64 {
    let began = Instant::now();
    for _ in 0..TOGETHER {
        black_box(allows(black_box(grants), black_box(Permission::VmCreate), black_box(scope)));
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(TOGETHER)
}
