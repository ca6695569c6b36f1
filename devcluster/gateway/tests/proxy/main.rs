//! The gateway as its callers see it, in front of a tiny API server.

mod calls;
mod connections;
mod faults;
mod gateway;
mod upstream;

use anyhow::Result;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::time::timeout;

use crate::gateway::PATIENCE;

/// Next piece of a watch; none at its proper end.
async fn next(watch: &mut Incoming) -> Result<Option<String>> {
    let Some(frame) = timeout(PATIENCE, watch.frame()).await? else {
        return Ok(None);
    };
    let data = frame?.into_data();
    let data = data.map_err(|_| anyhow::anyhow!("not data"))?;
    Ok(Some(String::from_utf8(data.to_vec())?))
}

fn picked(entry: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| entry[field].clone()).collect()
}
