-- What is written beside every change: audit, outbox, notifications, events, idempotency.

create table audit_leaves (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  at timestamptz not null default clock_timestamp(),
  action text not null,
  outcome text not null check (outcome in ('SUCCEEDED', 'REFUSED', 'FAILED')),
  actor_id uuid not null,
  actor_name text not null,
  session_id uuid,
  resource_type text not null,
  resource_id text not null,
  resource_name text not null,
  workspace_id uuid,
  -- Redacted: before, after, reason, code.
  details jsonb not null,
  spec_digest text,
  workflow_id text,
  run_id text,
  request_id uuid not null,
  source text not null check (source in ('api', 'ui', 'worker')),
  ip text,
  user_agent text,
  -- SHA-256 over the canonical form (RFC 8785) of the columns above but `at`.
  leaf_hash bytea not null check (length(leaf_hash) = 32),
  primary key (tenant_id, id)
);
create index audit_leaves_actor on audit_leaves (tenant_id, actor_id, id);
create index audit_leaves_resource on audit_leaves (tenant_id, resource_type, resource_id, id);
create index audit_leaves_action on audit_leaves (tenant_id, action, id);
create index audit_leaves_request on audit_leaves (tenant_id, request_id);
create index audit_leaves_not_succeeded on audit_leaves (tenant_id, outcome, id) where outcome <> 'SUCCEEDED';
call tenant_table('audit_leaves');
grant select, insert on audit_leaves to shepherd_server, shepherd_worker;

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = 'check_violation', constraint = 'audit_leaves_append_only';
end $$;
create trigger append_only before update or delete on audit_leaves for each row execute function audit_is_append_only();
create trigger append_only_truncate before truncate on audit_leaves for each statement execute function audit_is_append_only();

create table outbox (
  tenant_id uuid not null references tenants (id),
  -- Order of delivery inside one subject.
  seq bigint not null generated always as identity,
  id uuid not null,
  -- Workflow that the order is for.
  subject text not null,
  kind text not null check (kind in ('ticket_start', 'ticket_decided', 'ticket_abandoned', 'cluster_check')),
  payload jsonb not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  attempts integer not null default 0,
  last_error text,
  next_try_at timestamptz not null default now(),
  primary key (tenant_id, seq),
  unique (tenant_id, id)
);
create index outbox_unsent on outbox (next_try_at, seq) where sent_at is null;
create index outbox_unsent_subject on outbox (subject, seq) where sent_at is null;
alter table outbox enable row level security;
alter table outbox force row level security;
create policy tenant on outbox to shepherd_server, shepherd_owner
  using (tenant_id = current_setting('app.tenant_id')::uuid) with check (tenant_id = current_setting('app.tenant_id')::uuid);
-- The relay serves all tenants; it is the only reader of this table.
create policy relay on outbox to shepherd_worker using (true) with check (true);
grant select, insert on outbox to shepherd_server;
grant select, insert, delete on outbox to shepherd_worker;
grant update (sent_at, attempts, last_error, next_try_at) on outbox to shepherd_worker;

create function outbox_payload_is_immutable() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.seq, new.id, new.subject, new.kind, new.payload, new.created_at)
     is distinct from (old.tenant_id, old.seq, old.id, old.subject, old.kind, old.payload, old.created_at) then
    raise exception 'orders do not change' using errcode = 'check_violation', constraint = 'outbox_immutable';
  end if;
  return new;
end $$;
create trigger immutable before update on outbox for each row execute function outbox_payload_is_immutable();

create table notifications (
  tenant_id uuid not null,
  id uuid not null,
  recipient_id uuid not null,
  kind text not null check (kind in ('APPROVAL_PENDING', 'APPROVAL_REMINDER', 'TICKET_APPROVED', 'TICKET_REJECTED', 'TICKET_EXPIRED',
    'TICKET_SUCCEEDED', 'TICKET_FAILED', 'TICKET_PARKED', 'TICKET_NEEDS_OPERATOR')),
  ticket_id uuid not null,
  -- What the words of the console need: names, states. No secrets.
  params jsonb not null default '{}',
  created_at timestamptz not null default now(),
  read_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, recipient_id) references principals (tenant_id, id) on delete cascade,
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);
create index notifications_recipient on notifications (tenant_id, recipient_id, id);
create index notifications_unread on notifications (tenant_id, recipient_id) where read_at is null;
create index notifications_ticket on notifications (tenant_id, ticket_id);
call tenant_table('notifications');
grant select, insert, update on notifications to shepherd_server;
grant select, insert, update (read_at) on notifications to shepherd_worker;

create table events (
  tenant_id uuid not null references tenants (id),
  id bigint not null generated always as identity,
  -- Commit order is not id order: readers stay below the oldest transaction still running.
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  resource_id uuid not null,
  workspace_id uuid,
  -- Who may see it besides the holders of the permission.
  principal_id uuid,
  state text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index events_cursor on events (tenant_id, xid, id);
call tenant_table('events');
grant select, insert on events to shepherd_server, shepherd_worker;

-- What workers have seen of what the product stands on. As long as a state lasts its row only grows; a time that no
-- row covers is one in which no worker was looking.
create table dependency_spans (
  id bigint primary key generated always as identity,
  kind text not null check (kind in ('database', 'temporal', 'worker', 'cluster')),
  cluster_id uuid references clusters (id) on delete cascade,
  good boolean not null,
  since timestamptz not null,
  seen_at timestamptz not null,
  check ((kind = 'cluster') = (cluster_id is not null)),
  check (seen_at >= since)
);
create index dependency_spans_latest on dependency_spans (kind, cluster_id, since);
create index dependency_spans_cluster on dependency_spans (cluster_id);
grant select on dependency_spans to shepherd_server;
grant select, insert, delete on dependency_spans to shepherd_worker;
grant update (seen_at) on dependency_spans to shepherd_worker;

create table idempotency_keys (
  tenant_id uuid not null,
  principal_id uuid not null,
  route text not null,
  key text not null check (length(key) between 1 and 255),
  -- Keyed hash over the path and the canonical body.
  request_hash bytea not null check (length(request_hash) = 32),
  resource_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, principal_id, route, key),
  foreign key (tenant_id, principal_id) references principals (tenant_id, id) on delete cascade
);
create index idempotency_keys_age on idempotency_keys (tenant_id, created_at);
call tenant_table('idempotency_keys');
grant select, insert on idempotency_keys to shepherd_server;
grant select, delete on idempotency_keys to shepherd_worker;
