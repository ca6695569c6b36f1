//! The rows of a ticket, a list and an inbox, as bare SQL reads them. The bare server and pgbench run the same text.

macro_rules! rows {
    ($tickets:literal, $order:literal) => {
        concat!(
            "select t.id::text, t.state, t.reason, t.vm_name, t.disk_gib::text, t.created_at::text, t.updated_at::text, \
             t.requester_id::text, q.display_name, t.system_id::text, y.name, t.service_id::text, s.name, \
             t.namespace_id::text, n.name, n.environment, t.template_id::text, m.name, z.name, r.expires_at::text, \
             r.decided_at::text, coalesce(r.size_snapshot ->> 'cpu_cores', z.cpu_cores::text) from (",
            $tickets,
            ") t join lateral (select * from approval_requests r where r.tenant_id = t.tenant_id and r.ticket_id = t.id \
             order by r.created_at desc limit 1) r on true \
             join principals q on q.tenant_id = t.tenant_id and q.id = t.requester_id \
             join systems y on y.tenant_id = t.tenant_id and y.id = t.system_id \
             join services s on s.tenant_id = t.tenant_id and s.id = t.service_id \
             join namespaces n on n.tenant_id = t.tenant_id and n.id = t.namespace_id \
             join templates m on m.id = t.template_id join instance_sizes z on z.id = t.instance_size_id",
            $order
        )
    };
}

/// One ticket.
pub const GET: &str =
    rows!("select * from tickets where tenant_id = '00000000-0000-7000-8000-000000000002' and id = $1::text::uuid", "");
/// The newest fifty.
pub const LIST: &str = rows!(
    "select * from tickets where tenant_id = '00000000-0000-7000-8000-000000000002' order by id desc limit 50",
    " order by t.id desc"
);
/// Of what waits for a decision, the fifty that are due first.
pub const INBOX: &str = rows!(
    "select t.* from approval_requests d join tickets t on t.tenant_id = d.tenant_id and t.id = d.ticket_id \
     where d.tenant_id = '00000000-0000-7000-8000-000000000002' and d.state = 'PENDING' \
     order by d.expires_at, d.ticket_id limit 50",
    " order by r.expires_at, t.id"
);
