//! The workflow and its activities.

use anyhow::Context as _;
use shepherd_peers::ledger::{Ledger, connect};
use shepherd_peers::{Done, STEPS};
use std::sync::Arc;
use std::time::Duration;
use temporalio_macros::{activities, workflow, workflow_methods};
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_workflow::{ActivityOptions, SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult};
use tokio::sync::{Mutex, mpsc};
use tokio_postgres::Client;
use uuid::Uuid;

/// Waits for the approval, then does the steps.
#[workflow]
pub struct Request {
    id: Uuid,
    approved: bool,
}

#[workflow_methods]
impl Request {
    #[init]
    fn new(_: &WorkflowContextView, id: Uuid) -> Self {
        Self { id, approved: false }
    }

    #[run(name = "Request")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<()> {
        ctx.wait_condition(|s| s.approved).await?;
        let id = ctx.state(|s| s.id);
        for number in 1..=STEPS {
            let options = ActivityOptions::start_to_close_timeout(Duration::from_secs(10));
            ctx.execute_activity(Steps::step, (id, number), options).await?;
        }
        Ok(())
    }

    #[signal(name = "approved")]
    pub fn approved(&mut self, _: &mut SyncWorkflowContext<Self>) {
        self.approved = true;
    }
}

type Connection = (Client, Ledger);

/// The steps, on a few connections.
pub struct Steps {
    free: Mutex<mpsc::Receiver<Connection>>,
    give_back: mpsc::Sender<Connection>,
    done: Done,
}

impl Steps {
    /// Connects.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn connect(url: &str, connections: usize, done: Done) -> anyhow::Result<Self> {
        let (give_back, free) = mpsc::channel(connections);
        for _ in 0..connections {
            let client = connect(url).await?;
            let ledger = Ledger::prepare(&client).await?;
            give_back.send((client, ledger)).await?;
        }
        Ok(Self { free: Mutex::new(free), give_back, done })
    }

    async fn write(&self, (client, ledger): &mut Connection, id: Uuid, number: i32) -> anyhow::Result<()> {
        let transaction = client.transaction().await?;
        ledger.step(&transaction, id, number).await?;
        Ok(transaction.commit().await?)
    }
}

#[activities]
impl Steps {
    #[activity(name = "step")]
    pub async fn step(self: Arc<Self>, _ctx: ActivityContext, (id, number): (Uuid, i32)) -> Result<(), ActivityError> {
        let mut connection = self.free.lock().await.recv().await.context("connections are closed")?;
        let written = self.write(&mut connection, id, number).await;
        self.give_back.send(connection).await.context("connections are closed")?;
        written?;
        if number == STEPS {
            self.done.tell(id);
        }
        Ok(())
    }
}
