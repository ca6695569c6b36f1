//! The first request: set-up, people, catalogue, cluster, and one VM from the request to RUNNING.
//!
//! Everything goes through the REST API, as a user would do it. What is there already is found by its name,
//! so a run that was killed half-way is simply run again.

mod accounts;
mod catalogue;
mod cluster;
mod ticket;

use std::path::Path;

use anyhow::{Context, Result, bail};

pub use self::accounts::PEOPLE;
pub use self::cluster::server_of;
pub use self::ticket::Driven;
use crate::client::Client;
use crate::component::server::Server;
use crate::progress::phase;
use crate::state::State;

/// The cluster to use: its name in Shepherd and its credential.
pub struct Cluster<'a> {
    pub name: &'a str,
    pub kubeconfig: &'a Path,
}

/// Makes what a request needs and drives one; without `always` only when there has been none.
pub fn run(server: &Server, state: &mut State, cluster: &Cluster, always: bool) -> Result<Option<Driven>> {
    let anonymous = Client::new(&server.url);
    if !phase("set-up", |_| accounts::complete_setup(&anonymous, server, state))? {
        if always {
            bail!("this installation was set up by somebody else: nobody here may file a request");
        }
        return Ok(None);
    }
    let admin = accounts::sign_in(&anonymous, state, accounts::ADMIN)?;
    phase("people", |_| accounts::make_people(&admin, &anonymous, state))?;
    let cluster_id = phase("cluster credential", |_| cluster::register(&admin, cluster))?;
    let requester = accounts::sign_in(&anonymous, state, accounts::REQUESTER)?;
    let wish = phase("catalogue", |_| catalogue::make(&admin, &requester))?;
    let open = ticket::latest(&requester)?;
    if let (Some(latest), false) = (&open, always)
        // Somebody who has filed requests of their own needs no demonstration.
        && (latest.is_over() || !latest.is_for(&wish))
    {
        return Ok(None);
    }
    let people = ticket::People {
        approver: accounts::sign_in(&anonymous, state, accounts::APPROVER)?,
        auditor: accounts::sign_in(&anonymous, state, accounts::AUDITOR)?,
        requester,
    };
    let unfinished = open.filter(|latest| !latest.is_over() && !always);
    phase("the first request", |phase| {
        cluster::wait_until_healthy(&admin, &cluster_id)?;
        let driven = ticket::drive(&people, &wish, &cluster_id, unfinished, phase)?;
        phase.detail(format!(
            "{} is {}",
            driven.vm["name"].as_str().unwrap_or("?"),
            driven.vm["state"].as_str().unwrap_or("?")
        ));
        Ok(driven)
    })
    .context("driving a request")
    .map(Some)
}
