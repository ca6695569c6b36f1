//! Callers who go away in the middle must leave nothing behind for those who come after.

use anyhow::Context as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shepherd_domain::Code;
use shepherd_domain::ids::TicketId;
use shepherd_store::tickets::{Decided, TicketFilter};
use shepherd_store::{Ctx, Error, IdempotencyKey, PageQuery, Pools, Store};
use shepherd_tests::database::Database;
use shepherd_tests::until;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_postgres::Client as Sql;

use super::tenant::{Catalogue, Tenant};

const TASKS: u64 = 20;
const REQUESTS_OF_A_TASK: u64 = 500;
const CONNECTIONS: usize = 8;
/// A quarter of the callers go away inside this time, in microseconds.
const PATIENCE: u64 = 20_000;

/// What one tenant's callers were told.
#[derive(Default)]
struct Told {
    tickets: Vec<TicketId>,
    keys: BTreeMap<u16, TicketId>,
}

struct Load {
    store: Store,
    tenants: [Tenant; 2],
    catalogue: Catalogue,
    told: [Mutex<Told>; 2],
}

/// One request of the tenant `own`.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// What is asked for follows from the key.
    Submit {
        key: Option<u16>,
        pick: u16,
    },
    View(TicketId),
    ViewForeign(TicketId),
    Cancel(TicketId),
    CancelForeign(TicketId),
    List,
    Systems,
}

impl Load {
    fn told(&self, tenant: usize) -> MutexGuard<'_, Told> {
        self.told[tenant].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn choose(&self, rng: &mut StdRng, own: usize) -> Act {
        let mut ticket = |of: usize| {
            let told = self.told(of);
            (!told.tickets.is_empty()).then(|| told.tickets[rng.random_range(0..told.tickets.len())])
        };
        let (mine, foreign) = (ticket(own), ticket(1 - own));
        let pick = rng.random_range(0..2000);
        match (rng.random_range(0..100), mine, foreign) {
            (0..15, Some(id), _) => Act::View(id),
            (15..25, _, Some(id)) => Act::ViewForeign(id),
            (25..40, Some(id), _) => Act::Cancel(id),
            (40..43, _, Some(id)) => Act::CancelForeign(id),
            (43..48, ..) => Act::List,
            (48..55, ..) => Act::Systems,
            _ => Act::Submit { key: rng.random_bool(0.5).then_some(pick), pick },
        }
    }

    async fn perform(&self, act: Act, own: usize) -> anyhow::Result<()> {
        let (store, ctx) = (&self.store, self.tenants[own].requester());
        match act {
            Act::Submit { key, pick } => self.submit(own, key, pick).await,
            Act::View(id) => {
                let view = store.ticket_view(&ctx, id).await?;
                anyhow::ensure!(view.ticket.id == id.0 && view.request.ticket_id == id.0, "another ticket than {id}");
                anyhow::ensure!(view.ticket.requester_id == self.tenants[own].requester, "foreign {id}");
                Ok(())
            }
            Act::ViewForeign(id) => refused(store.ticket_view(&ctx, id).await, &[Code::NotFound]),
            Act::Cancel(id) => match store.ticket_decide(&ctx, id, Decided::Cancelled).await {
                Ok(()) => Ok(()),
                lost => refused(lost, &[Code::AlreadyDecided]),
            },
            Act::CancelForeign(id) => {
                refused(store.ticket_decide(&ctx, id, Decided::Cancelled).await, &[Code::NotFound])
            }
            Act::List => self.list(own).await,
            Act::Systems => {
                let page = PageQuery { page: 1, per_page: 20, descending: false };
                let seen = store.systems_list(&ctx, None, page).await?;
                let ids: Vec<_> = seen.items.iter().map(|system| system.id).collect();
                anyhow::ensure!(ids == [self.tenants[own].system] && seen.total == 1, "Systems {ids:?}");
                Ok(())
            }
        }
    }

