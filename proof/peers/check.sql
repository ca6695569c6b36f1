-- What is left of $1 acknowledged requests: lost ones, actions that happened twice, and how long each took from its
-- decision to its end, in microseconds, by the database's clock.
select
    $1::bigint - (
        select count(*) from requests r
        where r.state = 'SUCCESS'
          and (select count(distinct a.action) from audit a where a.request_id = r.id) = 5
    ) as lost,
    (select count(*) from (select from audit group by request_id, action having count(*) > 1) twice) as doubled,
    (
        select coalesce(array_agg((extract(epoch from finished_at - decided_at) * 1000000)::bigint), '{}')
        from requests where finished_at is not null
    ) as done_us
