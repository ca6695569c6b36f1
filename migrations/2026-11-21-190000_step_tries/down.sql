alter table ticket_steps drop column run_id, drop column activity_id, drop column scheduled_at;
