//! The relay: from committed orders to Temporal. Woken by the database, with a poll as the net.

use anyhow::{Context as _, bail};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use serde::Deserialize;
use shepherd_faults::crash_point;
use shepherd_store::{Order, OrderKind, Store, Wakes};
use shepherd_workflows::activities::{CheckCluster, TicketRef};
use shepherd_workflows::attributes::{
    ENVIRONMENT, REQUESTER, TENANT_ID, TICKET_ID, TICKET_STATE, TICKET_TYPE, WORKSPACE_ID,
};
use shepherd_workflows::{ClusterCheck, VmRequest, VmRequestInput};
use std::time::Duration;
use temporalio_client::errors::{WorkflowStartError, WorkflowUpdateError};
use temporalio_client::{Client, WorkflowIdReusePolicy, WorkflowStartOptions, WorkflowStartUpdateOptions};
use temporalio_common::search_attributes::SearchAttributes;
use tracing::{debug, warn};
use uuid::Uuid;

use crate::health::Health;

/// Orders under way at once.
const CONCURRENCY: usize = 16;
/// After this long a taken order is taken again; longer than any delivery.
const LEASE: Duration = Duration::from_secs(30);
const DELIVERY: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Delivers orders until the process ends.
pub(crate) struct Relay {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) queue: String,
    pub(crate) health: Health,
}

#[derive(Deserialize)]
struct DecidedOrder {
    decision_id: Uuid,
}

#[derive(Deserialize)]
struct StartOrder {
    ticket_id: Uuid,
    timeout_seconds: u64,
    workspace_id: Uuid,
    requester_id: Uuid,
    environment: String,
    vm_name: String,
}

#[derive(Deserialize)]
struct ClusterOrder {
    cluster_id: Uuid,
    credential_version: i32,
}

impl Relay {
    pub(crate) async fn run(self) {
        let mut wakes = None;
        let mut under_way = FuturesUnordered::new();
        loop {
            if wakes.is_none() {
                wakes = self.store.wakes().await.ok();
            }
            let free = CONCURRENCY.saturating_sub(under_way.len());
            let taken = self.take(free).await;
            let full = taken.len() == free;
            under_way.extend(taken.into_iter().map(|order| self.deliver(order)));
            // Without a free slot only the end of a delivery is of interest.
            tokio::select! {
                Some(()) = under_way.next() => {}
                () = woken(&mut wakes), if !full => {}
            }
            while let Some(Some(())) = under_way.next().now_or_never() {}
        }
    }

    /// Takes no more than can be delivered at once: the lease of an order that waits for a slot would run out.
    async fn take(&self, free: usize) -> Vec<Order> {
        if free == 0 {
            return Vec::new();
        }
        let taken = self.store.orders_take(i64::try_from(free).unwrap_or(i64::MAX), LEASE).await;
        self.health.note("database", taken.as_ref().map(|_| ()).map_err(ToString::to_string));
        taken.unwrap_or_default()
    }

    async fn deliver(&self, order: Order) {
        crash_point!("order {}: taken", order.kind.as_str());
        let delivered = tokio::time::timeout(DELIVERY, self.hand_over(&order)).await;
        let delivered = delivered.unwrap_or_else(|_| Err(anyhow::anyhow!("Temporal did not answer in time")));
        crash_point!("order {}: handed over", order.kind.as_str());
        let marked = match &delivered {
            Ok(()) => self.store.order_sent(&order).await,
            Err(error) => {
                let pause =
                    Duration::from_millis(200).saturating_mul(1 << order.attempts.clamp(0, 8)).min(LONGEST_PAUSE);
                warn!(order.subject, order.attempts, error = format!("{error:#}"), "order not delivered");
                self.store.order_failed(&order, &format!("{error:#}"), pause).await
            }
        };
        crash_point!("order {}: marked", order.kind.as_str());
        metrics::counter!("shepherd_outbox_deliveries_total", "kind" => order.kind.as_str(), "delivered" => delivered.is_ok().to_string()).increment(1);
        if let Err(error) = marked {
            // The lease ends by itself, and delivering again does nothing new.
            debug!(order.subject, %error, "order not marked");
        }
    }

