-- Clusters, templates, instance sizes: global, shared by all tenants.

create table clusters (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  display_name text not null check (length(display_name) between 1 and 100),
  environment text not null check (environment in ('test', 'prod')),
  enabled boolean not null default true,
  api_server_url text not null,
  -- AES-256-GCM; the cluster's id and the key's id are bound to it. Never returned by any operation.
  sealed_kubeconfig bytea not null,
  encryption_key_id text not null,
  -- Grows with every new credential, so that clients made from an older one are dropped.
  credential_version integer not null default 1,
  status text not null default 'UNKNOWN' check (status in ('UNKNOWN', 'HEALTHY', 'UNHEALTHY', 'UNREACHABLE')),
  -- What the last check found: versions, storage classes, missing rights, fault.
  verdict jsonb not null default '{}',
  checked_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((status = 'UNKNOWN') = (checked_at is null))
);
create trigger touch before update on clusters for each row execute function touch();
grant select, insert, update, delete on clusters to shepherd_server;
grant select, update on clusters to shepherd_worker;

create table templates (
  id uuid primary key,
  name text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  version integer not null check (version >= 1),
  status text not null check (status in ('draft', 'active', 'deprecated', 'archived')),
  display_name text not null check (length(display_name) between 1 and 100),
  description text not null default '' check (length(description) <= 4096),
  os_family text not null default '' check (length(os_family) <= 100),
  os_version text not null default '' check (length(os_version) <= 100),
  spec jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (name, version)
);
create unique index templates_one_active on templates (name) where status = 'active';
create unique index templates_one_draft on templates (name) where status = 'draft';
create trigger touch before update on templates for each row execute function touch();
grant select, insert, update, delete on templates to shepherd_server;
grant select on templates to shepherd_worker;

create function published_templates_are_frozen() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.status <> 'draft' then
      raise exception 'template is published' using errcode = 'check_violation', constraint = 'templates_frozen';
    end if;
    return old;
  end if;
  if new.id <> old.id or new.name <> old.name or new.version <> old.version
     or (old.status <> 'draft' and new.spec <> old.spec)
     or (new.status <> old.status
         and (old.status, new.status) not in (('draft', 'active'), ('active', 'deprecated'), ('deprecated', 'archived'))) then
    raise exception 'template is published' using errcode = 'check_violation', constraint = 'templates_frozen';
  end if;
  return new;
end $$;
create trigger frozen before update or delete on templates for each row execute function published_templates_are_frozen();

create table instance_sizes (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  display_name text not null check (length(display_name) between 1 and 100),
  description text not null default '' check (length(description) <= 4096),
  enabled boolean not null default true,
  sort_order integer not null default 0,
  spec jsonb not null,
  -- Derived, so that no statement can make them disagree with the spec.
  cpu_cores integer not null generated always as ((spec ->> 'cpu_cores')::integer) stored,
  memory_mib integer not null generated always as ((spec ->> 'memory_mib')::integer) stored,
  dedicated_cpu boolean not null generated always as (coalesce((spec ->> 'dedicated_cpu')::boolean, false)) stored,
  requires_hugepages boolean not null generated always as (spec ? 'hugepages') stored,
  requires_gpu boolean not null generated always as (jsonb_array_length(coalesce(spec -> 'gpus', '[]')) > 0) stored,
  requires_sriov boolean not null generated always as (jsonb_array_length(coalesce(spec -> 'sriov', '[]')) > 0) stored,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index instance_sizes_order on instance_sizes (enabled, sort_order, name);
create trigger touch before update on instance_sizes for each row execute function touch();
grant select, insert, update, delete on instance_sizes to shepherd_server;
grant select on instance_sizes to shepherd_worker;
