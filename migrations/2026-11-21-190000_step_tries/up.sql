-- Which try of a step its row tells of, so that an earlier one that comes late has no say. A row of an earlier release
-- gives way to every try.

alter table ticket_steps
  add column run_id text not null default '',
  -- Of the activity inside the run.
  add column activity_id text not null default '',
  -- When Temporal scheduled the try.
  add column scheduled_at timestamptz not null default 'epoch';
