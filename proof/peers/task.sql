-- The common task of all peers: a request, its decision, three steps, and an audit row for each of the five.
-- Nothing here is unique beyond the request itself: a step that ran twice is to be seen.
create table requests (
    id uuid primary key,
    state text not null,
    body jsonb not null,
    submitted_at timestamptz not null default clock_timestamp(),
    decided_at timestamptz,
    finished_at timestamptz
);
create table audit (
    id bigint generated always as identity primary key,
    request_id uuid not null references requests,
    action text not null,
    at timestamptz not null default clock_timestamp()
);
create index audit_request on audit (request_id);