    async fn hand_over(&self, order: &Order) -> anyhow::Result<()> {
        match order.kind {
            OrderKind::TicketStart => self.start_ticket(order).await,
            OrderKind::TicketDecided => {
                let decision = parse::<DecidedOrder>(order)?.decision_id;
                let sent = self.client.get_workflow_handle::<VmRequest>(&order.subject);
                // The same decision is the same update, however often it is delivered.
                let options = WorkflowStartUpdateOptions::builder().update_id(decision.to_string()).build();
                settled(sent.start_update(VmRequest::decided, decision, options).await.map(|_| ()))
            }
            OrderKind::TicketAbandoned => {
                let sent = self.client.get_workflow_handle::<VmRequest>(&order.subject);
                let options = WorkflowStartUpdateOptions::builder().update_id(order.id.to_string()).build();
                settled(sent.start_update(VmRequest::abandoned, order.id, options).await.map(|_| ()))
            }
            OrderKind::ClusterCheck => {
                let cluster: ClusterOrder = parse(order)?;
                let check = CheckCluster {
                    tenant_id: order.tenant,
                    cluster_id: cluster.cluster_id,
                    credential_version: cluster.credential_version,
                };
                let options = WorkflowStartOptions::new(self.queue.as_str(), order.subject.as_str())
                    .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
                    .static_summary(format!("checks cluster {}", cluster.cluster_id))
                    .build();
                started(self.client.start_workflow(ClusterCheck::run, check, options).await.map(|_| ()))
            }
        }
    }

    async fn start_ticket(&self, order: &Order) -> anyhow::Result<()> {
        let start: StartOrder = parse(order)?;
        let ticket = TicketRef { tenant_id: order.tenant, ticket_id: start.ticket_id };
        let attributes = SearchAttributes::new([
            TENANT_ID.value_set(order.tenant.to_string()),
            WORKSPACE_ID.value_set(start.workspace_id.to_string()),
            TICKET_ID.value_set(start.ticket_id.to_string()),
            TICKET_TYPE.value_set("CREATE".to_owned()),
            TICKET_STATE.value_set("PENDING".to_owned()),
            REQUESTER.value_set(start.requester_id.to_string()),
            ENVIRONMENT.value_set(start.environment),
        ]);
        let options = WorkflowStartOptions::new(self.queue.as_str(), order.subject.as_str())
            .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
            .enable_eager_workflow_start(true)
            .search_attributes(attributes)
            .static_summary(format!("{} for ticket {}", start.vm_name, start.ticket_id))
            .build();
        let input = VmRequestInput { ticket, timeout_seconds: start.timeout_seconds };
        started(self.client.start_workflow(VmRequest::run, input, options).await.map(|_| ()))
    }
}

/// Waits for a wake-up, or for the poll that makes up for a lost one.
async fn woken(wakes: &mut Option<Wakes>) {
    let Some(listening) = wakes else { return tokio::time::sleep(POLL).await };
    if let Ok(None) = tokio::time::timeout(POLL, listening.next()).await {
        *wakes = None;
        tokio::time::sleep(POLL).await;
    }
}

fn parse<'a, T: Deserialize<'a>>(order: &'a Order) -> anyhow::Result<T> {
    T::deserialize(&order.payload).context("payload of the order")
}

/// "Already started" is what was wanted.
fn started(result: Result<(), WorkflowStartError>) -> anyhow::Result<()> {
    match result {
        Ok(()) | Err(WorkflowStartError::AlreadyStarted { .. }) => Ok(()),
        Err(error) => Err(error).context("start workflow"),
    }
}

/// A workflow that has ended needs no hint; one that is missing is the business of reconciliation.
fn settled(result: Result<(), WorkflowUpdateError>) -> anyhow::Result<()> {
    match result {
        Ok(()) | Err(WorkflowUpdateError::NotFound(_)) => Ok(()),
        Err(WorkflowUpdateError::Failed(_)) => bail!("the workflow refused the update"),
        Err(error) => Err(error).context("update workflow"),
    }
}
