-- Fills the tenant that has a workspace as a year of use would. Runs as a superuser, in one session.
-- What it expects: setting volume.tickets, the number of tickets.
-- Triggers and foreign keys are not asked; indexes are dropped and made again at the end.

set session_replication_role = replica;
set maintenance_work_mem = '512MB';
set synchronous_commit = off;

create temp table plan as
select current_setting('volume.tickets')::bigint as n, w.tenant_id as tenant, w.id as workspace, p.id as maker,
  200 as n_people, 50 as n_systems, 400 as n_services, 60 as n_namespaces
from workspaces w join principals p on p.tenant_id = w.tenant_id and p.kind = 'SYSTEM'
limit 1;

-- Ids in the order of time, as the product's own; the kind keeps those of different tables apart.
create function pg_temp.made(kind int, at timestamptz, i bigint) returns uuid language sql stable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
    || '8' || lpad(to_hex(i), 15, '0'))::uuid
$$;
-- Things without a time.
create function pg_temp.thing(kind int, i bigint) returns uuid language sql stable as $$
  select pg_temp.made(kind, '2026-01-01Z', i)
$$;

insert into principals (tenant_id, id, kind, username, display_name, created_by)
select s.tenant, pg_temp.thing(1, i), 'USER', 'volume-' || i, 'Person ' || i, s.maker
from plan s, generate_series(0, s.n_people - 1) i;
insert into role_bindings (tenant_id, id, principal_id, role, workspace_id, source, granted_by)
select s.tenant, pg_temp.thing(2, i), pg_temp.thing(1, i), case when i % 10 = 0 then 'Approver' else 'Operator' end,
  s.workspace, 'manual', s.maker
from plan s, generate_series(0, s.n_people - 1) i;
insert into systems (tenant_id, id, workspace_id, name, created_by)
select s.tenant, pg_temp.thing(3, i), s.workspace, 'volume' || i, pg_temp.thing(1, i % s.n_people)
from plan s, generate_series(0, s.n_systems - 1) i;
insert into services (tenant_id, id, system_id, name, next_instance, created_by)
select s.tenant, pg_temp.thing(4, i), pg_temp.thing(3, i % s.n_systems), 'part' || i, s.n + 1,
  pg_temp.thing(1, i % s.n_people)
from plan s, generate_series(0, s.n_services - 1) i;
insert into namespaces (tenant_id, id, name, physical_name, environment, created_by)
select s.tenant, pg_temp.thing(5, i), 'volume' || i, 'default--volume' || i, 'test', s.maker
from plan s, generate_series(0, s.n_namespaces - 1) i;
insert into clusters (id, name, display_name, environment, enabled, api_server_url, sealed_kubeconfig, encryption_key_id,
  status, checked_at, created_by)
select pg_temp.thing(6, i), 'volume' || i, 'Volume ' || i, 'test', false, 'https://192.0.2.1', '', '', 'UNREACHABLE', now(),
  s.maker
from plan s, generate_series(0, 4) i;
insert into templates (id, name, version, status, display_name, spec, created_by)
select pg_temp.thing(7, i), 'volume' || i, 1, 'active', 'Volume ' || i,
  '{"boot_source": {"kind": "container_disk", "image": "registry.example/fedora:latest"}}', s.maker
from plan s, generate_series(0, 9) i;
insert into instance_sizes (id, name, display_name, spec, created_by)
select pg_temp.thing(8, i), 'volume' || i, 'Volume ' || i,
  '{"cpu_cores": 2, "memory_mib": 2048, "disk": {"default_gib": 10, "min_gib": 5, "max_gib": 50}}', s.maker
from plan s, generate_series(0, 4) i;

-- Of a hundred tickets one is pending, one approved or under way; the others have ended. The newest is a minute old, the
-- oldest a year.
create temp table story as
select i, i / 100 as pending, pg_temp.made(16, at, i) as ticket, at, at + interval '2 hours' as decided, state,
  case when i % 100 = 0 then (i / 100) % s.n_people else i % s.n_people end as person,
  case when i % 100 = 0 then (i / 100 / s.n_people) % s.n_services else i % s.n_services end as service,
  (i * 7) % s.n_namespaces as namespace
from plan s,
  lateral generate_series(1, s.n) i,
  lateral (select now() - interval '1 minute' - (s.n - i) * (interval '365 days' / s.n) as at,
    case when i % 100 = 0 then 'PENDING' when i % 100 = 1 then case when i % 200 = 1 then 'APPROVED' else 'EXECUTING' end
      when i % 100 < 62 then 'SUCCESS' when i % 100 < 72 then 'FAILED' when i % 100 < 87 then 'REJECTED'
      when i % 100 < 95 then 'CANCELLED' else 'EXPIRED' end as state) x;

create temp table dropped as
select c.relname, pg_get_indexdef(i.indexrelid) as definition, i.indexrelid::regclass::text as name
from pg_index i join pg_class c on c.oid = i.indrelid
where c.relname in ('tickets', 'approval_requests', 'vms', 'ticket_steps', 'audit_leaves', 'notifications', 'events', 'outbox')
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid);
do $$ declare d record; begin
  for d in select * from dropped loop execute 'drop index ' || d.name; end loop;
end $$;

insert into tickets (tenant_id, id, workspace_id, system_id, service_id, namespace_id, template_id, instance_size_id,
  requester_id, reason, instance, vm_name, disk_gib, state, run_state, created_at, updated_at, finished_at)