    async fn submit(&self, own: usize, key: Option<u16>, pick: u16) -> anyhow::Result<()> {
        let tenant = &self.tenants[own];
        let [service, namespace, size] = [pick, pick / 2, pick / 50].map(usize::from);
        let submission = tenant.submission(&self.catalogue, service, namespace, size);
        let idempotency = key.map(|key| IdempotencyKey {
            route: "submit".to_owned(),
            key: format!("key {key}"),
            request_hash: [0; 32],
        });
        let requester = Ctx { idempotency, ..tenant.requester() };
        match self.store.ticket_submit(&requester, submission).await {
            Ok(id) => self.told(own).tickets.push(id),
            Err(Error::Replayed(id)) => {
                let mut told = self.told(own);
                let id = TicketId(id);
                let first = *told.keys.entry(key.context("a replay without a key")?).or_insert(id);
                anyhow::ensure!(first == id, "one key, two tickets: {first} and {id}");
            }
            refusal => return refused(refusal, &[Code::DuplicatePendingRequest, Code::StateConflict]),
        }
        Ok(())
    }

    async fn list(&self, own: usize) -> anyhow::Result<()> {
        let known = self.told(own).tickets.len();
        let filter = TicketFilter { per_page: 50, ..TicketFilter::default() };
        let page = self.store.tickets_list(&self.tenants[own].requester(), &filter).await?;
        let foreign = page.items.iter().find(|row| row.ticket.requester_id != self.tenants[own].requester);
        anyhow::ensure!(foreign.is_none(), "foreign row {foreign:?}");
        let total = usize::try_from(page.total)?;
        anyhow::ensure!(total >= known.min(1000), "{total} tickets where {known} are known");
        Ok(())
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>, codes: &[Code]) -> anyhow::Result<()> {
    match answer {
        Err(error) if error.code().is_some_and(|code| codes.contains(&code)) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(found) => anyhow::bail!("expected {codes:?}, got {found:?}"),
    }
}

/// Requests of one task; answers how many were given up.
async fn requests(load: Arc<Load>, seed: u64) -> anyhow::Result<u64> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut dropped = 0;
    for nth in 0..REQUESTS_OF_A_TASK {
        let own = usize::from(rng.random_bool(0.5));
        let act = load.choose(&mut rng, own);
        let call = load.perform(act, own);
        let answer = if rng.random_ratio(1, 4) {
            let patience = Duration::from_micros(rng.random_range(0..PATIENCE));
            tokio::time::timeout(patience, call).await
        } else {
            Ok(call.await)
        };
        match answer {
            Ok(answer) => answer.with_context(|| format!("request {nth} of tenant {own}: {act:?}"))?,
            Err(_) => dropped += 1,
        }
    }
    Ok(dropped)
}

/// Each query finds what must not be.
const MUST_NOT_BE: [(&str, &str); 8] = [
    (
        "a number lost or used twice",
        "select s.id::text from services s left join tickets t on t.service_id = s.id \
       group by s.id, s.next_instance having count(t.id) <> s.next_instance - 1 \
         or count(distinct t.instance) <> count(t.id) or coalesce(max(t.instance), 0) <> count(t.id)",
    ),
    (
        "a ticket without its one leaf",
        "select t.id::text from tickets t where 1 <> (select count(*) from audit_leaves l \
       where l.tenant_id = t.tenant_id and l.resource_id = t.id::text and l.action = 'vm.request' \
         and l.outcome = 'SUCCEEDED' and l.actor_id = t.requester_id)",
    ),
    (
        "a ticket without its order, request, notice or event",
        "select t.id::text from tickets t where (1, 1, 1, 1) <> (\
       (select count(*) from outbox o where o.tenant_id = t.tenant_id and o.id = t.id and o.kind = 'ticket_start'), \
       (select count(*) from approval_requests r where r.tenant_id = t.tenant_id and r.ticket_id = t.id), \
       (select count(*) from notifications n where n.tenant_id = t.tenant_id and n.ticket_id = t.id), \
       (select count(*) from events e where e.tenant_id = t.tenant_id and e.resource_id = t.id and e.state = 'PENDING'))",
    ),
    (
        "a leaf or an order without its ticket",
        "select l.resource_id from audit_leaves l where l.action = 'vm.request' \
       and l.outcome = 'SUCCEEDED' and not exists (select from tickets t where t.tenant_id = l.tenant_id and t.id::text = l.resource_id) \
       union all select o.subject from outbox o where o.kind = 'ticket_start' \
       and not exists (select from tickets t where t.tenant_id = o.tenant_id and t.id = o.id)",
    ),
    (
        "a cancelled ticket whose leaf, order or decision is missing, or one of them without it",
        "select t.id::text from tickets t \
       where (t.state = 'CANCELLED')::int <> all (array[\
       (select count(*) from audit_leaves l where l.tenant_id = t.tenant_id and l.resource_id = t.id::text \
          and l.action = 'approval.cancel' and l.outcome = 'SUCCEEDED'), \
       (select count(*) from outbox o where o.tenant_id = t.tenant_id and o.subject = 'ticket-' || t.id \
          and o.kind = 'ticket_decided'), \
       (select count(*) from approval_requests r where r.ticket_id = t.id and r.state = t.state)])",
    ),
    (
        "a key without its ticket",
        "select k.key from idempotency_keys k where not exists (select from tickets t \
       where t.tenant_id = k.tenant_id and t.id = k.resource_id and t.requester_id = k.principal_id)",
    ),
    (
        "a ticket of another tenant's person or Service",
        "select t.id::text from tickets t where not exists (\
       select from principals p join services s using (tenant_id) where p.tenant_id = t.tenant_id \
         and p.id = t.requester_id and s.id = t.service_id)",
    ),
    ("a state that nobody asked for", "select id::text from tickets where state not in ('PENDING', 'CANCELLED')"),
];

