-- Tenants, people, sessions, hierarchy.

create function touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;

-- Makes a table a tenant table: forced row-level security with one policy on the tenant of the transaction.
-- A missing setting is an error, not an empty answer.
create procedure tenant_table(name regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format('create policy tenant on %s using (tenant_id = current_setting(''app.tenant_id'')::uuid)
                    with check (tenant_id = current_setting(''app.tenant_id'')::uuid)', name);
end $$;

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$' and slug !~ '--'),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default now()
);
grant select on tenants to shepherd_server, shepherd_worker;

create table system_secrets (
  key_name text primary key check (key_name in ('ENCRYPTION_KEY', 'SESSION_SECRET', 'SETUP_TOKEN_HASH')),
  key_value text not null,
  created_at timestamptz not null default now()
);
grant select, insert, update, delete on system_secrets to shepherd_server;
grant select on system_secrets to shepherd_worker;

create table workspaces (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null,
  region text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call tenant_table('workspaces');
grant select on workspaces to shepherd_server, shepherd_worker;

create table principals (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  kind text not null check (kind in ('USER', 'SYSTEM')),
  username text not null check (length(username) between 1 and 255),
  display_name text not null check (length(display_name) between 1 and 100),
  email text check (length(email) <= 255),
  enabled boolean not null default true,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, username),
  unique (tenant_id, email)
);
call tenant_table('principals');
create trigger touch before update on principals for each row execute function touch();
grant select, insert, update, delete on principals to shepherd_server;
grant select on principals to shepherd_worker;

create table local_credentials (
  tenant_id uuid not null,
  principal_id uuid not null,
  password_hash text not null,
  must_change_password boolean not null,
  changed_at timestamptz not null default now(),
  -- Who last gave them a password that they had not chosen.
  reset_by uuid,
  primary key (tenant_id, principal_id),
  foreign key (tenant_id, principal_id) references principals (tenant_id, id) on delete cascade
);
call tenant_table('local_credentials');
grant select, insert, update on local_credentials to shepherd_server;

create table roles (
  name text primary key,
  scope text not null check (scope in ('platform', 'tenant', 'workspace'))
);
insert into roles values
  ('PlatformAdmin', 'platform'), ('PlatformAuditor', 'platform'), ('TenantAdmin', 'tenant'), ('SecurityAdmin', 'tenant'),
  ('WorkspaceAdmin', 'workspace'), ('Operator', 'workspace'), ('Approver', 'workspace'), ('Auditor', 'workspace'),
  ('SRE', 'platform'), ('Viewer', 'workspace');
grant select on roles to shepherd_server, shepherd_worker;

create table role_bindings (
  tenant_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  role text not null references roles (name),
  workspace_id uuid,
  source text not null check (source in ('system', 'manual')),
  granted_by uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique nulls not distinct (tenant_id, principal_id, role, workspace_id),
  foreign key (tenant_id, principal_id) references principals (tenant_id, id) on delete cascade,
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id)
);
create index role_bindings_role on role_bindings (role);
create index role_bindings_workspace on role_bindings (tenant_id, workspace_id);
call tenant_table('role_bindings');
grant select, insert, delete on role_bindings to shepherd_server;
grant select on role_bindings to shepherd_worker;

create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  kind text not null check (kind in ('CONSOLE', 'API')),
  -- SHA-256 of the console cookie's secret, or of the one refresh token that is good at the moment.
  secret_hash bytea not null check (length(secret_hash) = 32),
  ip text not null,
  user_agent text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, principal_id) references principals (tenant_id, id) on delete cascade
);
create index sessions_principal on sessions (tenant_id, principal_id);
call tenant_table('sessions');
grant select, insert, update on sessions to shepherd_server;
grant select (tenant_id, expires_at, revoked_at), delete on sessions to shepherd_worker;

create table systems (
  tenant_id uuid not null,
  id uuid not null,
  workspace_id uuid not null,
  name text not null check (name ~ '^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$' and name !~ '--'),
  description text not null default '' check (length(description) <= 4096),
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name),
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id)
);
create index systems_workspace on systems (tenant_id, workspace_id);
call tenant_table('systems');
create trigger touch before update on systems for each row execute function touch();
grant select, insert, update, delete on systems to shepherd_server;
grant select on systems to shepherd_worker;

create table services (
  tenant_id uuid not null,
  id uuid not null,
  system_id uuid not null,
  name text not null check (name ~ '^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$' and name !~ '--'),
  description text not null default '' check (length(description) <= 4096),
  next_instance bigint not null default 1 check (next_instance >= 1),
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, system_id, name),
  foreign key (tenant_id, system_id) references systems (tenant_id, id)
) with (fillfactor = 50);
call tenant_table('services');
create trigger touch before update on services for each row execute function touch();
grant select, insert, update, delete on services to shepherd_server;
grant select on services to shepherd_worker;

create function instance_numbers_only_grow() returns trigger language plpgsql as $$
begin
  if new.next_instance < old.next_instance then
    raise exception 'instance numbers only grow' using errcode = 'check_violation', constraint = 'services_next_instance_grows';
  end if;
  return new;
end $$;
create trigger next_instance_grows before update of next_instance on services
  for each row execute function instance_numbers_only_grow();

create table namespaces (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (name ~ '^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$' and name !~ '--'),
  -- Name on a cluster, fixed when the namespace is registered.
  physical_name text not null,
  environment text not null check (environment in ('test', 'prod')),
  description text not null default '' check (length(description) <= 512),
  enabled boolean not null default true,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call tenant_table('namespaces');
create trigger touch before update on namespaces for each row execute function touch();
grant select, insert, update, delete on namespaces to shepherd_server;
grant select on namespaces to shepherd_worker;

insert into tenants (id, slug, name) values
  ('00000000-0000-7000-8000-000000000001', 'root', 'Platform'),
  ('00000000-0000-7000-8000-000000000002', 'default', 'Default');
do $$
declare tenant uuid;
begin
  foreach tenant in array array['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']::uuid[] loop
    perform set_config('app.tenant_id', tenant::text, true);
    insert into principals (tenant_id, id, kind, username, display_name, created_by) values
      (tenant, '00000000-0000-7000-8000-0000000000ff', 'SYSTEM', 'system', 'Shepherd', '00000000-0000-7000-8000-0000000000ff');
  end loop;
  insert into workspaces (tenant_id, id, name, region) values
    ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000003', 'default', 'default');
end $$;