select s.tenant, ticket, s.workspace, pg_temp.thing(3, service % s.n_systems), pg_temp.thing(4, service),
  pg_temp.thing(5, namespace), pg_temp.thing(7, i % 10), pg_temp.thing(8, i % 5), pg_temp.thing(1, person),
  'the nightly batch of quarter ' || i % 4 || ' needs a place of its own', i, 'volume-part' || service || '-' || i, 10, state,
  case when state = 'EXECUTING' then 'RUNNING' end, at, decided,
  case when state not in ('PENDING', 'APPROVED', 'EXECUTING') then decided end
from plan s, story;

insert into approval_requests (tenant_id, id, ticket_id, requester_id, state, expires_at, decided_by, decided_at,
  decision_reason, cluster_id, template_id, template_snapshot, size_snapshot, manifest, digest, created_at)
select s.tenant, pg_temp.made(17, at, i), ticket, pg_temp.thing(1, person), decision,
  -- What is still pending expires in the week to come.
  case when decision = 'PENDING' then now() + interval '1 hour' + (i % 604800) * interval '1 second'
    else at + interval '7 days' end,
  case when decision = 'CANCELLED' then pg_temp.thing(1, person) when decision <> 'PENDING' then pg_temp.thing(1, (person + 1) % s.n_people) end,
  case when decision <> 'PENDING' then decided end,
  case when decision = 'REJECTED' then 'not in this quarter' end,
  case when decision = 'APPROVED' then pg_temp.thing(6, i % 5) end,
  case when decision = 'APPROVED' then pg_temp.thing(7, i % 10) end,
  case when decision = 'APPROVED' then '{}'::jsonb end,
  case when decision = 'APPROVED' then '{"cpu_cores": 2, "memory_mib": 2048}'::jsonb end,
  case when decision = 'APPROVED' then '{"kind": "VirtualMachine"}'::jsonb end,
  case when decision = 'APPROVED' then 'sha256:' || repeat('0', 64) end, at
from plan s, story,
  lateral (select case when state in ('SUCCESS', 'FAILED', 'EXECUTING') then 'APPROVED' else state end as decision) d;

insert into vms (tenant_id, id, ticket_id, workspace_id, system_id, service_id, namespace_id, cluster_id, physical_namespace,
  name, instance, state, created_by, created_at, updated_at)
select s.tenant, pg_temp.made(18, decided, i), ticket, s.workspace, pg_temp.thing(3, service % s.n_systems),
  pg_temp.thing(4, service), pg_temp.thing(5, namespace), pg_temp.thing(6, i % 5), 'default--volume' || namespace,
  'volume-part' || service || '-' || i, i,
  case when state = 'FAILED' then 'FAILED' when i % 3 = 0 then 'STOPPED' else 'RUNNING' end,
  pg_temp.thing(1, person), decided, decided
from plan s, story where state in ('SUCCESS', 'FAILED', 'EXECUTING', 'APPROVED');

insert into ticket_steps (tenant_id, ticket_id, name, position, state, attempt, started_at, ended_at, fault)
select s.tenant, ticket, case when state = 'EXECUTING' then 'apply_vm' else 'await_vm_ready' end, 3,
  case when state = 'EXECUTING' then 'RETRYING' when state = 'FAILED' then 'FAILED' else 'DONE' end, 1, decided,
  case when state <> 'EXECUTING' then decided end,
  case when state <> 'SUCCESS' then '{"code": "CLUSTER_UNREACHABLE", "message": "", "retryable": true}'::jsonb end
from plan s, story where state in ('SUCCESS', 'FAILED', 'EXECUTING');

insert into audit_leaves (tenant_id, id, at, action, outcome, actor_id, actor_name, resource_type, resource_id, resource_name,
  workspace_id, details, request_id, source, leaf_hash)
select s.tenant, pg_temp.made(19, at, i), at,
  case when i % 3 = 0 then 'vm.approve' else 'vm.request' end, case when i % 50 = 0 then 'REFUSED' else 'SUCCEEDED' end,
  pg_temp.thing(1, person), 'Person ' || person, 'ticket', ticket::text, 'volume-part' || service || '-' || i, s.workspace,
  '{"reason": "the nightly batch needs a place"}', pg_temp.made(20, at, i), 'api', sha256(ticket::text::bytea)
from plan s, story;

insert into notifications (tenant_id, id, recipient_id, kind, ticket_id, created_at, read_at)
select s.tenant, pg_temp.made(21, at, i), pg_temp.thing(1, person), 'TICKET_SUCCEEDED', ticket, at,
  case when i % 20 <> 0 then at end
from plan s, story;

insert into events (tenant_id, xid, kind, resource_id, workspace_id, principal_id, state, created_at)
select s.tenant, '1'::xid8, 'ticket', ticket, s.workspace, pg_temp.thing(1, person), state, at
from plan s, story;

insert into outbox (tenant_id, id, subject, kind, payload, created_at, sent_at)
select s.tenant, pg_temp.made(22, at, i), 'ticket-' || ticket, 'ticket_start', '{}', at, at
from plan s, story where i % 10 = 0;

do $$ declare d record; begin
  for d in select * from dropped loop execute d.definition; end loop;
end $$;
reset session_replication_role;
analyze;
