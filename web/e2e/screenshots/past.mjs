// An installation that was filled a minute ago looks like a demonstration. Its times are moved into the past: that is
// the only thing the API cannot make, and the database is thrown away afterwards.
import { spawnSync } from "node:child_process";

/** Age of everything that was there before the first request, in hours. */
const FURNISHED = 900;

/** Moves requests, given as `{ id, filed, ended }` in hours, and all that belongs to them. */
export function age(world, requests) {
  const rows = requests.map(({ id, filed, ended }) => `('${id}', ${filed}, ${ended ?? "null"})`).join(",\n");
  const { hostname, port, username, password, pathname } = new URL(world.database);
  const psql = spawnSync(world.psql, ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "-"], {
    input: `${BEGIN}insert into moved (id, filed, ended) values\n${rows};\n${MOVE}`,
    env: { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: pathname.slice(1) },
    encoding: "utf8",
  });
  if (psql.status !== 0) throw new Error(`psql: ${psql.stderr || psql.error}`);
}

// As a replica does: the triggers that keep history as it was are not asked.
const BEGIN = `
begin;
set local session_replication_role = replica;
create temporary table moved (id uuid primary key, filed float, ended float, before interval, after interval, decided timestamptz);
`;

const MOVE = `
update audit_leaves set at = at - interval '${FURNISHED} hours' where at < (select min(created_at) from tickets);
update moved m set
    before = now() - make_interval(secs => m.filed * 3600) - t.created_at,
    decided = r.decided_at,
    after = now() - make_interval(secs => coalesce(m.ended, m.filed) * 3600) - coalesce(r.decided_at, t.created_at)
  from tickets t join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id where t.id = m.id;
update tickets t set created_at = created_at + before, updated_at = updated_at + after, finished_at = finished_at + after
  from moved m where m.id = t.id;
update approval_requests r set created_at = created_at + before, decided_at = decided_at + after,
    expires_at = case state when 'EXPIRED' then decided_at + after else expires_at + before end
  from moved m where m.id = r.ticket_id;
update ticket_steps s set started_at = started_at + after, ended_at = ended_at + after, failing_since = failing_since + after
  from moved m where m.id = s.ticket_id;
update vms v set created_at = created_at + after, updated_at = updated_at + after from moved m where m.id = v.ticket_id;
update notifications n set created_at = n.created_at + case when n.created_at < coalesce(m.decided, 'infinity') then before else after end
  from moved m where m.id = n.ticket_id;
update audit_leaves a set at = a.at + case when a.at < coalesce(m.decided, 'infinity') then before else after end
  from moved m left join vms v on v.ticket_id = m.id where a.resource_id in (m.id::text, v.id::text);
update clusters set created_at = created_at - interval '${FURNISHED} hours';
update templates set created_at = created_at - interval '${FURNISHED} hours', updated_at = updated_at - interval '${FURNISHED} hours';
update instance_sizes set created_at = created_at - interval '${FURNISHED} hours', updated_at = updated_at - interval '${FURNISHED} hours';
update principals set created_at = created_at - interval '${FURNISHED} hours', updated_at = updated_at - interval '${FURNISHED} hours';
update systems set created_at = created_at - interval '${FURNISHED} hours', updated_at = updated_at - interval '${FURNISHED} hours';
update services set created_at = created_at - interval '${FURNISHED} hours', updated_at = updated_at - interval '${FURNISHED} hours';
update namespaces set created_at = created_at - interval '${FURNISHED} hours', updated_at = updated_at - interval '${FURNISHED} hours';
update dependency_spans set since = since - interval '6 days' where good;
update dependency_spans set since = since - interval '3 hours' where not good and kind = 'cluster';
insert into dependency_spans (kind, cluster_id, good, since, seen_at)
  select kind, cluster_id, true, since - interval '6 days', since from dependency_spans where not good and kind = 'cluster';
commit;
`;
