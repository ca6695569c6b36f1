drop table vms, ticket_steps, approval_requests, tickets;
drop function decided_requests_are_frozen();
drop function ticket_moves();
