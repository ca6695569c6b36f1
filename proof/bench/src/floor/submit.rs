//! F1 and F2: what a submit writes, without Shepherd. The same rows under the same role, row-level security, triggers
//! and indexes, one commit; F1 as one statement, F2 as one statement for each table in one pipeline.

use anyhow::Result;
use shepherd_domain::ids::DEFAULT_TENANT;
use std::fmt::Write as _;
use tokio_postgres::Row;

use crate::shop::Shop;

/// Ids that sort by time, as the product's do: others would scatter over every index.
const ID: &str = "(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || \
                  substr(gen_random_uuid()::text, 15))::uuid";
/// The same for all statements of a transaction.
const ID_OF_TRANSACTION: &str = "(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '40008000' || \
                                 lpad(to_hex(:random::bigint), 12, '0'))::uuid";

/// Scripts of pgbench, whose rows are as long as the product's.
pub(crate) struct Scripts {
    row: Row,
    template: String,
    services: String,
    namespaces: String,
    sizes: String,
    requesters: String,
}

impl Scripts {
    /// Submits one request, whose rows are the pattern.
    ///
    /// # Errors
    /// When the request is refused.
    pub(crate) async fn of(shop: &Shop, template: &str) -> Result<Self> {
        let ticket = shop.world.submit().await?;
        let row = shop
            .world
            .sql()
            .await?
            .query_one(
                "select t.workspace_id::text, l.session_id::text, array_agg(n.recipient_id::text), t.vm_name, l.details::text, \
                        l.actor_name, l.user_agent, l.ip, o.payload::text, n.params::text \
                 from tickets t join audit_leaves l on l.resource_id = t.id::text \
                 join outbox o on o.tenant_id = t.tenant_id and o.id = t.id \
                 join notifications n on n.tenant_id = t.tenant_id and n.ticket_id = t.id \
                 where t.id::text = $1 group by 1, 2, 4, 5, 6, 7, 8, 9, 10",
                &[&ticket],
            )
            .await?;
        let people: Vec<_> = shop.requesters.iter().map(|person| person.id.clone()).collect();
        Ok(Self {
            row,
            template: template.to_owned(),
            services: array(&shop.services),
            namespaces: array(&shop.namespaces),
            sizes: array(&shop.sizes),
            requesters: array(&people),
        })
    }

    /// F1: one statement.
    pub(crate) fn one_statement(&self) -> String {
        let mut script = format!("\\set nth random(1, 50)\nwith n as ({})", self.number());
        let names = ["t", "a", "o", "b", "e", "k", "l"];
        for (name, statement) in names.iter().zip(self.statements("n", "t", ID)) {
            let _ = write!(script, ",\n{name} as ({statement})");
        }
        script.push_str("\nselect 1;\n");
        script
    }

    /// F2: one statement for each table, sent together.
    pub(crate) fn pipeline(&self) -> String {
        let tenant = DEFAULT_TENANT.0;
        let number = format!(
            "(select id as service_id, system_id, next_instance - 1 as instance from services \
              where tenant_id = '{tenant}' and id = ({})[:nth]) n",
            self.services
        );
        let ticket = format!(
            "(select id, requester_id from tickets where tenant_id = '{tenant}' and id = {ID_OF_TRANSACTION}) t"
        );
        let mut script = format!(
            "\\set nth random(1, 50)\n\\set random random(0, 281474976710655)\n\\startpipeline\nbegin;\n\
             select set_config('app.tenant_id', '{tenant}', true);\n{};\n",
            self.number()
        );
        for statement in self.statements(&number, &ticket, ID_OF_TRANSACTION) {
            let _ = writeln!(script, "{statement};");
        }
        script.push_str("commit;\n\\endpipeline\n");
        script
    }

    fn number(&self) -> String {
        format!(
            "update services set next_instance = next_instance + 1 where tenant_id = '{}' and id = ({})[:nth] \
             returning id as service_id, system_id, next_instance - 1 as instance",
            DEFAULT_TENANT.0, self.services
        )
    }

    /// The inserts, with where the instance number and the ticket are read from.
    fn statements(&self, number: &str, ticket: &str, id: &str) -> [String; 7] {
        let Self { template, namespaces, sizes, requesters, .. } = self;
        let tenant = DEFAULT_TENANT.0;
        let workspace: String = self.row.get(0);
        let session = self.text(1);
        let approvers = array(&self.row.get::<_, Vec<String>>(2));
        let [name, details, actor, agent, ip, payload, params] = std::array::from_fn(|nth| self.text(3 + nth));
        [
            // An instance number is given once for each service: it makes every request different.
            format!(
                "insert into tickets (tenant_id, id, workspace_id, system_id, service_id, namespace_id, template_id, \
                 instance_size_id, requester_id, reason, instance, vm_name, disk_gib) \
                 select '{tenant}', {id}, '{workspace}', system_id, service_id, ({namespaces})[1 + instance % 50], \
                 '{template}', ({sizes})[1 + instance / 50 % 20], ({requesters})[1 + instance / 1000 % 32], \
                 'a test needs it', instance, {name}, 10 from {number} returning id, requester_id"
            ),
            format!(
                "insert into approval_requests (tenant_id, id, ticket_id, requester_id, expires_at) \
                 select '{tenant}', {ID}, id, requester_id, now() + interval '168 hours' from {ticket}"
            ),
            format!(
                "insert into outbox (tenant_id, id, subject, kind, payload) \
                 select '{tenant}', id, 'ticket-' || id, 'ticket_start', {payload} from {ticket}"
            ),
            format!(
                "insert into notifications (tenant_id, id, recipient_id, kind, ticket_id, params) select '{tenant}', \
                 {ID}, recipient, 'APPROVAL_PENDING', id, {params} from {ticket}, unnest({approvers}) recipient"
            ),
            format!(
                "insert into events (tenant_id, kind, resource_id, workspace_id, principal_id, state) \
                 select '{tenant}', 'ticket', id, '{workspace}', requester_id, 'PENDING' from {ticket}"
            ),
            format!(
                "insert into idempotency_keys (tenant_id, principal_id, route, key, request_hash, resource_id) \
                 select '{tenant}', requester_id, 'ticket_submit', id || '-012345', sha256(uuid_send(id)), id from {ticket}"
            ),
            format!(
                "insert into audit_leaves (tenant_id, id, action, outcome, actor_id, actor_name, session_id, \
                 resource_type, resource_id, resource_name, workspace_id, details, request_id, source, ip, user_agent, \
                 leaf_hash) select '{tenant}', {ID}, 'vm.request', 'SUCCEEDED', requester_id, {actor}, {session}, \
                 'ticket', id::text, {name}, '{workspace}', {details}, {ID}, 'api', {ip}, {agent}, \
                 sha256(uuid_send(id)) from {ticket}"
            ),
        ]
    }

    fn text(&self, index: usize) -> String {
        let text: Option<String> = self.row.get(index);
        text.map_or("null".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
    }
}

fn array(ids: &[String]) -> String {
    format!("'{{{}}}'::uuid[]", ids.join(","))
}