async fn nothing_is_left_behind(load: &Load, sql: &Sql) -> anyhow::Result<()> {
    let busy = "select count(*) from pg_stat_activity where datname = current_database() \
        and usename = 'shepherd_server' and state <> 'idle'";
    let quiet = async || Ok((sql.query_one(busy, &[]).await?.get::<_, i64>(0) == 0).then_some(()));
    until("every connection outside a transaction", quiet).await?;
    for (what, query) in MUST_NOT_BE {
        let rows = sql.query(query, &[]).await.context(what)?;
        let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        anyhow::ensure!(found.is_empty(), "{what}: {found:?}");
    }
    for (tenant, at) in load.tenants.iter().zip(0..) {
        let query = "select id::text from tickets where tenant_id = $1::text::uuid";
        let rows = sql.query(query, &[&tenant.id.to_string()]).await?;
        let stored: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let told = load.told(at);
        let lost = told.tickets.iter().chain(told.keys.values()).find(|id| !stored.contains(&id.to_string()));
        anyhow::ensure!(lost.is_none(), "{lost:?} was promised and is not there");
        println!("tenant {at}: {} tickets, {} of them answered", stored.len(), told.tickets.len());
    }
    let connections = "select count(*) from pg_stat_activity where datname = current_database() \
        and usename = 'shepherd_server' and query not like 'NOTIFY%'";
    let open: i64 = sql.query_one(connections, &[]).await?.get(0);
    anyhow::ensure!(open <= i64::try_from(CONNECTIONS)?, "{open} connections");
    Ok(())
}

async fn storm(seed: u64) -> anyhow::Result<()> {
    let database = Database::create().await?;
    let sql = database.admin().await?;
    let pools = Pools { size: CONNECTIONS, wait: Duration::from_secs(10) };
    let load = Arc::new(Load {
        store: Store::new(&database.server_url()?, pools)?,
        tenants: [Tenant::create(&sql, "left", 25).await?, Tenant::create(&sql, "right", 25).await?],
        catalogue: Catalogue::create(&sql, 40).await?,
        told: <[Mutex<Told>; 2]>::default(),
    });
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(requests(Arc::clone(&load), seed.wrapping_add(task)));
    }
    let dropped: u64 = tasks.join_all().await.into_iter().collect::<anyhow::Result<Vec<_>>>()?.iter().sum();
    println!("{dropped} of {} requests were given up", TASKS * REQUESTS_OF_A_TASK);
    anyhow::ensure!(dropped > TASKS * REQUESTS_OF_A_TASK / 20, "only {dropped} requests were given up");
    nothing_is_left_behind(&load, &sql).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests_of_two_tenants_of_which_a_quarter_are_given_up_leave_nothing_behind()
-> anyhow::Result<()> {
    let seed = match std::env::var("SHEPHERD_TEST_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => rand::random(),
    };
    storm(seed).await.with_context(|| format!("SHEPHERD_TEST_SEED={seed}"))
}
