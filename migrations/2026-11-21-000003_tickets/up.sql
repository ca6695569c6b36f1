-- Tickets, decisions, steps, VMs.

create table tickets (
  tenant_id uuid not null,
  id uuid not null,
  workspace_id uuid not null,
  system_id uuid not null,
  service_id uuid not null,
  namespace_id uuid not null,
  template_id uuid not null references templates (id),
  instance_size_id uuid not null references instance_sizes (id),
  requester_id uuid not null,
  reason text not null check (length(reason) between 1 and 2048),
  -- Taken at submission; numbers of refused requests are not used again.
  instance bigint not null check (instance >= 1),
  vm_name text not null check (length(vm_name) <= 63),
  disk_gib integer not null check (disk_gib >= 1),
  state text not null default 'PENDING' check (state in
    ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED', 'EXPIRED', 'EXECUTING', 'SUCCESS', 'FAILED')),
  run_state text check (run_state in ('RUNNING', 'PARKED', 'UNDOING', 'NEEDS_OPERATOR')),
  abandoned_by uuid,
  abandoned_at timestamptz,
  -- Why the run failed, or what it waits for: code, message, residue.
  fault jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, service_id, instance),
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id),
  foreign key (tenant_id, system_id) references systems (tenant_id, id),
  foreign key (tenant_id, service_id) references services (tenant_id, id),
  foreign key (tenant_id, namespace_id) references namespaces (tenant_id, id),
  foreign key (tenant_id, requester_id) references principals (tenant_id, id),
  check ((state = 'EXECUTING') = (run_state is not null)),
  check ((state in ('REJECTED', 'CANCELLED', 'EXPIRED', 'SUCCESS', 'FAILED')) = (finished_at is not null)),
  check ((abandoned_by is null) = (abandoned_at is null))
) with (fillfactor = 70);
create unique index tickets_one_pending on tickets
  (tenant_id, requester_id, service_id, namespace_id, template_id, instance_size_id) where state = 'PENDING';
create index tickets_by_state on tickets (tenant_id, state, id);
create index tickets_by_requester on tickets (tenant_id, requester_id, id);
create index tickets_by_workspace on tickets (tenant_id, workspace_id, id);
create index tickets_by_system on tickets (tenant_id, system_id);
create index tickets_by_namespace on tickets (tenant_id, namespace_id);
create index tickets_by_template on tickets (template_id);
create index tickets_by_size on tickets (instance_size_id);
create index tickets_unfinished on tickets (tenant_id, id) where state in ('PENDING', 'APPROVED', 'EXECUTING');
call tenant_table('tickets');
create trigger touch before update on tickets for each row execute function touch();
grant select, insert, update on tickets to shepherd_server;
grant select, update on tickets to shepherd_worker;

-- The table of `domain::ticket::TicketState::may_become`, and what no one may change after submission.
create function ticket_moves() returns trigger language plpgsql as $$
begin
  if old.state in ('REJECTED', 'CANCELLED', 'EXPIRED', 'SUCCESS', 'FAILED') then
    raise exception 'ticket is finished' using errcode = 'check_violation', constraint = 'tickets_terminal';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
       ('PENDING', 'APPROVED'), ('PENDING', 'REJECTED'), ('PENDING', 'CANCELLED'), ('PENDING', 'EXPIRED'),
       ('APPROVED', 'EXECUTING'), ('APPROVED', 'FAILED'), ('EXECUTING', 'SUCCESS'), ('EXECUTING', 'FAILED')) then
    raise exception 'no such transition' using errcode = 'check_violation', constraint = 'tickets_transition';
  end if;
  if (new.service_id, new.namespace_id, new.requester_id, new.instance, new.vm_name, new.workspace_id, new.system_id)
     is distinct from
     (old.service_id, old.namespace_id, old.requester_id, old.instance, old.vm_name, old.workspace_id, old.system_id) then
    raise exception 'frozen at submission' using errcode = 'check_violation', constraint = 'tickets_frozen';
  end if;
  return new;
end $$;
create trigger moves before update on tickets for each row execute function ticket_moves();

