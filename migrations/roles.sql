-- Roles of one PostgreSQL installation; run once by a superuser, before the first `shepherd-server migrate`:
--   psql -v owner_password=... -v server_password=... -v worker_password=... -f migrations/roles.sql
-- None may bypass row-level security, and only the owner owns tables. Running it again sets the passwords anew.
select format('create role %I login nosuperuser nobypassrls nocreatedb nocreaterole', name)
from unnest(array['shepherd_owner', 'shepherd_server', 'shepherd_worker']) as name
where not exists (select from pg_roles where rolname = name)
\gexec
alter role shepherd_owner password :'owner_password';
alter role shepherd_server password :'server_password';
alter role shepherd_worker password :'worker_password';

-- In force at login, so that no statement is spent on them.
alter role shepherd_server set statement_timeout = '5s';
alter role shepherd_server set lock_timeout = '2s';
alter role shepherd_server set idle_in_transaction_session_timeout = '5s';
-- What a page costs on a solid-state disk. With the default of 4, made for turning ones, the planner reads whole tables
-- where an index would do.
alter role shepherd_server set random_page_cost = 1.1;
alter role shepherd_worker set statement_timeout = '10s';
alter role shepherd_worker set random_page_cost = 1.1;
alter role shepherd_worker set lock_timeout = '5s';
alter role shepherd_worker set idle_in_transaction_session_timeout = '10s';