create table approval_requests (
  tenant_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  requester_id uuid not null,
  state text not null default 'PENDING' check (state in ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED', 'EXPIRED')),
  expires_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decision_reason text check (length(decision_reason) <= 2048),
  -- Of an approval: where it runs and what exactly was approved.
  cluster_id uuid references clusters (id),
  template_id uuid references templates (id),
  storage_class text,
  modified_spec jsonb,
  modification_reason text check (length(modification_reason) <= 2048),
  template_snapshot jsonb,
  size_snapshot jsonb,
  manifest jsonb,
  digest text check (digest ~ '^sha256:[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
  foreign key (tenant_id, requester_id) references principals (tenant_id, id),
  foreign key (tenant_id, decided_by) references principals (tenant_id, id),
  constraint approval_requests_pending_is_undecided check ((state = 'PENDING') = (decided_by is null)),
  constraint approval_requests_decided_has_time check ((decided_by is null) = (decided_at is null)),
  constraint approval_requests_two_persons check (state not in ('APPROVED', 'REJECTED') or decided_by <> requester_id),
  constraint approval_requests_cancelled_by_requester check (state <> 'CANCELLED' or decided_by = requester_id),
  constraint approval_requests_reject_has_reason check (state <> 'REJECTED' or length(decision_reason) > 0),
  constraint approval_requests_approval_is_whole check ((state = 'APPROVED') = (digest is not null)
    and (digest is null or (cluster_id is not null and template_id is not null and template_snapshot is not null
                            and size_snapshot is not null and manifest is not null))),
  constraint approval_requests_changed_spec_has_reason check (modified_spec is null or length(modification_reason) > 0)
);
create unique index approval_requests_one_pending on approval_requests (tenant_id, ticket_id) where state = 'PENDING';
create index approval_requests_ticket on approval_requests (tenant_id, ticket_id, created_at);
create index approval_requests_requester on approval_requests (tenant_id, requester_id);
-- What a decision fills in costs a submit nothing.
create index approval_requests_decider on approval_requests (tenant_id, decided_by) where decided_by is not null;
create index approval_requests_cluster on approval_requests (cluster_id) where cluster_id is not null;
create index approval_requests_template on approval_requests (template_id) where template_id is not null;
-- The inbox by deadline, and its cursor.
create index approval_requests_due on approval_requests (tenant_id, expires_at, ticket_id) where state = 'PENDING';
create index approval_requests_decided on approval_requests (tenant_id, decided_at) where decided_at is not null;
call tenant_table('approval_requests');
grant select, insert, update on approval_requests to shepherd_server;
grant select, update on approval_requests to shepherd_worker;

create function decided_requests_are_frozen() returns trigger language plpgsql as $$
begin
  if old.state <> 'PENDING' then
    raise exception 'request is decided' using errcode = 'check_violation', constraint = 'approval_requests_terminal';
  end if;
  if (new.ticket_id, new.requester_id, new.expires_at) is distinct from (old.ticket_id, old.requester_id, old.expires_at) then
    raise exception 'frozen at submission' using errcode = 'check_violation', constraint = 'approval_requests_frozen';
  end if;
  return new;
end $$;
create trigger frozen before update on approval_requests for each row execute function decided_requests_are_frozen();

create table ticket_steps (
  tenant_id uuid not null,
  ticket_id uuid not null,
  name text not null,
  position integer not null,
  state text not null check (state in ('RUNNING', 'RETRYING', 'DONE', 'FAILED')),
  attempt integer not null check (attempt >= 1),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  -- Since when this step has failed without a success in between; after ten minutes the run is parked.
  failing_since timestamptz,
  -- Last error: code, message, retryable.
  fault jsonb,
  next_try_at timestamptz,
  -- What was done or is waited for, in the cluster's words.
  detail jsonb not null default '{}',
  primary key (tenant_id, ticket_id, name),
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
  check ((state in ('DONE', 'FAILED')) = (ended_at is not null)),
  check (state <> 'RETRYING' or fault is not null)
) with (fillfactor = 70);
call tenant_table('ticket_steps');
grant select on ticket_steps to shepherd_server;
grant select, insert, update on ticket_steps to shepherd_worker;

create table vms (
  tenant_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  workspace_id uuid not null,
  system_id uuid not null,
  service_id uuid not null,
  namespace_id uuid not null,
  cluster_id uuid not null references clusters (id),
  -- Namespace on the cluster.
  physical_namespace text not null,
  name text not null,
  instance bigint not null,
  state text not null default 'CREATING' check (state in ('CREATING', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'PAUSED',
    'MIGRATING', 'DELETING', 'FAILED', 'NOT_FOUND', 'UNKNOWN')),
  state_reason text not null default '',
  -- UID of the object on the cluster, once it exists.
  uid text,
  labels jsonb not null default '{}',
  guest_ip text,
  node_name text,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  observed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, cluster_id, physical_namespace, name),
  unique (tenant_id, ticket_id),
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id),
  foreign key (tenant_id, system_id) references systems (tenant_id, id),
  foreign key (tenant_id, service_id) references services (tenant_id, id),
  foreign key (tenant_id, namespace_id) references namespaces (tenant_id, id)
) with (fillfactor = 70);
create index vms_cluster on vms (cluster_id);
create index vms_service on vms (tenant_id, service_id);
create index vms_system on vms (tenant_id, system_id);
create index vms_namespace on vms (tenant_id, namespace_id);
create index vms_workspace on vms (tenant_id, workspace_id, id);
create index vms_state on vms (tenant_id, state, id);
call tenant_table('vms');
create trigger touch before update on vms for each row execute function touch();
grant select, insert on vms to shepherd_server;
grant select, update on vms to shepherd_worker;
